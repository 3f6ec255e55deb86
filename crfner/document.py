"""Documents and spans: the frozen values that every other part passes around.

Character offsets into `Document.text` are the truth. Tokens are (start, end) pairs into the text, sentences are
(first, last + 1) ranges over the tokens, and tags are only a view that `crfner.schemes` makes of the spans.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any

from crfner.lazy import shown_by

Offsets = tuple[int, int]
"""A half-open pair (start, end): of characters in a text, or of tokens in a document."""

Chunk = tuple[int, int, str]
"""A labelled half-open range of tokens: (first, last + 1, label)."""


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A labelled stretch of text, by half-open character offsets.

    Two spans are equal when offsets and label are; `score` (a probability, 0 to 1) and `source` (the recogniser or
    person it comes from) do not take part in comparison.

    Raises ValueError when the offsets are not 0 <= start < end, or the label is blank.
    """

    start: int
    end: int
    label: str
    score: float | None = field(default=None, compare=False)
    source: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not {self.start}..{self.end}")
        if not self.label or self.label.isspace():
            raise ValueError(f"the span {self.start}..{self.end} has a blank label")

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its tokens, sentences and entity spans.

    text       the text itself; every offset counts its characters (Unicode code points)
    tokens     (start, end) of each token, in order, not overlapping; empty when not yet tokenised
    sentences  (first, last + 1) token ranges, in order; empty when not yet split
    spans      entities, sorted by start
    id         a name that is kept from input to output
    meta       whatever else the input held; "columns" has the extra CoNLL columns, one tuple of strings a column

    Raises ValueError when tokens, sentences or spans are out of order or outside the text.
    """

    text: str
    tokens: tuple[Offsets, ...] = ()
    sentences: tuple[Offsets, ...] = ()
    spans: tuple[Span, ...] = ()
    id: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_ranges("token", self.tokens, len(self.text))
        _check_ranges("sentence", self.sentences, len(self.tokens))
        self._check_spans()

    def _check_spans(self) -> None:
        spans = self.spans
        if spans:
            # two spans are compared only where their starts do not tell already
            if any(after.start <= before.start and after < before for before, after in pairwise(spans)):
                object.__setattr__(self, "spans", spans := tuple(sorted(spans)))
            last = max(span.end for span in spans)
            if last > len(self.text):
                raise ValueError(f"a span ends at {last}, but the text has {len(self.text)} characters")

    _repr_html_ = shown_by("document")

    def words(self) -> list[str]:
        """The text of each token."""
        text = self.text
        return [text[start:end] for start, end in self.tokens]

    def sentence_words(self) -> list[list[str]]:
        """The text of each token: a list over sentences of lists over tokens."""
        words = self.words()
        return [words[first:last] for first, last in self.sentences]

    def with_spans(self, spans: Iterable[Span]) -> Document:
        """The same document with these spans in place of its own."""
        found = object.__new__(type(self))  # tokens and sentences have been checked, and there are many
        for name in _FIELDS:
            object.__setattr__(found, name, getattr(self, name))
        object.__setattr__(found, "spans", tuple(spans))
        found._check_spans()
        return found

    def span(self, chunk: Chunk, score: float, source: str) -> Span:
        """The span that takes the tokens of a chunk."""
        first, last, label = chunk
        return Span(self.tokens[first][0], self.tokens[last - 1][1], label, score, source)

    def chunks(self) -> list[Chunk]:
        """The spans as token ranges, in order; a span that touches a token takes the whole of it.

        Spans that touch no token are left out. Use `align` first where borders must be exact.
        """
        touched = touched_by(self.tokens)
        found = []
        for span in self.spans:
            first, last = touched(span.start, span.end)
            if first < last:
                found.append((first, last, span.label))
        return found


_FIELDS = tuple(one.name for one in fields(Document))


def touched_by(tokens: Sequence[Offsets]) -> Callable[[int, int], Offsets]:
    """A function from a stretch of characters, start and end, to the tokens that share a character with it.

    They come as (first, last + 1); (n, n) for a stretch between the tokens n - 1 and n.

    >>> touched_by([(0, 2), (3, 5), (6, 9)])(1, 5)
    (0, 2)
    """
    starts, ends = [start for start, _ in tokens], [end for _, end in tokens]

    def touched(start: int, end: int) -> Offsets:
        first = bisect_right(ends, start)
        return first, max(first, bisect_left(starts, end))

    return touched


def sentence_chunks(document: Document) -> list[list[Chunk]]:
    """The chunks of each sentence, counted from its first token; a chunk beyond the sentence's end is cut there."""
    chunks: list[list[Chunk]] = [[] for _ in document.sentences]
    lasts = [last for _, last in document.sentences]
    for first, last, label in document.chunks():
        for number in range(bisect_right(lasts, first), len(chunks)):
            start, end = document.sentences[number]
            if start >= last:
                break
            chunks[number].append((max(first, start) - start, min(last, end) - start, label))
    return chunks


