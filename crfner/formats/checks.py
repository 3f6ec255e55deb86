"""Checks that the formats with character offsets share: what may be a text, a span, a piece of JSON.

Input is checked here, where file and line are known, so that a mistake is named with its place and its remedy; a
`Document` itself only knows that its offsets are in order.

Public names: `Place`, `Record`, `Notes`, `Entity`; `checked_text`, `checked_spans`, `checked_label`, `check_unicode`,
`wrong_key`; `parse_json`, `json_errors`, `json_decoder`, `to_json`; `show`, `describe`; `OTHER_FIELDS`.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any, NoReturn

from crfner.document import Span
from crfner.errors import CrfnerError, InputError

Notes = Counter[str]
"""What was repaired, split, skipped or dropped on the way: how often each, by a phrase such as "tokens split"."""

OTHER_FIELDS = "other fields"
"""The key of `Document.meta` under which fields of a record that mean nothing here are kept, to be written again."""

_SHOWN = 40  # characters of the user's data in a message


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the input something was read: the file's name and the line, counted from 1.

    part  what of the file it was, such as "task 3", where that tells more than the line
    """

    path: str
    line: int
    part: str = ""

    def refuse(self, message: str) -> NoReturn:
        """Raise an InputError about this place."""
        raise InputError(f"{self.part}: {message}" if self.part else message, self.path, self.line)


@dataclass(frozen=True, slots=True)
class Record(Place):
    """Where in an input without lines something was read: which of its parts, such as the 3rd "document" or "row"."""

    part: str = "document"

    def refuse(self, message: str) -> NoReturn:
        """Raise an InputError about this place."""
        raise InputError(f"{self.part} {self.line}: {message}", self.path)


@dataclass(frozen=True, slots=True)
class Entity:
    """A span as the file has it, not yet checked.

    `text` is what the file says the span covers; it is compared with the document when it is there. `place` is where
    the span was read, when that is not where its text was.
    """

    start: Any
    end: Any
    label: Any
    score: Any = None
    source: Any = None
    text: Any = None
    place: Place | None = None


def checked_text(value: Any, place: Place) -> str:
    """The value itself when it can be a document's text; InputError otherwise."""
    if not isinstance(value, str):
        place.refuse(f"the text should be a string, not {show(value)}")
    if "\0" in value:
        place.refuse(f"the text holds a NUL character at {value.index(chr(0))}; remove it")
    check_unicode(value, "the text", place)
    return value


