"""Where two annotators of a text differ, and what they agree on: what an adjudicator has to decide, and what not.

Public names: `conflicts`, `agreed`, `Conflict`, `KINDS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crfner.document import Document, Span

KINDS = {
    "label": "the same borders, different labels",
    "border": "different borders, the same labels",
    "border and label": "they overlap, but neither borders nor labels are the same",
    "only first": "the second annotator marks nothing there",
    "only second": "the first annotator marks nothing there",
}
"""How two annotators can differ, by kind."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A stretch of text that two annotators marked differently.

    start, end     character offsets, half-open: from the first border in dispute to the last
    first, second  the spans in it that only this annotator has, sorted; spans that both have are not in dispute
    kind           one of KINDS
    """

    start: int
    end: int
    first: tuple[Span, ...]
    second: tuple[Span, ...]
    kind: str


def conflicts(first: Document, second: Document) -> list[Conflict]:
    """Where two documents of one text have different spans, in order; spans that overlap are one conflict.

    Raises ValueError when the texts differ.
    """
    _check_text(first, second)
    ours, theirs = set(first.spans), set(second.spans)
    disputed = sorted([(span, False) for span in ours - theirs] + [(span, True) for span in theirs - ours])
    found: list[Conflict] = []
    group: list[tuple[Span, bool]] = []
    end = 0
    for span, of_second in disputed:
        if group and span.start >= end:
            found.append(_conflict(group))
            group = []
        group.append((span, of_second))
        end = max(end, span.end) if len(group) > 1 else span.end
    return [*found, _conflict(group)] if group else found


def agreed(first: Document, second: Document) -> Document:
    """The first document with the spans that both have, borders and label; scores and sources are the first's.

    Raises ValueError when the texts differ.
    """
    _check_text(first, second)
    theirs = set(second.spans)
    return first.with_spans(dict.fromkeys(span for span in first.spans if span in theirs))


def _conflict(group: Sequence[tuple[Span, bool]]) -> Conflict:
    first = tuple(span for span, of_second in group if not of_second)
    second = tuple(span for span, of_second in group if of_second)
    start, end = min(span.start for span, _ in group), max(span.end for span, _ in group)
    return Conflict(start, end, first, second, _kind(first, second))


def _kind(first: Sequence[Span], second: Sequence[Span]) -> str:
    if not second:
        return "only first"
    if not first:
        return "only second"
    if {(span.start, span.end) for span in first} == {(span.start, span.end) for span in second}:
        return "label"
    return "border" if {span.label for span in first} == {span.label for span in second} else "border and label"


def _check_text(first: Document, second: Document) -> None:
    if first.text != second.text:
        name = f" {first.id!r}" if first.id is not None else ""
        raise ValueError(f"the two documents{name} have different texts; pair them by `pair`")
