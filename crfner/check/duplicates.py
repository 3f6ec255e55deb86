"""Documents and sentences that are there twice: harmless with the same entities, a mistake with others.

Public names: `duplicates`, `Sentence`, `sentences`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crfner.check.values import Finding, Place, place_of
from crfner.document import Document, Span

LONG = 5
"""Words of a sentence from which on it hardly comes again by itself."""

_HARMLESS = 0.02  # the score of a copy with the same entities: not a mistake of anyone's annotation
_SHOWN = 5  # copies that are given as evidence


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or a whole document, and the entities within, by their offsets from its start."""

    document: int
    start: int
    end: int
    words: tuple[str, ...]
    spans: tuple[Span, ...]


def sentences(documents: Iterable[Document], least: int = LONG) -> Iterator[Sentence]:
    """The sentences of so many words or more; spans that go over their ends are left out."""
    for number, document in enumerate(documents):
        words = document.words()
        spans, position = document.spans, 0
        for first, last in document.sentences:
            start, end = document.tokens[first][0], document.tokens[last - 1][1]
            while position < len(spans) and spans[position].start < start:
                position += 1
            within = []
            while position < len(spans) and spans[position].start < end:
                within.append(spans[position])
                position += 1
            if last - first >= least:
                yield Sentence(number, start, end, tuple(words[first:last]), _relative(within, start, end))


def _relative(spans: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
    return tuple(Span(span.start - start, span.end - start, span.label) for span in spans if span.end <= end)


def duplicates(documents: Sequence[Document]) -> Iterator[Finding]:
    """Findings of the kind "duplicate": copies of documents, and of sentences (of five words or more) in other texts.

    A copy of a document with the same entities is safe to remove. Where the entities differ, each that the minority has
    or lacks is an error; a warning in sentences, which may mean something else in another place. Of two copies, that
    with fewer entities is taken for the wrong one.
    """
    texts = (Sentence(number, 0, len(document.text), (), document.spans) for number, document in enumerate(documents))
    copies: set[int] = set()
    for group in _groups(documents, texts):
        copies.update(copy.document for copy in group[1:])
        yield from _disputes(documents, group, "document")
        seen: dict[tuple[Span, ...], Sentence] = {}
        for copy in group:
            first = seen.setdefault(copy.spans, copy)
            if first is not copy:
                message = f"the document is the same as document {first.document + 1}, entities and all"
                place, shown = _place(documents, copy), _place(documents, first)
                yield Finding("duplicate", "info", _HARMLESS, message, place, (shown,), safe=True)
    for group in _groups(documents, (each for each in sentences(documents) if each.document not in copies)):
        yield from _disputes(documents, group, "sentence")
        if len({copy.spans for copy in group}) == 1:
            message = f"the sentence is there {len(group)} times, with the same entities"
            evidence = tuple(_place(documents, copy) for copy in group[1 : _SHOWN + 1])
            yield Finding("duplicate", "info", _HARMLESS, message, _place(documents, group[0]), evidence)


def _groups(documents: Sequence[Document], texts: Iterable[Sentence]) -> list[list[Sentence]]:
    """Those of the same text, where there are several."""
    groups: dict[str, list[Sentence]] = defaultdict(list)
    for each in texts:
        groups[documents[each.document].text[each.start : each.end]].append(each)
    return [group for text, group in groups.items() if len(group) > 1 and text.strip()]


def _disputes(documents: Sequence[Document], group: Sequence[Sentence], what: str) -> Iterator[Finding]:
    """Each entity of a copy that most copies do not have, and each that only this copy lacks."""
    counts = Counter(copy.spans for copy in group)
    majority = max(counts, key=lambda spans: (counts[spans], len(spans)))
    evidence = [copy for copy in group if copy.spans == majority][:_SHOWN]
    severity = "error" if what == "document" else "warning"
    for copy in group:
        if copy.spans == majority:
            continue
        score = (len(group) - counts[copy.spans]) / len(group)
        odd = [span for span in copy.spans if span not in majority]
        lacking = [span for span in majority if span not in copy.spans]
        where = f"in {counts[majority]} of {len(group) - 1} other copies of this {what}"
        for span in odd:
            instead = [other for other in lacking if other.overlaps(span)]
            lacking = [other for other in lacking if not other.overlaps(span)]
            usual = " and ".join(f"{_text(documents, copy, other)!r} is {other.label}" for other in instead)
            message = f"{_text(documents, copy, span)!r} is {span.label} here, but {usual or 'not marked'} {where}"
            yield _dispute(documents, copy, span, span.label, severity, score, message, evidence, instead)
        for span in lacking:
            message = f"{_text(documents, copy, span)!r} is not marked here, but is {span.label} {where}"
            yield _dispute(documents, copy, span, None, severity, score, message, evidence, [span])


def _dispute(
    documents: Sequence[Document],
    copy: Sentence,
    span: Span,
    label: str | None,
    severity: str,
    score: float,
    message: str,
    peers: Sequence[Sentence],
    instead: Sequence[Span],
) -> Finding:
    def place(sentence: Sentence, of: Span, label: str | None) -> Place:
        document = documents[sentence.document]
        return place_of(document, sentence.document, sentence.start + of.start, sentence.start + of.end, label)

    there = instead[0] if instead else span
    evidence = tuple(place(peer, there, there.label if instead else None) for peer in peers)
    suggestion = tuple(Span(copy.start + other.start, copy.start + other.end, other.label) for other in instead)
    return Finding("duplicate", severity, score, message, place(copy, span, label), evidence, suggestion)


def _text(documents: Sequence[Document], copy: Sentence, span: Span) -> str:
    return documents[copy.document].text[copy.start + span.start : copy.start + span.end]


def _place(documents: Sequence[Document], sentence: Sentence) -> Place:
    return place_of(documents[sentence.document], sentence.document, sentence.start, sentence.end, None)
