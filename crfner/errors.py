"""The errors that a user can mend: one clear sentence each, never a traceback.

The command line prints a `CrfnerError` on one line and ends with exit code 2. Everything else that is raised is a
fault of the program.

Public names: `CrfnerError`, `InputError`, `SettingError`.
"""

from __future__ import annotations

LONGEST = 2000
"""Characters of a message about input."""


class CrfnerError(Exception):
    """Something the user asked for cannot be done; the message is one sentence with the remedy."""


class SettingError(CrfnerError, ValueError):
    """A parameter has a value that makes no sense; the message says which values do."""


class InputError(CrfnerError):
    """The input is wrong at a place that can be named.

    message  what is wrong and how to mend it; cut at `LONGEST` characters, as it may quote what is wrong
    path     the file, or None when the input has no name
    line     the line, counted from 1, or None when the whole file is meant

    >>> str(InputError("the label is blank", "train.jsonl", 3))
    'train.jsonl:3: the label is blank'
    """

    def __init__(self, message: str, path: str | None = None, line: int | None = None) -> None:
        if len(message) > LONGEST:
            message = f"{message[:LONGEST]}..."
        super().__init__(message, path, line)
        self.message = message
        self.path = path
        self.line = line

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        return f"{place}: {self.message}" if place else self.message
