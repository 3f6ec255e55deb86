"""Tagging: text in, spans out, loading included once and importing not, counted in the corpus's own tokens.

Two of our workers are two processes, each with a model of its own and every other text; they begin at the same time,
and the time is that up to the end of the last one. NLTK's taggers and sklearn-crfsuite are spared the cutting into
tokens: they are given the corpus's own.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sides import crfsuite, nltk_taggers, ours, spacy_ner

from crfner.process import isolated
from measures import models
from measures.values import PEER, Figures, Limit, Measure, Results, Row, Setup, middle

_WORKERS = 2
_TWO, _SPACY_TWO = "ours, two workers", "spacy, two workers"


def _one(setup: Setup) -> Figures:
    return _with_speed(isolated(ours.tag, models.model(setup, "ours"), setup.corpora, setup.corpus))


def _two(setup: Setup) -> Figures:
    model = models.model(setup, "ours")
    with tempfile.TemporaryDirectory(dir=setup.work) as folder, ThreadPoolExecutor(_WORKERS) as pool:
        futures = [
            pool.submit(isolated, ours.tag, model, setup.corpora, setup.corpus, Path(folder), number, _WORKERS)
            for number in range(_WORKERS)
        ]
        shares = [future.result() for future in futures]
    return _with_speed(
        {
            "seconds": max(share["end"] for share in shares) - min(share["begin"] for share in shares),
            "tokens": sum(share["tokens"] for share in shares),
            "memory": sum(share["memory"] for share in shares),
        }
    )


def _crfsuite(setup: Setup) -> Figures:
    return _with_speed(isolated(crfsuite.tag, models.model(setup, PEER), setup.corpora, setup.corpus))


def _nltk(setup: Setup, kind: str) -> Figures:
    model = models.model(setup, f"nltk {kind}")
    return _with_speed(isolated(nltk_taggers.tag, kind, model, setup.corpora, setup.corpus))


def _spacy(setup: Setup, processes: int) -> Figures:
    model = models.model(setup, "spacy")
    return _with_speed(isolated(spacy_ner.tag, model, setup.corpora, setup.corpus, processes)) | {
        "bytes": spacy_ner.size_of(model)
    }


def _with_speed(figures: Figures) -> Figures:
    return {**figures, "speed": figures["tokens"] / figures["seconds"]}


def _rows(results: Results) -> list[Row]:
    def both(what: str, unit: str, name: str, side: str, peer: str, limit: Limit | None = None) -> Row:
        mine, theirs = (middle(results, "tagging", one, name) for one in (side, peer))
        return Row(what, unit, mine, peer, theirs, limit, "difference" if name == "f1" else "ratio")

    rows = [
        both("speed, one process", "tokens/s", "speed", "ours", "spacy", Limit(">=", 5)),
        both("speed, two workers", "tokens/s", "speed", _TWO, "spacy", Limit(">=", 8)),
        both("speed, two workers", "tokens/s", "speed", _TWO, _SPACY_TWO),
    ]
    rows += [both("speed, one process", "tokens/s", "speed", "ours", peer) for peer in _GIVEN_TOKENS]
    for peer in ("spacy", *_GIVEN_TOKENS):
        rows.append(both("memory", "MiB", "memory", "ours", peer))
    rows.append(both("F1 on dev from text", "points", "f1", "ours", "spacy"))
    return rows


_GIVEN_TOKENS = (PEER, "nltk perceptron", "nltk crf")
MEASURE = Measure(
    {
        "ours": _one,
        "spacy": lambda setup: _spacy(setup, 1),
        _TWO: _two,
        _SPACY_TWO: lambda setup: _spacy(setup, _WORKERS),
        PEER: _crfsuite,
        "nltk perceptron": lambda setup: _nltk(setup, "perceptron"),
        "nltk crf": lambda setup: _nltk(setup, "crf"),
    },
    _rows,
)
