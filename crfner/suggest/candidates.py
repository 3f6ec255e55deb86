"""Texts that may be suggested: documents, or sentences of them as documents of their own, judged by a strategy.

Public names: `UNITS`, `candidates`, `key_of`.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b

from crfner.document import Document, Offsets
from crfner.suggest.reading import Read, Reader
from crfner.suggest.strategies import Strategy
from crfner.suggest.values import Candidate

UNITS = ("sentence", "document")
"""What is suggested: sentences, or documents as they are."""

_DIGIT = re.compile(r"\d")
_OF_DOCUMENTS = ("comments", "docstart")  # in meta: they say where in a file a sentence stands


def candidates(
    reader: Reader, documents: Iterable[Document], strategy: Strategy, unit: str, seed: int, first: int = 1
) -> Iterator[Candidate]:
    """The units of the documents, in order, each with its score. Units without a token are left out.

    first  the number of the first document, by which sentences of those without an id are named
    """
    waiting: deque[Document] = deque()
    for number, read in enumerate(reader(_remembered(documents, waiting)), first):
        given, sentences = waiting.popleft(), read.document.sentences
        if unit == "sentence":
            for index, own in enumerate(_sentences(read.document, given, number)):
                yield _candidate(own, read, (index, index + 1), strategy, seed)
        elif sentences:
            yield _candidate(given.with_spans(read.document.spans), read, (0, len(sentences)), strategy, seed)


def key_of(text: str) -> bytes:
    """What a text has in common with those that are nearly the same: in which case, digits or white space differ.

    >>> key_of("Took 25 mg.") == key_of("took  20 mg. ") != key_of("took 5 mg.")
    True
    """
    return _digest(_DIGIT.sub("0", " ".join(text.casefold().split())))


def _remembered(documents: Iterable[Document], waiting: deque[Document]) -> Iterator[Document]:
    for document in documents:
        waiting.append(document)
        yield document


def _sentences(read: Document, given: Document, number: int) -> Iterator[Document]:
    """The sentences of a document that was read, with what says where they are from; tokens only where it has some.

    Spans that go on beyond a sentence are left out.
    """
    name = str(number) if given.id is None else given.id
    meta = {key: value for key, value in given.meta.items() if key not in _OF_DOCUMENTS}
    starts = [span.start for span in read.spans]
    for first, last in read.sentences:
        start, end = read.tokens[first][0], read.tokens[last - 1][1]
        own = read.spans[bisect_left(starts, start) : bisect_left(starts, end)]
        columns = {"columns": tuple(column[first:last] for column in meta["columns"])} if "columns" in meta else {}
        yield Document(
            read.text[start:end],
            tuple((left - start, right - start) for left, right in read.tokens[first:last]) if given.tokens else (),
            ((0, last - first),) if given.tokens else (),
            tuple(replace(s, start=s.start - start, end=s.end - start) for s in own if s.end <= end),
            f"{name}:{start}",
            {**meta, **columns, "from": {"document": name, "start": start}},
        )


def _candidate(document: Document, read: Read, sentences: Offsets, strategy: Strategy, seed: int) -> Candidate:
    """A unit, which is these sentences, with its score and the words that it owes that to."""
    reading = read.of(sentences)
    first, last = read.document.sentences[sentences[0]][0], read.document.sentences[sentences[1] - 1][1]
    weights: dict[str, float] = defaultdict(float)
    for (start, end), weight in zip(read.document.tokens[first:last], strategy.weights(reading), strict=True):
        weights[read.document.text[start:end].casefold()] += weight
    whole = math.fsum(weights.values())
    return Candidate(
        document,
        reading.tokens,
        strategy.measure(reading),
        {word: weight / whole for word, weight in weights.items() if weight} if whole else {},
        key_of(document.text),
        _drawn(document.text, seed),
    )


def _drawn(text: str, seed: int) -> int:
    """A number that the seed and the text alone decide, in whatever order texts come."""
    return int.from_bytes(_digest(f"{seed} {text}"), "big")


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
