"""A table as every output takes it: values in rows, and how a person is shown them.

The numbers are chosen once, in `crfner.report.tables`, and only written differently by text, Markdown, LaTeX and HTML.

Public names: `Column`, `Table`, `Value`, and the ways to show a value: `percent`, `signed`, `interval`,
`signed_interval`, `spread`, `p_value`, `count`, `seconds`, `megabytes`; `visible`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Value = str | int | float | tuple[float, ...] | None

ABSENT = "–"
"""What stands for a value that there is none of."""

# C0 and C1 controls, line and paragraph separators, what turns or hides text, and halves of surrogate pairs
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, how its values are shown, and whether they are numbers."""

    title: str
    show: Callable[[Any], str] = str
    number: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table with all that is said about it.

    title     a few words
    note      how to read it, and where its method comes from
    columns   the columns; the first `names` of them name the row
    rows      values, one for each column
    best      (row, column) of the values that are the best of those they are to be compared with
    marks     (row, column) of the values that the footnote is about
    footnote  what a mark says; empty without marks
    """

    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    names: int = 1
    best: frozenset[tuple[int, int]] = frozenset()
    marks: frozenset[tuple[int, int]] = frozenset()
    footnote: str = ""

    def cells(self) -> list[list[str]]:
        """Each row as it is shown, without marks."""
        return [
            [ABSENT if value is None else column.show(value) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]


def percent(fraction: float) -> str:
    """A fraction in per cent.

    >>> percent(0.8731)
    '87.31'
    """
    return f"{100 * fraction:.2f}"


def signed(fraction: float) -> str:
    """A difference of fractions in points, with its sign; a difference of nothing has none.

    >>> signed(0.004), signed(-0.012), signed(-0.0)
    ('+0.40', '-1.20', '0.00')
    """
    shown = f"{100 * fraction:+.2f}"
    return "0.00" if shown in ("+0.00", "-0.00") else shown


def interval(bounds: tuple[float, float]) -> str:
    """
    >>> interval((0.851, 0.8902))
    '85.10 to 89.02'
    """
    low, high = bounds
    return f"{percent(low)} to {percent(high)}"


def signed_interval(bounds: tuple[float, float]) -> str:
    """
    >>> signed_interval((-0.01, 0.02))
    '-1.00 to +2.00'
    """
    low, high = bounds
    return f"{signed(low)} to {signed(high)}"


def spread(values: tuple[float, ...]) -> str:
    """A mean and a standard deviation, or a mean alone where there is nothing that could deviate from it.

    >>> spread((0.8, 0.015)), spread((0.8,))
    ('80.00 ± 1.50', '80.00')
    """
    return " ± ".join(map(percent, values))


def p_value(probability: float) -> str:
    """
    >>> p_value(0.0004), p_value(0.0213), p_value(1.0)
    ('<0.001', '0.021', '1.000')
    """
    return "<0.001" if probability < 0.001 else f"{probability:.3f}"


def count(number: float) -> str:
    """
    >>> count(48211.7)
    '48,212'
    """
    return f"{number:,.0f}"


def seconds(duration: float) -> str:
    """
    >>> seconds(12.345)
    '12.3'
    """
    return f"{duration:,.1f}"


def megabytes(size: int) -> str:
    """Bytes in millions of bytes.

    >>> megabytes(312_400_000), megabytes(41_000)
    ('312.40', '0.04')
    """
    return f"{size / 1e6:,.2f}"


def visible(text: str) -> str:
    """The text with every character that cannot be seen, or that would turn the text around it, named instead.

    >>> visible("rules\\u202etxt")
    'rules[U+202E]txt'
    """
    return _INVISIBLE.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
