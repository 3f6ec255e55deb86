"""PubTator: `PMID|t|title`, `PMID|a|abstract`, a line of tab-separated columns an annotation; a blank line between.

Offsets count characters over the title, one separator and the abstract, together the text of a document, in which the
separator is a line break. Columns behind the type, the concept's identifier and the single mentions of a composite one,
are kept in `meta` and written again with their span; so are relations, which are counted.

Public names: `read`, `write`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO

from crfner.document import Document
from crfner.formats.checks import Entity, Notes, Place, checked_spans, checked_text, show
from crfner.formats.units import BYTES, UTF16, fitted

_MORE = "pubtator"
"""The key of `Document.meta` for "concepts", [start, end, label, columns] each, and "relations", columns each."""

_PASSAGE = re.compile(r"(?P<id>[^|\t]+)\|(?P<kind>[ta])\|(?P<text>.*)", re.DOTALL)
_NUMBER = re.compile(r"\d+", re.ASCII)
_UNSAFE = re.compile(r"[|\s]")
_BREAK = re.compile(r"[\r\n]")
_WANTED = "PMID|t|title, PMID|a|abstract, or PMID, start, end, text, type and concept between tabs"


@dataclass(slots=True)
class _Record:
    """The lines of one document, as far as they were read."""

    id: str
    place: Place
    title: str
    abstract: str | None = None
    entities: list[Entity] = field(default_factory=list)
    columns: list[list[str]] = field(default_factory=list)
    relations: list[list[str]] = field(default_factory=list)


def read(lines: Iterable[str], name: str, *, notes: Notes, overlaps: bool = False) -> Iterator[Document]:
    """The documents, in a stream.

    overlaps  keep spans that share characters, rather than refuse them

    Raises InputError for the first line that is wrong.
    """
    record: _Record | None = None
    for number, line in enumerate(_whole(lines), 1):
        line = line.rstrip("\r\n")
        place = Place(name, number)
        title = _PASSAGE.fullmatch(line)
        if record is not None and (not line.strip() or (title and title["kind"] == "t")):
            yield _document(record, notes, overlaps)
            record = None
        if not line.strip():
            continue
        if record is None:
            if title is None or title["kind"] != "t":
                place.refuse(f"a document should begin with PMID|t|title, not {show(line)}; mend it")
            record = _Record(title["id"], place, title["text"])
        else:
            _add(record, line, place)
    if record is not None:
        yield _document(record, notes, overlaps)


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """The lines, a carriage return alone not being the end of one."""
    held = ""
    for line in lines:
        held += line
        if line.endswith("\n"):
            yield held
            held = ""
    if held:
        yield held


def _add(record: _Record, line: str, place: Place) -> None:
    passage = _PASSAGE.fullmatch(line)
    columns = line.split("\t")
    id = passage["id"] if passage else columns[0]
    if id != record.id:
        place.refuse(f"the line is of document {show(id)}, within {show(record.id)}; leave a blank line between them")
    if passage:
        if record.abstract is not None or record.entities or record.relations:
            place.refuse(f"the abstract of {show(record.id)} should stand once, right below the title; mend it")
        record.abstract = passage["text"]
    elif len(columns) >= 5 and _NUMBER.fullmatch(columns[1]) and _NUMBER.fullmatch(columns[2]):
        start, end = int(columns[1]), int(columns[2])
        record.entities.append(Entity(start, end, columns[4], text=columns[3], place=place))
        record.columns.append(columns[5:])
    elif len(columns) >= 3 and not _NUMBER.fullmatch(columns[1]):
        record.relations.append(columns[1:])
    else:
        place.refuse(f"a line should be {_WANTED}, not {show(line)}; mend it")


def _document(record: _Record, notes: Notes, overlaps: bool) -> Document:
    parts = [record.title] if record.abstract is None else [record.title, record.abstract]
    text = checked_text("\n".join(parts), record.place)
    entities = fitted(text, record.entities, record.place, notes, (UTF16, BYTES))
    spans = checked_spans(text, entities, record.place, overlaps)
    concepts = [
        [entity.start, entity.end, entity.label, columns]
        for entity, columns in zip(entities, record.columns, strict=True)
        if columns
    ]
    if record.relations:
        notes["relations left out (kept for PubTator output)"] += len(record.relations)
    more = {"concepts": concepts, "relations": record.relations}
    return Document(text, spans=spans, id=record.id, meta={_MORE: more} if any(more.values()) else {})


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write the documents: up to its first line break a text is the title, what follows the abstract.

    Further line breaks become blanks, one for one, as an abstract is one line.
    """
    for number, document in enumerate(documents, 1):
        id = _safe_id(document.id, number, notes)
        title, *abstract = re.split(r"\n", document.text, maxsplit=1)
        if _BREAK.search("".join([title, *abstract])):
            notes["texts with line breaks, which PubTator cannot hold, written with blanks"] += 1
        passages = zip("ta", [title, *abstract], strict=False)
        stream.writelines(f"{id}|{kind}|{_BREAK.sub(' ', text)}\n" for kind, text in passages)
        stream.writelines(f"{id}\t{row}\n" for row in _rows(document, notes))
        stream.write("\n")


def _safe_id(id: str | None, number: int, notes: Notes) -> str:
    safe = _UNSAFE.sub("_", id if id is not None else str(number)) or str(number)
    if id is not None and safe != id:
        notes["ids with blanks or bars, which PubTator cannot hold, changed"] += 1
    return safe


def _rows(document: Document, notes: Notes) -> Iterator[str]:
    more = document.meta.get(_MORE)
    kept: dict[Any, list[list[str]]] = {}
    for entry in _listed(more, "concepts"):
        if len(entry) == 4 and _is_row(entry[3]):
            kept.setdefault(tuple(map(str, entry[:3])), []).append(entry[3])
    for span in document.spans:
        columns = kept.get((str(span.start), str(span.end), span.label), [])
        covered = document.text[span.start : span.end]
        if span.score is not None or span.source is not None:
            notes["scores and sources of spans left out (PubTator holds none)"] += 1
        mention = re.sub(r"[\t\r\n]", " ", covered)
        yield "\t".join([str(span.start), str(span.end), mention, span.label, *(columns.pop(0) if columns else [])])
    yield from ("\t".join(row) for row in _listed(more, "relations") if len(row) > 1 and _is_row(row))


def _listed(more: Any, key: str) -> list[list[Any]]:
    """The lists under the key of what was kept. Meta may come from anywhere; what has another form is passed over."""
    found = more.get(key) if isinstance(more, dict) else None
    return [entry for entry in found if isinstance(entry, list)] if isinstance(found, list) else []


def _is_row(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(cell, str) and not re.search(r"[\t\r\n]", cell) for cell in value)
