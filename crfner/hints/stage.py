"""Hints of a first stage: what a first CRF makes of the same words and entities elsewhere in the document.

A sentence that tells little of a name can be near another one that tells much. A first CRF reads all of the document,
and a second one is told, of each word, what the first thinks of its other occurrences, whether the words around it are
an entity elsewhere, and whether they are part of a longer one (Krishnan and Manning 2006; superstrings as in Finkel,
Grenager and Manning 2005).

Public names: `StageHints`, `evidence`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crfner import store
from crfner.document import Chunk, Document, shared_out
from crfner.errors import CrfnerError
from crfner.schemes import places_of
from features import Function, Lexicon

if TYPE_CHECKING:
    from crfner.crf import CRFRecognizer

Floats = NDArray[np.float64]
Places = Mapping[str, Sequence[int]]
Values = list[list[str]]

_GRADES = (0.9, 0.6, 0.3)
_DOUBT = 0.1  # the mean probability below which no label is named
_LONG = 6  # characters from which a word in lower case is worth a look; shorter ones are mostly function words


class StageHints:
    """What a first CRF says of each token's other occurrences in its document.

    first  a trained CRF without hinters of its own: it reads what those before it have said

    It should not have learnt from the documents that the hints are then learnt from (see `crfner.stages`). It travels
    in the file of the model of the second stage, and has the same lexicons.
    """

    kind = "stage"

    def __init__(self, first: CRFRecognizer) -> None:
        self.first = first

    def hints(self, documents: Sequence[Document]) -> list[Values]:
        """For each tokenised document, and each of its tokens, the values that hold of it."""
        return self.said(documents, self.first.tagger().emissions(documents)[0])

    def said(self, documents: Sequence[Document], scores: Floats) -> list[Values]:
        """As `hints`, where the first CRF's scores of all tokens, (tokens, L), are known already."""
        from crfner.crf.tagging import lengths_of

        shares, chunks = self.first.tagger().read(scores, lengths_of(documents))
        found: list[Values] = []
        start = 0  # the tokens of all documents stand one after the other
        for document, own in zip(documents, shared_out(chunks, documents), strict=True):
            end = start + len(document.tokens)
            found.append(evidence(document.words(), self.first.labels, shares[start:end], own))
            start = end
        return found

    def to_bytes(self) -> bytes:
        """The first CRF's model file, without its lexicons."""
        from crfner.crf.model_file import weight_parts

        return store.to_bytes(self.first.manifest, weight_parts(self.first.fitted_))

    @classmethod
    def from_bytes(
        cls, data: bytes, lexicons: Mapping[str, Lexicon], functions: Mapping[str, Function] | None = None
    ) -> StageHints:
        """From what `to_bytes` gave, and what stands beside it. Raises ValueError when it is no sound CRF."""
        from crfner.crf import CRFRecognizer
        from crfner.crf.model_file import KIND, Shared

        name = "its first stage"
        try:
            stored = store.from_bytes(data, name)
            if stored.manifest.get("kind") != KIND:
                raise ValueError(f"{name} is no CRF")
            return cls(CRFRecognizer.from_stored(stored, name, functions, Shared(lexicons)))
        except CrfnerError as error:
            raise ValueError(str(error)) from None


def evidence(words: Sequence[str], labels: Sequence[str], shares: Floats, chunks: Sequence[Chunk]) -> Values:
    """For each word of a document what a first CRF thinks of it elsewhere.

    shares  (words, labels) how probable each label is
    chunks  the entities that the CRF finds

    word/PER, word/PER/0   the label that is most probable at the word's other occurrences in the mean, and how probable
                           it is: above 0.9 (0), above 0.6 (1), above 0.3 (2) or less; word/O where none is
    same/PER/B             it begins words that are an entity elsewhere (B, I, E, S)
    within/PER/E           it ends a longer entity elsewhere

    >>> shares = np.array([[0.95], [0.9], [0.0], [0.5]])
    >>> evidence(["Ada", "Byron", "met", "Byron"], ["PER"], shares, [(0, 2, "PER")])
    [[], ['word/PER', 'word/PER/2'], [], ['within/PER/E', 'word/PER', 'word/PER/1']]
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(words):
        if _is_telling(word):
            places[word].append(place)
    values: list[set[str]] = [set() for _ in words]
    for place, value in (
        *_words(places, labels, shares),
        *_same(words, places, chunks),
        *_within(words, places, chunks),
    ):
        values[place].add(value)
    return [sorted(found) for found in values]


def _is_telling(word: str) -> bool:
    """Whether it may be part of a name, or is a word of some length."""
    return len(word) >= _LONG if word.islower() else any(map(str.isalpha, word))


def _words(places: Places, labels: Sequence[str], shares: Floats) -> Iterator[tuple[int, str]]:
    for found in places.values():
        if len(found) < 2:
            continue
        others = (shares[found].sum(axis=0) - shares[found]) / (len(found) - 1)
        for place, best, share in zip(found, others.argmax(axis=1), others.max(axis=1), strict=True):
            if share < _DOUBT:
                yield place, "word/O"
            else:
                yield place, f"word/{labels[best]}"
                yield place, f"word/{labels[best]}/{sum(share < least for least in _GRADES)}"


def _same(words: Sequence[str], places: Places, chunks: Sequence[Chunk]) -> Iterator[tuple[int, str]]:
    entities: dict[tuple[str, ...], dict[int, str]] = defaultdict(dict)
    for first, last, label in chunks:
        entities[tuple(words[first:last])][first] = label
    for entity, found in entities.items():
        for first in places.get(entity[0], ()):
            others = Counter(label for place, label in found.items() if place != first)
            if others and tuple(words[first : first + len(entity)]) == entity:
                ((label, _),) = others.most_common(1)
                for number in range(len(entity)):
                    yield first + number, f"same/{label}/{places_of(len(entity))[number]}"


def _within(words: Sequence[str], places: Places, chunks: Sequence[Chunk]) -> Iterator[tuple[int, str]]:
    for first, last, label in chunks:
        if last - first > 1:
            for number, word in enumerate(words[first:last]):
                for place in places.get(word, ()):
                    if not first <= place < last:
                        yield place, f"within/{label}/{places_of(last - first)[number]}"
