"""Unlabelled text as numbers: each word type once, each token as the number of its type.

Digits are counted as if they were all 0, so that dates and amounts meet in a few types; what is learnt of such a type
holds of each word that has its form.

Public names: `BORDER`, `Text`, `numbered`, `neighbours`.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_DIGIT = re.compile(r"\d")
_CHUNK = 1 << 20  # tokens whose pairs are counted at once

BORDER = 0
"""The type that stands before and after each sentence."""


@dataclass(frozen=True)
class Text:
    """A text in numbers; it takes four bytes a token, and each distinct word once.

    types   the number of each word's type, by the word as it is written
    tokens  int32, the type of each token; sentences are parted by `BORDER`
    counts  int64, how often each word of `types` is there, in their order
    """

    types: dict[str, int]
    tokens: np.ndarray[Any, Any]
    counts: np.ndarray[Any, Any]

    @property
    def size(self) -> int:
        """The number of tokens, without the borders."""
        return int(self.counts.sum())


def numbered(sentences: Iterable[Sequence[str]]) -> Text:
    """A text from its sentences, lists of words."""
    forms: dict[str, int] = {"": BORDER}
    words: dict[str, int] = {}  # number of each word as it is written
    types: list[int] = []  # and its type
    written = array("i", [-1])
    for sentence in sentences:
        for word in sentence:
            number = words.get(word)
            if number is None:
                number = words[word] = len(words)
                types.append(forms.setdefault(_DIGIT.sub("0", word), len(forms)))
            written.append(number)
        written.append(-1)
    numbers = np.frombuffer(written, dtype=np.int32)
    counts = np.bincount(numbers[numbers >= 0], minlength=len(words))
    # the number -1 of a border picks the last
    tokens = np.array([*types, BORDER], dtype=np.int32)[numbers]
    return Text(dict(zip(words, types, strict=True)), tokens, counts)


def neighbours(tokens: np.ndarray[Any, Any], rows: int, columns: int, offsets: Sequence[int]) -> Any:
    """How often each type has which others beside it: a scipy CSR matrix, rows by columns * len(offsets).

    tokens   types, numbered by falling frequency, with `BORDER` between sentences
    rows     only types below are counted
    columns  only neighbours below are told apart; all others count as one, the last column of their offset
    offsets  where neighbours stand: -1 is the word before

    A neighbour beyond a border is not counted, the border itself is.
    """
    from scipy.sparse import csr_matrix

    counted = csr_matrix((rows, columns * len(offsets)), dtype=np.int64)
    for pairs in _pairs(tokens, rows, columns, offsets):
        ones = np.ones(pairs.shape[1], dtype=np.int64)
        counted = counted + csr_matrix((ones, (pairs[0], pairs[1])), shape=counted.shape)
    return counted


def _pairs(
    tokens: np.ndarray[Any, Any], rows: int, columns: int, offsets: Sequence[int]
) -> Iterator[np.ndarray[Any, Any]]:
    """Rows and columns of what is beside what, a part of the text at a time."""
    sentence = np.cumsum(tokens == BORDER, dtype=np.int32)
    reach = max(map(abs, offsets))
    for start in range(reach, max(len(tokens) - reach, reach), _CHUNK):
        middle = np.arange(start, min(start + _CHUNK, len(tokens) - reach))
        middle = middle[(tokens[middle] != BORDER) & (tokens[middle] < rows)]
        for number, offset in enumerate(offsets):
            beside = tokens[middle + offset]
            # a border opens the sentence after it, so that the one behind a sentence counts as the next one's
            same = (sentence[middle] == sentence[middle + offset]) | ((beside == BORDER) & (offset > 0))
            column = np.minimum(beside[same], columns - 1) + number * columns
            yield np.stack([tokens[middle][same], column])
