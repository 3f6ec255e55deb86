"""The training text as rows of attributes: what each key of a channel gives the tokens around it, written down once.

Public names: `Text`, `Window`, `read`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crfner.crf.layout import Laid
from features import FeatureSet
from features.channels import Channel, Key, view

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]

Labelled = tuple[Laid, Sequence[Sequence[str]]]
"""A document as features see it, and the tags of each sentence's tokens."""

_MOST = 2**31 - 1  # rows, places and attributes are counted in 32 bits


@dataclass(frozen=True, slots=True)
class Window:
    """A channel: which of its keys stands where. Tokens are laid out with empty places between sentences.

    bases       (places,) the first row of the key at each place
    offsets     (O,) rising: a key's row number o is for the token that lies offsets[o] places before it
    key_bases   (keys,) the first row of each key
    key_starts  (keys + 1,) where the places of each key begin in `key_places`
    key_places  (places,) the places, key by key
    """

    bases: Ints
    offsets: Ints
    key_bases: Ints
    key_starts: Longs
    key_places: Ints


@dataclass(frozen=True, slots=True)
class Text:
    """All that is learnt from.

    attributes      the attribute strings, by number
    row_starts      (rows + 1,) where the attributes of each row begin in `row_attributes`
    row_attributes  attribute numbers, row by row
    windows         one for each channel that gives any attribute
    starts          (sentences,) the place of each sentence's first token
    lengths         (sentences,)
    places          how many places there are
    tags            the tags, in the order in which they first occur
    gold            (tokens,) tag numbers
    """

    attributes: list[str]
    row_starts: Longs
    row_attributes: Ints
    windows: tuple[Window, ...]
    starts: Longs
    lengths: Longs
    places: int
    tags: tuple[str, ...]
    gold: Ints

    @property
    def token_places(self) -> Longs:
        """(tokens,) the place of each token."""
        ends = np.cumsum(self.lengths)
        places: Longs = np.arange(len(self.gold)) + np.repeat(self.starts - (ends - self.lengths), self.lengths)
        return places

    def sentences(self) -> Iterator[tuple[list[list[str]], list[str]]]:
        """The attribute strings and the tags of each sentence: the text written out, token by token."""
        ends = np.cumsum(self.lengths)
        for start, length, end in zip(self.starts.tolist(), self.lengths.tolist(), ends.tolist(), strict=True):
            words = [self._attributes_at(place) for place in range(start, start + length)]
            yield words, [self.tags[tag] for tag in self.gold[end - length : end]]

    def _attributes_at(self, place: int) -> list[str]:
        found: list[str] = []
        for window in self.windows:
            for number, offset in enumerate(window.offsets.tolist()):
                row = int(window.bases[place + offset]) + number if window.bases[place + offset] else 0
                numbers = self.row_attributes[self.row_starts[row] : self.row_starts[row + 1]]
                found.extend(self.attributes[attribute] for attribute in numbers)
        return found


def read(labelled: Iterable[Labelled], features: FeatureSet, kept: Callable[[str], bool] | None = None) -> Text:
    """Lay documents out, as they come.

    kept  whether an attribute is learnt from; None for all of them

    Raises OverflowError for a text beyond two thousand million places or rows.
    """
    rows = _Rows(kept)
    keys = [_Keys(channel, rows) for channel in features.channels]
    starts, lengths, gold = array("q"), array("q"), array("i")
    numbers: dict[str, int] = {}
    places = 0
    for (sentences, columns, hits), tags in labelled:
        seen = view(sentences, columns, features.pad, hits)
        position = iter(seen.positions)
        for sentence in tags:
            if not sentence:
                continue
            starts.append(places + next(position))
            for _ in sentence[1:]:
                next(position)
            lengths.append(len(sentence))
            gold.extend([numbers.setdefault(tag, len(numbers)) for tag in sentence])
        for each in keys:
            each.add(each.channel.keys(seen), seen.positions)
        places += len(seen.words)
    if max(places, len(rows.starts)) > _MOST:
        raise OverflowError(f"a text of {places} places and {len(rows.starts)} rows is too large for the kernel")
    return Text(
        attributes=list(rows.numbers),
        row_starts=np.frombuffer(rows.starts, dtype=np.int64),
        row_attributes=_ints(rows.attributes),
        windows=tuple(each.window() for each in keys),
        starts=np.frombuffer(starts, dtype=np.int64),
        lengths=np.frombuffer(lengths, dtype=np.int64),
        places=places,
        tags=tuple(numbers),
        gold=_ints(gold),
    )


class _Rows:
    """All rows, in the order in which their keys are met. Row 0 has no attribute: empty places have it."""

    def __init__(self, kept: Callable[[str], bool] | None) -> None:
        self._kept = kept
        self.numbers: dict[str, int] = {}
        self.starts = array("q", [0, 0])
        self.attributes = array("i")

    def add(self, several: Iterable[Sequence[str]]) -> int:
        """Rows with these attributes, one after the other; the number of the first."""
        first = len(self.starts) - 1
        numbers = self.numbers
        for attributes in several:
            if self._kept is not None:
                attributes = list(filter(self._kept, attributes))
            self.attributes.extend([numbers.setdefault(attribute, len(numbers)) for attribute in attributes])
            self.starts.append(len(self.attributes))
        return first


class _Keys(dict[Key, int]):
    """The first row of each key of a channel, and what key stands where."""

    def __init__(self, channel: Channel, rows: _Rows) -> None:
        self.channel = channel
        self._rows = rows
        self._bases = array("i")
        self._order = np.argsort(np.array(channel.offsets), kind="stable").tolist()

    def __missing__(self, key: Key) -> int:
        attributes = self.channel.attributes(key)
        self[key] = base = self._rows.add(attributes[number] for number in self._order)
        return base

    def add(self, keys: Sequence[Key], positions: Sequence[int]) -> None:
        """The keys of a document's places, of which tokens stand at `positions`."""
        if self.channel.offsets == (0,):  # nothing sees what stands at empty places
            bases = array("i", bytes(4 * len(keys)))
            for position in positions:
                bases[position] = self[keys[position]]
            self._bases.extend(bases)
        else:
            self._bases.extend(map(self.__getitem__, keys))

    def window(self) -> Window:
        bases = _ints(self._bases)
        places = np.argsort(bases, kind="stable").astype(np.int32)
        key_bases, counts = np.unique(bases, return_counts=True)
        if self.channel.offsets == (0,) and len(counts) and key_bases[0] == 0:  # the empty places
            places, key_bases, counts = places[counts[0] :], key_bases[1:], counts[1:]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Window(bases, np.sort(np.array(self.channel.offsets, dtype=np.int32)), key_bases, starts, places)


def _ints(numbers: array[int]) -> Ints:
    return np.frombuffer(numbers, dtype=np.int32) if numbers else np.zeros(0, dtype=np.int32)