def check_unicode(value: str, what: str, place: Place) -> None:
    """Refuse halves of surrogate pairs, which JSON and Python can spell but no UTF-8 file can hold."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        place.refuse(f"{what} holds half of a surrogate pair ({value[error.start]!a} at {error.start}); write it whole")


def checked_spans(text: str, entities: Iterable[Entity], place: Place, overlaps: bool = False) -> tuple[Span, ...]:
    """The spans, sorted. Raises InputError for the first that is wrong, or, without `overlaps`, for two that share
    characters."""
    placed = [
        (_checked_span(text, number, entity, entity.place or place), entity.place or place)
        for number, entity in enumerate(entities, 1)
    ]
    placed.sort(key=itemgetter(0))
    widest: Span | None = None
    before = place
    for span, there in placed if not overlaps else ():
        if widest is not None and span == widest:
            there.refuse(f"the span {describe(span, text)} is there twice; remove one")
        if widest is not None and span.start < widest.end:
            max(before, there, key=attrgetter("line")).refuse(
                f"the spans {describe(widest, text)} and {describe(span, text)} overlap; keep one of them, or let "
                "'crfner convert --overlaps longest' choose"
            )
        widest, before = span, there
    return tuple(span for span, _ in placed)


def _checked_span(text: str, number: int, entity: Entity, place: Place) -> Span:
    start, end = entity.start, entity.end
    for name, value in (("start", start), ("end", end)):
        if type(value) is not int:  # True and 5.0 are not offsets either
            place.refuse(f"the {name} of span {number} should be a whole number, not {show(value)}")
    if start >= end:
        place.refuse(
            f"span {number} starts at {start} and ends at {end}; the end is exclusive and comes after the start"
        )
    if start < 0 or end > len(text):
        place.refuse(
            f"span {number} ({start}..{end}) is outside the text of {len(text)} characters; "
            "offsets count characters from 0, and the end is exclusive"
        )
    label = checked_label(entity.label, f"span {number} ({start}..{end})", place)
    covered = text[start:end]
    if covered.isspace():
        place.refuse(f"span {number} ({start}..{end}, {label}) covers only white space; remove it or mend its offsets")
    if entity.text is not None and entity.text != covered:
        place.refuse(
            f"span {number} ({start}..{end}) should be {show(entity.text)} but the text has {show(covered)} there; "
            "offsets count characters, not bytes"
        )
    if entity.score is not None and not _is_number(entity.score):
        place.refuse(f"the score of span {number} should be a number, not {show(entity.score)}")
    if entity.source is not None and not isinstance(entity.source, str):
        place.refuse(f"the source of span {number} should be a string, not {show(entity.source)}")
    return Span(start, end, label, entity.score, entity.source)


def checked_label(value: Any, where: str, place: Place) -> str:
    """The value when every format can write it as a label; InputError naming `where` otherwise."""
    if not isinstance(value, str):
        place.refuse(f"the label of {where} should be a string, not {show(value)}")
    if not value or value.isspace():
        place.refuse(f"the label of {where} is blank; give it a label or remove the span")
    if value != value.strip() or re.search(r"[\0\t\r\n]", value):
        place.refuse(f"the label {show(value)} of {where} has white space around it or a line break in it; remove that")
    check_unicode(value, f"the label of {where}", place)
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def wrong_key(given: Mapping[Any, Any], expected: str, place: Place, what: str) -> NoReturn:
    """Refuse a mapping without the key it needs, showing those it has."""
    keys = ", ".join(show(key) for key in list(given)[:8]) or "no key at all"
    place.refuse(f"{what} has no {expected!r}, but {keys}; name the key {expected!r}")


def parse_json(text: str, place: Place) -> Any:
    """The JSON value in the line. Raises InputError, with the column, for what is not JSON."""
    with json_errors(place):
        return json.loads(text, parse_constant=_refuse_constant)


@contextmanager
def damage(name: str, message: str) -> Iterator[None]:
    """Turn whatever a library raises about a file's content into an InputError: a stranger's file may cause anything.

    message  what it says, with {error} where the kind of error stands
    """
    try:
        yield
    except CrfnerError:
        raise
    except MemoryError:
        raise InputError("the file asks for more memory than there is; split it, or mend what wrote it", name) from None
    except Exception as error:
        raise InputError(message.format(error=type(error).__name__), name) from error


@contextmanager
def json_errors(place: Place) -> Iterator[None]:
    """Turn everything that the JSON decoder can raise into an InputError; `place` is where its text begins."""
    try:
        yield
    except json.JSONDecodeError as error:
        there = Place(place.path, place.line + error.lineno - 1)
        there.refuse(f"invalid JSON at column {error.colno}: {error.msg}; mend it there")
    except RecursionError:
        place.refuse("the JSON is nested too deeply to be read; this is not labelled text")
    except ValueError as error:  # NaN, or a number of thousands of digits
        place.refuse(f"invalid JSON: {error}; mend it")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def json_decoder() -> json.JSONDecoder:
    """A decoder that refuses NaN and Infinity, which other programs do not read."""
    return json.JSONDecoder(parse_constant=_refuse_constant)


def to_json(value: Any) -> str:
    """The value on one line. Raises CrfnerError for what JSON cannot hold."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise CrfnerError(f"cannot be written as JSON: {error}; keep to text, numbers, lists and mappings") from error


def show(value: Any) -> str:
    """The value as a message can show it: on one line, cut when long, only printable characters."""
    try:
        text = repr(value)
    except RecursionError:
        text = type(value).__name__
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def describe(span: Span, text: str) -> str:
    """A span as a message shows it: `0..5 ORG 'Apple'`."""
    return f"{span.start}..{span.end} {span.label} {show(text[span.start : span.end])}"
