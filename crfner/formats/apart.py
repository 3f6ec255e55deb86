"""Spans that share characters, as annotation tools allow and tags cannot show: the longest are kept.

This is what converters of nested annotations, such as standoff2conll, do, and spaCy's `filter_spans`.

Public names: `apart`.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from operator import attrgetter

from crfner.document import Document, Span
from crfner.formats.checks import Notes


def apart(documents: Iterable[Document], notes: Notes) -> Iterator[Document]:
    """The documents without the spans that share characters with a longer one, or with one as long before them."""
    for document in documents:
        kept = _longest(document.spans)
        if len(kept) < len(document.spans):
            lost = len(document.spans) - len(kept)
            notes["spans dropped that overlap a longer one, or one as long before them"] += lost
            document = document.with_spans(kept)
        yield document


def _longest(spans: Iterable[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span)):
        place = bisect_left(kept, span.start, key=attrgetter("start"))
        if not any(span.overlaps(other) for other in kept[max(0, place - 1) : place + 1]):
            insort(kept, span)
    return kept
