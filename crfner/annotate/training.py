"""Training while the page is in use: in a process of its own, at low priority, one at a time.

The child trains on what was accepted, in the order of the file of answers, and reads what is not decided on yet: new
proposals for each text, and how unsure the model is of it. What it trains is, to the byte, what `crfner train` makes of
the exported answers with the same settings.

Public names: `Trainer`, `Trained`, `Work`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crfner.document import Document, Span
from crfner.errors import CrfnerError
from crfner.files import atomic_output
from crfner.process import ProcessError, Stopped, stoppable

_NICE = 10  # of 19: whoever else wants the processor is served first


@dataclass(frozen=True)
class Work:
    """What a training is made of.

    settings   parameters of `CRFRecognizer` that are plain data
    base       the content of the model file that the new model builds on, or None
    save_path  where the model is written, whole or not at all; None for nowhere
    strategy   how it is told which texts to label next (see `crfner.suggest`)
    """

    settings: Mapping[str, Any]
    base: bytes | None = None
    save_path: str | None = None
    strategy: str = "auto"


@dataclass(frozen=True)
class Trained:
    """What came of a training.

    documents      so many were learnt from
    spans          that the model finds in each text that was still to be decided on, in order
    uncertainties  one for each of these, the higher the sooner to be labelled
    labels         that the model can give
    """

    documents: int
    spans: list[tuple[Span, ...]]
    uncertainties: list[float]
    labels: tuple[str, ...]


class Trainer:
    """Trains in the background.

    work  what each training is made of
    done  is called, in a thread of the trainer's, with what came of it and the texts that were read

    `error` is what the last training failed with, None when it went well.
    """

    def __init__(self, work: Work, done: Callable[[Trained, Sequence[Document]], None]) -> None:
        self._work = work
        self._done = done
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self.error: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether there is a training at the moment."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, accepted: Sequence[Document], waiting: Sequence[Document]) -> bool:
        """Begin to learn from the accepted texts, to read those that wait; False when there is a training already."""
        with self._lock:
            if self.is_running or self._stop.is_set():
                return False
            self.error = None
            self._thread = threading.Thread(target=self._run, args=(accepted, waiting), daemon=True)
            self._thread.start()
            return True

    def stop(self) -> None:
        """End the training, if there is one, and begin no other."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def wait(self) -> None:
        """Return when there is no training any more."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, accepted: Sequence[Document], waiting: Sequence[Document]) -> None:
        try:
            trained = stoppable(self._stop, train, self._work, accepted, waiting)
        except Stopped:
            return
        except (CrfnerError, MemoryError) as error:
            self.error = str(error) or "there is not enough memory"
        except ProcessError as error:
            self.error = str(error).strip().splitlines()[-1]
        else:
            self._done(trained, waiting)


def train(work: Work, accepted: Sequence[Document], waiting: Sequence[Document]) -> Trained:
    """Train, save, and read the texts that wait, in this process, whose priority is lowered.

    Raises what training raises, and CrfnerError when the model cannot be saved.
    """
    from crfner.models import model_from_bytes, model_to_bytes
    from crfner.recipes import Materials, Recipe
    from crfner.recipes import train as follow
    from crfner.suggest import uncertainties

    os.nice(_NICE)
    base = None if work.base is None else model_from_bytes(work.base, "the model that this one builds on")
    model = follow(Recipe(settings=work.settings), accepted, materials=Materials(base=base)).model
    if work.save_path is not None:
        with atomic_output(work.save_path, "wb") as stream:
            stream.write(model_to_bytes(model))
    texts = [document.with_spans(()) for document in waiting]
    spans = [document.spans for document in model.recognize(texts)]
    return Trained(len(accepted), spans, uncertainties(model, texts, work.strategy), model.labels)
