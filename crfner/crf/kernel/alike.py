"""Attributes that occur at exactly the same tokens, and so cannot be told apart by any training: one class for each.

Most of what is learnt from is rare: all affixes, n-grams and conjunctions that only one token shows are one class.

Public names: `Classes`, `alike`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crfner.crf.kernel.rows import Ints, Longs, Text

_LANES = 2  # 128 bits: two of a thousand million sets of tokens share them with a chance of one in 10^20


@dataclass(frozen=True, slots=True)
class Classes:
    """The attributes by class; attributes that no token has are in none.

    of_attribute   (attributes,) the class of each, or -1
    sizes          (classes,) how many attributes each has
    row_starts     (classes + 1,) where the rows of each class begin in `rows`
    rows           row numbers, class by class: those of the class's first attribute
    """

    of_attribute: Ints
    sizes: Longs
    row_starts: Longs
    rows: Ints


def alike(text: Text) -> Classes:
    """The classes, in the order of their first attributes.

    Each token gets a random number, an attribute the sum of the numbers of its tokens, and equal sums are taken for
    equal sets of tokens. Which numbers were drawn does not matter.
    """
    count = len(text.attributes)
    rows = np.repeat(np.arange(len(text.row_starts) - 1, dtype=np.int32), np.diff(text.row_starts))
    order = np.argsort(text.row_attributes, kind="stable")
    rows = rows[order]  # attribute by attribute
    starts = np.searchsorted(text.row_attributes[order], np.arange(count + 1)).astype(np.int64)
    sums = np.empty((count, _LANES), dtype=np.uint64)
    for lane in range(_LANES):
        by_row = _row_sums(text, lane)
        sums[:, lane] = np.add.reduceat(by_row[rows], starts[:-1]) if count else 0
    occurring = np.flatnonzero(sums.any(axis=1))
    _, first, inverse, sizes = np.unique(
        sums[occurring], axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(first), dtype=np.int32)  # classes by their first attribute, and not by its sum
    by_first = np.argsort(first, kind="stable")
    rank[by_first] = np.arange(len(first), dtype=np.int32)
    of_attribute = np.full(count, -1, dtype=np.int32)
    of_attribute[occurring] = rank[inverse.reshape(-1)]
    leading = occurring[first[by_first]]
    lengths = starts[leading + 1] - starts[leading]
    row_starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    taken = np.repeat(starts[leading] - row_starts[:-1], lengths) + np.arange(row_starts[-1])
    return Classes(of_attribute, sizes[by_first].astype(np.int64), row_starts, rows[taken])


def _row_sums(text: Text, lane: int) -> NDArray[np.uint64]:
    """For each row the sum of the numbers of the tokens that have it."""
    numbers = np.zeros(text.places, dtype=np.uint64)
    drawn = np.random.default_rng(lane).integers(1, 2**64, len(text.gold), dtype=np.uint64)
    numbers[text.token_places] = drawn
    sums = np.zeros(len(text.row_starts) - 1, dtype=np.uint64)
    for window in text.windows:
        if not len(window.key_bases):
            continue
        for number, offset in enumerate(window.offsets.tolist()):
            seen = window.key_places - offset
            inside = (seen >= 0) & (seen < text.places)
            values = np.where(inside, numbers[np.where(inside, seen, 0)], np.uint64(0))
            sums[window.key_bases + number] = np.add.reduceat(values, window.key_starts[:-1])
    return sums
