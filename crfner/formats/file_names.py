"""File names for documents: what an id can name safely on any system, and no name twice.

A slash in an id makes a folder, as it was one when the documents were read; nothing leads out of the folder that is
written. Names that differ in case alone are apart too, as some systems do not tell them apart.

Public names: `FileNames`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crfner.formats.checks import Notes

_UNSAFE = re.compile(r'[\0-\x1f\x7f<>:"|?*\\\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 150  # bytes; systems take 255, with ending and number


class FileNames:
    """The names given so far; `endings` are those of the files that each name stands for."""

    def __init__(self, endings: Sequence[str]) -> None:
        self._endings = tuple(endings)
        self._taken: set[str] = set()
        self._numbers = 0

    def of(self, id: str | None, notes: Notes) -> list[str]:
        """The name for a document as folders and file, without an ending; an id that had to be changed is noted."""
        self._numbers += 1
        parts = f"{self._numbers:05}".split() if id is None else [self._safe(part) for part in id.split("/")]
        parts[:-1] = [f"{part}_" if part.lower().endswith(self._endings) else part for part in parts[:-1]]
        name, number = parts[-1], 1
        while "/".join(parts).casefold() in self._taken:
            number += 1
            parts[-1] = f"{name}-{number}"
        self._taken.add("/".join(parts).casefold())
        if id is not None and "/".join(parts) != id:
            notes["ids changed to name files"] += 1
        return parts

    def _safe(self, part: str) -> str:
        """One component of a path: not hidden, not empty, not a device of Windows, not too long."""
        part = _UNSAFE.sub("_", part)
        while len(part.encode()) > _LONGEST:
            part = part[: max(1, len(part) - 1 - (len(part.encode()) - _LONGEST) // 4)]
        part = re.sub(r"^[.\s]|[.\s]$", "_", part)
        return f"_{part}" if not part or _RESERVED.fullmatch(part) else part
