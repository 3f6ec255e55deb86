"""Conflicts that come again: the same words, marked differently in the same way.

What is in dispute once may be a slip; what is in dispute again and again is something that the guidelines do not say.

Public names: `recurring`, `Recurring`, `Place`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crfner.agreement.conflicts import KINDS, Conflict, conflicts
from crfner.agreement.pairing import Pair
from crfner.document import Chunk, Document

_CONTEXT = 40  # characters shown to each side


@dataclass(frozen=True, slots=True)
class Place:
    """A conflict in its context.

    document           number of the pair, counted from 0
    id                 the document's own name, if it has one
    conflict           what is in dispute there
    left, text, right  the stretch, and what stands around it
    """

    document: int
    id: str | None
    conflict: Conflict
    left: str
    text: str
    right: str


@dataclass(frozen=True, slots=True)
class Recurring:
    """The places where the same words are in dispute in the same way, in order."""

    places: tuple[Place, ...]

    @property
    def kind(self) -> str:
        """One of `conflicts.KINDS`."""
        return self.places[0].conflict.kind


def recurring(pairs: Iterable[Pair]) -> list[Recurring]:
    """All conflicts of the pairs, those that come again most often first; then by kind, then in the data's order.

    Words are the same without regard to case and white space.

    Raises ValueError when the two texts of a pair differ.
    """
    found: dict[tuple[str, str, tuple[Chunk, ...], tuple[Chunk, ...]], list[Place]] = {}
    for number, (first, second) in enumerate(pairs):
        for conflict in conflicts(first, second):
            place = _place(first, number, conflict)
            words = " ".join(place.text.casefold().split())
            found.setdefault((conflict.kind, words, *_within(conflict)), []).append(place)
    kinds = list(KINDS)
    groups = (Recurring(tuple(places)) for places in found.values())
    return sorted(groups, key=lambda group: (-len(group.places), kinds.index(group.kind)))


def _within(conflict: Conflict) -> tuple[tuple[Chunk, ...], tuple[Chunk, ...]]:
    """The spans of both sides, counted from where the conflict begins."""
    start = conflict.start
    first, second = (
        tuple((span.start - start, span.end - start, span.label) for span in spans)
        for spans in (conflict.first, conflict.second)
    )
    return first, second


def _place(document: Document, number: int, conflict: Conflict) -> Place:
    text, start, end = document.text, conflict.start, conflict.end
    left, right = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    return Place(number, document.id, conflict, left, text[start:end], right)
