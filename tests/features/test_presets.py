"""Presets: each builds, differs as it says, and extracts from whatever a tokeniser may hand over."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import PRESETS, WORD_FEATURES, Clusters, FeatureSet, Gazetteer, Vectors, preset
from features.presets import resolve

ODD = st.one_of(
    st.text(min_size=1, max_size=6),
    st.sampled_from(
        ["\x00", "\x1b[0m", "\u200b", "\u0301", "e\u0301", "ǅ", "👩\u200d⚕\ufe0f", "\ud800", "\xa0", "=", "[0]="]
    ),
)
LEXICONS = {
    "city": Gazetteer.from_lines(["New York", "=", "e\u0301"]),
    "brown": Clusters({"new": "0110"}),
    "glove": Vectors({"new": "+.-"}),
}
SETS = {name: preset(name, LEXICONS) for name in PRESETS}


def test_the_names() -> None:
    assert list(PRESETS) == ["minimal", "default", "rich", "social", "biomedical"]


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(ValueError, match="no preset 'large'; known are minimal, default, rich, social, biomedical"):
        preset("large")


@pytest.mark.parametrize("name", PRESETS)
@settings(deadline=None)
@given(sentences=st.lists(st.lists(ODD, max_size=4), max_size=4))
def test_any_tokens_give_attributes(name: str, sentences: list[list[str]]) -> None:
    found = SETS[name].lists(sentences)
    assert [len(row) for row in found] == [len(words) for words in sentences]
    assert all(token and all(isinstance(attribute, str) for attribute in token) for row in found for token in row)


@pytest.mark.parametrize("name", PRESETS)
def test_little_is_enough(name: str) -> None:
    features = preset(name)
    assert features.lists([]) == []
    assert features.lists([[]]) == [[]]
    ((token,),) = features.lists([["Rome"]])
    assert {"lower[0]=rome", "short_shape[0]=Xx", "border[-1]", "border[1]"} <= set(token)


@pytest.mark.parametrize("name", PRESETS)
def test_lexicons_take_effect_where_they_are_given(name: str) -> None:
    tokens = preset(name, LEXICONS).lists([["New", "York"]])[0]
    assert "gazetteer.city[0]=B" in tokens[0]
    assert ("cluster.brown[0]=0110" in tokens[0]) == (name != "minimal")
    assert ({"vector.glove[0]=0+", "vector.glove[0]=2-"} <= {*tokens[0]}) == (name != "minimal")


@pytest.mark.parametrize("name", ["rich", "social", "biomedical"])
def test_each_builds_on_the_default(name: str) -> None:
    assert PRESETS["default"].keys() <= PRESETS[name].keys()
    assert PRESETS[name] != PRESETS["default"]


def test_the_default_holds_every_word_feature_but_the_length() -> None:
    assert WORD_FEATURES.keys() - PRESETS["default"].keys() == {"length"}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"word": {"window": 1}}, {"word": {"window": 1}}),
        ({"word": True, "lower": False}, {"word": {}}),
        ({"word": {"window": (0, 1)}}, {"word": {"window": [0, 1]}}),
        ({"base": "minimal"}, PRESETS["minimal"]),
        ({"base": "minimal", "lower": {}}, {**PRESETS["minimal"], "lower": {}}),
        ({"base": None, "word": {}}, {"word": {}}),
    ],
    ids=str,
)
def test_a_configuration_is_completed(config: dict[str, Any], expected: dict[str, Any]) -> None:
    assert resolve(config) == expected


def test_the_attributes_of_the_default_preset() -> None:
    """Weights are bound to attributes: whoever changes these breaks the models that people have trained."""
    second = FeatureSet({"base": "default", "ngrams": False}).lists([["In", "Rome"], ["Rome", "won"]])[0][1]
    assert sorted(second) == [
        "bag=in",
        "border[-2]",
        "border[1]",
        "border[2]",
        "case[-1]=title",
        "case[0]=title",
        "elsewhere[0]=right=won",
        "elsewhere[0]=seq=0/1",
        "folded[-1]=in",
        "folded[0]=rome",
        "lower[-1]&lower[0]=in|rome",
        "lower[-1]=in",
        "lower[0]&lower[1]=rome|",
        "lower[0]=rome",
        "position=last",
        "prefix[0]=R",
        "prefix[0]=Ro",
        "prefix[0]=Rom",
        "shape[-1]=Xx",
        "shape[0]=Xxxx",
        "short_shape[-1]&short_shape[0]&short_shape[1]=Xx|Xx|",
        "short_shape[-1]&short_shape[0]=Xx|Xx",
        "short_shape[-1]=Xx",
        "short_shape[0]&short_shape[1]=Xx|",
        "short_shape[0]=Xx",
        "suffix[0]=e",
        "suffix[0]=me",
        "suffix[0]=ome",
        "unit[-1]=length",
        "word[-1]=In",
        "word[0]=Rome",
    ]
