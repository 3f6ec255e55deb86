"""Whether two systems differ in exact micro F1: paired tests over the units of `unit_outcomes`.

Both tests need sums over units only, so units that are alike are drawn together: how many of them a sample swaps is one
draw from a binomial distribution, how often it takes each kind of unit is one from a multinomial distribution. The
numbers drawn do not depend on the order of the units.

Public names: `randomisation`, `bootstrap`, `holm`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from crfner.evaluation.units import Outcome

CELLS = 1_000_000
"""How many numbers are drawn at a time, at most, which take 8 MB."""

TIE = 1e-12
"""Differences of F1 that are as near as this are the same but for rounding."""


def randomisation(
    first: Sequence[Outcome], second: Sequence[Outcome], *, samples: int = 10_000, seed: int = 0
) -> float:
    """The two-sided p-value of paired approximate randomisation (Noreen 1989; Yeh 2000).

    first, second  the outcomes of the two systems, unit by unit, see `unit_outcomes`
    samples        how often the two outcomes of each unit are swapped, or not, with probability 1/2
    seed           of the swaps; the order of the units does not matter

    It is the part of the samples whose difference is at least the observed one, where the observation itself counts as
    one more sample: 1 for identical systems, and never below 1 / (samples + 1).

    Raises ValueError when the outcomes are not of the same units, or `samples` is less than 1.
    """
    ours, theirs = _sums(first, second, samples)
    total, other = ours.sum(axis=0), theirs.sum(axis=0)
    observed = abs(_f1(total) - _f1(other))
    changes = theirs - ours  # what a swap gives to the first system and takes from the second
    kinds, numbers = np.unique(changes[changes.any(axis=1)], axis=0, return_counts=True)
    generator = np.random.default_rng(seed)
    extreme = 0
    for size in _chunks(samples, len(kinds)):
        moved = generator.binomial(numbers, 0.5, size=(size, len(kinds))) @ kinds  # shape (size, 2)
        extreme += int(np.count_nonzero(abs(_f1(total + moved) - _f1(other - moved)) >= observed - TIE))
    return (extreme + 1) / (samples + 1)


def bootstrap(
    first: Sequence[Outcome], second: Sequence[Outcome], *, samples: int = 10_000, seed: int = 0
) -> tuple[float, tuple[float, float]]:
    """The two-sided p-value of the paired bootstrap (Berg-Kirkpatrick, Burkett and Klein 2012), and an interval.

    first, second, samples, seed  as for `randomisation`; a sample draws as many units as there are, with replacement

    The p-value is the part of the samples whose difference is at least as far from the observed one as that is from 0,
    counted as in `randomisation`. The interval has the middle 95% of the differences, first minus second.

    Raises ValueError when the outcomes are not of the same units, or `samples` is less than 1.
    """
    ours, theirs = _sums(first, second, samples)
    observed = _f1(ours.sum(axis=0)) - _f1(theirs.sum(axis=0))
    kinds, numbers = np.unique(np.hstack([ours, theirs]), axis=0, return_counts=True)
    if not len(kinds):
        return 1.0, (0.0, 0.0)
    generator = np.random.default_rng(seed)
    drawn = []
    for size in _chunks(samples, len(ours)):
        sums = _resampled(kinds, numbers, size, generator)
        drawn.append(_f1(sums[:, :2]) - _f1(sums[:, 2:]))
    differences = np.concatenate(drawn)
    extreme = int(np.count_nonzero(abs(differences - observed) >= abs(observed) - TIE))
    low, high = np.percentile(differences, [2.5, 97.5])
    return (extreme + 1) / (samples + 1), (float(low), float(high))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values, corrected for their number by Holm's (1979) step-down method, in the order they came in.

    >>> holm([0.01, 0.5, 0.02])
    [0.03, 0.5, 0.04]
    """
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = highest
    return corrected


def _sums(
    first: Sequence[Outcome], second: Sequence[Outcome], samples: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """By system, the true positives of each unit and its entities of both sides, all F1 needs: shape (units, 2)."""
    if samples < 1:
        raise ValueError(f"a test needs at least 1 sample, not {samples}")
    if len(first) != len(second):
        raise ValueError(
            f"the systems are to be compared on the same units, but one has {len(first)}, the other {len(second)}"
        )
    for number, (one, two) in enumerate(zip(first, second, strict=True), start=1):
        gold, other = one[0] + one[2], two[0] + two[2]
        if gold != other:
            raise ValueError(
                "the systems are to be compared on the same units, "
                f"but unit {number} has {gold} gold entities for one, {other} for the other"
            )
    rows = [[(tp, 2 * tp + fp + fn) for tp, fp, fn in units] for units in (first, second)]
    ours, theirs = (np.array(system, dtype=np.int64).reshape(-1, 2) for system in rows)
    return ours, theirs


def _resampled(
    kinds: NDArray[np.int64], numbers: NDArray[np.int64], size: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """The sums over as many units as there are, drawn with replacement: shape (size, columns of `kinds`)."""
    units = int(numbers.sum())
    if 5 * len(kinds) < units:
        return generator.multinomial(units, numbers / units, size=size) @ kinds
    drawn = generator.integers(units, size=(size, units))  # where most units are unlike, this is the quicker way
    drawn += units * np.arange(size)[:, np.newaxis]
    times = np.bincount(drawn.ravel(), minlength=size * units).reshape(size, units)
    return times @ np.repeat(kinds, numbers, axis=0)


def _f1(sums: NDArray[np.int64]) -> NDArray[np.float64]:
    """F1 of true positives and entities of both sides, the last axis; 0 where there is no entity."""
    return 2 * sums[..., 0] / np.maximum(sums[..., 1], 1)


def _chunks(samples: int, kinds: int) -> Iterator[int]:
    """The sizes of the parts in which to draw, so that none has more than `CELLS` numbers."""
    size = max(CELLS // max(kinds, 1), 1)
    for start in range(0, samples, size):
        yield min(size, samples - start)
