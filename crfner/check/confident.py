"""Confident learning: which of the given classes are likely wrong, judged by probabilities from a model that has not
seen them (Northcutt, Jiang and Chuang 2021).

A model is more sure of some classes than of others, so each class has a threshold of its own: how sure the model is,
on average, of what is said to be of that class. Something is likely of another class where the model is at least that
sure.

Public names: `thresholds`, `confident_errors`.
"""

from __future__ import annotations

import numpy as np

from crfner.crf.decode import Bools, Floats, Ints

_TOLERANCE = 1e-6  # a probability that equals its threshold but for rounding reaches it


def thresholds(given: Ints, probabilities: Floats) -> Floats:
    """The mean probability of each of K classes over what is said to be of it; infinite for a class without any.

    given          (N,) the number of the class that each of N items is said to be of
    probabilities  (N, K) of each class, out of sample
    """
    counts = np.bincount(given, minlength=probabilities.shape[1])
    sums = np.bincount(given, weights=probabilities[np.arange(len(given)), given], minlength=len(counts))
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)


def confident_errors(given: Ints, probabilities: Floats) -> Bools:
    """Which of N items are likely of another class than the given one, (N,).

    That is where, of the classes that reach their thresholds, the most probable is another, and where the given class
    is not the most probable of all either. These items are off the diagonal of the paper's confident joint.
    """
    reaching = probabilities >= thresholds(given, probabilities) - _TOLERANCE
    likely = np.where(reaching, probabilities, -1.0).argmax(axis=1)
    errors: Bools = reaching.any(axis=1) & (likely != given) & (probabilities.argmax(axis=1) != given)
    return errors
