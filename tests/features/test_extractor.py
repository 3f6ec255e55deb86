"""FeatureSet: configuration and its mistakes, functions of one's own, and three forms of one result."""

import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import PRESETS, Clusters, FeatureSet, Function, Gazetteer, OfDocument, OfSentence, channels, preset

WORDS = st.text(min_size=1, max_size=8)
DOCUMENTS = st.lists(st.lists(WORDS, max_size=5), max_size=4)
SENTENCES = [["Apple", "buys", "a", "company", "."], ["The", "apple", "fell"], ["EU", "REJECTS", "CALL"]]


def vowels(word: str, least: int = 0) -> list[str]:
    count = sum(letter in "aeiou" for letter in word)
    return [str(count)] if count >= least else []


def parity(words: Sequence[str]) -> list[list[str]]:
    return [["odd" if len(words) % 2 else "even"] for _ in words]


def repeated(sentences: Sequence[Sequence[str]]) -> list[list[list[str]]]:
    counts = Counter(word for words in sentences for word in words)
    return [[["yes"] if counts[word] > 1 else [] for word in words] for words in sentences]


# Functions of one's own


def test_an_own_function_of_a_word_takes_a_window_and_settings() -> None:
    features = FeatureSet({"vowels": {"window": 1, "least": 2}}, functions={"vowels": vowels})
    assert features.lists([["Oslo", "aura"]]) == [[["border[-1]", "vowels[1]=3"], ["vowels[0]=3", "border[1]"]]]


def test_an_own_function_of_a_word_joins_in_conjunctions() -> None:
    config = {"conjunctions": [["vowels[0]", "case[0]"]]}
    assert FeatureSet(config, functions={"vowels": vowels}).lists([["Oslo"]]) == [[["vowels[0]&case[0]=1|title"]]]


def test_an_own_function_of_a_sentence() -> None:
    features = FeatureSet({"parity": {"window": [0, 1]}}, functions={"parity": OfSentence(parity)})
    assert features.lists([["a", "b"], ["c"]]) == [
        [["parity[0]=even", "parity[1]=even"], ["parity[0]=even"]],
        [["parity[0]=odd"]],
    ]


def test_an_own_function_of_a_document() -> None:
    features = FeatureSet({"repeated": {}}, functions={"repeated": OfDocument(repeated)})
    assert features.lists([["a", "b"], ["a"]]) == [[["repeated[0]=yes"], []], [["repeated[0]=yes"]]]


def test_an_own_function_of_a_sentence_or_document_takes_settings() -> None:
    def longer(words: Sequence[str], than: int = 0) -> list[list[str]]:
        return [["yes"] if len(words) > than else [] for _ in words]

    features = FeatureSet({"longer": {"than": 1}}, functions={"longer": OfSentence(longer)})
    assert features.lists([["a"], ["b", "c"]]) == [[[]], [["longer[0]=yes"], ["longer[0]=yes"]]]
    with pytest.raises(ValueError, match="feature 'longer' has no setting 'then'; known are window, than"):
        FeatureSet({"longer": {"then": 1}}, functions={"longer": OfSentence(longer)})


def test_an_own_function_can_take_the_place_of_ours() -> None:
    features = FeatureSet({"lower": {}}, functions={"lower": lambda word: [word.casefold()]})
    assert features.lists([["Straße"]]) == [[["lower[0]=strasse"]]]


def test_an_own_function_beside_a_preset() -> None:
    features = FeatureSet({"base": "minimal", "vowels": {}}, functions={"vowels": vowels})
    (ours,) = features.lists([["Oslo"]])[0]
    (without,) = preset("minimal").lists([["Oslo"]])[0]
    assert Counter(ours) - Counter(without) == Counter(["vowels[0]=1"])


def test_an_own_function_is_off_until_it_is_named() -> None:
    config = {"word": {}}
    assert FeatureSet(config, functions={"vowels": vowels}).lists(SENTENCES) == FeatureSet(config).lists(SENTENCES)


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(OfSentence(lambda words: [["x"]]), id="a value too few"),
        pytest.param(OfSentence(lambda words: ["x" for _ in words]), id="strings in place of lists"),
        pytest.param(OfDocument(lambda sentences: []), id="no sentences"),
        pytest.param(lambda word: "title" if word.istitle() else "", id="a string of a word"),
    ],
)
def test_a_function_that_gives_no_list_for_each_token_is_named(function: Function) -> None:
    with pytest.raises(ValueError, match="feature 'mine' must give"):
        FeatureSet({"mine": {}}, functions={"mine": function}).lists([["Two", "words"]])


