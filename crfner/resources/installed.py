"""Files of installed packages, found without importing the package, which can take seconds.

Public names: `installed`.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def installed(package: str, *path: str) -> Path | None:
    """The file or folder of that path below the package's folder; None where the package or the file is absent."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        found = Path(folder).joinpath(*path)
        if found.exists():
            return found
    return None
