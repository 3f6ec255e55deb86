"""Training with CRFsuite: the data goes in as a stream, and Ctrl-C keeps what was reached.

It is what `sklearn_crfsuite.CRF` does with the same settings, model for model. That is not asked to do it, since it
brings all of scikit-learn along: two seconds of the processor for every process that trains, often more than training.

CRFsuite hands out no weights before it ends, has no warm start, and takes its random numbers from the C library. So the
seed is set there, and when training is interrupted after k iterations, it is repeated up to iteration k on the data
already loaded: all five algorithms are deterministic, so this is the model of that moment to the last bit.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pycrfsuite
from tqdm import tqdm

from crfner.errors import CrfnerError

_NAMES = {"min_freq": "feature.minfreq", "all_possible_transitions": "feature.possible_transitions"}
"""What CRFsuite calls a setting that sklearn-crfsuite has another name for."""

TrainingSentence = tuple[list[list[str]], list[str]]
"""A sentence for training: attribute strings of each token, and their tags."""

Sentences = Iterable[TrainingSentence]


@dataclass(frozen=True, slots=True)
class Trained:
    """What training gives: the model file's bytes, iterations done, the last loss, whether it was interrupted."""

    model: bytes
    iterations: int
    loss: float | None
    interrupted: bool


def train(sentences: Sentences, settings: Mapping[str, Any], iterations: int, seed: int, progress: bool) -> Trained:
    """Train a CRF on a stream of sentences.

    settings are those of `sklearn_crfsuite.CRF` (algorithm, c1, c2, ...). Raises KeyboardInterrupt when interrupted
    before the first iteration, or a second time while the model of the last iteration is made again.
    """
    trainer = _Trainer(iterations, seed, progress, settings)
    for attributes, tags in sentences:
        trainer.append(attributes, tags)
    with tempfile.TemporaryDirectory(prefix="crfner-") as folder:
        path = os.path.join(folder, "model.crfsuite")
        trainer.train(path)
        with open(path, "rb") as file:
            model = file.read()
        if len(model) < 8 or int.from_bytes(model[4:8], "little") != len(
            model
        ):  # CRFsuite does not tell of a full disk
            raise CrfnerError(
                f"{tempfile.gettempdir()}: the model could not be written whole; free some room there, or set TMPDIR"
            )
    return Trained(model, trainer.reached, trainer.loss, trainer.interrupted)


class _Trainer(pycrfsuite.Trainer):  # type: ignore[misc]  # python-crfsuite has no types
    """CRFsuite's trainer with a progress bar, a seed, and an answer to Ctrl-C."""

    def __init__(self, iterations: int, seed: int, progress: bool, settings: Mapping[str, Any]) -> None:
        names = {name: _NAMES.get(name, name) for name in settings if name != "algorithm"}
        params = {crfsuite: settings[name] for name, crfsuite in names.items()}
        super().__init__(settings["algorithm"], {**params, "max_iterations": iterations}, verbose=False)
        self._iterations = iterations
        self._seed = seed
        self._progress = progress
        self.reached = 0
        self.loss: float | None = None
        self.interrupted = False

    def train(self, model: str, holdout: int = -1) -> None:
        try:
            self._run(model, holdout, self._iterations, "training")
        except KeyboardInterrupt:
            if not self.reached:
                raise
            self.interrupted = True
            iterations, self.reached = self.reached, 0
            if self._progress:
                tqdm.write(f"Stopped; making the model of iteration {iterations} again (Ctrl-C drops it)", sys.stderr)
            self.set("max_iterations", iterations)
            self._run(model, holdout, iterations, "once more")

    def _run(self, model: str, holdout: int, iterations: int, what: str) -> None:
        _seed_c_library(self._seed)
        # disable=None: no bar where standard error is not a terminal
        with tqdm(total=iterations, desc=what, unit=" iterations", disable=None if self._progress else True) as bar:
            self._bar = bar
            super().train(model, holdout)

    def message(self, message: str) -> None:
        """Called by CRFsuite with a line of its log; an exception raised here ends the training."""
        if self.logparser.feed(message) == "iteration":
            self._on_iteration(self.logparser.last_iteration)

    def _on_iteration(self, info: dict[str, Any]) -> None:
        self.reached = int(info["num"])
        loss = info.get("loss")
        self.loss = None if loss is None else float(loss)
        self._bar.update(1)
        if self.loss is not None:
            self._bar.set_postfix(loss=f"{self.loss:.1f}")


def _seed_c_library(seed: int) -> None:
    library = ctypes.cdll.msvcrt if os.name == "nt" else ctypes.CDLL(None)
    library.srand(ctypes.c_uint(seed & 0xFFFFFFFF))
