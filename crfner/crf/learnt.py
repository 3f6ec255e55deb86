"""What training gives, by whichever engine."""

from __future__ import annotations

from dataclasses import dataclass

from crfner.crf.weights import Weights


@dataclass(frozen=True, slots=True)
class Learnt:
    """The weights, iterations done, the last loss where one is known, whether training was interrupted, by whom."""

    weights: Weights
    iterations: int
    loss: float | None
    interrupted: bool
    engine: str
