"""A bootstrap interval for micro F1 (Efron 1979; for language processing Berg-Kirkpatrick, Burkett and Klein 2012).

Units with the same outcome are alike to the score. So it is enough to draw, for each sample, how often each distinct
outcome comes up, which is one draw from a multinomial distribution instead of one draw a unit.

Public names: `bootstrap_interval`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from crfner.evaluation.units import Outcome


def bootstrap_interval(units: Mapping[Outcome, int], samples: int = 1000, seed: int = 0) -> tuple[float, float]:
    """The middle 95% of micro F1 over resamples of the units.

    units  how many units (documents or sentences) have each outcome
    seed   of the resampling; the order of the units does not matter

    Raises ValueError when `samples` is less than 1.
    """
    if samples < 1:
        raise ValueError(f"the interval needs at least 1 bootstrap sample, not {samples}")
    number = sum(units.values())
    if number == 0:
        return 0.0, 0.0
    outcomes = np.array(sorted(units), dtype=np.int64)  # shape (distinct outcomes, 3)
    shares = np.array([units[outcome] for outcome in sorted(units)]) / number
    draws = np.random.default_rng(seed).multinomial(number, shares, size=samples)  # shape (samples, distinct outcomes)
    tp, fp, fn = (draws @ outcomes).T
    f1 = 2 * tp / np.maximum(2 * tp + fp + fn, 1)
    low, high = np.percentile(f1, [2.5, 97.5])
    return float(low), float(high)
