"""Docstrings of this project as reStructuredText: they are plain text, with parameters in aligned columns.

    name, other   what they are, which may
                  go on in the next line

becomes a definition list; indented text, and imports, stay as they are; `names` in backticks become code.

Public names: `as_rst`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

_ENTRY = re.compile(r"(\S+(?: \S+)*)\s{2,}(\S.*)")  # a name, or names, two spaces or more, and the text
_CODE = re.compile(r"(`[^`]+`)")


def as_rst(lines: Iterable[str], module: bool = False) -> list[str]:
    """The lines of a docstring, dedented, as lines of reStructuredText. A module's list of public names is left out."""
    found: list[str] = []
    for blank, group in groupby(lines, key=lambda line: not line.strip()):
        block = list(group)
        if blank or (module and block[0].startswith("Public names:")):
            continue
        found += [*_block(block), ""]
    return found


def _block(block: list[str]) -> Iterator[str]:
    first = block[0]
    if first.startswith(">>>"):
        yield from block
    elif first.startswith((" ", "from ", "import ")):
        yield "::"
        yield ""
        yield from (f"    {line}" for line in block)
    else:
        start = next((at for at, line in enumerate(block) if _ENTRY.fullmatch(line)), len(block))
        yield from map(_escaped, block[:start])
        if 0 < start < len(block):
            yield ""
        yield from _entries(block[start:])


def _entries(block: list[str]) -> Iterator[str]:
    """A definition list; an entry's text may end in a list of its own, further to the right."""
    inner = 0  # how far the inner list is to the right, 0 outside of it
    for line in block:
        indent = len(line) - len(line.lstrip())
        entry = _ENTRY.fullmatch(line.strip())
        inner = 0 if not indent else inner
        if entry and indent and not inner:
            inner = indent
            yield ""
        margin = "    " if inner else ""
        if entry and indent in (0, inner):
            yield margin + ", ".join(f"``{name}``" for name in entry[1].split(", "))
            yield f"{margin}    {_escaped(entry[2])}"
        else:
            yield f"{margin}    {_escaped(line.strip())}"


def _escaped(text: str) -> str:
    parts = _CODE.split(text)
    return "".join(f"`{part}`" if at % 2 else re.sub(r"([\\*|_])", r"\\\1", part) for at, part in enumerate(parts))
