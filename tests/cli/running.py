"""Running the command line from tests: in this process, where it is quick, or in one of its own.

Public names: `Result`, `Run`, `DATA`, `ENVIRONMENT`, `COMMAND`, `left_over`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
COMMAND = (sys.executable, "-m", "crfner")
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}


@dataclass(frozen=True)
class Result:
    """What a command left behind: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """The lines on standard error."""
        return self.err.splitlines()


Run = Callable[..., Result]
"""`crfner("tag", model, "-", stdin=b"...")`; arguments may be anything that has a text."""


def left_over(folder: Path) -> list[str]:
    """Temporary files that an output left in the folder or below."""
    return sorted(path.name for path in folder.rglob(".crfner-*"))
