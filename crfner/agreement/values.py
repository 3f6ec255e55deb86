"""What agreement consists of: counts, and the fractions made of them; None where a fraction is undefined.

Public names: `Agreement`, `SpanAgreement`, `Interval`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SpanAgreement:
    """How far two annotators agree on spans: those of one label, or all.

    both         spans that both have, the same borders and label
    only_first   spans that only the first annotator has; only_second likewise
    interval     the middle 95% of the bootstrap distribution of F1, by document; None where there is nothing to draw
    kappa        Cohen's kappa of tokens: this label or not; for all spans, the label of the token
    """

    both: int
    only_first: int
    only_second: int
    interval: Interval | None
    kappa: float | None

    @property
    def first(self) -> int:
        """The number of spans of the first annotator."""
        return self.both + self.only_first

    @property
    def second(self) -> int:
        """The number of spans of the second annotator."""
        return self.both + self.only_second

    @property
    def f1(self) -> float | None:
        """F1 of either annotator against the other, which is the same both ways; None where neither has a span.

        It is what kappa comes to where what neither marks is without number (Hripcsak and Rothschild 2005).
        """
        return 2 * self.both / (self.first + self.second) if self.first + self.second else None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two annotators of the same texts agree.

    names          what the annotators are called
    documents      how many were compared; `differing` of them are not marked alike
    tokens         how many there are; `marked` of them are in a span of at least one annotator
    spans          of all labels together, exact; its kappa is over all tokens
    marked_kappa   kappa over the `marked` tokens alone, as those that neither marks are most of a text and easy. It is
                   a hard judge, and below 0 where the two seldom mark the same (Brandsen et al. 2020 report both)
    labels         by label, sorted; every label of either annotator
    confusion      by the two labels (first, second) of spans with the same borders, how many
    kinds          by kind of conflict, see `conflicts.KINDS`, how many
    """

    names: tuple[str, str]
    documents: int
    differing: int
    tokens: int
    marked: int
    spans: SpanAgreement
    marked_kappa: float | None
    labels: Mapping[str, SpanAgreement]
    confusion: Mapping[tuple[str, str], int]
    kinds: Mapping[str, int]
