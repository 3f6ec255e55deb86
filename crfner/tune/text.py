"""A search for the terminal: the best trials, what mattered, and the verdict.

Public names: `to_text`.
"""

from __future__ import annotations

from crfner.report.text import text_table
from crfner.tune import tables
from crfner.tune.values import Tuned


def to_text(tuned: Tuned) -> str:
    """Ends without a line break."""
    parts = [tables.made_of(tuned)]
    for table in (tables.best_trials(tuned), tables.what_mattered(tuned)):
        parts += text_table(table)
    return "\n\n".join([*parts, tables.verdict(tuned)])
