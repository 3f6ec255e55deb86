"""Features alone: lists of a feature set against one dictionary a token, the same features."""

from __future__ import annotations

from sides import features

from crfner.process import isolated
from measures.values import Limit, Measure, Results, Row, middle

_PEER = "a dictionary a token"


def _rows(results: Results) -> list[Row]:
    ours, theirs = (middle(results, "features", side, "speed") for side in ("ours", _PEER))
    return [Row("features of the train part", "tokens/s", ours, _PEER, theirs, Limit(">=", 3))]


MEASURE = Measure(
    {
        "ours": lambda setup: isolated(features.lists, setup.corpora, setup.corpus),
        _PEER: lambda setup: isolated(features.dictionaries, setup.corpora, setup.corpus),
    },
    _rows,
)
