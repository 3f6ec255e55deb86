"""A temperature that makes the probabilities of spans what they say, fitted on documents that were not learnt from.

A CRF is too sure of itself where it knows its training text by heart. Dividing all scores of the chain by one number,
the temperature, mends that (Guo et al. 2017): the best tags, and the order of all other sequences, stay as they are,
and span scores and the probabilities of whole sentences still agree. Isotonic regression of the span scores (Zadrozny
and Elkan 2002), which was tried as well, has about the same calibration error where there are a thousand spans, and
mostly a greater one where there are a hundred, as few labelled sentences give; its log loss was always the greater.

Public names: `calibrate`, `check_enough`, `Calibration`, `FEWEST`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from crfner.batches import batches
from crfner.crf.decode import Bools, Floats
from crfner.crf.likely import Likely, chances
from crfner.crf.tagging import Tagger
from crfner.crf.thresholds import BATCH, exact
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.evaluation.calibration import Reliability, reliability_of

if TYPE_CHECKING:
    from crfner.crf.estimator import CRFRecognizer

FEWEST = 50
"""So many spans are the least that a temperature is fitted on."""

_COLDEST, _HOTTEST = 0.25, 8.0
_SURE = 1e-6  # no probability is taken for nearer to 0 or 1: one span alone must not decide


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted, and what it is worth.

    temperature  1 where none is better on the half of the spans that it was not fitted on
    spans        how many it was fitted on
    before       the expected calibration error without it, 0 to 1
    after        the error with it, each half of the documents (or of the sentences of a single one) under the
                 temperature that was fitted on the other half
    chance       the error that true probabilities would have by chance alone
    """

    temperature: float
    spans: int
    before: float
    after: float
    chance: float


@dataclass(slots=True)
class _Given:
    """The spans that a model gives: by batch what is needed to weigh them, and of each whether it is right."""

    batches: list[tuple[Floats, list[int], list[Likely]]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)


def calibrate(crf: CRFRecognizer, documents: Iterable[Document]) -> Calibration:
    """The temperature under which the spans given to documents with gold spans have the least log loss of being right.

    Which spans are given is decided at the temperature 1, by the thresholds that the CRF has. The CRF is left as it is;
    see `CRFRecognizer.set_temperature`. Raises CrfnerError when it gives less than `FEWEST` spans, or none that is
    right or none that is wrong, NotFittedError before `fit`.
    """
    given = _given(crf, documents)
    right = np.array(given.right, dtype=np.bool_)
    if len(right) < FEWEST:
        raise CrfnerError(
            f"the model finds only {len(right)} spans in what it has not learnt from, and a temperature is fitted on "
            f"{FEWEST} or more; give more text"
        )
    if right.all() or not right.any():
        raise CrfnerError(
            f"all {len(right)} spans that the model finds in what it has not learnt from are "
            f"{'right' if right.all() else 'wrong'}, which tells nothing about its scores; give other text"
        )
    tagger = crf.tagger()
    plain = _scores(tagger, given, 1.0)
    crossed = plain.copy()
    half = _halves(given)
    for side in (False, True):
        there = half == side
        if there.any() and not there.all():
            crossed[there] = _scores(tagger, given, _fitted(tagger, given, right, ~there))[there]
    before, after = _reliability(plain, right), _reliability(crossed, right)
    if _log_loss(crossed, right) >= _log_loss(plain, right):
        return Calibration(1.0, len(right), before.error, before.error, before.chance)
    temperature = _fitted(tagger, given, right, np.ones_like(right))
    return Calibration(temperature, len(right), before.error, after.error, after.chance)


def check_enough(documents: Sequence[Document]) -> None:
    """Raise CrfnerError when the documents hold too few entities for a model to find `FEWEST`."""
    entities = sum(len(set(document.spans)) for document in documents)
    if entities < FEWEST:
        raise CrfnerError(
            f"a temperature is fitted on {FEWEST} entities or more, and there are {entities} in what is not learnt "
            "from; give more text, or leave out --calibrate"
        )


def _given(crf: CRFRecognizer, documents: Iterable[Document]) -> _Given:
    found = _Given()
    count = sentence = 0
    for batch in batches(documents, lambda document: len(document.text), BATCH):
        prepared = [crf.prepared(document.with_spans(())) for document in batch]
        chunks, scores, lengths = crf.tagger().given(prepared)
        found.batches.append((scores, lengths, chunks))
        starts = np.cumsum([0, *(len(document.tokens) for document in prepared)])
        gold = {
            chunk
            for document, cut, offset in zip(batch, prepared, starts.tolist(), strict=False)
            for chunk in exact(document, cut, offset)
        }
        firsts = [chunk.first for chunk in chunks]
        found.right += [chunk.chunk in gold for chunk in chunks]
        found.documents += (count + np.searchsorted(starts, firsts, side="right")).tolist()
        found.sentences += (
            sentence + np.searchsorted(np.cumsum([0, *lengths]), np.array(firsts, dtype=np.int64), side="right")
        ).tolist()
        count, sentence = count + len(batch), sentence + len(lengths)
    return found


def _halves(given: _Given) -> Bools:
    """Which spans belong to one half: every other document, or every other sentence of a single document."""
    units = given.documents if len(set(given.documents)) > 1 else given.sentences
    places = np.unique(units, return_inverse=True)[1]
    return np.asarray(places % 2 == 1, dtype=np.bool_)


def _scores(tagger: Tagger, given: _Given, temperature: float) -> Floats:
    """The probability of each span under the temperature."""
    probabilities = [
        chances(tagger.tempered(scores, lengths, temperature), tagger.tags, [one.chunk for one in chunks])
        for scores, lengths, chunks in given.batches
    ]
    return np.concatenate(probabilities)


def _fitted(tagger: Tagger, given: _Given, right: Bools, among: Bools) -> float:
    """The temperature with the least log loss of the spans that are `among`."""
    from scipy.optimize import minimize_scalar

    def loss(logarithm: float) -> float:
        return _log_loss(_scores(tagger, given, math.exp(logarithm))[among], right[among])

    found = minimize_scalar(
        loss, bounds=(math.log(_COLDEST), math.log(_HOTTEST)), method="bounded", options={"xatol": 1e-3}
    )
    return round(math.exp(float(found.x)), 3)


def _log_loss(scores: Floats, right: Bools) -> float:
    sure = np.clip(scores, _SURE, 1 - _SURE)
    return float(-np.log(np.where(right, sure, 1 - sure)).mean())


def _reliability(scores: Floats, right: Bools) -> Reliability:
    return reliability_of(zip(scores.tolist(), right.tolist(), strict=True))
