"""The items of a JSON file, one by one, each with the line it begins in.

A list is held in memory as text, but only one item of it is decoded at a time. Objects that stand one a line are read
in a stream; an object that is spread over lines is read too.

Public names: `listed`, `items`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from crfner.errors import InputError
from crfner.formats.checks import Place, json_decoder, json_errors, parse_json, show

_BLANK = re.compile(r"[ \t\r\n]*")


def items(lines: Iterable[str], name: str, wanted: str) -> Iterator[tuple[Any, Place]]:
    """The items of a JSON list, or the objects that follow each other in a file.

    wanted  what an item should look like, for the message when the file holds neither
    """
    lines = iter(lines)
    seen: list[str] = []
    for line in lines:
        seen.append(line)
        if line.strip():
            break
    start = seen[-1].strip() if seen else ""
    lines = chain(seen, lines)
    if start[:1] == "[":
        yield from listed("".join(lines), name, wanted)
    elif start == "{":
        yield from _sequence("".join(lines), name)
    else:
        for number, line in enumerate(lines, 1):
            if line.strip():
                place = Place(name, number)
                yield parse_json(line, place), place


def listed(text: str, name: str, wanted: str) -> Iterator[tuple[Any, Place]]:
    """The items of a JSON list. Raises InputError, with the line, where the text is not one."""
    position = _skip_blank(text, 0)
    if text[position : position + 1] != "[":
        raise InputError(f"the top level should be a list, [{wanted}, ...]", name, _line(text, position))
    decoder = json_decoder()
    position = _skip_blank(text, position + 1)
    line, counted = 1, 0
    more = text[position : position + 1] != "]"
    while more:
        line, counted = line + text.count("\n", counted, position), position
        with json_errors(Place(name, 1)):  # the decoder counts lines from the start of the file
            item, position = decoder.raw_decode(text, position)
        yield item, Place(name, line)
        position = _skip_blank(text, position)
        mark = text[position : position + 1]
        if mark not in (",", "]"):
            message = f"invalid JSON: a comma or ] should stand before {show(text[position : position + 20])}; add it"
            raise InputError(message, name, _line(text, position))
        more = mark == ","
        position = _skip_blank(text, position + 1) if more else position
    end = _skip_blank(text, position + 1)
    if end < len(text):
        raise InputError("something follows the end of the list; remove it", name, _line(text, end))


def _sequence(text: str, name: str) -> Iterator[tuple[Any, Place]]:
    """JSON values that follow each other, with nothing but white space between them."""
    decoder = json_decoder()
    position = _skip_blank(text, 0)
    while position < len(text):
        place = Place(name, _line(text, position))
        with json_errors(Place(name, 1)):
            item, position = decoder.raw_decode(text, position)
        yield item, place
        position = _skip_blank(text, position)


def _skip_blank(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
