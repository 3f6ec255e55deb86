"""The attribute strings of a model, by number: kept as the bytes that a model file has, and looked up there.

A dictionary of a million strings takes a second to make and a hundred megabytes; a table of hashes beside the bytes
takes neither. Where C is missing it is a dictionary all the same.

Public names: `Attributes`, `indexed`, `numbered`.
"""

from __future__ import annotations

import os
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

try:
    from crfner.crf.kernel import _scoring
except ImportError:  # there was no compiler
    _scoring = None  # type: ignore[assignment]

Ints = NDArray[np.int64]

SEPARATOR = "\0"  # CRFsuite keeps a string up to its first NUL, so none holds one
_LEAST_SLOTS = 8


class Attributes(Mapping[str, int]):
    """A mapping from each attribute to its number, 0 and up, in the order of the bytes.

    blob   the strings as UTF-8, with NUL between them
    count  how many there are

    Raises ValueError when the bytes are not so many different strings.
    """

    def __init__(self, blob: bytes, count: int) -> None:
        blob.decode("utf-8")  # C compares bytes; that they are text is seen to here
        ends = np.flatnonzero(np.frombuffer(blob, dtype=np.uint8) == 0)
        if (len(ends) + 1 if count else len(blob)) != count:
            raise ValueError(f"there are not {count} strings")
        self.blob = blob
        self.offsets: Ints = np.zeros(count + 1, dtype=np.int64)
        if count:
            self.offsets[1:] = np.append(ends, len(blob)) + 1
        self._known: dict[str, int] | None = None
        self._unweighed = np.zeros(count + 1, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
        self.seed = int.from_bytes(os.urandom(8), "little")
        self.table: Ints = np.zeros(max(_LEAST_SLOTS, 1 << (2 * count).bit_length()), dtype=np.int64)
        if _scoring is None:
            self._known = {attribute: number for number, attribute in enumerate(self)}
            twice = len(self._known) != count
        else:
            twice = _scoring.index(blob, self.offsets, self.table, self.seed) >= 0
        if twice:
            raise ValueError("a string comes twice")

    @classmethod
    def of(cls, strings: Iterable[str]) -> Attributes:
        """The attributes of these names, in this order. Raises ValueError for one that comes twice or holds NUL."""
        names = list(strings)
        return cls(SEPARATOR.join(names).encode(), len(names))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[str]:
        return iter(self.blob.decode().split(SEPARATOR) if len(self) else ())

    def __getitem__(self, attribute: str) -> int:
        number = int(self.numbers([attribute])[0])
        if number < 0:
            raise KeyError(attribute)
        return number

    def __contains__(self, attribute: object) -> bool:
        return isinstance(attribute, str) and int(self.numbers([attribute])[0]) >= 0

    def items(self) -> ItemsView[str, int]:
        return {attribute: number for number, attribute in enumerate(self)}.items()  # quicker than one by one

    def __reduce__(self) -> tuple[Any, ...]:  # the table is made anew, with a seed of its own
        return Attributes, (self.blob, len(self))

    def numbers(self, strings: list[str], head: str = "") -> NDArray[np.int32]:
        """The number of the attribute head + string for each string; -1 where there is none."""
        if self._known is not None:
            found = (self._known.get(head + string, -1) for string in strings)
            return np.fromiter(found, dtype=np.int32, count=len(strings))
        numbers = np.empty(len(strings), dtype=np.int32)
        _scoring.numbers(self.store(*self._unweighed), head.encode(), strings, numbers)
        return numbers

    def store(self, starts: Ints, targets: Ints, values: NDArray[np.float64]) -> tuple[Any, ...]:
        """The attributes with their weights, in the form that C knows (see `kernel/_scoring.c`)."""
        return self.blob, self.offsets, self.table, self.seed, starts, targets, values

    def begin(self, head: str) -> bool:
        """Whether any attribute begins with it."""
        sought = head.encode()
        return self.blob.startswith(sought) or b"\0" + sought in self.blob

    def starting(self, head: str) -> list[str]:
        """What follows `head` in the attributes that begin with it."""
        sought = head.encode()
        found = (
            [self.blob[len(sought) : int(self.offsets[1]) - 1]] if len(self) and self.blob.startswith(sought) else []
        )
        sought = b"\0" + sought
        at = self.blob.find(sought)
        while at >= 0:
            start = at + len(sought)
            end = self.blob.find(b"\0", start)
            found.append(self.blob[start : end if end >= 0 else len(self.blob)])
            at = -1 if end < 0 else self.blob.find(sought, end)
        return [string.decode() for string in found]


def numbered(attributes: Mapping[str, int], strings: Sequence[str]) -> Ints:
    """The number of each attribute, -1 for one that is not there."""
    if isinstance(attributes, Attributes):
        return attributes.numbers(list(strings)).astype(np.int64)
    return np.fromiter((attributes.get(string, -1) for string in strings), dtype=np.int64, count=len(strings))


def indexed(attributes: Mapping[str, int]) -> Mapping[str, int]:
    """The same attributes in the form that is quick to look up, where they can have it."""
    if isinstance(attributes, Attributes) or any(number != n for n, number in enumerate(attributes.values())):
        return attributes
    try:
        return Attributes.of(attributes)
    except ValueError:  # a string that is no text, or holds NUL
        return attributes
