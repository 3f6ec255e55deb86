"""What `check` reports: findings, each about one stretch of text or about the data as a whole.

Public names: `Finding`, `Place`, `SEVERITIES`.
"""

from __future__ import annotations

from dataclasses import dataclass

from crfner.document import Document, Span
from crfner.lazy import shown_by

SEVERITIES = ("info", "warning", "error")
"""From what may well be right to what cannot be."""

_CONTEXT = 40  # characters shown to each side


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of text in the data.

    document    number of the document in its file, counted from 0
    id          the document's own name, if it has one
    start, end  character offsets
    label       of the span that stands there; None where none does
    left, text, right  the stretch in its context
    other       whether it is in the data of `--against`
    """

    document: int
    id: str | None
    start: int
    end: int
    label: str | None
    left: str
    text: str
    right: str
    other: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at.

    kind        such as "conflict", "missing", "border" (see `crfner.check.KINDS`)
    severity    one of SEVERITIES
    score       how likely it is a mistake, 0 to 1; findings are ranked by it
    message     what is wrong, in one sentence
    place       what it is about; None when it is about the data as a whole
    evidence    other places that speak for it
    suggestion  the spans that would stand there instead: empty to remove the one that does; None where no one can say
    safe        whether `--fix` may do what the suggestion says
    """

    kind: str
    severity: str
    score: float
    message: str
    place: Place | None = None
    evidence: tuple[Place, ...] = ()
    suggestion: tuple[Span, ...] | None = None
    safe: bool = False

    _repr_html_ = shown_by("finding")


def place_of(document: Document, number: int, start: int, end: int, label: str | None, other: bool = False) -> Place:
    """The stretch with its context."""
    left = document.text[max(0, start - _CONTEXT) : start]
    right = document.text[end : end + _CONTEXT]
    return Place(number, document.id, start, end, label, left, document.text[start:end], right, other)
