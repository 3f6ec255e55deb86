"""The tables of a comparison in LaTeX, to be put into a paper; they need the package booktabs and nothing else.

Public names: `to_latex`.
"""

from __future__ import annotations

import re

from crfner.compare.values import Comparison
from crfner.report import tables
from crfner.report.values import Table, visible

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "`": r"\textasciigrave{}",
    # what would be an option or a star of the \\ that ends the line before
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "±": r"\ensuremath{\pm}",
    "–": r"\textendash{}",
}
_TRANSLATION = str.maketrans(_ESCAPES)


def to_latex(comparison: Comparison, *, baseline: str | None = None) -> str:
    """One `table` a table: best in bold, a dagger where the caption says that a difference is significant.

    How the numbers come about is told in a comment above each table.
    """
    parts = ["% \\usepackage{booktabs}"]
    for number, table in enumerate(tables.all_tables(comparison, baseline), start=1):
        parts.append(_table(table, comparison, f"tab:comparison-{number}"))
    return "\n\n".join(parts) + "\n"


def _table(table: Table, comparison: Comparison, name: str) -> str:
    footnote = f" $\\dagger$: {_escape(table.footnote)}" if table.footnote else ""
    caption = f"{_escape(table.title)}. {_escape(tables.source(comparison))}{footnote}"
    head = " & ".join(_escape(column.title) for column in table.columns)
    lines = [
        f"% {visible(table.note)}",
        "\\begin{table}[htbp]",
        "  \\centering\\small",
        f"  \\begin{{tabular}}{{{''.join('r' if column.number else 'l' for column in table.columns)}}}",
        "    \\toprule",
        f"    {head} \\\\",
        "    \\midrule",
        *(f"    {' & '.join(cells)} \\\\" for cells in _rows(table)),
        "    \\bottomrule",
        "  \\end{tabular}",
        f"  \\caption{{{caption}}}",
        f"  \\label{{{name}}}",
        "\\end{table}",
    ]
    return "\n".join(lines)


def _rows(table: Table) -> list[list[str]]:
    rows = []
    for row, cells in enumerate(table.cells()):
        shown = []
        for column, cell in enumerate(cells):
            body = _number(cell) if table.columns[column].number else _escape(cell)
            body = f"\\textbf{{{body}}}" if (row, column) in table.best else body
            shown.append(body + ("$^\\dagger$" if (row, column) in table.marks else ""))
        rows.append(shown)
    return rows


def _number(cell: str) -> str:
    """Numbers with a minus sign instead of a hyphen; "to" of an interval stays a word."""
    return " ".join(f"$-${_escape(part[1:])}" if part.startswith("-") else _escape(part) for part in cell.split(" "))


def _escape(text: str) -> str:
    """Text that LaTeX prints as it is."""
    return re.sub("-(?=-)", "-{}", visible(text).translate(_TRANSLATION))  # two hyphens would become a dash
