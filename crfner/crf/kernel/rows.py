"""The training text as rows of attributes: what each key of a channel gives the tokens around it, written down once.

Public names: `Text`, `Window`, `read`.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, count, islice

import numpy as np
from numpy.typing import NDArray

from crfner.collector import at_rest
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

    bases    (places,) the first row of the key at each place; 0 where there is none
    offsets  (O,) rising: a key's row number o is for the token that lies offsets[o] places before it
    """

    bases: Ints
    offsets: Ints


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


@at_rest()  # strings and keys are many, and in no cycles
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
        self.numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self.starts = array("q", [0, 0])
        self.attributes = array("i")

    def add(self, lists: list[list[str]]) -> int:
        """Rows with these attributes, one after the other; the number of the first."""
        first = len(self.starts) - 1
        if self._kept is not None:
            lists = [list(filter(self._kept, attributes)) for attributes in lists]
        ends = accumulate(map(len, lists), initial=len(self.attributes))
        self.starts.extend(islice(ends, 1, None))
        self.attributes.extend(map(self.numbers.__getitem__, chain.from_iterable(lists)))
        return first


class _Keys:
    """The first row of each key of a channel, and what key stands where."""

    def __init__(self, channel: Channel, rows: _Rows) -> None:
        self.channel = channel
        self._rows = rows
        self._known: dict[Key, int] = {}
        self._bases = array("i")
        self._order = np.argsort(np.array(channel.offsets), kind="stable").tolist()

    def add(self, keys: Sequence[Key], positions: Sequence[int]) -> None:
        """The keys of a document's places, of which tokens stand at `positions`."""
        if self.channel.offsets != (0,):
            self._learn(keys)
            self._bases.extend(map(self._known.__getitem__, keys))
            return
        bases = np.zeros(len(keys), dtype=np.int32)  # nothing sees what stands at empty places
        keys = [keys[position] for position in positions]
        self._learn(keys)
        bases[positions] = list(map(self._known.__getitem__, keys))
        self._bases.frombytes(bases.tobytes())

    def _learn(self, keys: Sequence[Key]) -> None:
        """Rows for those of the keys that were not met before."""
        new = [key for key in dict.fromkeys(keys) if key not in self._known]
        lists = [by_offset[number] for by_offset in map(self.channel.attributes, new) for number in self._order]
        first = self._rows.add(lists)
        self._known.update(zip(new, range(first, first + len(lists), len(self._order)), strict=True))

    def window(self) -> Window:
        return Window(_ints(self._bases), np.sort(np.array(self.channel.offsets, dtype=np.int32)))


def _ints(numbers: array[int]) -> Ints:
    return np.frombuffer(numbers, dtype=np.int32) if numbers else np.zeros(0, dtype=np.int32)
