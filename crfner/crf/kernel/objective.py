"""The penalised negative log-likelihood of a linear-chain CRF and its gradient, over rows of attributes.

An evaluation has four steps, each shared out to threads: the scores of each row; the marginals of each sentence, from
the rows that its tokens see; the sums of marginals over the tokens that see a row; and the sums of those over the rows
that have an attribute. One table of (rows, tags) serves the first and the third.

k attributes that always occur together have one weight w each, the same by symmetry. They are one variable
sqrt(k) w: with it, penalty, inner products and steps of an optimiser are what they would be for the k of them.

Public names: `Objective`, `table_bytes`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from crfner.crf.kernel import _training as kernel
from crfner.crf.kernel.alike import alike
from crfner.crf.kernel.rows import Ints, Longs, Text, Window
from crfner.crf.weights import Floats, Weights

_LANES = 4  # rows of tags are padded to a multiple of it
_BLOCK = 2048  # tokens whose expectations are added up before they are added to those of others
_SLICE = 1 << 16  # classes whose counts by tag are looked at together
_PIECES = 4  # of work for each thread, so that none waits long for another


def _width(tags: int) -> int:
    return -(-tags // _LANES) * _LANES


def table_bytes(text: Text) -> int:
    """How much memory the tables of such a text take."""
    return (len(text.row_starts) + text.places) * _width(len(text.tags)) * 8


class Objective:
    """The function to minimise, of one variable for each weight. To be used within a `with`, which ends its threads.

    text                      what is learnt from
    c2                        weight of the L2 penalty: c2 times the sum of squares is added
    c1                        weight of the L1 penalty, which is not added here; `l1` has its share of each variable
    min_freq                  pairs of attribute and tag, and of tags, that are seen less often have no weight
    all_possible_transitions  whether pairs of tags that are never seen have one
    threads                   how many threads work; the results are the same with any number of them

    After it `size` is the number of variables.
    """

    def __init__(
        self, text: Text, c1: float, c2: float, min_freq: int, all_possible_transitions: bool, threads: int
    ) -> None:
        self._text, self._c2, self._threads = text, c2, threads
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._width = _width(len(text.tags))
        self._classes = alike(text)
        self._row_starts, self._row_classes = _transposed(
            self._classes.row_starts, self._classes.rows, len(text.row_starts) - 1
        )
        self._table = np.empty((len(text.row_starts) - 1, self._width))
        self._nodes = np.zeros((text.places, self._width))
        self._channels = tuple((window.bases, window.offsets) for window in text.windows)
        self._blocks = _blocks(text.lengths)
        self._row_cuts = _cuts(self._row_starts, threads)
        self._key_cuts = [_key_cuts(window.bases, threads) for window in text.windows]
        self._class_cuts = _cuts(self._classes.row_starts, threads)
        self._count_states(min_freq)
        self._count_transitions(min_freq, all_possible_transitions)
        self.states = len(self._counts)
        self.size = self.states + len(self._pair_counts)
        roots = np.sqrt(self._classes.sizes)
        self._scale = np.repeat(roots, np.diff(self._starts))
        self.l1: Floats = c1 * np.concatenate([self._scale, np.ones(len(self._pair_counts))])

    def __enter__(self) -> Objective:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def __call__(self, variables: Floats) -> tuple[float, Floats]:
        """Value and gradient at the variables, (size,), without the L1 penalty."""
        states = variables[: self.states] * self._scale
        moves = np.zeros((len(self._text.tags), self._width))
        moves[self._pairs] = variables[self.states :]
        highest = float(moves[:, : len(self._text.tags)].max(initial=0.0))
        weighed = moves - highest
        kernel.exponentiate(weighed)  # and not NumPy's, whose last digit is another on another processor
        weighed[:, len(self._text.tags) :] = 0.0
        self._score_rows(states)
        log_z, pairs = self._sum_chains(weighed)
        links = int((self._text.lengths - 1).sum())
        gold = kernel.dot(states, self._counts) + kernel.dot(moves[self._pairs], self._pair_counts)
        value = log_z + links * highest - gold + self._c2 * kernel.dot(variables, variables)
        self._gather()
        gradient = np.empty(self.size)
        self._sum_classes(self._starts, self._tags, gradient[: self.states])
        gradient[: self.states] -= self._counts
        gradient[: self.states] *= self._scale
        gradient[self.states :] = (pairs * weighed)[self._pairs] - self._pair_counts
        kernel.axpy(2.0 * self._c2, variables, gradient)
        return value, gradient

    def weights(self, variables: Floats) -> Weights:
        """The weights that the variables stand for, without those that are zero."""
        values = variables[: self.states] / self._scale
        kept = values != 0.0
        classes = np.repeat(np.arange(len(self._classes.sizes)), np.diff(self._starts))[kept]
        starts = np.searchsorted(classes, np.arange(len(self._classes.sizes) + 1))
        lengths = np.diff(starts)
        of_attribute = self._classes.of_attribute
        used = np.flatnonzero((of_attribute >= 0) & (lengths[of_attribute] > 0))
        own = of_attribute[used]
        ends = np.cumsum(lengths[own])
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts[own] - (ends - lengths[own]), lengths[own])
        transitions = np.zeros((len(self._text.tags), len(self._text.tags)))
        transitions[self._pairs] = variables[self.states :]
        names = self._text.attributes
        return Weights(
            tags=self._text.tags,
            attributes={names[attribute]: number for number, attribute in enumerate(used.tolist())},
            starts=np.concatenate([[0], ends]).astype(np.int64),
            targets=self._tags[kept][places].astype(np.int64),
            values=values[kept][places],
            transitions=transitions,
        )

    def _count_states(self, min_freq: int) -> None:
        """Which class of attributes is seen with which tag, and how often: `_starts`, `_tags`, `_counts`."""
        tags = len(self._text.tags)
        self._nodes[self._text.token_places, self._text.gold] = 1.0
        self._gather()
        count = len(self._classes.sizes)
        lengths, found_tags, counts = [np.zeros(1, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
        for first in range(0, count, _SLICE):
            last = min(first + _SLICE, count)
            sums = np.empty((last - first) * tags)
            kernel.classes(
                0,
                last - first,
                self._classes.row_starts[first : last + 1],
                self._classes.rows,
                np.arange(last - first + 1, dtype=np.int64) * tags,
                np.tile(np.arange(tags, dtype=np.int32), last - first),
                self._width,
                self._table,
                sums,
            )
            by_tag = sums.reshape(-1, tags)
            seen = (by_tag > 0) & (by_tag >= min_freq)
            lengths.append(seen.sum(axis=1))
            found_tags.append(np.nonzero(seen)[1])
            counts.append(by_tag[seen])
        self._starts: Longs = np.cumsum(np.concatenate(lengths)).astype(np.int64)
        self._tags: Ints = np.concatenate(found_tags).astype(np.int32)
        self._counts: Floats = np.concatenate(counts)

    def _count_transitions(self, min_freq: int, everything: bool) -> None:
        """Which pairs of tags have a weight, and how often each is seen: `_pairs`, `_pair_counts`."""
        gold, tags = self._text.gold, len(self._text.tags)
        inner = np.ones(len(gold), dtype=np.bool_)
        inner[np.cumsum(self._text.lengths) - self._text.lengths] = False  # a sentence's first token follows none
        following = np.flatnonzero(inner)
        cells = gold[following - 1].astype(np.int64) * tags + gold[following]
        counts = np.bincount(cells, minlength=tags * tags).reshape(tags, tags).astype(np.float64)
        weighed = (counts >= min_freq) if everything else (counts > 0) & (counts >= min_freq)
        self._pairs = np.nonzero(weighed)
        self._pair_counts: Floats = counts[self._pairs]

    def _score_rows(self, states: Floats) -> None:
        def work(first: int, last: int) -> None:
            kernel.rows(
                first, last, self._row_starts, self._row_classes, self._starts, self._tags, states, self._width,
                self._table,
            )  # fmt: skip

        self._share(work, pairwise(self._row_cuts))

    def _sum_chains(self, weighed: Floats) -> tuple[float, Floats]:
        text, tags = self._text, len(self._text.tags)
        back = np.zeros_like(weighed)
        back[:, :tags] = weighed[:, :tags].T
        pairs = np.zeros((len(self._blocks) - 1, *weighed.shape))
        log_z = [0.0] * len(pairs)

        def work(block: int, _: int) -> None:
            log_z[block] = kernel.chains(
                self._blocks[block], self._blocks[block + 1], text.starts, text.lengths, self._channels, text.places,
                tags, self._width, weighed, back, self._table, self._nodes, pairs[block],
            )  # fmt: skip

        self._share(work, ((block, block + 1) for block in range(len(pairs))))
        total = np.zeros_like(weighed)
        for each in pairs:
            total += each
        return math.fsum(log_z), total  # sum has other last digits from Python 3.12 on

    def _gather(self) -> None:
        """The sums of the nodes of the tokens that have a row, in the table."""
        self._table[:] = 0.0
        for window, cuts in zip(self._text.windows, self._key_cuts, strict=True):

            def work(first: int, last: int, window: Window = window) -> None:
                kernel.gather(
                    first, last, window.bases, window.offsets, self._text.places, self._width, self._nodes, self._table
                )  # fmt: skip

            self._share(work, pairwise(cuts))

    def _sum_classes(self, starts: Longs, tags: Ints, sums: Floats) -> None:
        def work(first: int, last: int) -> None:
            kernel.classes(
                first, last, self._classes.row_starts, self._classes.rows, starts, tags, self._width, self._table, sums
            )  # fmt: skip

        self._share(work, pairwise(self._class_cuts))

    def _share(self, work: Callable[[int, int], None], ranges: Iterable[tuple[int, int]]) -> None:
        """Do the work for each range, in threads where there are several."""
        if self._pool is None:
            for first, last in ranges:
                work(first, last)
        else:
            list(self._pool.map(lambda pair: work(*pair), ranges))


def _transposed(starts: Longs, rows: Ints, count: int) -> tuple[Longs, Ints]:
    """The classes of each row, from the rows of each class."""
    order = np.argsort(rows, kind="stable")
    classes = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))[order]
    return np.searchsorted(rows[order], np.arange(count + 1)).astype(np.int64), classes


def _blocks(lengths: Longs) -> list[int]:
    """Borders of runs of sentences with about `_BLOCK` tokens; they must not depend on the threads."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    cuts = np.searchsorted(ends, np.arange(_BLOCK, total, _BLOCK)) + 1
    return sorted({0, *cuts.tolist(), len(lengths)})


def _cuts(starts: NDArray[np.int64], threads: int) -> Sequence[int]:
    """Borders of ranges with about as much to do, where `starts` says where each item's work begins."""
    count = len(starts) - 1
    if threads == 1:
        return [0, count]
    work = starts + np.arange(count + 1)  # an item is some work by itself
    goals = np.linspace(0, int(work[-1]), threads * _PIECES + 1)[1:-1]
    return sorted({0, *np.searchsorted(work, goals).tolist(), count})


def _key_cuts(bases: Ints, threads: int) -> Sequence[int]:
    """Borders of ranges of first rows that about as many places have, without row 0, which has no attribute."""
    if not len(bases):
        return [1, 1]
    shares = np.sort(bases)[np.linspace(0, len(bases) - 1, threads + 1)[1:-1].astype(np.int64)]
    return sorted({1, *(int(share) for share in shares if share > 1), int(bases.max()) + 1})
