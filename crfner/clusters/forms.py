"""What the words of a class look like: a model of their forms, for classes that have a form in common.

A word's form is its shape, and its last letters, each more probable or less by those behind it. Each class has a model
of its own, smoothed by that of all words, which learns and forgets a word at a time. It is the prior of Clark (2003),
whose classes had a hidden Markov model of letters each.

Public names: `Forms`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

_LONGEST = 4  # letters of a suffix; "^" stands before the first one of a word
_FEWEST = 5  # words that a piece must be seen in
_SMOOTHING = 5.0  # how many words the model of all words counts for, in that of a class
_PARENTS = np.array([0, 0, *range(2, 1 + _LONGEST)])  # of the shape and of each suffix, among a word's own pieces
_RARE = "SHAPE"  # any that is too rare to be known
_RUN = re.compile(r"(.)\1+")


class Forms:
    """The forms of the words of each class.

    words    the words that the pieces are taken from
    classes  how many classes there are; none has a word yet
    """

    def __init__(self, words: Sequence[str], classes: int) -> None:
        found = [_pieces(word) for word in words]
        totals = Counter(piece for pieces in found for piece in pieces)
        self._numbers = {"": 0, _RARE: 1}
        for piece, count in totals.items():
            if count >= _FEWEST:
                self._numbers.setdefault(piece, len(self._numbers))
        self._counts = np.zeros((len(self._numbers), classes), dtype=np.float32)
        self._all = np.zeros(len(self._numbers))
        for word in words:
            np.add.at(self._all, self.of(word), 1)

    def of(self, word: str) -> np.ndarray[Any, Any]:
        """The numbers of the pieces of a word: the root, its shape, and its suffixes as far as they are known."""
        root, shape, *suffixes = _pieces(word)
        numbers = [self._numbers[root], self._numbers.get(shape, self._numbers[_RARE])]
        for suffix in suffixes:
            if suffix not in self._numbers:
                break
            numbers.append(self._numbers[suffix])
        return np.array(numbers)

    def add(self, pieces: np.ndarray[Any, Any], number: int, times: int = 1) -> None:
        """Let a class have a word with these pieces, or, with -1 times, have it no more."""
        self._counts[pieces, number] += times

    def scores(self, pieces: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """For each class the logarithm of the probability of the class, and in it of a word with these pieces."""
        counts, parents = self._counts[pieces], _PARENTS[: len(pieces) - 1]
        whole = self._all[pieces]
        usual = (_SMOOTHING * (whole[1:] + 1) / (whole[parents] + 1)).astype(np.float32)
        within = (counts[1:] + usual[:, None]) / (counts[parents] + np.float32(_SMOOTHING))
        found: np.ndarray[Any, Any] = np.log(within).sum(axis=0) + np.log(counts[0] + 1)
        return found


def _pieces(word: str) -> list[str]:
    """The root, the shape and the suffixes, the shortest first; what is in capitals is no suffix.

    >>> _pieces("McCoys")
    ['', 'SHAPE AaAa', 's', 'ys', 'oys', 'coys']
    >>> _pieces("to")
    ['', 'SHAPE a', 'o', 'to', '^to']
    """
    shape = _RUN.sub(r"\1", "".join("A" if c.isupper() else "a" if c.isalpha() else c for c in word))
    begun = f"^{word.lower()}"
    return ["", f"{_RARE} {shape}", *(begun[-n:] for n in range(1, min(_LONGEST, len(begun)) + 1))]
