"""Memory of `crfner tag` while text without end goes through it: resident set, looked at each second.

The text is the train part's documents in random order, over and over, where every twentieth word gets new letters each
time, so that caches meet ever new words. Twice: as plain text, a document a line; and as columns without any border
between documents. Memory is flat when the last minute's mean is within 5% of that of the second minute.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import mean
from typing import IO

import numpy as np
import psutil
from corpora import documents

from measures import models
from measures.changed import changed
from measures.svg import lines
from measures.values import Figures, Limit, Measure, Results, Row, Setup, middle

_NEW = 20  # one word in so many
_MINUTE = 60


def _stream(setup: Setup, form: str) -> Figures:
    """Tag for the time of a stream; the memory in MiB at each second."""
    model = models.model(setup, "ours")
    sentences = [document.sentence_words() for document in documents(setup.corpora, setup.corpus, "train")]
    command = [sys.executable, "-m", "crfner", "tag", str(model), *_OPTIONS[form]]
    sent = [0, 0]  # tokens, bytes
    stop = threading.Event()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stdin is not None
        feeder = threading.Thread(target=_feed, args=(process.stdin, _FORMS[form](sentences), sent, stop))
        feeder.start()
        try:
            memory = _watched(psutil.Process(process.pid), setup.seconds)
            tokens, size = sent
        except BaseException:
            process.kill()
            raise
        finally:
            stop.set()
            feeder.join()
    if process.returncode:
        raise RuntimeError(f"crfner tag ended with exit code {process.returncode}")
    early, late = _minutes(memory)
    lines(setup.drawings / f"stream-{form}.svg", f"crfner tag, {form}: resident memory", {"ours": memory})
    return {
        "memory": [round(value, 1) for value in memory],
        "tokens": tokens,
        "bytes": size,
        "speed": tokens / setup.seconds,
        "early": early,
        "late": late,
        "slope": _slope(memory),
    }


def _watched(process: psutil.Process, seconds: int) -> list[float]:
    """The resident set at the end of each second, in MiB."""
    begin = time.monotonic()
    held = []
    for second in range(1, seconds + 1):
        time.sleep(max(0.0, begin + second - time.monotonic()))
        held.append(process.memory_info().rss / 2**20)
    return held


def _feed(stdin: IO[str], pieces: Iterator[tuple[int, str]], sent: list[int], stop: threading.Event) -> None:
    try:
        for tokens, piece in pieces:
            if stop.is_set():
                break
            stdin.write(piece)
            sent[0] += tokens
            sent[1] += len(piece.encode())
    except BrokenPipeError:
        pass  # the exit code tells


def _documents(sentences: list[list[list[str]]]) -> Iterator[list[list[str]]]:
    """Documents without end, as lists of sentences of words."""
    shuffler = random.Random(0)
    while True:
        document = [list(words) for words in shuffler.choice(sentences)]
        for words in document:
            for place in range(shuffler.randrange(_NEW), len(words), _NEW):
                words[place] = changed(words[place], shuffler)
        yield document


def _text(sentences: list[list[list[str]]]) -> Iterator[tuple[int, str]]:
    for document in _documents(sentences):
        words = [word for sentence in document for word in sentence]
        yield len(words), " ".join(words) + "\n"


def _columns(sentences: list[list[list[str]]]) -> Iterator[tuple[int, str]]:
    for document in _documents(sentences):
        for words in document:
            yield len(words), "".join(f"{word} O\n" for word in words) + "\n"


def _minutes(memory: list[float]) -> tuple[float, float]:
    """The means of the second minute and of the last; of a short stream, of its second and last fifth."""
    length = min(_MINUTE, len(memory) // 5)
    return mean(memory[length : 2 * length]), mean(memory[-length:])


def _slope(memory: list[float]) -> float:
    """MiB a minute, by least squares, from the second minute on."""
    begin = min(_MINUTE, len(memory) // 5)
    return float(np.polyfit(np.arange(begin, len(memory)) / _MINUTE, memory[begin:], 1)[0])


def _rows(results: Results) -> list[Row]:
    rows = []
    for form in _FORMS:
        early, late, slope, speed = (
            middle(results, "stream", form, name) for name in ("early", "late", "slope", "speed")
        )
        growth = None if early is None or late is None else abs(late / early - 1)
        rows += [
            Row(
                f"{form}: change of memory, second to last minute",
                "share",
                growth,
                limit=Limit("<=", 0.05),
                by="itself",
            ),
            Row(f"{form}: memory in the last minute", "MiB", late, "the second minute", early),
            Row(f"{form}: slope of memory", "MiB/min", slope, by="itself"),
            Row(f"{form}: speed, with the stream's making beside it", "tokens/s", speed, by="itself"),
        ]
    return rows


_FORMS: dict[str, Callable[[list[list[list[str]]]], Iterator[tuple[int, str]]]] = {"text": _text, "columns": _columns}
_OPTIONS = {"text": ("--from", "text"), "columns": ("--from", "conll")}
MEASURE = Measure({form: partial(_stream, form=form) for form in _FORMS}, _rows, once=frozenset(_FORMS))
