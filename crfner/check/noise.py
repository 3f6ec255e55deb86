"""Which contradictions are mistakes in the data, and which are the model's own.

A reading that a model gives with confidence c may be contradicted by the annotation for two reasons: the model is
wrong, which happens the less often the surer it is, or the annotation is, which happens as often whatever the model
makes of it. Both rates are estimated together, by maximum likelihood with a weak prior: the first as a logistic
function of the log odds of c (Platt 1999), the second as a constant times c. So a model that is often wrong when it is
sure is believed less, and clean data is suspected less than noisy data.

Public names: `mistakes`, `excess`.
"""

from __future__ import annotations

import numpy as np

from crfner.check.chances import NOISE
from crfner.crf.decode import Bools, Floats

_PRIOR = 100.0  # readings that the expected rate of mistakes counts for
_LEAST_ODDS = 1e-4  # probabilities are rounded to so much


def mistakes(confidence: Floats, contradicted: Bools) -> Floats:
    """For each of N readings the probability that a contradiction of it is a mistake of the annotation, (N,).

    confidence    (N,) the probability that the model gives the reading
    contradicted  (N,) whether the annotation contradicts it (in the way that is asked about)
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    odds = np.log((confidence + _LEAST_ODDS) / (1 - confidence + _LEAST_ODDS))

    def rates(parameters: Floats) -> tuple[float, Floats, Floats]:
        """The rate of mistakes; how often each reading is contradicted by a mistake, and by a fault of the model."""
        rate, offset, slope = parameters
        noise = float(expit(rate))
        wrong = noise * confidence
        return noise, wrong, (1 - wrong) * expit(offset - np.exp(slope) * odds)

    def loss(parameters: Floats) -> float:
        noise, wrong, own = rates(parameters)
        both = np.clip(wrong + own, 1e-9, 1 - 1e-9)
        likelihood = np.log(np.where(contradicted, both, 1 - both)).sum()
        prior = _PRIOR * (NOISE * np.log(noise + 1e-12) + (1 - NOISE) * np.log1p(-noise + 1e-12))
        return -float(likelihood + prior)

    start = np.array([np.log(NOISE / (1 - NOISE)), -2.0, -1.0])
    found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 1000})
    _, wrong, own = rates(found.x)
    own = np.maximum(own, 1 / len(confidence))  # so many readings cannot show a lower rate
    chances: Floats = wrong / (wrong + own)
    return chances


def excess(doubts: Floats, rate: float) -> Floats:
    """For each of N doubted annotations the probability that it is a mistake, by how few are doubted as much, (N,).

    doubts  (N,) how sure the model is that the annotation is wrong; 0 for one that it agrees with
    rate    the share of annotations that are wrong in this way, expected
    """
    order = np.sort(doubts)
    as_much = len(doubts) - np.searchsorted(order, doubts, side="left")
    chances: Floats = rate / (rate + as_much / len(doubts))
    return chances
