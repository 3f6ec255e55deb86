"""Emission scores of tokens, summed per key and not per attribute.

Every channel of a feature set gives a token a key (its word, a pair of shapes). The weights of a key's attributes are
summed once for each window offset and kept as a vector over the tags; a token's emission is then a sum of a dozen rows
of small tables, wherever the key was met before. Keys that can be told from a word's type alone are numbers (see
`features.typed`). The tables are bounded: a full one is emptied and begun anew.

The sums are made in C (`kernel/_scoring.c`), and in numpy where that was not built: the same to the last bit.

Public names: `Views`, `Emissions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from crfner.crf.attributes import Attributes, indexed
from crfner.crf.decode import Floats, Ints
from crfner.crf.layout import laid_out, words_of
from crfner.crf.weights import Weights
from crfner.document import Document
from crfner.once import once
from features import FeatureSet
from features.channels import Channel, Hits, Key, View, view
from features.typed import Batch, Coded, Elsewhere, Known, OfWords, Part, Pieces, Types, pieces, places_of
from features.words import WORD_FEATURES

try:
    from crfner.crf.kernel import _scoring
except ImportError:  # there was no compiler
    _scoring = None  # type: ignore[assignment]

Numbers = NDArray[np.int32]
T = TypeVar("T")

_TABLE_SIZE = 1 << 15
_TABLE_BYTES = 1 << 27  # of vectors; with very many tags a table has fewer keys
_LEAST_KEYS = 1 << 10
_SLICE = 512  # keys learnt at a time: their lists of strings are gone before the garbage collector walks them
_QUICK = 1 << 22  # bytes of attributes that are looked through for what they do not hold


class Views:
    """Documents one after the other, as the channels of a feature set see them.

    words      of all tokens
    lengths    (S,) tokens of each sentence
    documents  (D,) sentences of each document
    each       the view of each document, without hits, for channels that look at whole documents
    places     (tokens,) where each token stands in the views
    """

    def __init__(self, features: FeatureSet, documents: Sequence[Document]) -> None:
        self.pad = features.pad
        self._documents = documents
        self.words: list[str] = []
        lengths: list[int] = []
        counts: list[int] = []
        for document in documents:
            words, sizes = words_of(document)
            self.words.extend(words)
            lengths.extend(sizes)
            counts.append(len(sizes))
        self.lengths = np.array(lengths, dtype=np.int64)
        self.documents = np.array(counts, dtype=np.int64)

    @once
    def each(self) -> list[View]:
        return [view(*laid_out(document)[:2], self.pad) for document in self._documents]

    @once
    def places(self) -> Ints:
        # between the sentences of two documents lie the empty places after the one and before the other
        after = np.repeat(np.repeat(np.arange(len(self.documents)), self.documents), self.lengths)
        return places_of(self.lengths, self.pad) + self.pad * after


class Emissions:
    """Emission scores under fixed weights, for one thread at a time (see `crfner.crf.scoring`).

    They come in two parts that are to be added: what the words say, and what is said of them, which a first stage only
    knows when it has read the words.
    """

    def __init__(self, features: FeatureSet, weights: Weights) -> None:
        self._weights = weights = replace(weights, attributes=indexed(weights.attributes))
        self._pad = features.pad
        self._of_hits = [_Table(channel, weights) for channel in features.channels if channel.of_hits]
        self._types = Types()
        self._tables = [_table(channel, weights) for channel in features.channels if not channel.of_hits]
        self._limit = min((table.limit for table in self._tables), default=_TABLE_SIZE)

    def words(self, documents: Views) -> Floats:
        """Scores of all tokens by their words and columns: (tokens, L)."""
        scores = np.zeros((len(documents.words), len(self._weights.tags)))
        if len(self._types) > self._limit:
            self._types = Types()
            for table in self._tables:
                table.forget()
        batch = Batch.of(self._types, documents.words, documents.lengths, documents.documents, self._pad)
        for table in self._tables:
            table.add(documents, batch, scores)
        return scores

    def hits(self, documents: Views, hits: Sequence[Hits]) -> Floats:
        """Scores of all tokens by what is said of those of each document: (tokens, L)."""
        scores = np.zeros((len(documents.words), len(self._weights.tags)))
        if self._of_hits:
            views = [replace(one, hits=said) for one, said in zip(documents.each, hits, strict=True)]
            for table in self._of_hits:
                table.add_views(views, documents.places, scores)
        return scores


class _ByType(Protocol):
    """What gives the words of a batch scores, by the numbers of their types.

    limit  of types that it can tell apart
    """

    limit: int

    def add(self, documents: Views, batch: Batch, scores: Floats) -> None:
        """Add to the scores of all tokens what the channel gives them."""

    def forget(self) -> None:
        """Begin anew, as types get other numbers. Memory is kept for what comes: it would come back in pieces."""


def _table(channel: Channel, weights: Weights) -> _ByType:
    if isinstance(channel.form, OfWords):
        return _OfWords(channel, channel.form, weights)
    if isinstance(channel.form, Elsewhere):
        return _Evidence(channel, channel.form, weights)
    return _Table(channel, weights) if channel.form is None else _Coded(channel, weights)


class _Vectors:
    """Summed weights: a row a key, a vector an offset. Row 0 stays zero, for keys without any weight."""

    def __init__(self, channel: Channel, weights: Weights) -> None:
        self.offsets = np.array(channel.offsets, dtype=np.int64)
        self._rows = np.zeros((64, len(channel.offsets), len(weights.tags)))
        self.limit = min(_TABLE_SIZE, max(_LEAST_KEYS, _TABLE_BYTES // max(self._rows[0].nbytes, 1)))
        self._used = 1

    def clear(self) -> None:
        self._used = 1

    def keep(self, vectors: Floats) -> Numbers:
        """Keep vectors, (keys, offsets, L), and tell the row of each."""
        weighty = np.flatnonzero(vectors.any(axis=(1, 2)))
        end = self._used + len(weighty)
        if end > len(self._rows):
            grown = np.zeros((max(end, min(2 * end, self.limit + 1)), *self._rows.shape[1:]))
            grown[: self._used] = self._rows[: self._used]
            self._rows = grown
        self._rows[self._used : end] = vectors[weighty]
        rows = np.zeros(len(vectors), dtype=np.int32)
        rows[weighty] = np.arange(self._used, end)
        self._used = end
        return rows

    def add(self, rows: Numbers, places: Ints, scores: Floats) -> None:
        """Add to the scores of the tokens at `places` what the rows have for them; rows are of all places."""
        if _scoring is not None:
            _scoring.gather(scores, self._rows, rows, places, self.offsets)
            return
        for number, offset in enumerate(self.offsets.tolist()):
            scores += self._rows[rows[places + offset], number]


class _Table:
    """A channel whose keys are told for each document, whatever they are."""

    def __init__(self, channel: Channel, weights: Weights) -> None:
        self._channel = channel
        self._weights = weights
        self._vectors = _Vectors(channel, weights)
        self._rows: dict[Key, int] = {}
        self.limit = _TABLE_SIZE

    def forget(self) -> None:
        self._rows.clear()
        self._vectors.clear()

    def add(self, documents: Views, batch: Batch, scores: Floats) -> None:
        self.add_views(documents.each, documents.places, scores)

    def add_views(self, views: Sequence[View], places: Ints, scores: Floats) -> None:
        """Add to `scores` what the channel gives the tokens at `places` of the views."""
        keys: list[Key] = []
        for one in views:
            keys.extend(self._channel.keys(one))
        self.learn(set(keys), len(self._rows))
        rows = np.fromiter(map(self._rows.__getitem__, keys), dtype=np.int32, count=len(keys))
        self._vectors.add(rows, places, scores)

    def learn(self, distinct: set[Key], known: int) -> None:
        if known + len(distinct) > self._vectors.limit:
            self.forget()
        new = iter([key for key in distinct if key not in self._rows])
        for keys in _slices(new):
            rows = self._vectors.keep(_summed(self._channel, self._weights, keys)).tolist()
            self._rows.update(zip(keys, rows, strict=True))


class _Coded:
    """A channel whose keys are numbers."""

    def __init__(self, channel: Channel, weights: Weights) -> None:
        self._channel = channel
        self._weights = weights
        self._vectors = _Vectors(channel, weights)
        self._rows: dict[int, int] = {}
        self._otherwise = _Table(channel, weights)
        attributes = weights.attributes
        self._known: Known | None = None
        if isinstance(attributes, Attributes) and len(attributes.blob) < _QUICK and "&" in channel.name:
            self._known = Known(attributes.starting(f"{channel.name}="))
        self.limit = _TABLE_SIZE

    def forget(self) -> None:
        self._forget_codes()
        self._otherwise.forget()
        if self._known is not None:
            self._known.forget()

    def _forget_codes(self) -> None:
        self._rows.clear()
        self._vectors.clear()

    def add(self, documents: Views, batch: Batch, scores: Floats) -> None:
        form = self._channel.form
        assert form is not None and not isinstance(form, OfWords | Elsewhere)
        coded = form.coded(batch, self._known)
        if coded is None:
            self._otherwise.add(documents, batch, scores)
            return
        weighty = np.flatnonzero(coded.codes >= 0)
        distinct, where = np.unique(coded.codes[weighty], return_inverse=True)
        rows = np.zeros(len(coded.codes), dtype=np.int32)
        rows[weighty] = self._rows_of(distinct, coded)[where]
        self._vectors.add(rows, batch.places, scores)

    def _rows_of(self, distinct: Ints, coded: Coded) -> Numbers:
        codes = distinct.tolist()
        if len(self._rows) + len(codes) > self._vectors.limit:
            self._forget_codes()
        for new in _slices(iter([code for code in codes if code not in self._rows])):
            vectors = _summed(self._channel, self._weights, [coded.key(code) for code in new])
            self._rows.update(zip(new, self._vectors.keep(vectors).tolist(), strict=True))
        return np.fromiter(map(self._rows.__getitem__, codes), dtype=np.int32, count=len(codes))


class _OfWords:
    """The channel of words: its keys are the types."""

    def __init__(self, channel: Channel, form: OfWords, weights: Weights) -> None:
        self._channel = channel
        self._form = form
        self._weights = weights
        self._vectors = _Vectors(channel, weights)
        self._rows = np.zeros(0, dtype=np.int32)  # by type
        self._plan = None if _scoring is None else _plan(channel, form, weights)
        self.limit = self._vectors.limit

    def forget(self) -> None:
        self._rows = self._rows[:0]
        self._vectors.clear()

    def add(self, documents: Views, batch: Batch, scores: Floats) -> None:
        learnt = [self._rows]
        for words in _slices(iter(batch.types.words[len(self._rows) :])):
            learnt.append(self._vectors.keep(self._summed(words)))
        self._rows = np.concatenate(learnt)
        self._vectors.add(self._rows[batch.laid], batch.places, scores)

    def _summed(self, words: list[str | None]) -> Floats:
        if self._plan is None or None in words:
            return _summed(self._channel, self._weights, words)
        return self._plan.summed([word for word in words if word is not None])


class _Evidence:
    """The channel of what a word does elsewhere: its keys are sets, of which hardly one comes twice."""

    def __init__(self, channel: Channel, form: Elsewhere, weights: Weights) -> None:
        self._channel = channel
        self._form = form
        self._weights = weights
        self._offsets = np.array(channel.offsets, dtype=np.int64)
        self._heads = [f"{channel.name}[{offset}]=" for offset in channel.offsets]
        self._otherwise = _Table(channel, weights)
        self._numbers = np.zeros((0, len(self._heads)), dtype=np.int32)  # of attributes, by code
        self.limit = _TABLE_SIZE

    def forget(self) -> None:
        self._numbers = self._numbers[:0]
        self._otherwise.forget()

    def add(self, documents: Views, batch: Batch, scores: Floats) -> None:
        attributes = self._weights.attributes
        if _scoring is None or not isinstance(attributes, Attributes) or (found := self._form.codes(batch)) is None:
            self._otherwise.add(documents, batch, scores)
            return
        strings = self._form.forms(batch.types).strings
        if not len(self._numbers):
            self._numbers = np.stack([attributes.numbers(list(self._form.names), head) for head in self._heads], axis=1)
        new = strings[(len(self._numbers) - self._form.first_neighbour) // 2 :]
        if new:
            sides = [[attributes.numbers(new, f"{head}{side}=") for head in self._heads] for side in ("left", "right")]
            # (sides, offsets, forms) as rows of codes: left and right of a form are neighbours
            added = np.array(sides, dtype=np.int32).transpose(2, 0, 1).reshape(-1, len(self._heads))
            self._numbers = np.concatenate([self._numbers, added])
        starts, codes = found
        weights = self._weights
        store = attributes.store(weights.starts, weights.targets, weights.values)
        _scoring.add_evidence(store, scores, batch.lengths, starts, codes, self._numbers, self._offsets)


class _Plan:
    """How the sums of words are made in C: part by part, each with the offsets where it has weights."""

    def __init__(self, channel: Channel, form: OfWords, weights: Weights, attributes: Attributes) -> None:
        self._shape = len(channel.offsets), len(weights.tags)
        self._store = attributes.store(weights.starts, weights.targets, weights.values)
        self._quick = len(attributes.blob) < _QUICK
        slots = {offset: slot for slot, offset in enumerate(channel.offsets)}
        self._parts: list[tuple[Callable[[str], Sequence[str]], Pieces | None, tuple[bytes, ...], Ints]] = []
        for part in form.parts:
            heads = {slots[offset]: f"{part.name}[{offset}]=" for offset in part.offsets}
            self._plan(part, heads, attributes)
        self._bag = np.array([slots[o] for o in range(-form.bag, form.bag + 1) if o], dtype=np.int64)

    def _plan(self, part: Part, heads: dict[int, str], attributes: Attributes) -> None:
        if self._quick:
            heads = {slot: head for slot, head in heads.items() if attributes.begin(head)}
        if heads or part.name not in WORD_FEATURES:  # one of somebody's own says itself when it is not sound
            encoded = tuple(head.encode() for head in heads.values())
            self._parts.append((part.function, pieces(part.function), encoded, np.array(list(heads), dtype=np.int64)))

    def summed(self, words: list[str]) -> Floats:
        """The vectors of the words: (words, offsets, L)."""
        sums = np.zeros((len(words), *self._shape))
        for function, cut, heads, slots in self._parts:
            if cut is None:
                _scoring.add_values(self._store, heads, slots, [list(function(word)) for word in words], sums)
            else:
                strings = [cut.string(word) for word in words]
                _scoring.add_pieces(self._store, heads, slots, strings, cut.kind, cut.lengths, sums)
        if len(self._bag):
            lowered = [[word.lower()] for word in words]
            _scoring.add_values(self._store, (b"bag=",) * len(self._bag), self._bag, lowered, sums)
        return sums


def _plan(channel: Channel, form: OfWords, weights: Weights) -> _Plan | None:
    attributes = weights.attributes
    return _Plan(channel, form, weights, attributes) if isinstance(attributes, Attributes) else None


def _summed(channel: Channel, weights: Weights, keys: Sequence[Key]) -> Floats:
    """The vectors of keys, (keys, offsets, L), from the attributes that the channel says they have."""
    attributes = list(chain.from_iterable(map(channel.attributes, keys)))
    return weights.summed(attributes).reshape(len(keys), len(channel.offsets), len(weights.tags))


def _slices(items: Iterator[T]) -> Iterator[list[T]]:
    while part := list(islice(items, _SLICE)):
        yield part
