"""Mappings and lists that know their lines; apart from the YAML that they come from, which takes a while to import.

Public names: `LocatedDict`, `LocatedList`.
"""

from __future__ import annotations

from typing import Any


class LocatedDict(dict[str, Any]):
    """A mapping with the line of each key, and how each value was written that YAML did not take for text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}
        self.written: dict[str, str] = {}


class LocatedList(list[Any]):
    """A list with the line of each item, and how each item was written that YAML did not take for text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []
        self.written: dict[int, str] = {}
