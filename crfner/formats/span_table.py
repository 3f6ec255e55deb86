"""Tables of spans, as spreadsheets and pandas have them: one row a span, with the whole text of its document in it.

    id,text,start,end,label,mention,score,source
    1,Apple is here,0,5,ORG,Apple,,

A document without spans is one row with empty start, end and label. Columns are found by their names in the header, in
any order and under the names that others use; needed are text, start, end and label. Rows of a document stand together:
they have the same id, or, where there are no ids, the same text; the text may be left out after the first.

Public names: `read`, `write_csv`, `write_tsv`, `header_columns`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TextIO

from crfner.document import Document, Span
from crfner.errors import InputError
from crfner.formats import table
from crfner.formats.checks import Entity, Notes, Place, checked_spans, checked_text, show
from crfner.formats.units import UTF16, fitted

HEADER = ("id", "text", "start", "end", "label", "mention", "score", "source")
_NEEDED = ("text", "start", "end", "label")
_NAMES = {
    "id": ("id", "doc_id", "document_id", "docid", "doc", "text_id"),
    "text": ("text", "document", "content", "sentence", "full_text"),
    "start": ("start", "begin", "start_offset", "begin_offset", "start_char"),
    "end": ("end", "stop", "end_offset", "end_char"),
    "label": ("label", "tag", "type", "entity_type", "category", "entity_label", "class", "entity"),
    "mention": ("mention", "span", "span_text", "entity_text", "quote", "covered_text", "entity"),
    "score": ("score", "confidence", "probability"),
    "source": ("source",),
}
"""What others call a column; the first that is there, and not taken, is the one."""

_MISSING = frozenset({"", "nan", "na", "n/a", "none", "null"})
_WHOLE = re.compile(r"(\d+)(\.0+)?", re.ASCII)  # pandas makes floats of a column with missing numbers
_LONGEST = (1 << 31) - 1


@dataclass(slots=True)
class _Rows:
    """The rows of one document, as far as they were read."""

    id: str
    text: str
    place: Place
    entities: list[Entity] = field(default_factory=list)


def read(lines: Iterable[str], name: str, *, notes: Notes, overlaps: bool = False) -> Iterator[Document]:
    """The documents, in a stream. What separates columns is a comma, semicolon or tab: the one the header has most of.

    overlaps  keep spans that share characters, rather than refuse them

    Raises InputError, naming the line, for the first row that is wrong.
    """
    rows = _rows(lines, name)
    columns: dict[str, int] = {}
    current: _Rows | None = None
    seen: dict[str, int] = {}  # id -> line
    for place, row in rows:
        if not columns:
            columns = _columns(row, place)
            continue
        cells = {column: row[index] if index < len(row) else "" for column, index in columns.items()}
        if current is None or not _goes_on(current, cells, place):
            if current is not None:
                yield _document(current, notes, overlaps)
            current = _Rows(cells.get("id", ""), cells["text"], place)
            if current.id in seen:
                place.refuse(f"rows with the id {show(current.id)} began in line {seen[current.id]}; put them together")
            if current.id:
                seen[current.id] = place.line
        entity = _entity(cells, place)
        if entity is not None:
            current.entities.append(entity)
    if current is not None:
        yield _document(current, notes, overlaps)


def _rows(lines: Iterable[str], name: str) -> Iterator[tuple[Place, list[str]]]:
    """The rows that hold anything, each with the line it begins in."""
    lines = iter(lines)
    header = next(lines, "")
    delimiter = max(",;\t", key=header.count)
    csv.field_size_limit(_LONGEST)  # the module's own limit, for all readers, is 128 KiB: less than a long document
    reader = csv.reader(_again(header, lines), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"the quotes of this row are wrong ({error}); close them, and double those within a cell"
            raise InputError(message, name, line) from None
        if any(row) and (len(row) > 1 or row[0].strip()):  # an id may be white space, and its text empty
            yield Place(name, line), row
        line = reader.line_num + 1


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def header_columns(names: Iterable[str]) -> dict[str, int]:
    """Which column of a header is which of ours: our name -> index."""
    given = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in names]
    found: dict[str, int] = {}
    for column, known in _NAMES.items():
        free = [given.index(name) for name in known if name in given and given.index(name) not in found.values()]
        if free:
            found[column] = free[0]
    return found


def _columns(row: list[str], place: Place) -> dict[str, int]:
    if tuple(row) == table.HEADER:
        place.refuse("this is a table of spans without their texts, which cannot be read; convert to spans-csv instead")
    columns = header_columns(row)
    missing = [column for column in _NEEDED if column not in columns]
    if missing:
        place.refuse(
            f"the header has no column {' or '.join(map(repr, missing))}, but {', '.join(map(show, row[:8]))}; "
            "the first line names the columns: text, start, end and label are needed"
        )
    return columns


def _goes_on(current: _Rows, cells: Mapping[str, str], place: Place) -> bool:
    """Whether the row belongs to the document that is being read."""
    id, text = cells.get("id", ""), cells["text"]
    if id != current.id:
        return False
    if text == current.text or not text:
        return True
    if id:
        place.refuse(f"the text of the id {show(id)} is another one than in line {current.place.line}; mend text or id")
    return False


def _entity(cells: Mapping[str, str], place: Place) -> Entity | None:
    """The span of a row; None where start, end and label are empty."""
    offsets = [cells["start"].strip(), cells["end"].strip()]
    label = cells["label"].strip()
    if all(offset.lower() in _MISSING for offset in offsets):
        if label.lower() in _MISSING:
            return None
        place.refuse(f"the label {show(label)} has no start and end; give it both, or none of the three")
    numbers = []
    for column, offset in zip(("start", "end"), offsets, strict=True):
        match = _WHOLE.fullmatch(offset)
        if match is None:
            place.refuse(f"the {column} should be a whole number, not {show(offset)}; mend it")
        numbers.append(int(match[1]))
    score = cells.get("score", "").strip()
    mention = cells.get("mention") or None
    return Entity(numbers[0], numbers[1], label, _score(score, place), cells.get("source") or None, mention, place)


def _score(value: str, place: Place) -> float | None:
    if value.lower() in _MISSING:
        return None
    try:
        return float(value)
    except ValueError:
        place.refuse(f"the score should be a number, not {show(value)}; mend it or leave it empty")


def _document(rows: _Rows, notes: Notes, overlaps: bool) -> Document:
    text = checked_text(rows.text, rows.place)
    entities = fitted(text, rows.entities, rows.place, notes, (UTF16,))
    return Document(text, spans=checked_spans(text, entities, rows.place, overlaps), id=rows.id or None)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Rows that end in a line feed alone; the csv module quotes a carriage return only when rows end in one too."""

    stream: TextIO

    def write(self, row: str) -> None:
        self.stream.write(row.removesuffix("\r\n") + "\n")


