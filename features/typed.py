"""Channels over word types: a batch of documents as arrays of numbers, so that Python does nothing for each token.

Each distinct word has a number, its type. What a channel needs to know of a word is kept in columns over the types, and
the keys of all tokens of a batch are then a few array operations. `Channel.keys` tells the same of one document, word
by word; the tests hold the two together.

Public names: `Types`, `Batch`, `OfWords`, `Joint`, `Positions`, `Capitals`, `Elsewhere`, `Known`,
`pieces`, `Form`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from features import documents, words

try:
    from features import _typed
except ImportError:  # there was no compiler
    _typed = None  # type: ignore[assignment]

Ints = NDArray[np.int64]
Numbers = NDArray[np.int32]
Texts = Callable[[list[str | None]], list[str]]

_MOST_BITS = 62
_MOST_CUTS = 32


class Types:
    """Words by number. The type 0 is no word: an empty place beyond a sentence's border."""

    def __init__(self) -> None:
        self.words: list[str | None] = [None]
        self._numbers: dict[str | None, int] = {None: 0}
        self._columns: dict[Hashable, NDArray[Any]] = {}
        self._values: dict[Hashable, Values] = {}

    def __len__(self) -> int:
        return len(self.words)

    def of(self, words: list[str]) -> Numbers:
        """The type of each word; new words get new types."""
        if _typed is not None:
            found = np.empty(len(words), dtype=np.int32)
            self.words.extend(_typed.number(self._numbers, words, found))
            return found
        known = self._numbers
        fresh = [word for word in dict.fromkeys(words) if word not in known]
        known.update(zip(fresh, range(len(known), len(known) + len(fresh)), strict=True))
        self.words.extend(fresh)
        return np.fromiter(map(known.__getitem__, words), dtype=np.int32, count=len(words))

    def column(self, name: Hashable, function: Callable[[str], Any], dtype: Any) -> NDArray[Any]:
        """The function's value of each type; 0 for no word."""
        column = self._columns.get(name)
        done = 1 if column is None else len(column)
        if column is None or done < len(self.words):
            fresh = self.words[done:]
            added = np.fromiter(map(function, fresh), dtype=dtype, count=len(fresh))  # type: ignore[arg-type]
            column = np.concatenate([np.zeros(1, dtype=dtype) if column is None else column, added])
            self._columns[name] = column
        return column

    def values(self, name: Hashable, *functions: Texts) -> Values:
        """The values that functions of lists of words give all types, as numbers."""
        values = self._values.get(name)
        if values is None:
            values = self._values[name] = Values(functions)
        values.learn(self.words)
        return values


