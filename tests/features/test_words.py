"""Features of single words: what each gives for ordinary words, for every script, and for what is hardly a word."""

import json
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.words import WORD_FEATURES

CASES = json.loads((Path(__file__).parents[1] / "cases" / "words.json").read_text(encoding="utf-8"))
WORDS = st.text(min_size=1, max_size=60)
BLIND_TO_COMPOSITION = sorted(WORD_FEATURES.keys() - {"word", "lower", "case", "digits", "unit", "punctuation"})


def _name(case: dict) -> str:
    return f"{case['feature']} of {case['word']!a}: {case['comment']}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_case(case: dict) -> None:
    assert WORD_FEATURES[case["feature"]](case["word"], **case.get("settings", {})) == case["values"]


def test_every_word_feature_has_a_case() -> None:
    assert {case["feature"] for case in CASES} == set(WORD_FEATURES)


@pytest.mark.parametrize("name", WORD_FEATURES)
@given(word=WORDS)
def test_any_word_gives_a_list_of_distinct_strings(name: str, word: str) -> None:
    values = WORD_FEATURES[name](word)
    assert all(isinstance(value, str) for value in values)
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("name", WORD_FEATURES)
def test_any_single_character_can_be_a_word(name: str) -> None:
    function = WORD_FEATURES[name]
    for code in (*range(0x3000), *range(0xFE00, 0x10000), *range(0x1D400, 0x1D800), *range(0x1F300, 0x1FB00)):
        assert isinstance(function(chr(code)), list)


@pytest.mark.parametrize("name", BLIND_TO_COMPOSITION)
@given(word=WORDS)
def test_composed_and_decomposed_words_share_their_values(name: str, word: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word)
    assert WORD_FEATURES[name](composed) == WORD_FEATURES[name](decomposed)


@given(word=WORDS)
def test_prefixes_and_suffixes_are_shorter_than_the_word_and_part_of_it(word: str) -> None:
    composed = unicodedata.normalize("NFC", word)
    for prefix in WORD_FEATURES["prefix"](word):
        assert composed.startswith(prefix) and len(prefix) < len(composed)
    for suffix in WORD_FEATURES["suffix"](word):
        assert composed.endswith(suffix) and len(suffix) < len(composed)


@given(word=WORDS)
def test_a_compressed_shape_repeats_no_class(word: str) -> None:
    (shape,) = WORD_FEATURES["short_shape"](word)
    assert all(left != right for left, right in pairwise(shape))


@given(word=WORDS)
def test_ngrams_of_a_long_word_are_bounded(word: str) -> None:
    assert len(WORD_FEATURES["ngrams"](word * 100)) <= 41 + 40 + 39
