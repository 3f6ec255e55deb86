"""Emission scores of tokens, summed per key and not per attribute.

Every channel of a feature set gives a token a key (its word, a pair of shapes). The weights of a key's attributes are
summed once for each window offset and kept as a vector over the tags; a token's emission is then a sum of a dozen rows
of small tables, wherever the key was met before. The tables are bounded: a full one is emptied and begun anew.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain

import numpy as np

from crfner.crf.decode import Floats, Ints
from crfner.crf.hinting import Keys
from crfner.crf.weights import Weights
from crfner.document import Document
from features import FeatureSet
from features.channels import Channel, Key

_TABLE_SIZE = 1 << 15
_SLICE = 512  # keys learnt at a time: their lists of strings are gone before the garbage collector walks them


class Emissions:
    """Emission scores under fixed weights. Not safe for use by several threads at once."""

    def __init__(self, features: FeatureSet, weights: Weights) -> None:
        self._features = features
        self._size = len(weights.tags)
        self._tables = [_Table(channel, weights) for channel in features.channels]

    def of(self, documents: Sequence[Document]) -> Floats:
        """Scores of all tokens of the documents, which are prepared and hinted: (tokens, L)."""
        with _collector_at_rest():
            return self._of(documents)

    def _of(self, documents: Sequence[Document]) -> Floats:
        seen = [(kept, kept.view(self._features, document)) for document in documents for kept in [Keys.of(document)]]
        positions: list[int] = []
        laid = 0
        for _, one in seen:
            positions.extend([laid + position for position in one.positions])
            laid += len(one.words)
        places = np.array(positions, dtype=np.int64)
        scores = np.zeros((len(places), self._size))
        for number, table in enumerate(self._tables):
            keys: list[Key] = []
            for kept, one in seen:
                keys.extend(kept.keys(number, table.channel, one))
            table.add(keys, places, scores)
        return scores


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """No cyclic garbage collection within: keys and attributes are many, short-lived and never in cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Table:
    """The summed weights of a channel's keys: a row a key, a vector an offset."""

    def __init__(self, channel: Channel, weights: Weights) -> None:
        self.channel = channel
        self._weights = weights
        self._rows: dict[Key, int] = {}
        self._used = 1  # row 0 stays zero, for keys without any weight
        self._vectors = np.zeros((64, len(channel.offsets), len(weights.tags)))

    def add(self, keys: list[Key], places: Ints, scores: Floats) -> None:
        """Add to `scores` what the channel gives the tokens at `places` among the keys."""
        distinct = set(keys)
        if len(self._rows) + len(distinct) > _TABLE_SIZE:
            self._rows.clear()
            self._used = 1
        new = [key for key in distinct if key not in self._rows]
        for start in range(0, len(new), _SLICE):
            self._learn(new[start : start + _SLICE])
        rows = np.fromiter(map(self._rows.__getitem__, keys), dtype=np.int64, count=len(keys))
        for number, offset in enumerate(self.channel.offsets):
            scores += self._vectors[rows[places + offset], number]

    def _learn(self, keys: list[Key]) -> None:
        attributes = list(chain.from_iterable(map(self.channel.attributes, keys)))
        vectors = self._weights.summed(attributes).reshape(len(keys), *self._vectors.shape[1:])
        weighty = np.flatnonzero(vectors.any(axis=(1, 2)))
        self._rows.update(dict.fromkeys(keys, 0))
        end = self._used + len(weighty)
        if end > len(self._vectors):
            grown = np.zeros((2 * end, *self._vectors.shape[1:]))
            grown[: self._used] = self._vectors[: self._used]
            self._vectors = grown
        self._vectors[self._used : end] = vectors[weighty]
        self._rows.update({keys[key]: self._used + number for number, key in enumerate(weighty.tolist())})
        self._used = end
