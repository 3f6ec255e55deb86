"""The values that an evaluation consists of: counts, the fractions made of them, and groups of errors.

Public names: `Evaluation`, `Score`, `Average`, `ErrorGroup`, `Mistake`, `summed`, `ERROR_GROUPS`, `EXAMPLES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crfner.lazy import shown_by

ERROR_GROUPS = ("missed", "spurious", "boundary", "type", "both")
EXAMPLES = 10
"""How many texts each error group lists."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of true positives, false positives and false negatives, and the fractions (0 to 1) made of them.

    A fraction of nothing, 0/0, is 0.
    """

    tp: int
    fp: int
    fn: int

    @property
    def precision(self) -> float:
        """The part of the predicted entities that is correct."""
        return self.tp / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """The part of the gold entities that was found."""
        return self.tp / self.support if self.support else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.tp / (self.predicted + self.support) if self.tp else 0.0

    @property
    def support(self) -> int:
        """The number of gold entities."""
        return self.tp + self.fn

    @property
    def predicted(self) -> int:
        """The number of predicted entities."""
        return self.tp + self.fp

    @property
    def correct(self) -> int:
        """The number of predicted entities that are correct."""
        return self.tp


def summed(scores: Iterable[Score]) -> Score:
    """The score of all counts together."""
    tp = fp = fn = 0
    for score in scores:
        tp, fp, fn = tp + score.tp, fp + score.fp, fn + score.fn
    return Score(tp, fp, fn)


@dataclass(frozen=True, slots=True)
class Average:
    """Unweighted means over labels, as fractions."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Mistake:
    """A text that went wrong in one way, and how often; `gold` or `predicted` is None where there was no such entity.

    The text is the gold entity's, or the predicted one's where there is no gold entity.
    """

    text: str
    gold: str | None
    predicted: str | None
    count: int


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """How many errors are of one kind, and their most frequent texts (at most `EXAMPLES`)."""

    count: int
    examples: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a set of predictions is worth.

    micro           over all entities
    macro           the mean over the labels, each weighing the same
    labels          by label, sorted; every label of the gold or the predicted entities
    token_accuracy  the fraction of tokens with the right tag
    interval        of micro F1: the middle 95% of its bootstrap distribution (low, high)
    errors          by group, see `ERROR_GROUPS`:
        missed      a gold entity, and no predicted one to pair it with
        spurious    a predicted entity, and no gold one to pair it with
        boundary    the right label between wrong borders
        type        the wrong label between the right borders
        both        they overlap, but neither label nor borders are right

    Every entity that is not correct is in exactly one group, once. Pairs are made one to one among the incorrect
    entities of a document that overlap: those first whose overlap is the largest part of the text that the two cover
    together, then those of one label, then the leftmost. Hence `missed` also has the gold entity whose only overlap is
    with a correct prediction or with one that pairs better with another; `spurious` likewise.
    """

    micro: Score
    macro: Average
    labels: Mapping[str, Score]
    token_accuracy: float
    interval: tuple[float, float]
    errors: Mapping[str, ErrorGroup]

    _repr_html_ = shown_by("evaluation")
