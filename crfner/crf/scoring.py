"""Emissions of CRFs over the same features, and of their first stage: features are extracted once for all of them.

Public names: `Scorer`.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    """Trained CRFs, made ready to score tokens. As safe for use by several threads as their hinters are.

    several  at least one, which all have the features and the hinters of the first
    """

    def __init__(self, several: Sequence[Fitted]) -> None:
        self._features = several[0].features
        hinters = several[0].hinters
        self._hinters = {name: one for name, one in hinters.items() if not isinstance(one, StageHints)}
        self._stages = {name: one for name, one in hinters.items() if isinstance(one, StageHints)}
        weights = [one.weights for one in (*(stage.first.fitted_ for stage in self._stages.values()), *several)]
        self._emissions = Emissions(self._features, joined(weights) if len(weights) > 1 else weights[0])
        self._borders = np.cumsum([len(one.tags) for one in weights])[:-1].tolist()

    def scores(self, documents: Sequence[Document]) -> list[Floats]:
        """Scores of all tokens of the prepared documents under each CRF: (tokens, L)."""
        with at_rest():  # keys, attributes and hints are many and short-lived
            told = hinted(documents, self._hinters)
            views = Views(self._features, documents)
            words = self._emissions.words(views)
            for number, (name, stage) in enumerate(self._stages.items()):
                own = self._split(words + self._emissions.hits(views, list(map(hits_of, told))))[number]
                told = [hinted_by(name, *pair) for pair in zip(told, stage.said(told, own), strict=True)]
            return self._split(words + self._emissions.hits(views, list(map(hits_of, told))))[len(self._stages) :]

    def _split(self, scores: Floats) -> list[Floats]:
        return [np.ascontiguousarray(own) for own in np.split(scores, self._borders, axis=1)]
