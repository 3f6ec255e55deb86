"""A comparison as something to read: an HTML report, tables in Markdown, LaTeX and CSV, JSON, and terminal text.

The numbers are the same everywhere, see `crfner.report.tables`; each kind of output is a file of its own. The same
comparison gives the same bytes: there is no date in them.

Public names: `write`, `to_text`, `check_ending`, `ENDINGS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from crfner.compare.values import Comparison
from crfner.errors import CrfnerError
from crfner.files import atomic_output
from crfner.report.csv_file import to_csv
from crfner.report.json_file import to_json
from crfner.report.latex import to_latex
from crfner.report.markdown import to_markdown
from crfner.report.page import to_html
from crfner.report.text import to_text

__all__ = ["ENDINGS", "check_ending", "to_text", "write"]

_WRITERS: dict[str, Callable[[Comparison, str | None], str]] = {
    ".html": lambda comparison, baseline: to_html(comparison, baseline=baseline),
    ".md": lambda comparison, baseline: to_markdown(comparison, baseline=baseline),
    ".csv": lambda comparison, _: to_csv(comparison),
    ".tex": lambda comparison, baseline: to_latex(comparison, baseline=baseline),
    ".json": lambda comparison, _: to_json(comparison),
}

ENDINGS = tuple(_WRITERS)
"""What the name of a report can end in."""


def check_ending(path: str | os.PathLike[str]) -> str:
    """The ending of the path, in small letters. Raises CrfnerError, naming the endings, when no report has it."""
    ending = os.path.splitext(os.fspath(path))[1].lower()
    if ending not in _WRITERS:
        message = (
            f"{os.fspath(path)}: a report's name ends in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}; choose one of them"
        )
        raise CrfnerError(message)
    return ending


def write(comparison: Comparison, path: str | os.PathLike[str], *, baseline: str | None = None) -> None:
    """Write the comparison in the form that the path's ending names: .html, .md, .csv, .tex or .json.

    baseline  the system that others are marked against where they differ significantly; the best when not given

    The file appears whole or not at all. Raises CrfnerError for another ending, a baseline that is no system of the
    comparison, and what cannot be written.
    """
    content = _WRITERS[check_ending(path)](comparison, baseline)
    with atomic_output(path) as stream:
        stream.write(content)
