"""The results of run.py: kept as JSON after every single run, and shown as a table.

The file has, by measure, the machine and the versions, the date, the command, and the figures of each round by side. A
measure that is made again takes the place of its earlier results, and leaves those of the others.

Public names: `Kept`, `rows`, `table`, `report`.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from corpora import environment
from measures import MEASURES
from measures.values import Figures, Results, Row

_COLUMNS = ("measure", "what", "ours", "peer", "its value", "ratio", "required", "verdict")


@dataclass
class Kept:
    """The results in a file, which is written anew after every run."""

    path: Path
    measures: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def opened(cls, path: Path) -> Kept:
        """What the file holds, or nothing when there is none. Raises click.UsageError when it is no such file."""
        if not path.exists():
            return cls(path)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(path, {name: content["measures"][name] for name in content["measures"] if name in MEASURES})
        except (ValueError, KeyError, TypeError):
            raise click.UsageError(f"{path} holds no results of this benchmark; name another file") from None

    def begin(self, measure: str, command: str) -> None:
        """Drop what there is of a measure."""
        date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        self.measures[measure] = {
            "date": date,
            "command": command,
            "commit": _commit(),
            **environment(),
            "runs": {},
        }

    def runs(self, measure: str, side: str) -> list[Figures]:
        """The figures of the rounds so far."""
        runs: list[Figures] = self.measures[measure]["runs"].setdefault(side, [])
        return runs

    def add(self, measure: str, side: str, figures: Figures) -> None:
        """Keep one run, on disk too; the file is whole at every moment."""
        self.runs(measure, side).append(figures)
        part = self.path.with_name(f"{self.path.name}.part")
        part.write_text(json.dumps({"measures": self.measures}, indent=1) + "\n", encoding="utf-8")
        os.replace(part, self.path)

    @property
    def results(self) -> Results:
        """The runs of each measure."""
        return {name: kept["runs"] for name, kept in self.measures.items()}


def rows(kept: Kept, names: Iterable[str] = MEASURES) -> Iterator[tuple[str, Row]]:
    """The rows of these measures, as far as they have been made, each with the measure's name."""
    for name in names:
        if name in kept.measures:
            yield from ((name, row) for row in MEASURES[name].rows(kept.results))


def table(named: Sequence[tuple[str, Row]]) -> Iterator[str]:
    """The rows as Markdown."""
    cells = [_COLUMNS, *(_cells(name, row) for name, row in named)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_COLUMNS))]
    for number, line in enumerate(cells):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        if number == 0:
            yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"


def report(kept: Kept) -> str:
    """The table of all measures that have been made, with where it comes from, as a page of Markdown."""
    lines = ["# Results of run.py", "", *table(list(rows(kept))), "", "## How each was measured", ""]
    for name in (name for name in MEASURES if name in kept.measures):
        found = kept.measures[name]
        machine, versions = found["machine"], found["versions"]
        rounds = ", ".join(f"{side} {len(figures)}" for side, figures in found["runs"].items())
        packages = ", ".join(f"{package} {version}" for package, version in versions.items() if version)
        lines += [
            f"- **{name}**, {found['date']}: `{found['command']}`. Rounds: {rounds}. {machine['processor']}, "
            f"{machine['processors']} processors, Python {machine['python']}, {machine['system']}; {packages}"
            + (f"; commit {found['commit']}." if found["commit"] else "."),
        ]
    return "\n".join(lines) + "\n"


def _cells(measure: str, row: Row) -> tuple[str, ...]:
    if row.compared is None:
        compared = ""
    elif row.by == "difference":
        compared = f"{row.compared:+.2f}"
    else:
        compared = f"{row.compared:.2f}"
    theirs = _value(row.theirs, row.unit) if row.peer else ""
    verdict = "" if row.limit is None else "ok" if row.passed else "MISSED"
    limit = "" if row.limit is None else str(row.limit)
    return (measure, row.what, _value(row.ours, row.unit), row.peer, theirs, compared, limit, verdict)


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return "not measured"
    size = abs(value)
    return f"{value:,.{0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 3}f} {unit}"


def _commit() -> str | None:
    """The commit that is measured, with a plus where its code differs from it; None outside a repository."""
    try:
        changed = _git("status", "--porcelain", "--", "*.py", "*.c")
        return _git("rev-parse", "--short", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(Path(__file__).parents[1]), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
