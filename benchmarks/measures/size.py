"""The size of the model as it comes, what its file loses against the trained weights, and the sizes of the others.

Training leaves one model a side and is the same in every round, so that one is enough; the others' sizes are those that
the measures `training` and `tagging` found.
"""

from __future__ import annotations

from sides import ours

from crfner.process import isolated
from measures import models
from measures.values import PEER, Figures, Limit, Measure, Results, Row, Setup, middle


def _ours(setup: Setup) -> Figures:
    return isolated(ours.losses, setup.corpora, setup.corpus, setup.work / "size", models.AS_IT_COMES)


def _rows(results: Results) -> list[Row]:
    size = _megabytes(middle(results, "size", "ours", "bytes"))
    filed, trained = (middle(results, "size", "ours", name) for name in ("f1_file", "f1_trained"))
    rows = [
        Row("model file", "MB", size, limit=Limit("<=", 2.5), by="itself"),
        Row("F1 of the file", "points", filed, "weights as trained", trained, Limit(">=", -0.1), "difference"),
    ]
    for measure, peer in (
        ("training", PEER),
        ("training", "nltk perceptron"),
        ("training", "nltk crf"),
        ("tagging", "spacy"),
    ):
        rows.append(Row("model file", "MB", size, peer, _megabytes(middle(results, measure, peer, "bytes"))))
    return rows


def _megabytes(size: float | None) -> float | None:
    return None if size is None else size / 1e6


MEASURE = Measure({"ours": _ours}, _rows, once=frozenset({"ours"}))
