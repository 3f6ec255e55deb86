"""What can be wrong with an entity by itself.

It overlaps another, has white space at its borders, begins or ends inside a word, is far too long, or of an odd shape.

Public names: `overlaps`, `blank_borders`, `off_tokens`, `odd_shapes`, `trimmed`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from crfner.check.chances import LEAST, mistake
from crfner.check.values import Finding, place_of
from crfner.document import Document, Span, touched_by

_SURE, _NEARLY_SURE = 1.0, 0.95
_ODD = 0.01  # the share of entities within others, or of an odd shape, that is expected
_ENOUGH = 20  # entities of a label that say how long they usually are
_RANK = 0.99  # of an entity among those of its label, by length, that is still a usual one
_TIMES, _WORDS = 2, 4  # how often and how many words longer, at least, is far too long


def overlaps(documents: Sequence[Document]) -> Iterator[Finding]:
    """Findings of the kind "overlap": entities that share characters with another.

    One of the same label and borders is safe to remove. Where many entities stand within others, the data is meant so,
    and each of them is less likely a mistake.
    """
    pairs = [(number, *pair) for number, document in enumerate(documents) for pair in _overlapping(document)]
    nested = sum(_relation(span, other) == "within" for _, span, other in pairs)
    total = sum(len(document.spans) for document in documents)
    for number, span, other in pairs:
        place, shown = (place_of(documents[number], number, each.start, each.end, each.label) for each in (span, other))
        relation = _relation(span, other)
        if relation == "twice":
            message = f"{place.text!r} is marked as {span.label} twice"
            yield Finding("overlap", "error", _SURE, message, place, (shown,), (span,), safe=True)
        elif relation == "also":
            message = f"{place.text!r} is {span.label} and {other.label}; a word has one label"
            yield Finding("overlap", "error", _NEARLY_SURE, message, place, (shown,))
        else:
            severity, score = "error", _NEARLY_SURE
            if relation == "within":
                severity, score = "warning", mistake(nested - 1, total - 1, _ODD)
            message = f"{place.text!r}, {span.label}, is {relation} {shown.text!r}, {other.label}; a word has one label"
            yield Finding("overlap", severity, score, message, place, (shown,))


def _overlapping(document: Document) -> Iterator[tuple[Span, Span]]:
    """Each span that overlaps an earlier one, with its equal or that which reaches farthest; the inner one first."""
    farthest: Span | None = None
    before: Span | None = None
    for span in document.spans:
        if span == before:
            yield span, span
        elif farthest is not None and farthest.overlaps(span):
            yield (farthest, span) if _relation(farthest, span) == "within" else (span, farthest)
        if farthest is None or span.end > farthest.end:
            farthest = span
        before = span


def _relation(span: Span, other: Span) -> str:
    if (span.start, span.end) == (other.start, other.end):
        return "twice" if span.label == other.label else "also"
    return "within" if other.start <= span.start and span.end <= other.end else "across the border of"


def blank_borders(documents: Sequence[Document]) -> Iterator[Finding]:
    """Findings of the kind "whitespace": entities that begin or end with white space, which is safe to leave out."""
    for number, document in enumerate(documents):
        for span in dict.fromkeys(document.spans):
            kept = trimmed(document, span)
            if kept == span:
                continue
            place = place_of(document, number, span.start, span.end, span.label)
            if kept is None:
                message = f"the {span.label} is nothing but white space"
            else:
                sides = [
                    side
                    for side, same in (("begins", kept.start == span.start), ("ends", kept.end == span.end))
                    if not same
                ]
                message = f"the {span.label} {' and '.join(sides)} with white space"
            yield Finding("whitespace", "error", _SURE, message, place, (), (kept,) if kept else (), safe=True)


def trimmed(document: Document, span: Span) -> Span | None:
    """The span without white space at its borders; None where it is nothing else."""
    text = document.text[span.start : span.end]
    if not text[0].isspace() and not text[-1].isspace():
        return span
    start, end = span.start + len(text) - len(text.lstrip()), span.end - len(text) + len(text.rstrip())
    return Span(start, end, span.label, span.score, span.source) if start < end else None


def off_tokens(documents: Sequence[Document]) -> Iterator[Finding]:
    """Findings of the kind "off-token": entities that begin or end inside a word.

    The more entities do so, and leave the same rest of a word, the less likely each of them is a mistake.
    """
    cuts: list[tuple[int, Span, Span, list[str]]] = []
    for number, document in enumerate(documents):
        touched = touched_by(document.tokens)
        for span in document.spans:
            kept = trimmed(document, span)
            first, last = touched(span.start, span.end)
            if kept is None or first == last:
                continue
            start, end = document.tokens[first][0], document.tokens[last - 1][1]
            rests = document.text[start : kept.start], document.text[kept.end : end]
            if any(rests):
                whole = Span(min(start, kept.start), max(end, kept.end), span.label)
                cuts.append((number, span, whole, [rest.casefold() for rest in rests if rest]))
    counts = Counter(rest for *_, lost in cuts for rest in lost)
    total = sum(len(document.spans) for document in documents)
    prior = (len(cuts) + 1) / (total + 2)
    for number, span, whole, lost in cuts:
        alike = min(counts[rest] for rest in lost) - 1
        place = place_of(documents[number], number, span.start, span.end, span.label)
        text = documents[number].text[whole.start : whole.end]
        message = f"{place.text!r}, {span.label}, is a part of the words {text!r} only"
        yield Finding("off-token", "warning", mistake(alike, alike, prior), message, place, (), (whole,))


def odd_shapes(documents: Sequence[Document]) -> Iterator[Finding]:
    """Findings of the kind "shape": entities that are far longer than others of their label, which have neither letter
    nor digit, or which go over the end of a line, where that is rare in the data.
    """
    lengths: dict[str, list[int]] = defaultdict(list)
    spans = [(number, span) for number, document in enumerate(documents) for span in document.spans]
    touched = [touched_by(document.tokens) for document in documents]
    words = []
    for number, span in spans:
        first, last = touched[number](span.start, span.end)
        words.append(last - first)
        lengths[span.label].append(last - first)
    usual = {label: sorted(of)[int(_RANK * (len(of) - 1))] for label, of in lengths.items() if len(of) >= _ENOUGH}
    texts = [documents[number].text[span.start : span.end].strip() for number, span in spans]
    bare = [bool(text) and not any(character.isalnum() for character in text) for text in texts]
    broken = ["\n" in text for text in texts]
    bare_score = mistake(sum(bare) - 1, len(spans) - 1, _ODD)
    broken_score = mistake(sum(broken) - 1, len(spans) - 1, _ODD)
    for index, (number, span) in enumerate(spans):
        score, message = 0.0, ""
        if span.label in usual:
            limit = max(_TIMES * usual[span.label], usual[span.label] + _WORDS)
            if words[index] > limit:
                score = (1 - limit / words[index]) / 2
                message = f"the {span.label} has {words[index]} words, 99% have {usual[span.label]} or fewer"
        if bare[index] and bare_score > score:
            score, message = bare_score, f"{texts[index]!r}, {span.label}, has neither letter nor digit"
        if broken[index] and broken_score > score:
            score, message = broken_score, f"the {span.label} goes on after the end of the line"
        if score >= LEAST:
            yield Finding(
                "shape",
                "warning",
                score,
                message,
                place_of(documents[number], number, span.start, span.end, span.label),
            )
