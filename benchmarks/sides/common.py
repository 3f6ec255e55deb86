"""What all sides share: the clock, the memory held at most, F1, tags as spans, and a common start of several processes.

Public names: `Timer`, `mebibytes`, `points`, `TagsRecognizer`, `together`, `size_of`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from corpora import with_tags

from crfner import Document, evaluate
from crfner.process import peak_memory

_PATIENCE = 300.0  # seconds within which the other processes have to be ready


class Timer:
    """Seconds since it was made, by the clock or another.

    clock  on Linux `time.perf_counter` is the clock of all processes; `time.process_time` is the work of this one
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self.begin = clock()

    def seconds(self) -> float:
        """The seconds up to now."""
        return self._clock() - self.begin


def mebibytes() -> float:
    """The greatest resident set of this process so far, in MiB."""
    peak = peak_memory()
    assert peak is not None, "the benchmarks need Linux"
    return peak / 2**20


def points(gold: Iterable[Document], predicted: Iterable[Document]) -> float:
    """Exact micro F1, 0 to 100."""
    return 100 * evaluate(gold, predicted, samples=1).micro.f1


class TagsRecognizer:
    """A tagger of sentences as a recogniser of documents that are cut into tokens and sentences.

    tags  the IOB2 tags of each sentence of a document, from their words
    """

    labels: tuple[str, ...] = ()

    def __init__(self, tags: Callable[[list[list[str]]], list[list[str]]]) -> None:
        self._tags = tags

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents with the spans of the predicted tags."""
        for document in documents:
            yield with_tags(document, self._tags(document.sentence_words()))


def together(folder: Path, number: int, count: int) -> None:
    """Return when all `count` processes have come so far; each gives another number.

    Raises TimeoutError when one of them does not.
    """
    (folder / f"ready-{number}").touch()
    timer = Timer()
    while not all((folder / f"ready-{other}").exists() for other in range(count)):
        if timer.seconds() > _PATIENCE:
            raise TimeoutError("another process of this side is not ready; see what it printed")
        time.sleep(0.001)


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    if path.is_dir():
        return sum(size_of(Path(entry)) for entry in os.scandir(path))
    return path.stat().st_size
