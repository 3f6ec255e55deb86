"""YAML as plain values that know their lines, and nothing of YAML that rules and training data have no use for.

The values are built from the parser's events: tags, anchors and aliases are refused, so that nothing is executed and
nothing grows when it is read. What YAML takes for something other than text although it may be meant as text (`no`,
`12:30`) keeps how it was written, for the message that asks for quotes.

Public names: `load_yaml`; what it gives is in `crfner.formats.located`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from crfner.formats.checks import Place, show
from crfner.formats.located import LocatedDict, LocatedList

_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same events; C where PyYAML was built with it
_DEEPEST = 20
_TAG = "tag:yaml.org,2002:"


def load_yaml(text: str, path: str) -> Any:
    """The one document of a YAML text: strings, numbers, booleans, None, `LocatedDict` and `LocatedList`.

    Raises InputError, with the line, for what is not YAML, for several documents, for a key that is given twice or is
    no text, and for tags, anchors, aliases and dates.
    """
    try:
        return _Builder(path, yaml.parse(text, Loader=_Parser)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" at column {mark.column + 1}" if mark else ""
        place = Place(path, mark.line + 1 if mark else 1)
        place.refuse(f"invalid YAML{where}: {error.problem or error.context}; mend it there")
    except yaml.reader.ReaderError as error:
        character = error.character if isinstance(error.character, int) else ord(error.character)
        before = text.partition(chr(character))[0]
        Place(path, before.count("\n") + 1).refuse(
            f"U+{character:04X} is no character for YAML; remove it, or write it as an escape within double quotes"
        )


class _Builder:
    """Turns events into values, one after the other."""

    def __init__(self, path: str, events: Iterator[Any]) -> None:
        self._path = path
        self._events = events
        self._resolver = Resolver()
        self._constructor = SafeConstructor()

    def document(self) -> Any:
        value = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._place(event).refuse("a second YAML document begins here; keep one document a file")
                value, _ = self._value(next(self._events), 0)
        return value

    def _value(self, event: Any, depth: int) -> tuple[Any, str | None]:
        """A value, and how it was written when it is a scalar but not text."""
        place = self._place(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            place.refuse(
                f"anchors and aliases ({sign}{event.anchor}) are not read; write it out, or put the text in quotes"
            )
        if event.tag not in (None, "!"):
            place.refuse(f"tags ({show(event.tag)}) are not read; remove it, or put the text in quotes")
        if depth > _DEEPEST:
            place.refuse(f"this is nested too deeply; no more than {_DEEPEST} levels are read")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(depth), None
        return self._mapping(depth), None

    def _list(self, depth: int) -> LocatedList:
        items = LocatedList()
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            value, written = self._value(event, depth + 1)
            if written is not None:
                items.written[len(items)] = written
            items.append(value)
            items.lines.append(event.start_mark.line + 1)
        return items

    def _mapping(self, depth: int) -> LocatedDict:
        items = LocatedDict()
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            place = self._place(event)
            key, written = self._value(event, depth + 1)
            if not isinstance(key, str):
                place.refuse(f"a key should be text, not {written or show(key)}; write it in quotes")
            if key in items:
                place.refuse(f"the key {show(key)} is there twice (first in line {items.lines[key]}); remove one")
            items[key], written = self._value(next(self._events), depth + 1)
            items.lines[key] = place.line
            if written is not None:
                items.written[key] = written
        return items

    def _scalar(self, event: Any, place: Place) -> tuple[Any, str | None]:
        text: str = event.value
        if not event.implicit[0] or event.tag == "!":  # in quotes
            return text, None
        tag: str = self._resolver.resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
        kind = tag.removeprefix(_TAG)
        node = ScalarNode(f"{_TAG}{kind}", text)
        if kind == "null":
            return None, text
        if kind == "bool":
            return self._constructor.construct_yaml_bool(node), text
        if kind in ("int", "float"):
            try:
                make = self._constructor.construct_yaml_int if kind == "int" else self._constructor.construct_yaml_float
                return make(node), text
            except (ValueError, IndexError):  # thousands of digits; nothing but an underscore
                place.refuse(f"{show(text)} looks like a number and is none; write it in quotes, or mend it")
        if kind == "timestamp":
            place.refuse(f"{text} without quotes is a date to YAML; write it in quotes")
        return text, None

    def _place(self, event: Any) -> Place:
        return Place(self._path, event.start_mark.line + 1)
