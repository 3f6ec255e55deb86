"""Unlabelled text as numbers: each word type once, each token as the number of its type.

Digits are counted as if they were all 0, so that dates and amounts meet in a few types; what is learnt of such a type
holds of each word that has its form.

Public names: `BORDER`, `Ranked`, `Text`, `numbered`, `neighbours`, `ranked`.
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


@dataclass(frozen=True)
class Ranked:
    """The types of a text by falling frequency, numbered from 1.

    text      the text
    ranks     int32, the rank of each type; that of `BORDER` is `BORDER`
    counts    int64, how often each type is there, by rank
    frequent  how many types are frequent; their ranks are the first ones
    """

    text: Text
    ranks: np.ndarray[Any, Any]
    counts: np.ndarray[Any, Any]
    frequent: int

    def forms(self) -> list[str]:
        """The types themselves, by rank."""
        found = [""] * len(self.counts)
        for word, number in self.text.types.items():
            found[self.ranks[number] - 1] = _DIGIT.sub("0", word)
        return found

    def by_word(self, values: Sequence[str]) -> dict[str, str]:
        """The value of each word as it is written, of values by rank; words beyond them have none."""
        ranks = ((word, self.ranks[number]) for word, number in self.text.types.items())
        return {word: values[rank - 1] for word, rank in ranks if rank <= len(values)}

    def neighbours(self, rows: int, columns: int) -> Any:
        """What `neighbours` counts of the types before and after each; row 0 is the border's, and empty."""
        return neighbours(self.ranks[self.text.tokens], rows, columns, (-1, 1))


def ranked(text: Text, min_freq: int) -> Ranked:
    """The types of a text by rank; frequent are those that are there so many times."""
    counts = np.bincount(text.tokens)
    counts[BORDER] = 0
    order = np.argsort(-counts, kind="stable")[: len(counts) - 1]
    ranks = np.zeros(len(counts), dtype=np.int32)
    ranks[order] = np.arange(1, len(counts))
    return Ranked(text, ranks, counts[order], int((counts >= min_freq).sum()))


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
