"""Running a system on a fold: train it, let it tag, and measure what both cost, in a process of its own.

What this module imports is part of the memory that is measured.

Public names: `Outcome`, `run`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from crfner.compare.systems import System
from crfner.document import Document, Span
from crfner.errors import CrfnerError
from crfner.process import isolated, peak_memory
from crfner.recognizer import Recognizer
from crfner.splits import Fold

_ENOUGH = 1.0  # seconds of tagging, for a rate that can be trusted


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system found and what that cost.

    spans                             of each test document, in order
    training_seconds                  wall time of training
    tagged_tokens, tagging_seconds    tokens that were tagged while time was taken, and the wall time
    peak_memory, model_size           bytes, or None where it could not be measured
    """

    spans: tuple[tuple[Span, ...], ...]
    training_seconds: float
    tagged_tokens: int
    tagging_seconds: float
    peak_memory: int | None
    model_size: int | None


def run(system: System, fold: Fold) -> Outcome:
    """Train on the fold's training documents and tag its test documents, which are handed over without their spans.

    Raises CrfnerError, naming the system, when it cannot be trained on them.
    """
    try:
        return isolated(_measured, system, fold.train, tuple(document.with_spans(()) for document in fold.test))
    except CrfnerError as error:
        raise CrfnerError(f"{system.name}: {error}") from error


def _measured(system: System, train: Sequence[Document], test: Sequence[Document]) -> Outcome:
    start = perf_counter()
    recognizer = system.train(train)
    trained = perf_counter()
    found = list(recognizer.recognize(test))
    seconds = perf_counter() - trained
    tokens = sum(len(document.tokens) for document in found)
    peak = peak_memory()
    passes = 1
    if seconds < _ENOUGH:  # most of it went into tables that are made at first use
        passes, begin = 0, perf_counter()
        while (seconds := perf_counter() - begin) < _ENOUGH:
            for _ in recognizer.recognize(test):
                pass
            passes += 1
    return Outcome(
        spans=tuple(document.spans for document in found),
        training_seconds=trained - start,
        tagged_tokens=passes * tokens,
        tagging_seconds=seconds,
        peak_memory=peak,
        model_size=_model_size(recognizer),
    )


def _model_size(recognizer: Recognizer | Any) -> int | None:
    """Bytes of the model's file; None when it is not one that can be saved."""
    if not hasattr(recognizer, "save"):
        return None
    with tempfile.TemporaryDirectory(prefix="crfner-") as folder:
        path = os.path.join(folder, "model")
        recognizer.save(path)
        return os.path.getsize(path)
