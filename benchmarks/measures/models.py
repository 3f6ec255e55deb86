"""The models of one run: each side trains its own, and what comes later finds it in the work folder.

Public names: `train`, `model`, `OURS`, `TWO_CORES`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sides import crfsuite, nltk_taggers, ours, spacy_ner

from crfner import CRFRecognizer
from crfner.process import isolated
from measures.values import PEER, Figures, Setup

OURS: dict[str, Any] = {}
"""Our settings: as it comes."""

TWO_CORES = "ours, two cores"
SPACY_PASSES = 10

_PARALLEL: dict[str, Any] = {"jobs": 2} if "jobs" in inspect.signature(CRFRecognizer).parameters else {}

_TRAINERS: dict[str, Callable[[Setup, Path], Figures]] = {
    "ours": lambda setup, path: isolated(ours.train, setup.corpora, setup.corpus, path, OURS),
    TWO_CORES: lambda setup, path: isolated(ours.train, setup.corpora, setup.corpus, path, {**OURS, **_PARALLEL}),
    PEER: lambda setup, path: isolated(crfsuite.train, setup.corpora, setup.corpus, path),
    "nltk perceptron": lambda setup, path: isolated(
        nltk_taggers.train, "perceptron", setup.corpora, setup.corpus, path
    ),
    "nltk crf": lambda setup, path: isolated(nltk_taggers.train, "crf", setup.corpora, setup.corpus, path),
    "spacy": lambda setup, path: isolated(spacy_ner.train, setup.corpora, setup.corpus, path, SPACY_PASSES),
    "ours, 5 MB": lambda setup, path: isolated(ours.small_model, setup.corpora, setup.corpus, path),
}


def can_train_on_two_cores() -> bool:
    """Whether our trainer takes a number of jobs."""
    return bool(_PARALLEL)


def train(setup: Setup, side: str) -> Figures:
    """Train the side's model anew, in a process of its own, and give what that cost."""
    return _TRAINERS[side](setup, _path(setup, side))


def model(setup: Setup, side: str) -> Path:
    """The side's model, which is trained now if it has not been."""
    path = _path(setup, side)
    if not path.exists():
        train(setup, side)
    return path


def _path(setup: Setup, side: str) -> Path:
    return setup.work / side.replace(", ", "-").replace(" ", "-")
