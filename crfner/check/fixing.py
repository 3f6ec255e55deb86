"""Corrections that no one would argue about, made in a copy.

White space and stray marks at an entity's borders, entities marked twice, and second copies of a document with the same
entities. Everything else that is found is for a person to decide.

Public names: `fixed`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from crfner.check.values import Finding, Place
from crfner.document import Document, Span

Key = tuple[int, int, str | None]
"""Start, end and label of the entity that a finding is about."""


def fixed(documents: Sequence[Document], findings: Iterable[Finding]) -> tuple[list[Document], Counter[str]]:
    """The documents with what is safe to correct corrected, and how many corrections of each kind that took.

    findings  those of `check` on the same documents in the same order; what is not safe is passed over

    Where several findings are about one entity, the narrowest of their suggestions is taken. Raises ValueError when a
    finding is about a document that is not there.
    """
    counts: Counter[str] = Counter()
    removed: set[int] = set()
    instead: dict[int, dict[Key, tuple[Span, ...]]] = defaultdict(dict)
    for finding in findings:
        place = finding.place
        if not finding.safe or place is None or place.other:
            continue
        if place.document >= len(documents):
            raise ValueError(f"a finding is about document {place.document}, but there are {len(documents)}")
        counts[finding.kind] += 1
        if finding.suggestion is None:
            removed.add(place.document)
            continue
        there, key = instead[place.document], _key(place)
        if key not in there or _width(finding.suggestion) < _width(there[key]):
            there[key] = finding.suggestion
    kept = [
        _corrected(document, instead[number]) if number in instead else document
        for number, document in enumerate(documents)
        if number not in removed
    ]
    return kept, counts


def _key(place: Place) -> Key:
    return place.start, place.end, place.label


def _width(spans: Iterable[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def _corrected(document: Document, instead: dict[Key, tuple[Span, ...]]) -> Document:
    """The document with other entities for those that have some; no two that are the same.

    What is put in the place of one may have a correction of its own, as a mark before white space.
    """
    spans: dict[Span, None] = {}
    waiting = list(document.spans)
    while waiting:
        span = waiting.pop()
        others = instead.get((span.start, span.end, span.label), (span,))
        spans.update(dict.fromkeys(other for other in others if other == span))
        waiting += [other for other in others if other != span]
    return document.with_spans(spans)
