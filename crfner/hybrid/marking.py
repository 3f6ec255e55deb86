"""Rule hits as features: what the rules say of each token, for the CRF to weigh like anything else.

Public names: `marked`.
"""

from __future__ import annotations

from collections.abc import Iterable

from crfner.document import Document, Span, touched_by
from crfner.hits import with_hits
from crfner.schemes import places_of

_GRADES = (0.9, 0.7, 0.5)


def marked(document: Document, hits: Iterable[Span]) -> Document:
    """The document with, for each token, the label, place (B, I, E, S) and grade of every hit that touches it."""
    touched = touched_by(document.tokens)
    values: list[set[str]] = [set() for _ in document.tokens]
    for hit in hits:
        first, last = touched(hit.start, hit.end)
        for token in range(first, last):
            place = places_of(last - first)[token - first]
            values[token].add(f"{hit.label}/{place}")
            values[token].add(f"{hit.label}/{place}/{_grade(hit.score)}")
    return with_hits(document, [sorted(found) for found in values])


def _grade(precision: float | None) -> str:
    """A precision as one of few values: "high", "good", "fair", "low", or "unknown"."""
    if precision is None:
        return "unknown"
    return ("high", "good", "fair", "low")[sum(precision < least for least in _GRADES)]
