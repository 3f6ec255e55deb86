"""What a measure consists of, what its sides give, and a row of the table.

Public names: `Measure`, `Setup`, `Row`, `Limit`, `Figures`, `Runs`, `Results`, `middle`, `PEER`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

Figures = dict[str, Any]
"""What one run of one side gave: numbers by name; a stream's are lists of numbers."""

Runs = Mapping[str, Sequence[Figures]]
"""What all rounds gave, by side."""

Results = Mapping[str, Runs]
"""The runs of each measure that has been made."""

PEER = "sklearn-crfsuite"


@dataclass(frozen=True, slots=True)
class Setup:
    """What the sides are given.

    corpora   the folder with the corpora, and which of them is taken
    work      a folder for models, which the measures of one run share
    drawings  the folder for drawings
    seconds   how long a stream is
    """

    corpora: Path
    corpus: str
    work: Path
    drawings: Path
    seconds: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A requirement such as "at most 0.4"."""

    sign: Literal["<=", ">=", "<"]
    value: float

    def met(self, value: float | None) -> bool:
        """Whether a value meets it; what was not measured does not."""
        test = {"<=": operator.le, ">=": operator.ge, "<": operator.lt}[self.sign]
        return value is not None and bool(test(value, self.value))

    def __str__(self) -> str:
        return f"{self.sign} {self.value:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    what       is measured, and in which unit
    ours       None where it was not measured
    peer       whom we are compared with: a name and its value; neither where a limit stands alone
    limit      what is required, None where the row only informs
    by         what the limit is for: ours / peer, ours - peer, or ours itself
    """

    what: str
    unit: str
    ours: float | None
    peer: str = ""
    theirs: float | None = None
    limit: Limit | None = None
    by: Literal["ratio", "difference", "itself"] = "ratio"

    @property
    def compared(self) -> float | None:
        """Ours beside the peer's, None where one of the two was not measured."""
        if self.by == "itself" or self.ours is None or not self.peer or self.theirs is None:
            return None
        if self.by == "difference":
            return self.ours - self.theirs
        return self.ours / self.theirs if self.theirs else None

    @property
    def passed(self) -> bool:
        """Whether the requirement, if there is one, is met."""
        return self.limit is None or self.limit.met(self.ours if self.by == "itself" else self.compared)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure.

    sides  what is run in each round, by name, in this order; each in a process of its own
    rows   the rows of the table, from the results of all measures, as sizes are those of what training left
    once   sides for which one round is enough: nothing of them is timed, or it takes minutes and nothing is required
    """

    sides: Mapping[str, Callable[[Setup], Figures]]
    rows: Callable[[Results], list[Row]]
    once: frozenset[str] = frozenset()


def middle(results: Results, measure: str, side: str, name: str) -> float | None:
    """The median of a figure over the rounds; None where it was not measured."""
    values = [figures[name] for figures in results.get(measure, {}).get(side, ()) if name in figures]
    return float(median(values)) if values else None
