"""Word vectors as a linear model can use them: of each number only whether it is clearly above or below the mean.

A CRF gains more from such signs than from the numbers themselves (Guo, Che, Wang and Liu 2014, "Revisiting embedding
features for simple semi-supervised learning"). Vectors are read as word2vec, GloVe and fastText write them as text, or
as the signs that `Vectors` writes itself.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

_APART = 0.5  # standard deviations from the mean, that a number must be to be given a sign
_MEASURED = 50_000  # words that mean and deviation are taken from; files of vectors begin with the most frequent ones
_CHUNK = 10_000  # words whose numbers are in memory at once, beyond those
_SIGNS = re.compile(r"([^\t]+)\t([-+.]+)\s*")
_SIZES = re.compile(r"\d+ (\d+)\s*")

Row = tuple[str, Sequence[float]]


@dataclass(frozen=True)
class Vectors:
    """The signs of words' vectors, such as {"monday": "+..-"}: above the mean, near it, near it, below it.

    Raises ValueError for signs of different lengths.
    """

    signs: Mapping[str, str]

    def __post_init__(self) -> None:
        if len({len(signs) for signs in self.signs.values()}) > 1:
            raise ValueError("all words should have as many signs")

    @classmethod
    def quantised(cls, words: Iterable[str], vectors: Iterable[Sequence[float]]) -> Vectors:
        """From words and their vectors, the frequent ones first; they are read once.

        >>> Vectors.quantised(["a", "b", "c"], [[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]]).signs
        {'a': '-.', 'b': '..', 'c': '+.'}
        """
        return cls(dict(_signed(zip(words, vectors, strict=True))))

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Vectors:
        """Lines of `word<TAB>signs`, as `to_lines` gives them, or of a word and its numbers, parted by blanks.

        A first line with how many words and numbers there are, as word2vec and fastText write it, is passed over. A
        word that is there twice has its first vector. Raises ValueError for a line of another form.
        """
        numbered: Iterator[tuple[int, str]] = ((n, line) for n, line in enumerate(lines, 1) if line.strip())
        first = next(numbered, None)
        if first is None:
            return cls({})
        if _SIGNS.fullmatch(first[1]):
            return cls(_unique(_signs(chain([first], numbered))))
        sizes = _SIZES.fullmatch(first[1])
        rows = _rows(numbered, int(sizes[1])) if sizes else _rows(chain([first], numbered))
        return cls(_unique(_signed(rows)))

    def within(self, words: Iterable[str]) -> Vectors:
        """The signs of these words, in these capitals and in lower case; of text of them, it says the same."""
        known = {form for word in words for form in (word, word.lower())}
        return Vectors({word: signs for word, signs in self.signs.items() if word in known})

    def to_lines(self) -> Iterator[str]:
        """Lines of `word<TAB>signs`, sorted."""
        return (f"{word}\t{signs}" for word, signs in sorted(self.signs.items()))

    def apart(self, word: str) -> list[str]:
        """The numbers in which the word lies apart from the mean; of an unknown word, those of its lower case.

        >>> Vectors({"monday": "+..-"}).apart("Monday")
        ['0+', '3-']
        """
        signs = self.signs.get(word) or self.signs.get(word.lower()) or ""
        return [f"{number}{sign}" for number, sign in enumerate(signs) if sign != "."]


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By word, the first signs of each."""
    found: dict[str, str] = {}
    for word, signs in pairs:
        found.setdefault(word, signs)
    return found


def _signs(numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    size = 0
    for number, line in numbered:
        match = _SIGNS.fullmatch(line)
        size = size or (len(match[2]) if match else 0)
        if match is None or len(match[2]) != size:
            raise ValueError(
                f"line {number} of the vectors should be a word, a tab and {size} signs of + - and .: {_short(line)}"
            )
        yield match[1], match[2]


def _rows(numbered: Iterable[tuple[int, str]], size: int = 0) -> Iterator[Row]:
    """Words and their numbers; a word may hold blanks, and one of nothing else is passed over."""
    for number, line in numbered:
        size = size or len(line.split()) - 1
        word, *values = line.rsplit(maxsplit=size) if size else [line]
        if len(values) == size - 1 and line[0].isspace():
            continue
        try:
            found = array("f", map(float, values))
        except ValueError:
            found = array("f")
        if not size or len(found) != size or not all(-1e30 < value < 1e30 for value in found):
            raise ValueError(
                f"line {number} of the vectors should be a word and {size or 'its'} numbers, parted by blanks: "
                f"{_short(line)}"
            )
        yield word, found


def _short(line: str) -> str:
    """A line as a message shows it; those of vectors are long."""
    return repr(line if len(line) <= 80 else f"{line[:77]}...")


def _signed(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Words and the signs of their vectors."""
    import numpy as np

    rows = iter(rows)
    part = list(islice(rows, _MEASURED))
    if not part:
        return
    first = _matrix(part)
    mean, deviation = first.mean(axis=0, dtype=np.float64), first.std(axis=0, dtype=np.float64)
    least = np.maximum(_APART * deviation, 1e-6 * np.abs(mean) + 1e-30)  # what never varies has no sign
    del first
    while part:
        apart = _matrix(part) - mean
        symbols = np.where(apart > least, b"+", np.where(apart < -least, b"-", b"."))
        for (word, _), row in zip(part, symbols, strict=True):
            yield word, row.tobytes().decode()
        part = list(islice(rows, _CHUNK))


def _matrix(rows: Sequence[Row]) -> Any:
    import numpy as np

    return np.array([values for _, values in rows], dtype=np.float32)
