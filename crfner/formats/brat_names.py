"""Which files are brat's, by their names alone.

Public names: `holds`, `documents`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable


def holds(path: str | os.PathLike[str]) -> bool:
    """Whether the path is a folder with an .ann file in it, an .ann file, or a .txt file with its .ann beside it."""
    name = os.fspath(path)
    stem, ending = os.path.splitext(name)
    if os.path.isdir(name):
        return any(file.endswith(".ann") for _, _, files in os.walk(name) for file in files)
    return ending == ".ann" or (ending == ".txt" and os.path.isfile(f"{stem}.ann"))


def documents(paths: Iterable[str]) -> list[str]:
    """The paths without the .ann files whose .txt is among them too, which is the same document."""
    given = list(paths)
    texts = {os.path.splitext(path)[0] for path in given if path.endswith(".txt")}
    return [path for path in given if not path.endswith(".ann") or os.path.splitext(path)[0] not in texts]
