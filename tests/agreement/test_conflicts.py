"""What two annotators differ in, stretch by stretch, and what they agree on."""

from __future__ import annotations

from itertools import pairwise

import pytest
from annotated import TEXT, document, pairs
from hypothesis import given

from crfner import Document, Span
from crfner.agreement import KINDS, agreed, conflicts


@pytest.mark.parametrize(
    ("first", "second", "kind", "stretch"),
    [
        ([("Oslo", "LOC")], [("Oslo", "ORG")], "label", "Oslo"),
        ([("York", "LOC")], [("New York", "LOC")], "border", "New York"),
        ([("York", "LOC")], [("New York", "ORG")], "border and label", "New York"),
        ([("Ann", "PER"), ("Lee", "PER")], [("Ann Lee", "PER")], "border", "Ann Lee"),
        ([("Bo", "PER")], [], "only first", "Bo"),
        ([], [("Bo", "PER")], "only second", "Bo"),
    ],
)
def test_a_stretch_has_its_kind(first: list, second: list, kind: str, stretch: str) -> None:
    (found,) = conflicts(document(*first), document(*second))
    assert (found.kind, TEXT[found.start : found.end]) == (kind, stretch)
    assert (found.first, found.second) == (document(*first).spans, document(*second).spans)


def test_what_both_have_is_no_conflict() -> None:
    first = document(("Ann Lee", "PER"), ("Oslo", "LOC"), ("New York", "LOC"))
    second = document(("Ann Lee", "PER"), ("Oslo", "ORG"), ("Bo", "PER"))
    assert [found.kind for found in conflicts(first, second)] == ["label", "only first", "only second"]
    assert agreed(first, second) == document(("Ann Lee", "PER"))


def test_spans_that_touch_are_two_conflicts() -> None:
    first, second = Document("ab", spans=(Span(0, 1, "X"),)), Document("ab", spans=(Span(1, 2, "X"),))
    assert [found.kind for found in conflicts(first, second)] == ["only first", "only second"]


def test_what_both_agree_on_keeps_the_rest_of_the_first_document() -> None:
    first = Document("ab", ((0, 1), (1, 2)), ((0, 2),), (Span(0, 1, "X", 0.5, "ann"),), "7", {"key": 1})
    second = Document("ab", spans=(Span(0, 1, "X"),))
    found = agreed(first, second)
    assert found == first and found.spans[0].source == "ann"


@pytest.mark.parametrize("compare", [conflicts, agreed])
def test_different_texts_are_refused(compare) -> None:
    with pytest.raises(ValueError, match="the two documents '1' have different texts"):
        compare(Document("a", id="1"), Document("b", id="1"))


@given(pairs())
def test_conflicts_and_what_is_agreed_hold_every_span_once(given_: list[tuple[Document, Document]]) -> None:
    for first, second in given_:
        found, both = conflicts(first, second), agreed(first, second).spans
        assert sorted([*both, *(span for one in found for span in one.first)]) == list(first.spans)
        assert sorted([*both, *(span for one in found for span in one.second)]) == list(second.spans)
        assert all(one.end <= other.start for one, other in pairwise(found))
        assert all(one.kind in KINDS for one in found)


@given(pairs())
def test_the_other_way_round_only_the_sides_change(given_: list[tuple[Document, Document]]) -> None:
    swapped = {"only first": "only second", "only second": "only first"}
    for first, second in given_:
        back = conflicts(second, first)
        assert [(c.start, c.end, c.first, c.second, c.kind) for c in conflicts(first, second)] == [
            (c.start, c.end, c.second, c.first, swapped.get(c.kind, c.kind)) for c in back
        ]
