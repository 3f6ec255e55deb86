"""Texts that may be suggested: documents, or sentences of them as documents of their own, judged by a strategy.

Public names: `UNITS`, `candidates`, `key_of`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b

from crfner.document import Document, Offsets
from crfner.parts import part
from crfner.suggest.reading import Read
from crfner.suggest.strategies import Strategy
from crfner.suggest.values import Candidate, Reading

UNITS = ("sentence", "document")
"""What is suggested: sentences, or documents as they are."""

_DIGIT = re.compile(r"\d")
_OF_DOCUMENTS = ("comments", "docstart")  # in meta: they say where in a file a sentence stands


def candidates(reads: Iterable[Read], strategy: Strategy, unit: str, seed: int) -> Iterator[Candidate]:
    """The units of what was read, in order, each with its score. Units without a token are left out."""
    for number, read in enumerate(reads, 1):
        document = read.document
        if unit == "document":
            ranges: list[Offsets] = [(0, len(document.sentences))] if document.sentences else []
        else:
            ranges = [(index, index + 1) for index in range(len(document.sentences))]
        for first, last in ranges:
            own = part(document, first, last)
            if unit == "sentence":
                own = _sentence(own, document, first, number)
            yield _candidate(own, read.of((first, last)), strategy, seed)


def key_of(text: str) -> bytes:
    """What a text has in common with those that are nearly the same: in which case, digits or white space differ.

    >>> key_of("Took 25 mg.") == key_of("took  20 mg. ") != key_of("took 5 mg.")
    True
    """
    return blake2b(
        _DIGIT.sub("0", " ".join(text.casefold().split())).encode("utf-8", "replace"), digest_size=8
    ).digest()


def _sentence(sentence: Document, document: Document, number: int, place: int) -> Document:
    """A sentence, with what says where it is from: the document's id, or its number in the input, and an offset."""
    start = document.tokens[document.sentences[number][0]][0]
    name = str(place) if document.id is None else document.id
    meta = {key: value for key, value in sentence.meta.items() if key not in _OF_DOCUMENTS}
    return replace(sentence, id=f"{name}:{start}", meta={**meta, "from": {"document": name, "start": start}})


def _candidate(document: Document, reading: Reading, strategy: Strategy, seed: int) -> Candidate:
    weights: dict[str, float] = defaultdict(float)
    for word, weight in zip(document.words(), strategy.weights(reading), strict=True):
        weights[word.casefold()] += weight
    whole = sum(weights.values())
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
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
