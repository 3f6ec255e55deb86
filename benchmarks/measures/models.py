"""The models of one run: each side trains its own, and what comes later finds it in the work folder.

Public names: `train`, `model`, `AS_IT_COMES`, `PEERS_PENALTIES`, `OURS`, `SAME`, `TWO_CORES`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sides import crfsuite, nltk_taggers, ours, spacy_ner

from crfner.process import isolated
from measures.values import PEER, Figures, Setup

AS_IT_COMES: dict[str, Any] = {}
"""Our default settings, which tagging, size and growth are measured with."""

PEERS_PENALTIES: dict[str, Any] = {"c1": 0.0, "c2": 1.0}
"""With these the function that is minimised is that of sklearn-crfsuite with its defaults, and F1 about the same."""

OURS, SAME, TWO_CORES = "ours", "ours, same penalties", "ours, same penalties, two cores"
_SPACY_PASSES = 10

_TRAINERS: dict[str, Callable[[Setup, Path], Figures]] = {
    OURS: lambda setup, path: isolated(ours.train, setup.corpora, setup.corpus, path, AS_IT_COMES),
    SAME: lambda setup, path: isolated(ours.train, setup.corpora, setup.corpus, path, PEERS_PENALTIES),
    TWO_CORES: lambda setup, path: _on_two_cores(setup, path),
    PEER: lambda setup, path: isolated(crfsuite.train, setup.corpora, setup.corpus, path),
    "nltk perceptron": lambda setup, path: isolated(
        nltk_taggers.train, "perceptron", setup.corpora, setup.corpus, path
    ),
    "nltk crf": lambda setup, path: isolated(nltk_taggers.train, "crf", setup.corpora, setup.corpus, path),
    "spacy": lambda setup, path: isolated(spacy_ner.train, setup.corpora, setup.corpus, path, _SPACY_PASSES),
    "ours, 5 MB": lambda setup, path: isolated(ours.small_model, setup.corpora, setup.corpus, path),
}


def train(setup: Setup, side: str) -> Figures:
    """Train the side's model anew, in a process of its own, and give what that cost."""
    return _TRAINERS[side](setup, _path(setup, side))


def model(setup: Setup, side: str) -> Path:
    """The side's model, which is trained now if it has not been."""
    path = _path(setup, side)
    if not path.exists():
        train(setup, side)
    return path


def _on_two_cores(setup: Setup, path: Path) -> Figures:
    with _threads(2):
        return isolated(ours.train, setup.corpora, setup.corpus, path, PEERS_PENALTIES)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Processes that are started meanwhile work in so many threads."""
    before = os.environ["OMP_NUM_THREADS"]
    os.environ["OMP_NUM_THREADS"] = str(count)
    try:
        yield
    finally:
        os.environ["OMP_NUM_THREADS"] = before


def _path(setup: Setup, side: str) -> Path:
    return setup.work / side.replace(", ", "-").replace(" ", "-")
