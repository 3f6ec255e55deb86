"""Words of ours, pieces of the encoder's: sentences become windows of pieces in which each word is found by its first.

An encoder reads so many pieces at most. A longer sentence is read in windows that overlap, and each of its words is
taken from the window where it is further from the cut.

Public names: `Pieces`, `Window`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_LONGEST = 256  # pieces in a window; few sentences have more, and the cost grows with the square
_IN_A_WORD = 24  # pieces of one word that are read: enough for what is a word, not for a picture in base64


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of pieces.

    pieces    numbers in the encoder's vocabulary, with those that open and close a sentence
    words     places of the words, counted over all sentences from 0, that are taken from this window
    places    where in `pieces` each of them begins
    """

    pieces: tuple[int, ...]
    words: tuple[int, ...]
    places: tuple[int, ...]


class Pieces:
    """Cuts sentences into windows.

    tokenizer  of the package `tokenizers`
    limit      how many pieces the encoder can read, with those that open and close a sentence
    """

    def __init__(self, tokenizer: Any, limit: int) -> None:
        self._tokenizer = tokenizer
        framed = tokenizer.encode(["a"], is_pretokenized=True)
        inside = [place for place, word in enumerate(framed.word_ids) if word is not None]
        self._opening = tuple(framed.ids[: inside[0]])
        self._closing = tuple(framed.ids[inside[-1] + 1 :])
        self._room = min(limit, _LONGEST) - len(self._opening) - len(self._closing)

    def windows(self, sentences: Sequence[Sequence[str]]) -> list[Window]:
        """The windows of all sentences, in order. A word that the encoder sees nothing in is in none."""
        clean = [[word.encode("utf-8", "replace").decode() for word in words] for words in sentences]
        encoded = self._tokenizer.encode_batch(clean, is_pretokenized=True, add_special_tokens=False)
        windows: list[Window] = []
        start = 0
        for words, encoding in zip(sentences, encoded, strict=True):
            parts: dict[int, list[int]] = {}
            for piece, word in zip(encoding.ids, encoding.word_ids, strict=True):
                parts.setdefault(word, []).append(piece)
            windows.extend(self._cut([(start + word, found[:_IN_A_WORD]) for word, found in parts.items()]))
            start += len(words)
        return windows

    def _cut(self, parts: list[tuple[int, list[int]]]) -> Iterator[Window]:
        """The windows of one sentence, given as the place and the pieces of each word."""
        if not parts:
            return
        ranges = list(_ranges([len(pieces) for _, pieces in parts], self._room))
        cuts = [0, *((first + last) // 2 for (_, last), (first, _) in pairwise(ranges)), len(parts)]
        for (first, last), (begin, end) in zip(ranges, pairwise(cuts), strict=True):
            pieces, places = list(self._opening), []
            for _, found in parts[first:last]:
                places.append(len(pieces))
                pieces.extend(found)
            taken = slice(begin - first, end - first)
            words = tuple(place for place, _ in parts[begin:end])
            yield Window((*pieces, *self._closing), words, tuple(places[taken]))


def _ranges(sizes: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """Ranges (first, last + 1) over parts of these sizes, none above `room`; each begins amid the one before."""
    first = 0
    while first < len(sizes):
        last, total = first, 0
        while last < len(sizes) and total + sizes[last] <= room:
            total += sizes[last]
            last += 1
        yield first, last
        if last == len(sizes):
            return
        first = max(first + 1, (first + last) // 2)


def batches(windows: Iterable[Window], pieces: int) -> Iterator[list[Window]]:
    """Windows of like length together, the longest first; a batch has about so many pieces, padding counted."""
    batch: list[Window] = []
    for window in sorted(windows, key=lambda window: -len(window.pieces)):
        if batch and len(batch[0].pieces) * (len(batch) + 1) > pieces:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch
