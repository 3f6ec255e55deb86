"""Words as an encoder's pieces: every word is found once, however long the sentence."""

from __future__ import annotations

import pytest

pytest.importorskip("tokenizers")

from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from crfner.encoder.pieces import Pieces, batches


def letters() -> Tokenizer:
    """Every letter is a piece, between [ and ]."""
    vocabulary = {piece: number for number, piece in enumerate(["?", "[", "]", *"abc"])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    tokenizer.normalizer = normalizers.Replace("\u200b", "")
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(single="[ $A ]", special_tokens=[("[", 1), ("]", 2)])
    return tokenizer


def test_a_word_is_found_at_its_first_piece() -> None:
    (window,) = Pieces(letters(), 40).windows([["ab", "c"]])
    assert window.pieces == (1, 3, 4, 5, 2)
    assert (window.words, window.places) == ((0, 1), (1, 3))


def test_a_word_that_the_encoder_sees_nothing_in_is_in_no_window() -> None:
    windows = Pieces(letters(), 40).windows([["a", "\u200b", "b"], ["\u200b"], ["c"]])
    assert [window.words for window in windows] == [(0, 2), (4,)]


def test_half_of_a_surrogate_pair_is_read_as_an_unknown_letter() -> None:
    assert len(Pieces(letters(), 40).windows([["\ud800"]])) == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text("abc", min_size=1, max_size=30), max_size=60), max_size=4))
def test_every_word_is_taken_from_one_window_and_none_is_too_long(sentences: list[list[str]]) -> None:
    windows = Pieces(letters(), 40).windows(sentences)
    assert [word for window in windows for word in window.words] == list(range(sum(map(len, sentences))))
    assert all(len(window.pieces) <= 40 for window in windows)
    words = [word for sentence in sentences for word in sentence]
    for window in windows:
        for word, place in zip(window.words, window.places, strict=True):
            assert window.pieces[place] == "?[]abc".index(words[word][0])
    assert sorted(w.words for batch in batches(windows, 100) for w in batch) == sorted(w.words for w in windows)
