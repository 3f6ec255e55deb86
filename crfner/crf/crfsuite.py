"""Training with CRFsuite, through sklearn-crfsuite: the data goes in as a stream, and Ctrl-C keeps what was reached.

CRFsuite hands out no weights before it ends, has no warm start, and takes its random numbers from the C library. So the
seed is set there, and when training is interrupted after k iterations, it is repeated up to iteration k on the data
already loaded: all five algorithms are deterministic, so this is the model of that moment to the last bit.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pycrfsuite
from tqdm import tqdm

from crfner.errors import CrfnerError

ALGORITHMS = ("lbfgs", "l2sgd", "ap", "pa", "arow")
"""L-BFGS (with L1: OWL-QN), stochastic gradient descent with L2, averaged perceptron, passive-aggressive, AROW."""

TrainingSentence = tuple[list[list[str]], list[str]]
"""A sentence for training: attribute strings of each token, and their tags."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What training gives: the model file's bytes, iterations done, the last loss, whether it was interrupted."""

    model: bytes
    iterations: int
    loss: float | None
    interrupted: bool


def train(
    sentences: Iterable[TrainingSentence], settings: dict[str, Any], iterations: int, seed: int, progress: bool
) -> Trained:
    """Train a CRF on a stream of sentences.

    settings are those of `sklearn_crfsuite.CRF` (algorithm, c1, c2, ...). Raises KeyboardInterrupt when interrupted
    before the first iteration, or a second time while the model of the last iteration is made again.
    """
    from sklearn_crfsuite import CRF  # takes two seconds to import, which only training should pay

    trainers: list[_Trainer] = []

    def trainer(**arguments: Any) -> _Trainer:
        trainers.append(_Trainer(iterations, seed, progress, **arguments))
        return trainers[-1]

    with tempfile.TemporaryDirectory(prefix="crfner-") as folder:
        path = os.path.join(folder, "model.crfsuite")
        estimator = CRF(**settings, max_iterations=iterations, model_filename=path, trainer_cls=trainer)
        pairs = _Pairs(sentences)
        estimator.fit(pairs.attributes(), pairs.tags())
        with open(path, "rb") as file:
            model = file.read()
        if len(model) < 8 or int.from_bytes(model[4:8], "little") != len(
            model
        ):  # CRFsuite does not tell of a full disk
            raise CrfnerError(
                f"{tempfile.gettempdir()}: the model could not be written whole; free some room there, or set TMPDIR"
            )
    done = trainers[-1]
    return Trained(model, done.reached, done.loss, done.interrupted)


class _Pairs:
    """A stream of pairs as two streams that are read in turn, as `fit(X, y)` wants them, without holding the pairs."""

    def __init__(self, sentences: Iterable[TrainingSentence]) -> None:
        self._sentences = iter(sentences)
        self._tags: list[str] = []

    def attributes(self) -> Iterator[list[list[str]]]:
        for attributes, tags in self._sentences:
            self._tags = tags
            yield attributes

    def tags(self) -> Iterator[list[str]]:
        while True:
            yield self._tags


class _Trainer(pycrfsuite.Trainer):  # type: ignore[misc]  # python-crfsuite has no types
    """CRFsuite's trainer with a progress bar, a seed, and an answer to Ctrl-C."""

    def __init__(self, iterations: int, seed: int, progress: bool, algorithm: str, params: Any, verbose: bool) -> None:
        super().__init__(algorithm, params, verbose=False)
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