class Values:
    """What functions give each type, as numbers that are shared by equal strings.

    numbers   for each function the number of its value, by type
    strings   the strings by number
    """

    def __init__(self, functions: Sequence[Texts]) -> None:
        self.numbers: list[Numbers] = [np.zeros(0, dtype=np.int32) for _ in functions]
        self.strings: list[str] = []
        self._functions = functions
        self._known: dict[str, int] = {}

    def learn(self, words: list[str | None]) -> None:
        done = len(self.numbers[0])
        if done == len(words):
            return
        for index, function in enumerate(self._functions):
            found = function(words[done:])
            fresh = [value for value in dict.fromkeys(found) if value not in self._known]
            self._known.update(zip(fresh, range(len(self._known), len(self._known) + len(fresh)), strict=True))
            self.strings.extend(fresh)
            added = np.fromiter(map(self._known.__getitem__, found), dtype=np.int32, count=len(found))
            self.numbers[index] = np.concatenate([self.numbers[index], added])


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents one after the other, as numbers.

    types      the types of words
    tokens     (T,) the type of each token
    laid       the same with empty places before, between and after the sentences
    places     (T,) where in `laid` each token is
    lengths    (S,) tokens of each sentence
    documents  (D,) sentences of each document
    """

    types: Types
    tokens: Numbers
    laid: Numbers
    places: Ints
    lengths: Ints
    documents: Ints

    @classmethod
    def of(cls, types: Types, words: list[str], lengths: Ints, documents: Ints, pad: int) -> Batch:
        """Words of all sentences one after the other, laid out for windows of `pad` tokens to each side."""
        tokens = types.of(words)
        places = places_of(lengths, pad)
        laid = np.zeros(len(words) + pad * (len(lengths) + 1), dtype=np.int32)
        laid[places] = tokens
        return cls(types, tokens, laid, places, lengths, documents)

    def first(self) -> Ints:
        """The first token of each sentence."""
        return np.cumsum(self.lengths) - self.lengths


def places_of(lengths: Ints, pad: int) -> Ints:
    """Where tokens stand when `pad` empty places lie before, between and after the sentences."""
    return np.arange(int(lengths.sum())) + pad * np.repeat(np.arange(1, len(lengths) + 1), lengths)


class Part(NamedTuple):
    """A word feature: its name, the offsets where it is looked at, and its function."""

    name: str
    offsets: tuple[int, ...]
    function: Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class OfWords:
    """The form of a channel whose key is the word: its features, and how far its bag of words reaches."""

    parts: tuple[Part, ...]
    bag: int


@dataclass(frozen=True, slots=True)
class Coded:
    """Numbers in place of keys.

    codes  of all places of a batch; below 0 for a key that is known to have no attribute of weight
    key    the key of a code
    """

    codes: Ints
    key: Callable[[int], Hashable]


@dataclass(frozen=True, slots=True)
class Joint:
    """The form of a conjunction: by part a name, the values of words by which parts are joined, and an offset."""

    parts: tuple[tuple[str, Callable[[str | None], str], int], ...]

    def coded(self, batch: Batch, known: Known | None) -> Coded | None:
        """The numbers of the parts side by side in one; None when they do not fit."""
        values = [batch.types.values((name,), _each(function)) for name, function, _ in self.parts]
        bits = _MOST_BITS // len(self.parts)
        if any(len(one.strings) >> bits for one in values):
            return None
        codes = np.zeros(len(batch.laid), dtype=np.int64)
        never = np.zeros(len(batch.laid), dtype=np.bool_)
        for number, ((_, _, offset), one) in enumerate(zip(self.parts, values, strict=True)):
            found = one.numbers[0][batch.laid]
            if known is not None and number in (0, len(self.parts) - 1):
                never |= _shifted(known.never(number > 0, one)[found], offset, True)
            codes |= _shifted(found, offset, 0).astype(np.int64) << bits * number
        codes[never] = -1
        mask = (1 << bits) - 1

        def key(code: int) -> str:
            return "|".join([one.strings[code >> bits * n & mask] for n, one in enumerate(values)])

        return Coded(codes, key)


class Known:
    """The keys of a conjunction that a model has weights for, to tell at once that most pairs of words have none."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._ends: tuple[set[str], set[str]] = (set(), set())
        self._all = False  # whether every value may be at an end
        for key in keys:
            parts = key.split("|")
            self._all |= len(parts) > _MOST_CUTS
            for cut in range(min(len(parts), _MOST_CUTS)):  # a value may hold "|": each may stand between two values
                self._ends[0].add("|".join(parts[: cut + 1]))
                self._ends[1].add("|".join(parts[cut:]))
        self.forget()

    def forget(self) -> None:
        """Begin anew with other types, whose values have other numbers."""
        self._never: list[NDArray[np.bool_]] = [np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.bool_)]

    def never(self, last: bool, values: Values) -> NDArray[np.bool_]:
        """Of each value, whether no key begins with it, or ends with it if it is the last part."""
        done = self._never[last]
        if len(done) < len(values.strings):
            ends = self._ends[last]
            added = [not self._all and value not in ends for value in values.strings[len(done) :]]
            self._never[last] = done = np.concatenate([done, np.array(added, dtype=np.bool_)])
        return done


class Positions:
    """The form of the channel of positions."""

    names = (None, "first", "second", "inner", "last", "alone")

    def coded(self, batch: Batch, known: Known | None) -> Coded:
        first = np.repeat(batch.first(), batch.lengths)
        at = np.arange(len(batch.tokens)) - first
        left = np.repeat(batch.lengths, batch.lengths) - 1 - at
        codes = np.zeros(len(batch.laid), dtype=np.int64)
        inside = np.where(at == 0, 1, np.where(left == 0, 4, np.where(at == 1, 2, 3)))
        codes[batch.places] = np.where((at == 0) & (left == 0), 5, inside)
        return Coded(codes, self.names.__getitem__)


