"""A comparison for the terminal: the systems, their differences, and what was noticed about the data.

Public names: `to_text`, `text_table`.
"""

from __future__ import annotations

from crfner.columns import aligned
from crfner.compare.values import Comparison
from crfner.report import tables
from crfner.report.values import Table, visible
from crfner.report.verdict import verdict


def to_text(comparison: Comparison, *, baseline: str | None = None) -> str:
    """Scores, costs, differences, learning curves, the verdict and the warnings; ends without a line break.

    baseline  the system that the others are marked against, instead of the best

    Raises SettingError when no system is named so.
    """
    parts = [tables.source(comparison), *text_table(tables.scores(comparison, baseline))]
    parts += text_table(tables.costs(comparison))
    if comparison.pairs:
        parts += text_table(tables.pairs(comparison))
    if comparison.curve:
        parts += text_table(tables.curve(comparison))
    parts.append(verdict(comparison))
    parts += [f"warning: {warning}" for warning in comparison.warnings]
    return "\n\n".join("\n".join(visible(line) for line in part.split("\n")) for part in parts if part)


def text_table(table: Table) -> list[str]:
    """The table, and its footnote when it has one: names and texts to the left, numbers to the right, * for a mark."""
    marked = {column for _, column in table.marks}
    rows = [
        [
            visible(cell) + ("*" if (row, column) in table.marks else " " if column in marked else "")
            for column, cell in enumerate(cells)
        ]
        for row, cells in enumerate(table.cells())
    ]
    rows.insert(0, [visible(column.title) for column in table.columns])
    lines = aligned(rows, table.names, [number for number, column in enumerate(table.columns) if not column.number])
    lines.insert(1, "-" * max(map(len, lines)))
    return ["\n".join(lines), *([f"* {table.footnote}"] if table.footnote else [])]