def shared_out(chunks: Sequence[Chunk], documents: Iterable[Document]) -> Iterator[list[Chunk]]:
    """For each document its chunks, counted from its first token.

    chunks  in order, of all documents together, whose tokens stand one after the other; none crosses documents
    """
    start, taken = 0, 0
    for document in documents:
        end = start + len(document.tokens)
        own = []
        while taken < len(chunks) and chunks[taken][1] <= end:
            first, last, label = chunks[taken]
            own.append((first - start, last - start, label))
            taken += 1
        yield own
        start = end


def _check_ranges(what: str, ranges: tuple[Offsets, ...], limit: int) -> None:
    """Ranges must be non-empty, ordered, apart and within 0..limit."""
    previous = 0
    for start, end in ranges:
        if start < previous or end <= start:
            raise ValueError(f"{what} {start}..{end} is empty, out of order or overlaps the one before it")
        previous = end
    if previous > limit:
        raise ValueError(f"a {what} ends at {previous}, beyond {limit}")


def align(document: Document) -> tuple[Document, int]:
    """Split tokens where a span starts or ends inside them, and join sentences that a span crosses.

    Returns the aligned document and the number of spans that did not start and end with a token: borders inside a
    token, and borders in white space, which no token can show. Spans stay as they are, also those that hold no token at
    all. Extra columns in `meta` are repeated for the parts of a split token.
    """
    cuts: dict[int, set[int]] = {}  # token -> where to split it
    starts = [start for start, _ in document.tokens]
    token_starts, token_ends = set(starts), {end for _, end in document.tokens}
    off_border = 0
    for span in document.spans:
        off_border += span.start not in token_starts or span.end not in token_ends
        for border in (span.start, span.end):
            index = bisect_right(starts, border) - 1
            if index >= 0 and document.tokens[index][0] < border < document.tokens[index][1]:
                cuts.setdefault(index, set()).add(border)
    if cuts:
        document = _split_tokens(document, cuts)
    return _join_sentences(document), off_border


def _split_tokens(document: Document, cuts: Mapping[int, set[int]]) -> Document:
    tokens: list[Offsets] = []
    origin: list[int] = []
    moved = [0]  # moved[i]: where the old token i begins among the new tokens
    for index, (start, end) in enumerate(document.tokens):
        borders = [start, *sorted(cuts.get(index, ())), end]
        tokens.extend(pairwise(borders))
        origin.extend([index] * (len(borders) - 1))
        moved.append(len(tokens))
    sentences = tuple((moved[first], moved[last]) for first, last in document.sentences)
    meta = dict(document.meta)
    if "columns" in meta:
        meta["columns"] = tuple(tuple(column[i] for i in origin) for column in meta["columns"])
    return replace(document, tokens=tuple(tokens), sentences=sentences, meta=meta)


def _join_sentences(document: Document) -> Document:
    """Join neighbouring sentences where a span begins in one and ends in another."""
    crossed: set[int] = set()  # indices of sentences that go on in the next one
    lasts = [last for _, last in document.sentences]
    for first, last, _ in document.chunks():
        crossed.update(range(bisect_right(lasts, first), bisect_left(lasts, last)))
    if not crossed:
        return document
    joined: list[Offsets] = []
    for index, (first, last) in enumerate(document.sentences):
        if index - 1 in crossed:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return replace(document, sentences=tuple(joined))
