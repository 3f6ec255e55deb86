"""Each method changes a sentence in its own way; labels and offsets stay right whatever it does."""

from __future__ import annotations

import string
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner import Document, Span, read
from crfner.augment import METHODS, Pool, Sentence, augmented
from crfner.augment.sentences import sentences_of
from crfner.document import align
from features.words import compressed_shape

DATA = Path(__file__).parents[2] / "data"
CLINIC = list(read(DATA / "clinic" / "train.jsonl"))
SENTENCES = [sentence for document in CLINIC for sentence in sentences_of(document) if sentence is not None]
POOL = Pool(SENTENCES)
WITHOUT_DATA = [name for name in METHODS if name != "synonyms"]


def made(method: str, pool: Pool = POOL) -> list[tuple[Sentence, Sentence]]:
    """Sentences with mentions, and what the method made of them."""
    rng = Random(0)
    pairs = [(old, METHODS[method](old, pool, rng)) for old in pool.sentences if old.chunks]
    found = [(old, new) for old, new in pairs if new is not None]
    assert len(found) > len(pairs) / 2
    return found


def mentions(sentence: Sentence) -> list[tuple[tuple[str, ...], str]]:
    return [(sentence.texts()[first:last], label) for first, last, label in sentence.chunks]


def around(sentence: Sentence) -> list[str]:
    """The words outside mentions."""
    return [sentence.words[position].text for position in sentence.outside()]


KNOWN = {mention for sentence in SENTENCES for mention in mentions(sentence)}


def test_oversampling_gives_the_same_sentence() -> None:
    assert all(new == old for old, new in made("oversampling"))


def test_mentions_become_other_mentions_of_their_label_and_nothing_else_changes() -> None:
    for old, new in made("mentions"):
        assert around(new) == around(old)
        assert [label for *_, label in new.chunks] == [label for *_, label in old.chunks]
        assert mentions(new) != mentions(old)
        assert set(mentions(new)) <= KNOWN


def test_the_terms_of_a_lexicon_stand_for_mentions_too() -> None:
    pool = Pool(SENTENCES, {"DEVICE": ["ankle-foot orthosis", "", "hoverchair seat"]})
    found = {mention for _, new in made("mentions", pool) for mention in mentions(new)}
    assert found - KNOWN == {(("ankle-foot", "orthosis"), "DEVICE"), (("hoverchair", "seat"), "DEVICE")}


def test_mentions_that_are_written_alike_have_as_many_words_of_the_same_shapes() -> None:
    for old, new in made("alike"):
        assert [[compressed_shape(word) for word in words] for words, _ in mentions(new)] == [
            [compressed_shape(word) for word in words] for words, _ in mentions(old)
        ]


def test_a_template_is_another_sentence_that_takes_a_mention_of_this_one() -> None:
    frames = {tuple(around(sentence)) for sentence in SENTENCES}
    for old, new in made("templates"):
        assert tuple(around(new)) in frames
        assert set(mentions(new)) & set(mentions(old))


def test_words_become_words_that_were_seen_with_the_same_tag() -> None:
    seen = defaultdict(set)
    for sentence in SENTENCES:
        for text, tag in zip(sentence.texts(), sentence.tags(), strict=True):
            seen[tag].add(text)
    for old, new in made("tokens"):
        assert new.tags() == old.tags()
        assert all(text in seen[tag] for text, tag in zip(new.texts(), new.tags(), strict=True))


def test_shuffled_words_stay_within_their_mention_or_between_mentions() -> None:
    for old, new in made("shuffle"):
        assert new.chunks == old.chunks
        assert new.texts() != old.texts()
        borders = [0, *(border for first, last, _ in old.chunks for border in (first, last)), len(old.words)]
        for first, last in pairwise(borders):
            assert sorted(new.texts()[first:last]) == sorted(old.texts()[first:last])


def test_a_crossover_begins_or_ends_like_the_sentence_and_keeps_one_of_its_mentions() -> None:
    for old, new in made("crossover"):
        assert new.texts()[0] == old.texts()[0] or new.texts()[-1] == old.texts()[-1]
        assert set(mentions(new)) & set(mentions(old))


def test_case_noise_changes_capitals_only() -> None:
    for old, new in made("case"):
        assert new.chunks == old.chunks
        assert new.texts() != old.texts()
        assert [text.lower() for text in new.texts()] == [text.lower() for text in old.texts()]


def test_a_mistyped_word_keeps_its_first_letter_and_nearly_its_length() -> None:
    for old, new in made("typos"):
        assert new.chunks == old.chunks
        changed = [(a, b) for a, b in zip(old.texts(), new.texts(), strict=True) if a != b]
        assert changed
        assert all(b[0] == a[0] and abs(len(b) - len(a)) <= 1 and len(a) >= 4 for a, b in changed)


@pytest.mark.parametrize("method", WITHOUT_DATA)
def test_a_method_can_do_nothing_wrong_with_a_single_word(method: str) -> None:
    sentence = Sentence(SENTENCES[0].words[:1], ())
    new = METHODS[method](sentence, Pool([sentence]), Random(0))
    assert new is None or (len(new.words), new.chunks) == (1, ())


words = st.text(string.ascii_letters + "éß1-", min_size=1, max_size=6)
pieces = st.lists(
    st.tuples(
        st.lists(words, min_size=1, max_size=3), st.sampled_from(["", "", "A", "B"]), st.sampled_from([" ", "  "])
    ),
    min_size=1,
    max_size=6,
)


def document(parts: list[tuple[list[str], str, str]]) -> Document:
    """A text of stretches of words, some of them mentions, with this space between the words."""
    text, tokens, spans = "", [], []
    for texts, label, gap in parts:
        start = len(text)
        for word in texts:
            tokens.append((len(text), len(text) + len(word)))
            text += word + gap
        if label:
            spans.append(Span(start, tokens[-1][1], label))
    return Document(text, tuple(tokens), ((0, len(tokens)),), tuple(spans))


@given(st.lists(pieces, min_size=1, max_size=6), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_every_span_of_a_new_document_is_what_its_tokens_say(data: list[list[tuple]], seed: int) -> None:
    documents = [document(parts) for parts in data]
    labels = {span.label for each in documents for span in each.spans}
    found = augmented(documents, ",".join(WITHOUT_DATA), seed=seed, target=30, cap=4)
    assert found[: len(documents)] == documents
    for new in found[len(documents) :]:
        assert align(new) == (new, 0)
        assert new.sentences == ((0, len(new.tokens)),)
        assert "".join(new.words()) == "".join(new.text.split())
        spans = sorted(new.spans)
        assert spans and {span.label for span in spans} <= labels
        assert not any(a.overlaps(b) for a, b in pairwise(spans))
