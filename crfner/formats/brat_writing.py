"""Writing brat's folders: what was kept of the .ann file that a document came from is written again.

Ids of annotations, fragments and the lines of relations, events, attributes and notes come back as they were, as long
as the spans that they are about are there.

Public names: `write` (takes a path), `MORE`, `KINDS`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from crfner.document import Document, Span
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM, atomic_folder
from crfner.formats.checks import Notes
from crfner.formats.file_names import FileNames

MORE = "brat"
"""The key of `Document.meta` under which what spans cannot hold is kept: "spans" and "lines"."""

KINDS = {
    "R": "relations",
    "*": "relations",
    "E": "events",
    "A": "attributes",
    "M": "attributes",
    "N": "normalisations",
    "#": "notes",
}
"""What the lines of an .ann file that are bound to no text hold, by the mark they begin with."""

_ANY_BREAK = re.compile(r"[\r\n]")
_REFERENCE = re.compile(r"(?<![A-Za-z0-9_])[TRE]\d+(?![A-Za-z0-9_])", re.ASCII)


def write(documents: Iterable[Document], path: str | os.PathLike[str], *, notes: Notes) -> None:
    """Write a folder with two files a document, named for its id or, where it has none, its number.

    Raises CrfnerError when the folder is there and not empty, is named like a file, or cannot be written.
    """
    if os.fspath(path) == STANDARD_STREAM:
        raise CrfnerError("brat's annotations are files in a folder, which standard output cannot hold; name a folder")
    if os.path.splitext(os.fspath(path))[1] == ".ann":
        raise CrfnerError(f"{os.fspath(path)}: brat's annotations are two files a document; name a folder for them")
    names = FileNames((".txt", ".ann"))
    with atomic_folder(path) as folder:
        for document in documents:
            stem = os.path.join(folder, *names.of(document.id, notes))
            os.makedirs(os.path.dirname(stem), exist_ok=True)
            with open(f"{stem}.txt", "w", encoding="utf-8", newline="") as stream:
                stream.write(document.text)
            with open(f"{stem}.ann", "w", encoding="utf-8", newline="") as stream:
                stream.writelines(f"{line}\n" for line in _lines(document, notes))


def _lines(document: Document, notes: Notes) -> Iterator[str]:
    records, lines = _more(document)
    kept: dict[tuple[int, int, str], list[list[Any]]] = {}
    for record in records:
        kept.setdefault((record[0], record[1], record[2]), []).append(record)
    used = {record[3] for record in records}
    new = (f"T{number}" for number in count(1) if f"T{number}" not in used)
    written = []
    for span in document.spans:
        alike = kept.get((span.start, span.end, span.label))
        record = alike.pop(0) if alike else [span.start, span.end, span.label, next(new)]
        id: str = record[3]
        written.append((id, _line(document.text, span, id, record[4] if len(record) == 5 else None, notes)))
    written.sort(key=lambda pair: (len(pair[0]), pair[0]))
    yield from (line for _, line in written)
    yield from _about(lines, {id for id, _ in written}, notes)


def _more(document: Document) -> tuple[list[list[Any]], list[str]]:
    """What was kept of an .ann file: its bound annotations as [start, end, label, id, fragments?], its other lines.

    Meta may come from anywhere; what has another form is passed over.
    """
    more = document.meta.get(MORE)
    if not isinstance(more, dict):
        return [], []
    records = more.get("spans")
    records = [record for record in records if _is_record(record)] if isinstance(records, list) else []
    lines = more.get("lines")
    lines = lines if isinstance(lines, list) else []
    return records, [line for line in lines if isinstance(line, str) and "\n" not in line and line[:1] in KINDS]


def _is_record(record: Any) -> bool:
    if (
        not isinstance(record, list)
        or len(record) not in (4, 5)
        or not all(isinstance(one, str) for one in record[2:4])
    ):
        return False
    pairs = record[4] if len(record) == 5 else [record[:2]]
    if not isinstance(pairs, list) or not pairs or not all(_is_pair(pair) for pair in pairs):
        return False
    outer = [pairs[0][0], pairs[-1][1]]
    return outer == record[:2] and re.fullmatch(r"T[^\t\r\n]+", record[3]) is not None


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and [type(border) for border in value] == [int, int] and 0 <= value[0] < value[1]


def _line(text: str, span: Span, id: str, fragments: list[list[int]] | None, notes: Notes) -> str:
    pairs = fragments or [[span.start, span.end]]
    label = re.sub(r"\s", "_", span.label)
    if label != span.label:
        notes["labels with white space, which brat cannot hold, written with _"] += 1
    if span.score is not None or span.source is not None:
        notes["scores and sources of spans left out (brat holds none)"] += 1
    offsets = ";".join(f"{start} {end}" for start, end in pairs)
    quote = " ".join(text[start:end] for start, end in pairs)
    return f"{id}\t{label} {offsets}\t{_ANY_BREAK.sub(' ', quote)}"


def _about(lines: Iterable[str], there: set[str], notes: Notes) -> Iterator[str]:
    """The lines about annotations that are written; what is about others is dropped, and so is what is about that."""
    remaining = list(lines)
    lost = {reference for line in remaining for reference in _references(line)}
    lost -= there | {line.split("\t", 1)[0] for line in remaining}
    while True:
        dropped = [line for line in remaining if _references(line) & lost]
        if not dropped:
            break
        remaining = [line for line in remaining if not _references(line) & lost]
        lost |= {line.split("\t", 1)[0] for line in dropped}
        notes["lines about annotations that are no longer there dropped"] += len(dropped)
    yield from remaining


def _references(line: str) -> set[str]:
    """The ids that a line of a relation, event, attribute or note is about."""
    columns = line.split("\t", 2)
    return set(_REFERENCE.findall(columns[1])) if len(columns) > 1 else set()