def test_an_own_function_may_not_take_the_name_of_another_kind_of_feature() -> None:
    with pytest.raises(ValueError, match="cannot be named 'bag'"):
        FeatureSet({"bag": {}}, functions={"bag": vowels})


# Configuration


@pytest.mark.parametrize(
    "name", [name for name in PRESETS["default"] if name not in ("gazetteers", "clusters", "vectors")]
)
def test_each_feature_is_switched_off_by_false(name: str) -> None:
    def starts(features: FeatureSet) -> set[str]:
        sentences = [*SENTENCES, ["Take", "500", "mg", "of", "apple", "-"]]
        attributes = {attribute for row in features.lists(sentences) for token in row for attribute in token}
        return {attribute.partition("=")[0].partition("[")[0] for attribute in attributes if "&" not in attribute} | {
            "conjunctions" for attribute in attributes if "&" in attribute.partition("=")[0]
        }

    assert starts(preset("default")) - starts(FeatureSet({"base": "default", name: False})) == {name}


def test_false_means_absent_and_true_means_without_settings() -> None:
    assert FeatureSet({"word": True, "lower": False}) == FeatureSet({"word": {}})


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"wrod": {}}, "unknown feature 'wrod'; known are bag, capitals, .*word"),
        ({"base": "defualt"}, "there is no preset 'defualt'; known are minimal, default, rich, social, biomedical"),
        ({"base": ["default"]}, "there is no preset"),
        ("default", "configured by a dictionary such as"),
        ({}, "the feature set is empty"),
        ({"word": False}, "the feature set is empty"),
        ({"gazetteers": {}}, "the feature set is empty: .*need lexicons"),
        ({"word": 2}, "the settings of feature 'word' should be a dictionary, not 2"),
        ({"word": None}, "the settings of feature 'word' should be a dictionary, not None"),
        ({"word": {"windows": 2}}, "feature 'word' has no setting 'windows'; known are window"),
        ({"prefix": {"length": [2]}}, "feature 'prefix' has no setting 'length'; known are window, lengths"),
        ({"position": {"window": 1}}, "feature 'position' has no setting 'window'; it has none"),
        ({"bag": {"window": 1}}, "feature 'bag' has no setting 'window'; known are size"),
        ({"word": {"window": -1}}, "'window' of feature 'word' should be a whole number from 0"),
        ({"word": {"window": "2"}}, "'window' of feature 'word' should be .* not '2'"),
        ({"word": {"window": 1.0}}, "'window' of feature 'word' should be"),
        ({"word": {"window": True}}, "'window' of feature 'word' should be"),
        ({"word": {"window": []}}, "'window' of feature 'word' should be"),
        ({"word": {"window": [1, 1]}}, "'window' of feature 'word' should be .* distinct offsets"),
        ({"word": {"window": [[1]]}}, "'window' of feature 'word' should be"),
        ({"elsewhere": {"window": -1}}, "'window' of feature 'elsewhere' should be"),
        ({"elsewhere": {"neighbours": -1}}, "'neighbours' of feature 'elsewhere' should be a whole number from 0"),
        ({"bag": {"size": "4"}}, "'size' of feature 'bag' should be a whole number from 0 to 100, not '4'"),
        ({"prefix": {"lengths": 3}}, "'lengths' of feature 'prefix' should be a list of whole numbers from 1, not 3"),
        ({"suffix": {"lengths": [0]}}, "'lengths' of feature 'suffix' should be"),
        ({"ngrams": {"limit": 0}}, "'limit' of feature 'ngrams' should be a whole number from 1"),
        ({"columns": {"indices": [-1]}}, "'indices' of feature 'columns' should be a list of whole numbers from 0"),
        ({"clusters": {"lengths": []}}, "'lengths' of feature 'clusters' should be"),
        ({"conjunctions": ["lower[0]"]}, "conjunctions should be a list of lists"),
        ({"conjunctions": [[]]}, "conjunctions should be a list of lists"),
        ({"conjunctions": [["lower"]]}, "a conjunction joins word features at offsets, .* not 'lower'"),
        ({"conjunctions": [["wrod[0]"]]}, "a conjunction joins word features at offsets, .* not 'wrod.0.'"),
        ({"conjunctions": [["bag[0]"]]}, "a conjunction joins word features at offsets"),
        ({"conjunctions": [[3]]}, "a conjunction joins word features at offsets, .* not 3"),
    ],
    ids=str,
)
def test_a_mistake_in_the_configuration_is_named_with_what_would_do(config: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FeatureSet(config)


def test_a_conjunction_of_a_sentence_feature_is_refused() -> None:
    with pytest.raises(ValueError, match="joins word features"):
        FeatureSet({"conjunctions": [["parity[0]", "word[0]"]]}, functions={"parity": OfSentence(parity)})


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        (["Apple", "buys"], "sentence 1 should be a list of tokens, not the string 'Apple'"),
        ([["a"], ["b", ""]], "token 2 of sentence 2 is empty"),
    ],
    ids=str,
)
def test_input_of_another_form_is_refused(sentences: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        preset("minimal").lists(sentences)


def test_what_is_handed_in_or_out_never_changes_a_preset() -> None:
    before = pickle.dumps(PRESETS)
    mine: dict[str, Any] = {"base": "default", "prefix": {"lengths": [2]}}
    features = FeatureSet(mine)
    features.config["prefix"]["lengths"].append(3)
    features.config["conjunctions"].clear()
    del features.config["bag"]
    assert mine == {"base": "default", "prefix": {"lengths": [2]}}
    assert pickle.dumps(PRESETS) == before


def test_a_set_can_be_made_again_from_its_configuration() -> None:
    features = FeatureSet({"base": "default", "bag": False, "length": {"window": (0, 1)}})
    assert "base" not in features.config
    assert FeatureSet(features.config) == features
    assert FeatureSet(features.config).lists(SENTENCES) == features.lists(SENTENCES)


def test_sets_are_equal_by_what_they_extract() -> None:
    cities = Gazetteer.from_lines(["Rome"])
    assert preset("default") == FeatureSet(PRESETS["default"])
    assert preset("default") != preset("rich")
    assert preset("default", {"city": cities}) == preset("default", {"city": Gazetteer.from_lines(["rome"])})
    assert preset("default", {"city": cities}) != preset("default")
    assert FeatureSet({"lower": {}}, functions={"lower": vowels}) != FeatureSet({"lower": {}})
    assert preset("default") != PRESETS["default"]


def test_a_set_pickles_with_its_lexicons_and_functions() -> None:
    features = FeatureSet(
        {"base": "default", "vowels": {}, "parity": {}},
        {"city": Gazetteer.from_lines(["Apple"]), "brown": Clusters({"apple": "0110"})},
        {"vowels": vowels, "parity": OfSentence(parity)},
    )
    expected = features.lists(SENTENCES)
    again = pickle.loads(pickle.dumps(features))
    assert again == features
    assert again.lists(SENTENCES) == expected


def test_a_set_shows_its_configuration() -> None:
    assert repr(FeatureSet({"word": {"window": 1}})) == "FeatureSet({'word': {'window': 1}})"


# Three forms of one result


@settings(deadline=None)
@given(sentences=DOCUMENTS)
def test_lists_dicts_and_matrix_agree(sentences: list[list[str]]) -> None:
    features = preset("rich")
    lists = features.lists(sentences)
    dicts = features.dicts(sentences)
    matrix, vocabulary = features.matrix(sentences)
    assert [len(row) for row in lists] == [len(words) for words in sentences]
    assert dicts == [[Counter(token) for token in row] for row in lists]
    assert matrix.shape == (sum(map(len, sentences)), len(vocabulary))
    names = {column: name for name, column in vocabulary.items()}
    rows = [matrix[[number]].tocoo() for number in range(matrix.shape[0])]
    read = [{names[int(column)]: value for column, value in zip(row.col, row.data, strict=True)} for row in rows]
    assert read == [token for row in dicts for token in row]


def test_a_given_vocabulary_keeps_its_columns_and_drops_what_it_lacks() -> None:
    features = FeatureSet({"lower": {}, "bag": {"size": 2}})
    vocabulary = {"lower[0]=oslo": 2, "bag=in": 0, "lower[0]=unseen": 1}
    matrix, returned = features.matrix([["In", "in", "Oslo"]], vocabulary=vocabulary)
    assert matrix.toarray().tolist() == [[1, 0, 0], [1, 0, 0], [2, 0, 1]]
    assert returned == vocabulary
    assert vocabulary == {"lower[0]=oslo": 2, "bag=in": 0, "lower[0]=unseen": 1}


def test_an_empty_vocabulary_drops_everything() -> None:
    matrix, vocabulary = preset("minimal").matrix(SENTENCES, vocabulary={})
    assert (matrix.shape, matrix.nnz, vocabulary) == ((11, 0), 0, {})


def test_the_matrix_of_nothing_has_no_rows() -> None:
    matrix, vocabulary = preset("minimal").matrix([])
    assert (matrix.shape, vocabulary) == ((0, 0), {})


def test_the_matrix_multiplies_with_weights() -> None:
    matrix, vocabulary = FeatureSet({"lower": {}}).matrix([["a", "b", "a"]])
    weights = np.zeros(len(vocabulary))
    weights[vocabulary["lower[0]=a"]] = 2.5
    assert (matrix @ weights).tolist() == [2.5, 0.0, 2.5]


# Caches and imports


def test_emptying_the_caches_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = preset("default").lists(SENTENCES)
    monkeypatch.setattr(channels, "CACHE_SIZE", 2)
    features = preset("default")
    assert features.lists(SENTENCES) == expected
    assert features.lists(SENTENCES) == expected


def test_caches_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "CACHE_SIZE", 3)
    cache = channels.Cache(str.upper)
    assert [cache[letter] for letter in "abcdabcd"] == list("ABCDABCD")
    assert len(cache) <= 3


