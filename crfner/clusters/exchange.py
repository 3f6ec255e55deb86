"""Classes of words that stand in like places and look alike: the exchange algorithm, with a prior on forms.

Each word in turn goes to the class that makes the text most probable, when the class of a word depends on the class
before it (Ney, Essen and Kneser 1994; Martin, Liermann and Ney 1998), and the words of a class have like forms (Clark
2003, "Combining distributional and morphological information for part of speech induction"). What a frequent word does
is decided by its places; the fewer of them the text shows, the more its form counts.

Public names: `exchanged`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from crfner.clusters.counting import BORDER
from crfner.clusters.forms import Forms
from crfner.clusters.tree import joined

_PASSES = 6
_SETTLED = 0.02  # of the words, that still move when the passes end

Array = np.ndarray[Any, Any]


def exchanged(beside: Any, counts: Array, words: Sequence[str], classes: int, *, progress: bool = False) -> list[str]:
    """The path of each word in the tree of the classes.

    beside   CSR matrix, words by 2 * columns: how often each word (row; row 0 is no word) has which others before it
             and after it; the last column of either side stands for all words beyond it
    counts   how often each word is there, falling
    words    the words; as many as there are columns for are exchanged, the others are placed when the classes are
             learnt
    classes  at most so many
    """
    known = beside.shape[1] // 2 - 2
    state = _Classes(beside, counts, words, known, classes)
    with tqdm(total=_PASSES, desc="exchange", unit=" passes", disable=None if progress else True) as bar:
        for _ in range(_PASSES):
            moved = sum(state.exchange(word) for word in range(1, known + 1))
            bar.set_postfix(moved=moved)
            bar.update()
            if moved <= _SETTLED * known:
                break
    placed = [state.number(word) for word in range(1, known + 1)]
    placed += [state.best(word) for word in range(known + 1, len(words) + 1)]
    used = sorted(set(placed))
    paths = dict(zip(used, joined(state.centres()[used]), strict=True))
    return [paths[number] for number in placed]


class _Classes:
    """Words in classes, and how often which class stands beside which.

    Besides the classes there are two more that no word leaves: the border's, and that of the words beyond the columns.
    """

    def __init__(self, beside: Any, counts: Array, words: Sequence[str], known: int, classes: int) -> None:
        self._starts, self._columns, self._times = beside.indptr, beside.indices, beside.data.astype(np.float64)
        self._counts = counts
        self._width, self._classes, self._half = known + 2, classes, classes + 2
        before = np.arange(-1, known + 1) % classes  # at first, words of like frequency are in different ones
        before[BORDER], before[known + 1 :] = classes, classes + 1
        self._of_column = np.concatenate([before, before + self._half])
        self._own = beside.diagonal(self._width)[: known + 1]  # how often a word follows itself
        self._beside = np.zeros((2 * self._half, classes))  # before and after, by the class that they are beside
        self._sizes = np.zeros(classes)
        self._forms = Forms(words[:known], classes)
        self._pieces = [self._forms.of(word) for word in words]
        for word in range(1, known + 1):
            number = self.number(word)
            self._beside[:, number] += self._around(word)
            self._sizes[number] += counts[word - 1]
            self._forms.add(self._pieces[word - 1], number)

    def number(self, word: int) -> int:
        """The class that a word is in."""
        return int(self._of_column[word])

    def exchange(self, word: int) -> bool:
        """Move a word to its best class; whether that is another one."""
        old, around, own = self.number(word), self._around(word), float(self._own[word])
        around[[old, self._half + old]] -= own
        self._put(word, old, around, own, -1)
        new = int(self._gains(word, around, own).argmax())
        self._put(word, new, around, own, 1)
        return new != old

    def best(self, word: int) -> int:
        """The best class of a word that is in none."""
        return int(self._gains(word, self._around(word), 0.0).argmax())

    def centres(self) -> Array:
        """What is beside each class, as square roots of shares: a row a class (Hellinger's distance parts them)."""
        found: Array = np.sqrt(self._beside / np.maximum(self._beside.sum(axis=0), 1)).T
        return found

    def _around(self, word: int) -> Array:
        """How often a word has which class before it and after it."""
        part = slice(self._starts[word], self._starts[word + 1])
        return np.bincount(self._of_column[self._columns[part]], self._times[part], minlength=2 * self._half)

    def _put(self, word: int, number: int, around: Array, own: float, times: int) -> None:
        """Put a word into a class, or, with -1 times, take it out; `around` is without the word itself."""
        half, classes = self._half, self._classes
        self._beside[:, number] += times * around
        self._beside[number] += times * around[half : half + classes]
        self._beside[half + number] += times * around[:classes]
        self._beside[number, number] += times * own
        self._beside[half + number, number] += times * own
        self._sizes[number] += times * self._counts[word - 1]
        self._forms.add(self._pieces[word - 1], number, times)
        if times > 0:
            self._of_column[word], self._of_column[self._width + word] = number, half + number

    def _gains(self, word: int, around: Array, own: float) -> Array:
        """What the text and the forms gain in log probability when the word is put into each class."""
        half, classes = self._half, self._classes
        there = around.nonzero()[0]
        old = self._beside[there]
        gains = (_xlogx(old + around[there, None]) - _xlogx(old)).sum(axis=0)
        # beside words of the class that it is put into, it adds to one number what was taken for two
        inner = self._beside.diagonal()
        before, after = around[:classes], around[half : half + classes]
        sizes = self._sizes, self._sizes + self._counts[word - 1]
        terms = np.stack([inner + before + after + own, inner + before, inner + after, inner, *sizes])
        gains += np.array([1, -1, -1, 1, 2, -2]) @ _xlogx(terms)
        found: Array = gains + self._forms.scores(self._pieces[word - 1])
        return found


def _xlogx(values: Array) -> Array:
    result: Array = values * np.log(np.maximum(values, 1))
    return result
