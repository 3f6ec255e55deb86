"""Which documents of two annotators belong together, and that none is lost."""

from __future__ import annotations

import pytest
from annotated import TEXT, document
from hypothesis import given
from hypothesis import strategies as st

from crfner import Document, Span
from crfner.agreement import pair
from crfner.agreement.pairing import common_tokens


def texts(documents: tuple[Document, ...]) -> list[str]:
    return [one.text for one in documents]


def test_documents_are_paired_by_id_whatever_their_order() -> None:
    first = [Document("same", id="1"), Document("same", id="2"), Document("other", id="3")]
    found = pair(first, [first[2], first[1], first[0]])
    assert [(a.id, b.id) for a, b in found.pairs] == [("1", "1"), ("2", "2"), ("3", "3")]
    assert not found.notes()


def test_documents_without_ids_are_paired_by_their_text_in_order() -> None:
    first = [Document("b"), Document("a"), Document("a")]
    second = [document(("a", "X"), text="a"), Document("b", id="7"), Document("a")]
    found = pair(first, second)
    assert [(a.text, len(b.spans)) for a, b in found.pairs] == [("b", 0), ("a", 1), ("a", 0)]
    assert found.notes(("ann", "bo")) == {"documents that ann has twice": 1, "documents that bo has twice": 1}


def test_equal_texts_of_different_ids_are_paired_and_told() -> None:
    found = pair([Document("a", id="1"), Document("b", id="2")], [Document("b", id="1"), Document("a", id="2")])
    assert [(a.text, b.text) for a, b in found.pairs] == [("a", "a"), ("b", "b")]
    assert found.notes() == {"documents with different ids, paired by their text": 2}


def test_what_has_no_pair_is_told() -> None:
    first = [Document("a", id="1"), Document("b", id="2"), Document("c"), Document("z")]
    second = [Document("B", id="2"), Document("c"), Document("d")]
    found = pair(first, second)
    assert [(a.text, b.text) for a, b in found.pairs] == [("c", "c")]
    assert [(a.text, b.text) for a, b in found.other_texts] == [("b", "B")]
    assert (texts(found.only_first), texts(found.only_second)) == (["a", "z"], ["d"])
    assert found.notes(("ann", "bo")) == {
        "documents of ann only": 2,
        "documents of bo only": 1,
        "documents with the same id but different texts, not compared": 1,
    }


def test_an_id_given_twice_is_told_and_both_documents_are_paired() -> None:
    twice = [Document("a", id="1"), document(("a", "X"), text="a", id="1")]
    found = pair(twice, twice)
    assert [a == b for a, b in found.pairs] == [True, True]
    assert found.repeated == (1, 1)


def test_spans_are_moved_where_only_white_space_differs() -> None:
    first = document(("New York", "LOC"))
    words = "Ann Lee flew from Oslo\n to New  York with Bo ."
    second = document(("New  York", "LOC"), ("Bo", "PER"), text=words)
    found = pair([first], [second])
    assert found.pairs[0][1].text == TEXT
    assert found.pairs[0][1].spans == document(("New York", "LOC"), ("Bo", "PER")).spans
    assert found.notes(("ann", "bo")) == {"documents with other white space, where bo's spans were moved": 1}


some = st.builds(Document, st.sampled_from(["a", "b", "a b"]), id=st.sampled_from([None, "1", "2"]))


@given(st.lists(some, max_size=6), st.lists(some, max_size=6))
def test_every_document_is_in_one_place(first: list[Document], second: list[Document]) -> None:
    found = pair(first, second)
    for side, alone, given_ in ((0, found.only_first, first), (1, found.only_second, second)):
        kept = [each[side] for each in (*found.pairs, *found.other_texts)]
        assert sorted(map(repr, [*kept, *alone])) == sorted(map(repr, given_))
    assert all(a.text == b.text for a, b in found.pairs)
    assert all(a.text != b.text and a.id == b.id for a, b in found.other_texts)
    assert not set(texts(found.only_first)) & set(texts(found.only_second))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((), (), ["Ann", "'s", "cat"]),
        (((0, 5), (6, 9)), (), ["Ann's", "cat"]),
        ((), ((0, 5), (6, 9)), ["Ann's", "cat"]),
        (((0, 5), (6, 9)), ((0, 3), (3, 5)), ["Ann", "'s", "cat"]),
    ],
)
def test_both_are_compared_on_the_same_tokens(first: tuple, second: tuple, expected: list[str]) -> None:
    text = "Ann's cat"
    a, b = Document(text, first), Document(text, second)
    for one, other in ((a, b), (b, a)):
        assert [text[start:end] for start, end in common_tokens(one, other)] == expected


def test_a_span_cuts_the_tokens_of_both() -> None:
    a, b = Document("Anns cat", spans=(Span(0, 3, "PER"),)), Document("Anns cat", spans=(Span(5, 6, "X"),))
    assert common_tokens(a, b) == common_tokens(b, a) == ((0, 3), (3, 4), (5, 6), (6, 8))
