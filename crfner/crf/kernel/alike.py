"""Attributes that occur at exactly the same tokens, and so cannot be told apart by any training: one class for each.

Most of what is learnt from is rare: all affixes, n-grams and conjunctions that only one token shows are one class.

Public names: `Classes`, `alike`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crfner.crf.kernel.rows import Ints, Longs, Text


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

    Each token gets two random numbers of 64 bits, an attribute the sums of the numbers of its tokens, and equal sums
    are taken for equal sets of tokens: of a thousand million sets two share them with a chance of one in 10^20. Which
    numbers were drawn does not matter.
    """
    count = len(text.attributes)
    rows = np.repeat(np.arange(len(text.row_starts) - 1, dtype=np.int32), np.diff(text.row_starts))
    order = np.argsort(text.row_attributes, kind="stable")
    rows = rows[order]  # attribute by attribute
    starts = np.searchsorted(text.row_attributes[order], np.arange(count + 1)).astype(np.int64)
    one, other = (np.add.reduceat(_row_sums(text, lane)[rows], starts[:-1]) for lane in range(2))
    together = np.lexsort((other, one))  # stable: of a class the first attribute comes first
    together = together[(one[together] != 0) | (other[together] != 0)]
    begins = np.ones(len(together), dtype=np.bool_)
    begins[1:] = (np.diff(one[together]) != 0) | (np.diff(other[together]) != 0)
    firsts = together[begins]
    by_first = np.argsort(firsts)  # classes by their first attribute, and not by its sum
    rank = np.empty(len(firsts), dtype=np.int32)
    rank[by_first] = np.arange(len(firsts), dtype=np.int32)
    numbers = np.cumsum(begins) - 1
    of_attribute = np.full(count, -1, dtype=np.int32)
    of_attribute[together] = rank[numbers]
    sizes = np.bincount(numbers, minlength=len(firsts))
    leading = firsts[by_first]
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
        places = np.argsort(window.bases, kind="stable")
        keys = np.flatnonzero(np.diff(window.bases[places], prepend=-1))  # where each begins among the places
        bases = window.bases[places[keys]]
        for number, offset in enumerate(window.offsets.tolist()):
            seen = places - offset
            inside = (seen >= 0) & (seen < text.places)
            values = np.where(inside, numbers[np.where(inside, seen, 0)], np.uint64(0))
            sums[bases + number] = np.add.reduceat(values, keys)
        sums[0] = 0  # the row of empty places
    return sums