def _write(documents: Iterable[Document], stream: TextIO, *, notes: Notes, delimiter: str) -> None:
    """Write the header and a row for every span, or one for a document without any.

    A document without an id is named by its number, from 1; ids that are there already get a number added.
    """
    writer = csv.writer(_Lines(stream), delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(HEADER)
    taken: set[str] = set()
    for number, document in enumerate(documents, 1):
        id = _unused(document.id or str(number), taken)
        if document.id is not None and id != document.id:
            notes["ids changed, as each has to be there once"] += 1
        taken.add(id)
        writer.writerows(_cells(document, id))


def _unused(id: str, taken: set[str]) -> str:
    name, number = id, 1
    while name in taken:
        number += 1
        name = f"{id}-{number}"
    return name


def _cells(document: Document, id: str) -> Iterator[list[str]]:
    if not document.spans:
        yield [id, document.text, "", "", "", "", "", ""]
    for span in document.spans:
        yield [id, document.text, *_span_cells(document.text, span)]


def _span_cells(text: str, span: Span) -> list[str]:
    score = "" if span.score is None else repr(float(span.score))
    return [str(span.start), str(span.end), span.label, text[span.start : span.end], score, span.source or ""]


write_csv = partial(_write, delimiter=",")
write_tsv = partial(_write, delimiter="\t")
