"""The scores of SemEval-2013 task 9 (Segura-Bedmar, Martínez and Herrero-Zazo 2013), which also tell near misses.

Every gold entity is paired with at most one predicted entity that overlaps it, and four modes judge the pairs in their
own ways. Counts are summed over documents, so that no fraction depends on how often a corpus is repeated.

Public names: `modes`, `Modes`, `ModeScore`, `MODES`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crfner.document import Chunk, Document, Offsets
from crfner.evaluation.pairs import document_pairs, entities
from crfner.lazy import shown_by

MODES = ("strict", "exact", "partial", "type")
OUTCOMES = ("correct", "incorrect", "partial", "missed", "spurious")


@dataclass(frozen=True, slots=True)
class ModeScore:
    """Counts of one mode, and the fractions (0 to 1) made of them; a fraction of nothing, 0/0, is 0.

    correct    pairs that are right
    incorrect  pairs that are wrong
    partial    pairs that earn half of the credit; 0 in every mode but "partial"
    missed     gold entities without a partner
    spurious   predicted entities without a partner
    """

    correct: int
    incorrect: int
    partial: int
    missed: int
    spurious: int

    @property
    def possible(self) -> int:
        """The number of gold entities."""
        return self.correct + self.incorrect + self.partial + self.missed

    @property
    def actual(self) -> int:
        """The number of predicted entities."""
        return self.correct + self.incorrect + self.partial + self.spurious

    @property
    def precision(self) -> float:
        """The credit earned, of the predicted entities."""
        return self._credit / self.actual if self.actual else 0.0

    @property
    def recall(self) -> float:
        """The credit earned, of the gold entities."""
        return self._credit / self.possible if self.possible else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self._credit / (self.actual + self.possible) if self._credit else 0.0

    @property
    def _credit(self) -> float:
        return self.correct + self.partial / 2


@dataclass(frozen=True, slots=True)
class Modes:
    """The scores by mode, see `MODES`: over all entities and, by label, over those of one label alone.

    strict   a pair is correct when borders and label are those of the gold entity: what `evaluate` counts
    exact    when the borders are, whatever the label: the boundary score
    partial  when the borders are, whatever the label; any other pair earns half of the credit
    type     when the label is, whatever the borders

    The scores of a label know no other label: where Rome (LOC) is taken for ORG, it is missed in LOC and spurious in
    ORG, in every mode. Hence `exact` is the same as `strict` there.
    """

    overall: Mapping[str, ModeScore]
    labels: Mapping[str, Mapping[str, ModeScore]]

    _repr_html_ = shown_by("modes")


def modes(gold: Iterable[Document], predicted: Iterable[Document]) -> Modes:
    """Score predicted documents against the gold ones, taken in pairs in order, in four modes.

    How entities are paired, document by document: those first that are the same on both sides, in `exact` and `partial`
    also whatever their labels. Then the other predicted entities take their turns from left to right, and each is
    paired with the first gold entity that it overlaps and that is still free; in `type`, with that of its own label
    whose borders are nearest, if there is one. Hence of two predictions within one gold entity the second is spurious.
    The same entity given twice counts once.

    Raises ValueError when the numbers of documents or the texts of a pair differ, naming the first such document.
    """
    counts: defaultdict[tuple[str | None, str], Counter[str]] = defaultdict(Counter)  # None: over all labels
    for truth, guess in document_pairs(gold, predicted):
        for label, right, wrong in _by_label(sorted(entities(truth)), sorted(entities(guess))):
            for mode in MODES:
                counts[label, mode].update(_judge(mode, right, wrong))
    scores = {place: ModeScore(*(count[outcome] for outcome in OUTCOMES)) for place, count in counts.items()}
    nothing = ModeScore(0, 0, 0, 0, 0)
    return Modes(
        overall={mode: scores.get((None, mode), nothing) for mode in MODES},
        labels={
            label: {mode: scores[label, mode] for mode in MODES}
            for label in sorted({name for name, _ in scores if name})
        },
    )


def _by_label(
    gold: Sequence[Chunk], predicted: Sequence[Chunk]
) -> Iterator[tuple[str | None, Sequence[Chunk], Sequence[Chunk]]]:
    """The entities of a document, all of them and then those of each label."""
    yield None, gold, predicted
    for label in sorted({label for _, _, label in (*gold, *predicted)}):
        yield (
            label,
            [entity for entity in gold if entity[2] == label],
            [entity for entity in predicted if entity[2] == label],
        )


def _judge(mode: str, gold: Sequence[Chunk], predicted: Sequence[Chunk]) -> Counter[str]:
    """How many pairs, and entities without a partner, have which outcome; both sides are sorted."""
    counts: Counter[str] = Counter()
    by_borders = mode in ("exact", "partial")
    places: defaultdict[Chunk | Offsets, list[int]] = defaultdict(list)  # where the gold entities are that may be right
    for place, truth in enumerate(gold):
        places[truth[:2] if by_borders else truth].append(place)
    free = [True] * len(gold)
    others = []
    for guess in predicted:
        same = places.get(guess[:2] if by_borders else guess)
        if same:
            free[same.pop()] = False
            counts["correct"] += 1
        else:
            others.append(guess)
    starts = [start for start, _, _ in gold]
    longest = max((end - start for start, end, _ in gold), default=0)
    for start, end, label in others:
        window = range(bisect_left(starts, start - longest), bisect_left(starts, end))
        overlapping = [place for place in window if free[place] and gold[place][1] > start]
        if not overlapping:
            counts["spurious"] += 1
            continue
        own = [place for place in overlapping if gold[place][2] == label] if mode == "type" else []
        if own:
            partner = min(own, key=lambda place: abs(gold[place][0] - start) + abs(gold[place][1] - end))
            counts["correct"] += 1
        else:
            partner = overlapping[0]
            counts["partial" if mode == "partial" else "incorrect"] += 1
        free[partner] = False
    counts["missed"] = sum(free)
    return counts
