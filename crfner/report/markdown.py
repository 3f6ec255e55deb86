"""A comparison in Markdown, with tables as GitHub and Pandoc read them.

Public names: `to_markdown`.
"""

from __future__ import annotations

import re

from crfner.compare.values import Comparison
from crfner.report import tables
from crfner.report.values import Table, visible
from crfner.report.verdict import verdict

_SPECIAL = re.compile(r"[\\`*_\[\]|~#$]")


def to_markdown(comparison: Comparison, *, baseline: str | None = None) -> str:
    """All tables of the comparison; see `crfner.report.write` for the baseline."""
    blocks = [
        f"# {_escape(tables.title(comparison))}",
        _escape(tables.source(comparison)),
        _escape(verdict(comparison)),
    ]
    if comparison.warnings:
        blocks += ["## Warnings", "\n".join(f"- {_escape(warning)}" for warning in comparison.warnings)]
    for table in tables.all_tables(comparison, baseline):
        blocks += [f"## {_escape(table.title)}", _escape(table.note), _table(table)]
        if table.footnote:
            blocks.append(f"\\* {_escape(table.footnote)}")
    blocks.append(f"Made with {', '.join(f'{_escape(k)} {_escape(v)}' for k, v in comparison.versions.items())}.")
    return "\n\n".join(block for block in blocks if block) + "\n"


def _table(table: Table) -> str:
    """Numbers to the right, the best in bold, a star where the footnote belongs."""
    rows = [[_escape(column.title) for column in table.columns]]
    rows.append(["---:" if column.number else ":---" for column in table.columns])
    for row, cells in enumerate(table.cells()):
        shown = []
        for column, cell in enumerate(cells):
            body = f"**{_escape(cell)}**" if (row, column) in table.best else _escape(cell)
            shown.append(body + ("\\*" if (row, column) in table.marks else ""))
        rows.append(shown)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _escape(text: str) -> str:
    """Text that no Markdown reader takes for markup or HTML."""
    plain = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\g<0>", plain)
