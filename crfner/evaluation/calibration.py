"""Whether the scores of predicted entities can be taken for probabilities: of those scored 0.8, are four in five right?

Entities are put in order of their scores and cut into bins of equally many, as most scores are near 1, where bins of
equal width would hold nearly all of them (Nguyen and O'Connor 2015). Equal scores stay together, so that neither the
order of the documents nor their repetition changes anything.

Public names: `reliability`, `reliability_of`, `reliability_dict`, `reliability_table`, `Reliability`, `Bin`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crfner.columns import aligned
from crfner.document import Document
from crfner.evaluation.pairs import document_pairs, entities
from crfner.lazy import shown_by

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Entities of neighbouring scores.

    count, correct   how many, and how many of them are correct
    low, mean, high  their least, mean and greatest score
    chance           how far precision would be from the mean, on average over repetitions, were the scores true
                     probabilities (normal approximation)
    """

    count: int
    correct: int
    low: float
    mean: float
    high: float
    chance: float

    @property
    def precision(self) -> float:
        """The part of the entities that is correct."""
        return self.correct / self.count


@dataclass(frozen=True, slots=True)
class Reliability:
    """Predicted entities by their scores.

    bins      from the least scores to the greatest, none empty
    unscored  how many predicted entities have no score and are in no bin
    """

    bins: tuple[Bin, ...]
    unscored: int = 0

    _repr_html_ = shown_by("reliability")

    @property
    def count(self) -> int:
        """The number of entities with a score."""
        return sum(each.count for each in self.bins)

    @property
    def error(self) -> float:
        """The expected calibration error (Naeini, Cooper and Hauskrecht 2015), 0 to 1; 0 without entities.

        That is how far precision is from the mean score of a bin, on average over the entities.
        """
        return math.fsum(each.count * abs(each.precision - each.mean) for each in self.bins) / max(self.count, 1)

    @property
    def chance(self) -> float:
        """The error that true probabilities would have by chance alone: with few entities in a bin it is large."""
        return math.fsum(each.count * each.chance for each in self.bins) / max(self.count, 1)


def reliability(gold: Iterable[Document], predicted: Iterable[Document], *, bins: int = BINS) -> Reliability:
    """How far the scores of predicted entities are their probabilities of being correct, borders and label exact.

    The same entity given twice counts once, with its greatest score. Raises ValueError when the numbers of documents or
    the texts of a pair differ, naming the first such document, and for less than one bin.
    """
    scored: list[tuple[float, bool]] = []
    unscored = 0
    for truth, guess in document_pairs(gold, predicted):
        right = entities(truth)
        best: dict[tuple[int, int, str], float] = {}
        for span in guess.spans:
            if span.score is not None:
                place = (span.start, span.end, span.label)
                best[place] = max(span.score, best.get(place, span.score))
        scored += [(score, place in right) for place, score in best.items()]
        unscored += len(entities(guess) - best.keys())
    return Reliability(reliability_of(scored, bins=bins).bins, unscored)


def reliability_of(scored: Iterable[tuple[float, bool]], *, bins: int = BINS) -> Reliability:
    """As `reliability`, for entities given as their score and whether they are correct."""
    if bins < 1:
        raise ValueError(f"entities are put into 1 bin or more, not {bins}")
    ordered = sorted(scored)
    found: list[Bin] = []
    start = 0
    for number in range(1, bins + 1):
        end = -(-number * len(ordered) // bins)  # rounded up
        while 0 < end < len(ordered) and ordered[end][0] == ordered[end - 1][0]:
            end += 1
        if end > start:
            found.append(_bin(ordered[start:end]))
            start = end
    return Reliability(tuple(found))


def _bin(members: Sequence[tuple[float, bool]]) -> Bin:
    scores = [score for score, _ in members]
    mean = min(max(math.fsum(scores) / len(scores), scores[0]), scores[-1])
    chance = math.sqrt(2 / math.pi * math.fsum(score * (1 - score) for score in scores)) / len(scores)
    return Bin(len(members), sum(right for _, right in members), scores[0], mean, scores[-1], chance)


def reliability_dict(found: Reliability) -> dict[str, Any]:
    """The bins as JSON takes them; fractions (0 to 1) are in full precision."""
    return {
        "error": found.error,
        "chance": found.chance,
        "count": found.count,
        "unscored": found.unscored,
        "bins": [
            {
                "low": each.low,
                "high": each.high,
                "mean": each.mean,
                "precision": each.precision,
                "count": each.count,
                "correct": each.correct,
            }
            for each in found.bins
        ],
    }


def reliability_table(found: Reliability) -> str:
    """The bins for people, in per cent, and the error over all. Ends without a line break."""
    rows = [("scores", "mean", "precision", "difference", "entities")]
    for each in found.bins:
        difference = f"{100 * (each.precision - each.mean):+.2f}"
        scores = f"{100 * each.low:.2f} to {100 * each.high:.2f}"
        rows.append((scores, f"{100 * each.mean:.2f}", f"{100 * each.precision:.2f}", difference, str(each.count)))
    lines = aligned(rows)
    lines += ["", f"expected calibration error  {100 * found.error:.2f}"]
    lines += [f"by chance, were scores true  {100 * found.chance:.2f}"]
    if found.unscored:
        lines.append(f"entities without a score  {found.unscored}")
    return "\n".join(lines)
