"""Entities marked in their text, each with its label in words beside it: colour alone says nothing.

Public names: `Mark`, `apart`, `marked`, `mark`, `chip`, `colour`, `COLOURS`, `NO_BREAK`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from crfner.report.markup import Html, element, running_text

COLOURS = 8
"""So many colours the style knows for labels."""
NO_BREAK = "\u00a0"


class Mark(NamedTuple):
    """A stretch of text to mark.

    wrong  whether the entity is not as it should be; None for one that is not there but should be
    note   what is said after the label
    """

    start: int
    end: int
    label: str
    wrong: bool | None = False
    note: str = ""


def apart(marks: Iterable[Mark]) -> tuple[list[Mark], list[Mark]]:
    """Of marks in order of their starts those that can be drawn in the text, and those within or across another."""
    drawn: list[Mark] = []
    crossing: list[Mark] = []
    for each in marks:
        (crossing if drawn and each.start < drawn[-1].end else drawn).append(each)
    return drawn, crossing


def marked(text: str, start: int, end: int, marks: Sequence[Mark], colours: Mapping[str, int]) -> list[Html]:
    """The text from start to end with what of the marks lies there; they are apart and in order."""
    parts = []
    here = start
    for each in marks:
        if each.end <= start or end <= each.start:
            continue
        first, last = max(each.start, start), min(each.end, end)
        parts += [running_text(text[here:first]), mark(text[first:last], each, colours)]
        here = last
    return [*parts, running_text(text[here:end])]


def mark(text: str, how: Mark, colours: Mapping[str, int]) -> Html:
    """The text of an entity with its label; `colours` has the number of each label."""
    label = f"{how.label}{NO_BREAK}{how.note}" if how.note else how.label
    if how.wrong is None:
        return element("span", running_text(text), chip(f"{label}{NO_BREAK}missed"), class_="missed")
    return element(
        "mark",
        running_text(text),
        chip(f"{label}{NO_BREAK}✗" if how.wrong else label),
        class_=colour(colours[how.label]) + (" wrong" if how.wrong else ""),
    )


def chip(label: str) -> Html:
    """A label, set apart from the text that it belongs to."""
    return element("bdi", label, class_="chip")


def colour(number: int) -> str:
    """The class of a label by its number."""
    return f"l{number % COLOURS}"