def test_what_is_extracted_may_be_changed_without_harm() -> None:
    features = preset("default")
    expected = features.lists(SENTENCES)
    for token in features.lists(SENTENCES)[0]:
        token.clear()
    assert features.lists(SENTENCES) == expected


def test_a_document_leaves_no_trace_in_the_next() -> None:
    features = preset("default")
    features.lists([["We", "love", "Apple", "apple"]])
    assert features.lists(SENTENCES) == preset("default").lists(SENTENCES)


def test_importing_and_extracting_needs_only_the_standard_library_and_numpy() -> None:
    program = (
        "import sys; before = set(sys.modules); from features import preset; preset('rich').dicts([['a']]);"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    found = {name for name in done.stdout.split() if "cython" not in name}  # made up by Cython, in older numpy
    assert found <= {"features", "numpy"}


@pytest.mark.parametrize(
    "config",
    [
        {"word": {"window": 10**9}},
        {"word": {"window": [0, 10**9]}},
        {"lower": {}, "bag": {"size": 10**9}},
        {"lower": {}, "conjunctions": [["lower[0]", "lower[1000000000]"]]},
    ],
)
def test_no_window_of_a_strangers_feature_set_can_take_all_memory(config: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"feature|conjunction"):
        FeatureSet(config)


def test_hits_are_what_something_else_says_of_each_token_seen_through_a_window() -> None:
    features = FeatureSet({"hits": {"window": 1}})
    found = features.lists([["Started", "ramipril"], ["today"]], hits=[[], ["MEDICINE/S", "DRUG/S"], []])
    assert found == [
        [["hit[1]=MEDICINE/S", "hit[1]=DRUG/S"], ["hit[0]=MEDICINE/S", "hit[0]=DRUG/S"]],
        [[]],  # a window stays within its sentence
    ]


def test_without_hits_the_feature_is_silent() -> None:
    assert FeatureSet({"hits": {}}).lists([["Started", "ramipril"]]) == [[[], []]]


def test_hits_for_another_number_of_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="hits for 1 tokens, but 2"):
        FeatureSet({"hits": {}}).lists([["Started", "ramipril"]], hits=[["MEDICINE/S"]])
