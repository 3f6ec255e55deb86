"""Features of a sentence: windows, borders, conjunctions, bag, position and columns."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features import FeatureSet

SENTENCES = st.lists(st.lists(st.text("abAB.", min_size=1, max_size=3), min_size=1, max_size=5), max_size=4)


def attributes(config: dict[str, Any], sentences: list[list[str]], columns: list[list[str]] | None = None) -> list:
    """Attributes token by token, all sentences in one list."""
    return [token for sentence in FeatureSet(config).lists(sentences, columns or []) for token in sentence]


def starting(start: str, token: list[str]) -> list[str]:
    return [attribute for attribute in token if attribute.startswith(start)]


def test_a_feature_without_a_window_is_of_the_word_alone() -> None:
    assert attributes({"lower": {}}, [["New", "York"]]) == [["lower[0]=new"], ["lower[0]=york"]]


def test_a_window_names_its_offsets_and_the_borders_it_meets() -> None:
    first, second, third = attributes({"lower": {"window": 1}}, [["We", "love", "Rome"]])
    assert first == ["border[-1]", "lower[0]=we", "lower[1]=love"]
    assert second == ["lower[-1]=we", "lower[0]=love", "lower[1]=rome"]
    assert third == ["lower[-1]=love", "lower[0]=rome", "border[1]"]


def test_a_window_can_be_a_list_of_offsets() -> None:
    tokens = attributes({"lower": {"window": [2, -1]}}, [["a", "b", "c"]])
    assert tokens == [
        ["border[-1]", "lower[2]=c"],
        ["lower[-1]=a", "border[2]"],
        ["lower[-1]=b", "border[2]"],
    ]


def test_features_may_have_different_windows() -> None:
    (token,) = attributes({"lower": {}, "short_shape": {"window": [1]}, "length": {"window": 0}}, [["Rome"]])
    assert token == ["lower[0]=rome", "length[0]=4", "border[1]"]


def test_a_window_wider_than_the_sentence_sees_all_of_it() -> None:
    first, second = attributes({"lower": {"window": 50}}, [["a", "b"]])
    assert starting("lower", first) == ["lower[0]=a", "lower[1]=b"]
    assert starting("lower", second) == ["lower[-1]=a", "lower[0]=b"]


@pytest.mark.parametrize(
    "config",
    [
        {"lower": {"window": 1}},
        {"lower": {"window": 7}},
        {"lower": {"window": [-3]}},
        {"bag": {"size": 1}},
        {"bag": {"size": 9}},
        {"position": {}},
        {"conjunctions": [["lower[-1]", "lower[0]"]]},
        {"conjunctions": [["lower[-6]", "lower[6]"]]},
        {"word": {}, "conjunctions": [["lower[2]", "word[0]", "shape[-3]"]]},
    ],
    ids=str,
)
@given(sentences=SENTENCES)
def test_nothing_reaches_over_the_border_of_a_sentence(config: dict[str, Any], sentences: list[list[str]]) -> None:
    together = FeatureSet(config).lists(sentences)
    assert together == [FeatureSet(config).lists([sentence])[0] for sentence in sentences]


def test_a_conjunction_joins_values_side_by_side() -> None:
    first, second = attributes({"conjunctions": [["lower[-1]", "short_shape[0]"]]}, [["In", "Rome"]])
    assert first == ["lower[-1]&short_shape[0]=|Xx"]
    assert second == ["lower[-1]&short_shape[0]=in|Xx"]


def test_a_conjunction_joins_all_values_of_a_feature() -> None:
    (token,) = attributes({"conjunctions": [["digits[0]", "case[0]"]]}, [["1996"]])
    assert token == ["digits[0]&case[0]=4+all|caseless"]


def test_a_conjunction_uses_a_feature_as_it_is_set() -> None:
    (token,) = attributes({"prefix": {"lengths": [2]}, "conjunctions": [["prefix[0]", "case[0]"]]}, [["Rome"]])
    assert token == ["prefix[0]=Ro", "prefix[0]&case[0]=Ro|title"]


def test_a_bag_holds_the_words_around_once_for_each_time() -> None:
    tokens = attributes({"bag": {"size": 2}}, [["The", "dog", "the", "cat", "sat"]])
    assert [starting("bag", token) for token in tokens] == [
        ["bag=dog", "bag=the"],
        ["bag=the", "bag=the", "bag=cat"],
        ["bag=the", "bag=dog", "bag=cat", "bag=sat"],
        ["bag=dog", "bag=the", "bag=sat"],
        ["bag=the", "bag=cat"],
    ]
    assert FeatureSet({"bag": {"size": 2}}).dicts([["The", "dog", "the"]])[0][1]["bag=the"] == 2.0


def test_a_bag_may_be_wider_than_any_window() -> None:
    tokens = attributes({"lower": {"window": 1}, "bag": {"size": 3}}, [["a", "b", "c", "d"]])
    assert starting("bag", tokens[0]) == ["bag=b", "bag=c", "bag=d"]
    assert starting("lower", tokens[0]) == ["lower[0]=a", "lower[1]=b"]


@pytest.mark.parametrize(
    ("length", "positions"),
    [
        (0, []),
        (1, ["alone"]),
        (2, ["first", "last"]),
        (3, ["first", "second", "last"]),
        (4, ["first", "second", "inner", "last"]),
        (6, ["first", "second", "inner", "inner", "inner", "last"]),
    ],
)
def test_position(length: int, positions: list[str]) -> None:
    tokens = attributes({"position": {}}, [["word"] * length])
    assert tokens == [[f"position={position}"] for position in positions]


def test_columns_have_their_own_window() -> None:
    tokens = attributes({"columns": {"indices": [0], "window": 1}}, [["We", "run"], ["Go"]], [["PRP", "VBP", "VB"]])
    assert tokens == [
        ["column0[0]=PRP", "column0[1]=VBP"],
        ["column0[-1]=PRP", "column0[0]=VBP"],
        ["column0[0]=VB"],
    ]


def test_only_the_columns_that_are_named_count() -> None:
    tokens = attributes({"columns": {"indices": [1], "window": 0}}, [["We"]], [["PRP"], ["B-NP"], ["X"]])
    assert tokens == [["column1[0]=B-NP"]]


def test_a_column_that_the_input_lacks_is_silent() -> None:
    assert attributes({"word": {}, "columns": {"indices": [0, 3]}}, [["We"]]) == [["word[0]=We"]]


def test_columns_that_no_feature_asks_for_are_passed_over() -> None:
    assert attributes({"word": {}}, [["We"]], [["PRP"]]) == [["word[0]=We"]]


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="column 1 has 1 values for 2 tokens"):
        attributes({"columns": {}}, [["We", "run"]], [["PRP", "VBP"], ["B-NP"]])
