"""How time and memory of training grow with the text: the first eighth, quarter and half of the train part, and all.

More real text than that there is not, and a corpus that is repeated has no new words; so the last size, of twice the
tokens, is a second copy in which the rarest words have other letters: as many as let the number of different words grow
as it did from the half to the whole. Pairs of words recur there more than they would, so the exponents are fitted to
the real sizes alone.

Time is that of the processor, as the difference between trainings of 5 and of 20 passes, by 15, is the time of one pass
over the data, and by the clock it would be lost among what else the machine does. Memory is what
training adds at most to what the process holds with the documents.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from corpora import documents
from sides import crfsuite, ours

from crfner import Document
from crfner.process import isolated
from measures import models
from measures.changed import changed, with_changed
from measures.values import PEER, Figures, Limit, Measure, Results, Row, Setup, middle

_SHARES = (0.125, 0.25, 0.5, 1.0)
_MORE = 2.0
_PASSES = (5, 20)
_FITTED = ("pass_seconds", "seconds", "memory")
_LINEAR = Limit("<=", 1.1)


def _sizes(train: Callable[[list[Document], int], Figures], setup: Setup) -> Figures:
    """The figures of all sizes, each as a list over sizes, and the exponents that fit them."""
    every = documents(setup.corpora, setup.corpus, "train")
    figures: dict[str, list[float]] = {}
    for share in (*_SHARES, _MORE):
        learnt = _first(every, share) if share <= 1 else [*every, *_copy(every)]
        few, many = (train(learnt, passes) for passes in _PASSES)
        steps = many["iterations"] - few["iterations"]
        words = [word for document in learnt for word in document.words()]
        found = {
            "tokens": len(words),
            "types": len(set(words)),
            "pass_seconds": (many["seconds"] - few["seconds"]) / steps if steps else math.nan,
            "seconds": many["seconds"],
            "memory": max(one["memory"] - one["held"] for one in (few, many)),
        }
        for name, value in found.items():
            figures.setdefault(name, []).append(value)
    return figures | {f"{name}_exponent": _exponent(figures, name) for name in _FITTED}


def _exponent(figures: dict[str, list[float]], name: str) -> float:
    """k of value = a * tokens ** k, by least squares of the logarithms, over the real sizes."""
    real = len(_SHARES)
    tokens, values = (np.log(np.maximum(figures[one][:real], 1e-9)) for one in ("tokens", name))
    return float(np.polyfit(tokens, values, 1)[0])


def _first(every: Sequence[Document], share: float) -> list[Document]:
    """The first documents, up to this share of the tokens."""
    wanted = share * sum(len(document.tokens) for document in every)
    taken = []
    for document in every:
        if wanted <= 0:
            break
        taken.append(document)
        wanted -= len(document.tokens)
    return taken


def _copy(every: Sequence[Document]) -> list[Document]:
    """The documents with the rarest words changed."""
    counts = Counter(word for document in every for word in document.words())
    half = {word for document in _first(every, 0.5) for word in document.words()}
    new = round(len(counts) * (len(counts) / len(half) - 1))
    shuffler = random.Random(0)
    rarest = sorted((word for word in counts if any(map(str.isalpha, word))), key=lambda word: (counts[word], word))
    words = {word: changed(word, shuffler) for word in rarest[:new]}
    return [with_changed(document, words) for document in every]


def _ours(learnt: list[Document], passes: int) -> Figures:
    return isolated(ours.grow, learnt, {**models.AS_IT_COMES, "iterations": passes})


def _peers(learnt: list[Document], passes: int) -> Figures:
    return isolated(crfsuite.grow, learnt, passes)


def _rows(results: Results) -> list[Row]:
    def both(what: str, name: str, limit: Limit | None = None) -> Row:
        mine, theirs = (middle(results, "growth", side, f"{name}_exponent") for side in ("ours", PEER))
        return Row(what, "exponent", mine, PEER, theirs, limit, "itself")

    rows = [
        both("time of a pass by tokens", "pass_seconds", _LINEAR),
        both("time of 20 passes, features included", "seconds", _LINEAR),
        both("memory of training", "memory", _LINEAR),
    ]
    sizes: list[Any] = results.get("growth", {}).get("ours", [{}])[0].get("tokens", [])
    for place, tokens in enumerate(sizes):
        for what, unit, name in (("a pass", "s", "pass_seconds"), ("memory of training", "MiB", "memory")):
            mine, theirs = (_at(results, side, name, place) for side in ("ours", PEER))
            rows.append(Row(f"{what}, {tokens:,} tokens", unit, mine, PEER, theirs))
    return rows


def _at(results: Results, side: str, name: str, place: int) -> float | None:
    """The median over rounds of one size's figure."""
    values = [figures[name][place] for figures in results.get("growth", {}).get(side, [])]
    return float(np.median(values)) if values else None


MEASURE = Measure({"ours": partial(_sizes, _ours), PEER: partial(_sizes, _peers)}, _rows, once=frozenset({PEER}))
