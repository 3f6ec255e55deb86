"""Training to the same F1: ours as it comes, sklearn-crfsuite as it comes, and what NLTK can train."""

from __future__ import annotations

from functools import partial

from measures import models
from measures.values import PEER, Limit, Measure, Results, Row, middle

_NLTK = ("nltk perceptron", "nltk crf")
_LESS = Limit(">=", -0.1)  # points of F1 that ours may be behind for its time to count


def _rows(results: Results) -> list[Row]:
    def both(what: str, unit: str, name: str, limit: Limit | None = None, side: str = "ours", peer: str = PEER) -> Row:
        ours, theirs = (middle(results, "training", one, name) for one in (side, peer))
        return Row(what, unit, ours, peer, theirs, limit, "difference" if name == "f1" else "ratio")

    two = models.TWO_CORES
    rows = [
        both("features and training, one thread", "s", "seconds", Limit("<=", 0.4)),
        both("features and training, two cores", "s", "seconds", Limit("<=", 0.25), side=two),
        both("memory", "MiB", "memory", Limit("<=", 0.5)),
        both("memory, two cores", "MiB", "memory", side=two),
        both("F1 on dev", "points", "f1", _LESS),
        both("F1 on dev, two cores", "points", "f1", _LESS, side=two),
        both("features alone, one thread", "s", "features"),
        both("training alone, one thread", "s", "fit"),
    ]
    for peer in _NLTK:
        rows += [
            both("training", "s", "seconds", peer=peer),
            both("memory", "MiB", "memory", peer=peer),
            both("F1 on dev", "points", "f1", peer=peer),
        ]
    return rows


_SIDES = ("ours", models.TWO_CORES, *_NLTK, PEER)
MEASURE = Measure({side: partial(models.train, side=side) for side in _SIDES}, _rows)
