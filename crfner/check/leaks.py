"""Sentences of one set of data that are in another too, or nearly: what is learnt by heart scores too well.

Near copies are found by MinHash signatures of the sentences' pairs of words (Broder 1997), sorted into bands (Leskovec,
Rajaraman and Ullman 2014, chapter 3), so that the time is linear in the number of sentences; what falls into the same
bucket is then compared in full.

Public names: `leaks`, `near_duplicates`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from crfner.check.duplicates import LONG, Sentence, sentences
from crfner.check.values import Finding, Place, place_of
from crfner.document import Document

_NEAR = 0.7  # the least share of pairs of words that near copies have in common
_NEAR_LONG = 8  # words of a sentence from which on near copies are looked for
_BANDS, _ROWS = 16, 3  # copies with 70% in common meet in some band with a probability of 99.9%
_BUCKET = 50  # sentences of the other set in a bucket that are compared, at most
_SHOWN = 3  # places that are given as evidence

Words = tuple[str, ...]


def leaks(documents: Sequence[Document], against: Sequence[Document]) -> Iterator[Finding]:
    """Findings of the kind "leak": sentences of five words or more that are in both sets, whatever their case.

    Longer ones are less likely there by chance.
    """
    known: dict[Words, list[Sentence]] = defaultdict(list)
    for sentence in sentences(against):
        known[_folded(sentence)].append(sentence)
    for sentence in sentences(documents):
        others = known.get(_folded(sentence), [])
        if not others:
            continue
        differs = sentence.spans not in {other.spans for other in others}
        message = "the sentence is in both sets" + ", with other entities there" * differs
        evidence = tuple(_place(against, other, True) for other in others[:_SHOWN])
        yield Finding("leak", "warning", _by_length(sentence), message, _place(documents, sentence), evidence)


def near_duplicates(documents: Sequence[Document], against: Sequence[Document]) -> Iterator[Finding]:
    """Findings of the kind "near-duplicate": sentences of eight words or more with one in the other set that shares 70%
    or more of all pairs of neighbouring words (Jaccard's index), and is not the same.
    """
    ours, others = list(sentences(documents, _NEAR_LONG)), list(sentences(against, _NEAR_LONG))
    pairs, other_pairs = [_pairs(each) for each in ours], [_pairs(each) for each in others]
    exact = set(map(_folded, others))
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for number, bands in enumerate(_bands(other_pairs)):
        for band in bands:
            if len(buckets[band]) < _BUCKET:
                buckets[band].append(number)
    for number, bands in enumerate(_bands(pairs)):
        if _folded(ours[number]) in exact:
            continue
        met = sorted({other for band in bands for other in buckets.get(band, ())})
        best = max(met, key=lambda other: _jaccard(pairs[number], other_pairs[other]), default=None)
        if best is None or (shared := _jaccard(pairs[number], other_pairs[best])) < _NEAR:
            continue
        message = f"the sentence has {shared:.0%} of its pairs of words in common with one of the other set"
        place, evidence = _place(documents, ours[number]), (_place(against, others[best], True),)
        yield Finding("near-duplicate", "info", shared * _by_length(ours[number]) / 2, message, place, evidence)


def _folded(sentence: Sentence) -> Words:
    return tuple(word.casefold() for word in sentence.words)


def _by_length(sentence: Sentence) -> float:
    """How likely it is that a sentence did not come again by chance: 0.4 for five words, 0.9 for thirty."""
    return 1 - (LONG - 2) / len(sentence.words)


def _pairs(sentence: Sentence) -> frozenset[int]:
    return frozenset(crc32(" ".join(pair).encode("utf-8", "surrogatepass")) for pair in pairwise(_folded(sentence)))


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def _bands(sets: Sequence[frozenset[int]]) -> Iterator[list[tuple[int, bytes]]]:
    """For each set the buckets that it falls into, one a band; no set is empty."""
    if not sets:
        return
    members = np.fromiter((member for each in sets for member in each), dtype=np.uint64)
    starts = np.cumsum([0, *map(len, sets[:-1])])
    generator = np.random.default_rng(0)  # any seed will do: both sides need the same
    factors = generator.integers(2**63, size=_BANDS * _ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    signatures = np.empty((len(sets), _BANDS * _ROWS), dtype=np.uint32)
    for column, factor in enumerate(factors):
        hashed: NDArray[np.uint32] = ((members * factor) >> np.uint64(32)).astype(np.uint32)
        signatures[:, column] = np.minimum.reduceat(hashed, starts)
    for signature in signatures:
        yield [(band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes()) for band in range(_BANDS)]


def _place(documents: Sequence[Document], sentence: Sentence, other: bool = False) -> Place:
    return place_of(documents[sentence.document], sentence.document, sentence.start, sentence.end, None, other)
