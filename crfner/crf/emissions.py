"""Emission scores of tokens, summed per key and not per attribute.

Every channel of a feature set gives a token a key (its word, a pair of shapes). The weights of a key's attributes are
summed once for each window offset and kept as a vector over the tags; a token's emission is then a sum of a dozen rows
of small tables, wherever the key was met before. The tables are bounded: a full one is emptied and begun anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from crfner.crf.decode import Floats, Ints
from crfner.crf.layout import laid_out
from crfner.crf.weights import Weights
from crfner.document import Document
from features import FeatureSet
from features.channels import Channel, Hits, Key, View, view

_TABLE_SIZE = 1 << 15
_SLICE = 512  # keys learnt at a time: their lists of strings are gone before the garbage collector walks them


class Views:
    """Documents one after the other, as the channels of a feature set see them.

    each    the view of each document, without hits
    places  (tokens,) where each token stands in the views
    """

    def __init__(self, features: FeatureSet, documents: Sequence[Document]) -> None:
        self.each = [view(*laid_out(document)[:2], features.pad) for document in documents]
        positions: list[int] = []
        laid = 0
        for one in self.each:
            positions.extend([laid + position for position in one.positions])
            laid += len(one.words)
        self.places = np.array(positions, dtype=np.int64)


class Emissions:
    """Emission scores under fixed weights. Not safe for use by several threads at once.

    They come in two parts that are to be added: what the words say, and what is said of them, which a first stage only
    knows when it has read the words.
    """

    def __init__(self, features: FeatureSet, weights: Weights) -> None:
        self._size = len(weights.tags)
        tables = [_Table(channel, weights) for channel in features.channels]
        self._of_words = [table for table in tables if not table.channel.of_hits]
        self._of_hits = [table for table in tables if table.channel.of_hits]

    def words(self, documents: Views) -> Floats:
        """Scores of all tokens by their words and columns: (tokens, L)."""
        return self._summed(self._of_words, documents.each, documents.places)

    def hits(self, documents: Views, hits: Sequence[Hits]) -> Floats:
        """Scores of all tokens by what is said of those of each document: (tokens, L)."""
        views = [replace(one, hits=said) for one, said in zip(documents.each, hits, strict=True)]
        return self._summed(self._of_hits, views, documents.places)

    def _summed(self, tables: Sequence[_Table], views: Sequence[View], places: Ints) -> Floats:
        scores = np.zeros((len(places), self._size))
        for table in tables:
            keys: list[Key] = []
            for one in views:
                keys.extend(table.channel.keys(one))
            table.add(keys, places, scores)
        return scores


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
