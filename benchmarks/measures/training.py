"""Training to the same F1: ours with sklearn-crfsuite's penalties and as it comes, it with its defaults, and NLTK."""

from __future__ import annotations

from functools import partial
from typing import Literal

from measures import models
from measures.models import OURS, SAME, TWO_CORES
from measures.values import PEER, Limit, Measure, Results, Row, middle

_NLTK = ("nltk perceptron", "nltk crf")
_LESS = Limit(">=", -0.1)  # points of F1 that ours may be behind for its time to count


def _rows(results: Results) -> list[Row]:
    def both(what: str, name: str, side: str, limit: Limit | None = None, peer: str = PEER) -> Row:
        mine, theirs = (middle(results, "training", one, name) for one in (side, peer))
        by: Literal["ratio", "difference"] = "difference" if name == "f1" else "ratio"
        return Row(f"{what}, {_SHOWN[side]}", _UNITS[name], mine, peer, theirs, limit, by)

    rows = [
        both("features and training", "seconds", SAME, Limit("<=", 0.4)),
        both("features and training", "seconds", TWO_CORES, Limit("<=", 0.25)),
        both("memory", "memory", SAME, Limit("<=", 0.5)),
        both("memory", "memory", TWO_CORES),
        both("F1 on dev", "f1", SAME, _LESS),
        both("F1 on dev", "f1", TWO_CORES, _LESS),
        both("features alone", "features", SAME),
        both("training alone", "fit", SAME),
    ]
    for peer in (PEER, *_NLTK):
        rows += [
            both("features and training", "seconds", OURS, peer=peer),
            both("memory", "memory", OURS, peer=peer),
            both("F1 on dev", "f1", OURS, peer=peer),
        ]
    return rows


_SHOWN = {OURS: "as it comes", SAME: "same penalties", TWO_CORES: "same penalties, two cores"}
_UNITS = {"seconds": "s", "features": "s", "fit": "s", "memory": "MiB", "f1": "points"}
_SIDES = (SAME, TWO_CORES, OURS, *_NLTK, PEER)
MEASURE = Measure({side: partial(models.train, side=side) for side in _SIDES}, _rows)
