"""What else programs count than characters: offsets in other units, turned into characters and back.

JavaScript counts UTF-16 units, so that every emoji shifts what follows by one; other programs count bytes, or a
Windows line break as one character. Where a file quotes the text that a span covers, the quotes tell which it was:
a unit is taken only when all spans of the text fit by it, and characters when these fit too.

Public names: `UTF16`, `BYTES`, `ONE_BREAK`, `to_characters`, `to_utf16`, `has_wide`, `fitted`, `plain`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from crfner.formats.checks import Entity, Notes, Place, show

UTF16 = "UTF-16 units"
BYTES = "bytes"
ONE_BREAK = "a line break of two characters as one"

_WIDE = re.compile("[\U00010000-\U0010ffff]")
_BLANKS = re.compile(r"[ \t\r\n]+")


def has_wide(text: str) -> bool:
    """Whether the text has characters, such as emoji, that are two UTF-16 units."""
    return _WIDE.search(text) is not None


def to_characters(text: str, unit: str) -> dict[int, int]:
    """Where each character of the text begins in the unit, and its index; the end of the text is there too.

    An offset within a character is missing. Of characters that begin together, which a line break counted as one
    makes, the first is given.

    >>> to_characters("🎉a", UTF16)
    {0: 0, 2: 1, 3: 2}
    """
    found: dict[int, int] = {}
    offset = 0
    for index, width in enumerate(_widths(text, unit)):
        found.setdefault(offset, index)
        offset += width
    found.setdefault(offset, len(text))
    return found


def _widths(text: str, unit: str) -> list[int]:
    if unit == UTF16:
        return [1 + (mark > "\uffff") for mark in text]
    if unit == BYTES:
        return [len(mark.encode()) for mark in text]
    return [0 if text[index : index + 2] == "\r\n" else 1 for index in range(len(text))]


def to_utf16(text: str) -> Callable[[int], int]:
    """A function from an index of the text to the UTF-16 units before it.

    >>> to_utf16("🎉a")(1)
    2
    """
    wide = [match.start() for match in _WIDE.finditer(text)]
    return lambda index: index + bisect_left(wide, index)


def plain(text: str) -> str:
    """The text with one blank for blanks, tabs and line breaks, which tools quote in different ways."""
    return _BLANKS.sub(" ", text)


def fitted(
    text: str,
    entities: Iterable[Entity],
    place: Place,
    notes: Notes,
    units: Sequence[str],
    same: Callable[[str], str] = plain,
) -> list[Entity]:
    """The entities with offsets that count characters, by what the file quotes; entities without a quote go along.

    units  what the offsets may count where they do not count characters, the likeliest first
    same   what two texts have in common that count as alike

    What was turned is noted. Raises InputError, naming the first span that does not fit, when no unit fits all.
    """
    found = list(entities)
    if all(_fits(text, entity, same) for entity in found):
        return _trusted(found)
    for unit in units:
        starts = to_characters(text, unit)
        turned = [_turned(entity, starts) for entity in found]
        if all(entity is not None and _fits(text, entity, same) for entity in turned):
            notes[f"spans whose offsets counted {unit}, turned into characters"] += len(turned)
            return _trusted([entity for entity in turned if entity is not None])
    for number, entity in enumerate(found, 1):
        start, end = entity.start, entity.end
        if not _fits(text, entity, same) and _in_range(text, entity):
            (entity.place or place).refuse(
                f"span {number} ({start}..{end}) should be {show(entity.text)} but the text has "
                f"{show(text[start:end])} there, and no reading of the offsets, as characters or as "
                f"{' or '.join(units)}, fits all spans; mend the offsets or the text"
            )
    return found  # out of range: the check of spans says so


def _turned(entity: Entity, starts: dict[int, int]) -> Entity | None:
    """The entity with other offsets; None when one of them is not the border of a character."""
    if type(entity.start) is not int or type(entity.end) is not int:
        return None
    start, end = starts.get(entity.start), starts.get(entity.end)
    return None if start is None or end is None else replace(entity, start=start, end=end)


def _fits(text: str, entity: Entity, same: Callable[[str], str]) -> bool:
    if not _in_range(text, entity):
        return False
    covered = text[entity.start : entity.end]
    return not isinstance(entity.text, str) or covered == entity.text or same(covered) == same(entity.text)


def _in_range(text: str, entity: Entity) -> bool:
    return type(entity.start) is int and type(entity.end) is int and 0 <= entity.start < entity.end <= len(text)


def _trusted(entities: Iterable[Entity]) -> list[Entity]:
    """The entities without their quotes, which were compared."""
    return [replace(entity, text=None) for entity in entities]