class Capitals:
    """The form of the channel of sentences in capitals."""

    def coded(self, batch: Batch, known: Known | None) -> Coded:
        codes = np.zeros(len(batch.laid), dtype=np.int64)
        codes[batch.places] = np.repeat(in_capitals(batch), batch.lengths)
        return Coded(codes, bool)


def in_capitals(batch: Batch) -> NDArray[np.bool_]:
    """For each sentence of a batch, what `documents.capitals` says of it."""
    cased = batch.types.column("cased", documents.is_cased, np.bool_)[batch.tokens]
    upper = batch.types.column("upper", str.isupper, np.bool_)[batch.tokens]
    ends = np.cumsum(batch.lengths)
    many, lower = (np.concatenate([[0], np.cumsum(one)]) for one in (cased, cased & ~upper))
    starts = ends - batch.lengths
    found: NDArray[np.bool_] = (many[ends] - many[starts] > 1) & (lower[ends] == lower[starts])
    return found


class Elsewhere:
    """The form of the channel of what the same word does elsewhere: sets of codes a token."""

    run, first_neighbour = 2, 18
    names = ("cap", "low", *(f"seq={before}/{size}" for before in range(4) for size in range(1, 5)))

    def __init__(self, neighbours: int) -> None:
        self.neighbours = neighbours

    def forms(self, types: Types) -> Values:
        """The strings whose numbers codes speak of: words as written and in lower case.

        The code of a name is its place among the names; that of form f to the left is 18 + 2f, to the right 19 + 2f.
        """
        return types.values("forms", _written, _lowered)

    def codes(self, batch: Batch) -> tuple[Ints, Numbers] | None:
        """Where the codes of each token begin, (T + 1,), and the codes; None where C is missing."""
        if _typed is None:
            return None
        forms = self.forms(batch.types)
        flags = batch.types.column("elsewhere", documents.flags, np.uint8)
        counts = np.zeros(len(batch.tokens), dtype=np.int32)
        exact, lower = forms.numbers
        found = _typed.elsewhere(
            batch.tokens, batch.lengths, batch.documents, flags, exact, lower, in_capitals(batch),
            len(forms.strings), self.neighbours, documents.COMMONEST, counts,
        )  # fmt: skip
        starts = np.zeros(len(counts) + 1, dtype=np.int64)
        np.cumsum(counts, out=starts[1:])
        return starts, np.frombuffer(found, dtype=np.int32)


class Pieces(NamedTuple):
    """A word feature whose values are pieces of a string: its beginnings, its ends, or all of them, each once.

    kind     0, 1 or 2, as above
    lengths  characters of a piece; beginnings and ends are shorter than the string
    string   of a word
    """

    kind: int
    lengths: Ints
    string: Callable[[str], str]


def pieces(function: Callable[[str], Sequence[str]]) -> Pieces | None:
    """What the values of a word feature are pieces of; None for features of another kind."""
    base = function.func if isinstance(function, partial) else function
    if base not in (words.prefix, words.suffix, words.ngrams):
        return None
    settings = {name: one.default for name, one in signature(function).parameters.items()}
    lengths = np.array(settings["lengths"], dtype=np.int64)
    if base is words.ngrams:
        return Pieces(2, lengths, partial(words.bordered, limit=settings["limit"]))
    return Pieces(0 if base is words.prefix else 1, lengths, words.letters)


Form = OfWords | Joint | Positions | Capitals | Elsewhere


def _each(function: Callable[[str | None], str]) -> Texts:
    return lambda words: list(map(function, words))


def _written(words: list[str | None]) -> list[str]:
    return [word or "" for word in words]


def _lowered(words: list[str | None]) -> list[str]:
    return [word.lower() if word else "" for word in words]


def _shifted(values: NDArray[Any], offset: int, beyond: Any) -> NDArray[Any]:
    """The value `offset` places further on, at each place."""
    if not offset:
        return values
    shifted = np.full_like(values, beyond)
    if abs(offset) < len(values):
        if offset > 0:
            shifted[:-offset] = values[offset:]
        else:
            shifted[-offset:] = values[:offset]
    return shifted
