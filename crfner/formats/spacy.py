"""spaCy training data: `("Apple is a company", {"entities": [(0, 5, "ORG")]})` as JSON, JSON lines or Python.

The three spellings hold the same pairs. A Python file is parsed and the one list of literals that is assigned in it
is read, `TRAIN_DATA` where there are several; nothing in it is executed. Written are text and entities alone:
tokens, ids, scores and meta have no place in this format.

Public names: `read` (finds out which of the three it is), `read_json`, `read_jsonl`, `read_python`, `write_json`,
`write_jsonl`, `write_python`. All readers take the lines and the input's name; they raise InputError with the line.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, TextIO

from crfner.document import Document
from crfner.errors import InputError
from crfner.formats.checks import (
    Entity,
    Notes,
    Place,
    checked_spans,
    checked_text,
    parse_json,
    show,
    to_json,
    wrong_key,
)
from crfner.formats.json_items import listed

_WANTED = '[text, {"entities": [[start, end, label], ...]}]'


def read(lines: Iterable[str], name: str, *, notes: Notes, overlaps: bool = False) -> Iterator[Document]:
    """The documents of a file in any of the three spellings.

    overlaps  keep spans that share characters, rather than refuse them
    """
    lines = iter(lines)
    seen: list[str] = []
    start = ""
    for line in lines:
        seen.append(line)
        start += "".join(islice((mark for mark in line if not mark.isspace()), 2))
        if len(start) >= 2:
            break
    reader = read_python
    if start.startswith('["'):
        reader = read_jsonl
    elif start[:1] in ("[", "{") and start != "[(":
        reader = read_json
    yield from reader(chain(seen, lines), name, notes=notes, overlaps=overlaps)


def read_json(lines: Iterable[str], name: str, *, notes: Notes, overlaps: bool = False) -> Iterator[Document]:
    """The documents of a JSON file: one list of pairs. The file is held in memory."""
    for item, place in listed("".join(lines), name, _WANTED):
        yield _document(item, place, notes, overlaps)


def read_jsonl(lines: Iterable[str], name: str, *, notes: Notes, overlaps: bool = False) -> Iterator[Document]:
    """The documents of JSON lines, one pair a line, in a stream."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            place = Place(name, number)
            yield _document(parse_json(line, place), place, notes, overlaps)


def read_python(lines: Iterable[str], name: str, *, notes: Notes, overlaps: bool = False) -> Iterator[Document]:
    """The documents of the list of literals in a Python file, which is parsed and never executed."""
    nodes = _list_of_pairs(_parsed("".join(lines), name), name, notes)
    for node in nodes:
        place = Place(name, node.lineno)
        try:
            item = ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            place.refuse("only literals are read and nothing is executed; write the text and the numbers themselves")
        yield _document(item, place, notes, overlaps)


def _parsed(source: str, name: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the escapes in a stranger's strings
            return ast.parse(source)
    except SyntaxError as error:
        message = f"this is not Python ({error.msg}, column {error.offset or 0}); mend it or name the right format"
        raise InputError(message, name, error.lineno) from None
    except (ValueError, RecursionError, MemoryError):
        raise InputError("this Python is nested too deeply to be read; it is not labelled text", name) from None


def _list_of_pairs(module: ast.Module, name: str, notes: Notes) -> list[ast.expr]:
    """The elements of the list that is assigned to TRAIN_DATA, or else of the only list there is."""
    lists: dict[str, list[ast.expr]] = {}
    for statement in module.body:
        value = getattr(statement, "value", None)
        if not isinstance(value, ast.List | ast.Tuple):
            continue
        if isinstance(statement, ast.Assign):
            lists[ast.unparse(statement.targets[0])] = value.elts
        elif isinstance(statement, ast.AnnAssign):
            lists[ast.unparse(statement.target)] = value.elts
        elif isinstance(statement, ast.Expr):
            lists["the list without a name"] = value.elts
    if "TRAIN_DATA" in lists:
        if len(lists) > 1:
            notes["other lists of the Python file left unread (TRAIN_DATA is the one)"] += len(lists) - 1
        return lists["TRAIN_DATA"]
    if len(lists) != 1:
        found = f"several lists ({', '.join(lists)})" if lists else "no list of literals"
        raise InputError(f"there is {found} in this Python file; assign the examples to TRAIN_DATA", name)
    return next(iter(lists.values()))


def _document(item: Any, place: Place, notes: Notes, overlaps: bool) -> Document:
    if not isinstance(item, list | tuple) or len(item) != 2:
        place.refuse(f"an example should be {_WANTED}, not {show(item)}")
    text = checked_text(item[0], place)
    annotations = item[1]
    if not isinstance(annotations, dict):
        place.refuse(f'after the text comes {{"entities": [...]}}, not {show(annotations)}')
    if "entities" not in annotations:
        wrong_key(annotations, "entities", place, "the example")
    entities = annotations["entities"]
    if not isinstance(entities, list | tuple):
        place.refuse(f"the entities should be a list of [start, end, label], not {show(entities)}")
    for key in annotations:
        if key != "entities":
            notes[f"annotations other than entities left out ({show(key)})"] += 1
    return Document(text, spans=checked_spans(text, _entities(entities, place), place, overlaps))


def _entities(entities: Iterable[Any], place: Place) -> Iterator[Entity]:
    for number, entity in enumerate(entities, 1):
        if not isinstance(entity, list | tuple) or len(entity) != 3:
            place.refuse(f"entity {number} should be [start, end, label], not {show(entity)}")
        yield Entity(*entity)


def write_json(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write one JSON list, a pair a line."""
    _write_list(documents, stream, "[\n", "\n]\n", lambda text, spans: to_json([text, {"entities": spans}]))


def write_jsonl(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write one JSON pair a line."""
    for document in documents:
        stream.write(to_json([document.text, {"entities": _triples(document)}]) + "\n")


def write_python(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write a Python file that assigns the list to TRAIN_DATA."""
    _write_list(
        documents,
        stream,
        "TRAIN_DATA = [\n",
        ",\n]\n",
        lambda text, spans: f"    ({text!r}, {{'entities': {spans!r}}})",
    )


def _write_list(
    documents: Iterable[Document],
    stream: TextIO,
    opening: str,
    closing: str,
    spelled: Callable[[str, list[tuple[int, int, str]]], str],
) -> None:
    stream.write(opening)
    between = ""
    for document in documents:
        stream.write(between + spelled(document.text, _triples(document)))
        between = ",\n"
    stream.write(closing if between else "]\n")


def _triples(document: Document) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.label) for span in document.spans]
