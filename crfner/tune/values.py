"""The values that a search consists of.

Public names: `Trial`, `Confirmation`, `Tuned`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crfner.evaluation.units import Outcome, total
from crfner.evaluation.values import Score
from crfner.tune.space import config_of

CHANCE = 0.05
"""A difference with a greater p-value may well be chance."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A point of the space and how good it was.

    number    counted from 0, in the order in which points were tried
    point     the parameters
    outcomes  true positives, false positives and false negatives in each fold that was scored
    seconds   that training and tagging took, over these folds
    complete  whether all folds were scored; otherwise the first was so poor that the others were left
    """

    number: int
    point: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]
    seconds: float
    complete: bool

    @property
    def f1(self) -> float:
        """Exact micro F1 over the folds together, 0 to 1."""
        return Score(*total(self.outcomes)).f1

    @property
    def first_f1(self) -> float:
        """F1 on the first fold, which all trials have been scored on."""
        return Score(*self.outcomes[0]).f1


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The best point against the default settings on folds that the search did not see.

    best, default  exact micro F1 over these folds
    interval       of the difference, best minus default: the middle 95% of the paired bootstrap
    p              of paired approximate randomisation
    """

    best: float
    default: float
    interval: tuple[float, float]
    p: float

    @property
    def difference(self) -> float:
        """F1 of the best point minus that of the default settings."""
        return self.best - self.default


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a search found.

    trials        all that were scored, in order
    default       the trial of the default settings
    best          the complete trial with the highest F1; the earliest of those
    confirmation  None where the default is the best, or time was up before
    shares        by parameter, its share of the variance of F1, the greatest first (see `Study.shares`); empty where
                  trials are too few
    documents, folds, seed, jobs  of the search
    seconds       that this search took, without what a study already held
    interrupted   whether it was stopped by Ctrl-C
    """

    trials: tuple[Trial, ...]
    default: Trial
    best: Trial
    confirmation: Confirmation | None
    shares: Mapping[str, float]
    documents: int
    folds: int
    seed: int
    jobs: int
    seconds: float
    interrupted: bool

    @property
    def better(self) -> bool:
        """Whether the best point beats the default settings, on the folds of the confirmation where there is one."""
        if self.confirmation is not None:
            return self.confirmation.difference > 0
        return self.best.f1 > self.default.f1

    @property
    def chosen(self) -> Trial:
        """The best trial where it is better than the default settings, else these."""
        return self.best if self.better else self.default

    @property
    def config(self) -> dict[str, Any]:
        """The keyword arguments of a `CRFRecognizer` that the chosen trial stands for."""
        return config_of(self.chosen.point)
