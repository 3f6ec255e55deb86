"""Emissions of CRFs over the same features, and of their first stage: features are extracted once for all of them.

Whatever tags with a CRF comes through here, so this is where threads wait for each other: the tables of emissions are
one thread's at a time. A fork may come while another thread has them half changed; its child then begins new ones.

Public names: `Scorer`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from weakref import WeakSet

import numpy as np

from crfner.collector import at_rest
from crfner.crf.decode import Floats
from crfner.crf.emissions import Emissions, Views
from crfner.crf.hinting import hinted, hinted_by
from crfner.crf.model_file import Fitted
from crfner.crf.weights import joined
from crfner.document import Document
from crfner.hints.stage import StageHints
from crfner.hits import hits_of


class Scorer:
    """Trained CRFs, made ready to score tokens, for any number of threads.

    several  at least one, which all have the features and the hinters of the first
    """

    def __init__(self, several: Sequence[Fitted]) -> None:
        self._features = several[0].features
        hinters = several[0].hinters
        self._hinters = {name: one for name, one in hinters.items() if not isinstance(one, StageHints)}
        self._stages = {name: one for name, one in hinters.items() if isinstance(one, StageHints)}
        weights = [one.weights for one in (*(stage.first.fitted_ for stage in self._stages.values()), *several)]
        self._weights = joined(weights) if len(weights) > 1 else weights[0]
        self._borders = np.cumsum([len(one.tags) for one in weights])[:-1].tolist()
        self._begin()
        _scorers.add(self)

    def _begin(self) -> None:
        self._emissions = Emissions(self._features, self._weights)
        self._lock = threading.Lock()

    def scores(self, documents: Sequence[Document]) -> list[Floats]:
        """Scores of all tokens of the prepared documents under each CRF: (tokens, L)."""
        with self._lock, at_rest():  # keys, attributes and hints are many and short-lived
            told = hinted(documents, self._hinters)
            views = Views(self._features, documents)
            words = self._emissions.words(views)
            for number, (name, stage) in enumerate(self._stages.items()):
                own = self._split(words + self._emissions.hits(views, list(map(hits_of, told))))[number]
                told = [hinted_by(name, *pair) for pair in zip(told, stage.said(told, own), strict=True)]
            return self._split(words + self._emissions.hits(views, list(map(hits_of, told))))[len(self._stages) :]

    def _split(self, scores: Floats) -> list[Floats]:
        return [np.ascontiguousarray(own) for own in np.split(scores, self._borders, axis=1)]

    def after_fork(self) -> None:
        """In the child: where a thread that is not there any more was scoring, its lock and tables are given up."""
        if self._lock.acquire(blocking=False):  # `locked` does not know of a thread that has just been let in
            self._lock.release()
        else:
            self._begin()


_scorers: WeakSet[Scorer] = WeakSet()
"""All that there are."""


def _after_fork() -> None:
    for scorer in list(_scorers):
        scorer.after_fork()


if hasattr(os, "register_at_fork"):  # where there is fork
    os.register_at_fork(after_in_child=_after_fork)
