"""What tests of bad input share: every command that reads labelled text, and what it is to refuse it.

Public names: `COMMANDS`, `EVERY`, `Maker`, `QUICK`, `GOOD`, `OLD`, `refused`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from running import Result

Maker = Callable[[Path, Path], list[Any]]
"""A command line, from the model and the input: the output is added by the test."""

QUICK = ("--features", "minimal", "--iterations", 3)
GOOD = '{"text": "Tea with milk", "spans": [{"start": 0, "end": 3, "label": "DRINK"}]}\n'
OLD = b"what was there before"

COMMANDS: dict[str, Maker] = {
    "train": lambda model, path: ["train", path, *QUICK, "-o", path.parent / "out"],
    "train --dev": lambda model, path: [
        "train",
        path.parent / "good.jsonl",
        "--dev",
        path,
        *QUICK,
        "-o",
        path.parent / "out",
    ],
    "evaluate": lambda model, path: ["evaluate", model, path],
    "tag": lambda model, path: ["tag", model, path, "-o", path.parent / "out", "--format", "jsonl"],
    "suggest": lambda model, path: ["suggest", model, path, "-o", path.parent / "out"],
    "convert": lambda model, path: ["convert", path, path.parent / "out", "--to", "jsonl"],
}
EVERY = tuple(COMMANDS)


def refused(result: Result) -> str:
    """The one sentence of a command that refuses its input."""
    assert result.code == 2, (result.code, result.out, result.err)
    assert len(result.errors) == 1, result.err
    assert result.err.startswith("error: ")
    return result.errors[0]
