"""doccano's exports: JSON lines or a JSON list of objects with a text and its spans.

Spans are `label` or `labels`, as [start, end, label] or as objects, or `entities` with `relations` between them.
doccano quotes no text, and versions of it differ in what an offset counts: its first ones and those of today count
UTF-16 units, so that each emoji shifts what follows by one, some between count characters. A file is read by what it
proves, and nothing is guessed where that could go wrong:

- a span that is possible by one of the two only, as it would end beyond the text or cut an emoji in halves by the
  other, decides for the whole file;
- where no span decides, and more spans would begin or end within a word as characters than as UTF-16 units, the file
  is refused until `utf16` says which it is;
- where nothing speaks for UTF-16 units, offsets are characters, and those after an emoji are counted.

What is written says what it counts, in a field "offsets", wherever that makes a difference; doccano keeps such a field.

Public names: `read`, `write`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, TextIO

from crfner.document import Document
from crfner.errors import InputError
from crfner.formats import jsonl
from crfner.formats.checks import OTHER_FIELDS, Notes, Place, show, to_json
from crfner.formats.json_items import items
from crfner.formats.units import UTF16, has_wide, to_characters, to_utf16

_WANTED = '{"text": ..., "label": [[start, end, label], ...]}'
_KEYS = ("label", "labels", "entities")
_MARK = "offsets"
_UTF16, _CHARACTERS = "utf-16", "characters"
_IDS = "doccano"
"""The key of `Document.meta` with the ids of entities, to which relations refer: [start, end, label, id] each."""

_Record = tuple[dict[str, Any], Place]


def read(
    lines: Iterable[str], name: str, *, notes: Notes, overlaps: bool = False, utf16: bool | None = None
) -> Iterator[Document]:
    """The documents, in a stream; from the first span after an emoji on, the file is held in memory.

    overlaps  keep spans that share characters, rather than refuse them
    utf16     whether offsets count UTF-16 units (True) or characters (False); found out when None

    Raises InputError for the first line that is wrong, and when the file could be read in two ways.
    """
    records = _records(lines, name, notes)
    waiting: Iterable[_Record] = ()
    if utf16 is None:
        for record, place in records:
            if _differs(record):
                waiting = [(record, place), *records]
                utf16 = _found_out(waiting, name, notes)
                break
            yield _document(record, place, overlaps, False, notes)
    for record, place in chain(waiting, records):
        yield _document(record, place, overlaps, bool(utf16), notes)


def _records(lines: Iterable[str], name: str, notes: Notes) -> Iterator[_Record]:
    for record, place in items(lines, name, _WANTED):
        if not isinstance(record, dict):
            place.refuse(f"a document should be {_WANTED}, not {show(record)}")
        if "text" not in record and isinstance(record.get("data"), str):  # as versions 1.4 and 1.5 name it
            record = {"text": record["data"], **{key: value for key, value in record.items() if key != "data"}}
        if "annotations" in record and not any(key in record for key in _KEYS):
            place.refuse(
                "this export has numbers for labels, under 'annotations'; export JSONL with text labels instead"
            )
        if jsonl.is_accepted(record, place, notes):
            yield record, place


def _document(record: dict[str, Any], place: Place, overlaps: bool, utf16: bool, notes: Notes) -> Document:
    """The document; a record that says itself what its offsets count is right about that."""
    mark = record.get(_MARK)
    if mark in (_UTF16, _CHARACTERS):
        record = {key: value for key, value in record.items() if key != _MARK}
        utf16 = mark == _UTF16
    if utf16 and isinstance(record.get("text"), str) and has_wide(record["text"]):
        record = _in_characters(record, place)
        notes["spans whose offsets counted UTF-16 units, turned into characters"] += len(_spans(record))
    document = jsonl.from_record(record, place, overlaps)
    if record.get("relations") and isinstance(record["relations"], list):
        ids = [[*_borders(span), span["label"], span["id"]] for span in _spans(record) if _has_id(span)]
        notes["relations left out (kept for doccano output)"] += len(record["relations"])
        document = replace(document, meta={**document.meta, _IDS: ids})
    return document


def _has_id(span: Any) -> bool:
    return isinstance(span, dict) and "id" in span


def _spans(record: Mapping[str, Any]) -> list[Any]:
    """The entries that may be spans, of any form."""
    key = _key(record)
    return record[key] if key else []


def _key(record: Mapping[str, Any]) -> str | None:
    """The first key that has a list which is not empty."""
    return next((key for key in _KEYS if isinstance(record.get(key), list) and record[key]), None)


def _borders(span: Any) -> list[int]:
    """Start and end of an entry; an empty list when it has none, which its reader names."""
    if isinstance(span, list):
        found = span[:2]
    elif isinstance(span, dict):
        suffix = "_offset" if "start_offset" in span else ""
        found = [span.get(f"start{suffix}"), span.get(f"end{suffix}")]
    else:
        found = []
    return found if [type(border) for border in found] == [int, int] else []


def _in_characters(record: dict[str, Any], place: Place) -> dict[str, Any]:
    """The record with offsets that count characters in place of UTF-16 units."""
    starts = to_characters(record["text"], UTF16)
    length = max(starts)
    spans: list[Any] = []
    for number, span in enumerate(_spans(record), 1):
        borders = _borders(span)
        for border in borders:
            if border not in starts:
                what = f"beyond the text of {length} UTF-16 units" if border > length else "within a character"
                place.refuse(f"span {number} {tuple(borders)} has a border {what}; mend it, or leave utf16 out")
        turned = [starts[border] for border in borders]
        if isinstance(span, list):
            spans.append([*turned, *span[2:]] if turned else span)
        elif isinstance(span, dict) and turned:
            suffix = "_offset" if "start_offset" in span else ""
            spans.append(span | {f"start{suffix}": turned[0], f"end{suffix}": turned[1]})
        else:
            spans.append(span)
    key = _key(record)
    return {**record, key: spans} if key else record


def _differs(record: Mapping[str, Any]) -> bool:
    """Whether a span of the record is another one when its offsets count UTF-16 units."""
    text = record.get("text")
    if not isinstance(text, str) or record.get(_MARK) in (_UTF16, _CHARACTERS) or not has_wide(text):
        return False
    starts = to_characters(text, UTF16)
    return any(starts.get(border) != border for span in _spans(record) for border in _borders(span))


def _found_out(records: Iterable[_Record], name: str, notes: Notes) -> bool:
    """Whether the offsets count UTF-16 units. Raises InputError when that is likely and not certain."""
    possible = {True: True, False: True}
    torn = {True: 0, False: 0}  # borders within a word
    lines, differing = [], 0
    for record, place in records:
        if not _differs(record):
            continue
        text = record["text"]
        starts = to_characters(text, UTF16)
        for span in _spans(record):
            borders = _borders(span)
            turned = [starts.get(border, -1) for border in borders]
            differing += borders != turned
            lines += [place.line] if borders != turned else []
            for utf16, pair in ((False, borders), (True, turned)):
                possible[utf16] &= all(0 <= border <= len(text) for border in pair)
                torn[utf16] += sum(_within_word(text, border) for border in pair)
    if possible[True] != possible[False]:
        return possible[True]
    if torn[True] < torn[False]:
        raise InputError(
            f"offsets after an emoji fit words as UTF-16 units and not as characters ({torn[False]} borders within a "
            f"word as characters, {torn[True]} as UTF-16 units); say which it is: utf16=True or utf16=False, "
            "--utf16 or --no-utf16 in 'crfner convert'",
            name,
            lines[0],
        )
    if torn[True] == torn[False]:
        notes["spans after an emoji taken to count characters, as nothing tells (utf16 reads UTF-16 units)"] += (
            differing
        )
    return False


def _within_word(text: str, border: int) -> bool:
    return 0 < border < len(text) and text[border - 1].isalnum() and text[border].isalnum()


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes, utf16: bool = True) -> None:
    """Write one object a line: `text` and `label` triples, with `id` and other fields where there are any.

    utf16  whether offsets count UTF-16 units, as doccano counts today, or characters, as versions in between did
    """
    for document in documents:
        stream.write(to_json(_record(document, utf16, notes)) + "\n")


def _record(document: Document, utf16: bool, notes: Notes) -> dict[str, Any]:
    others = document.meta.get(OTHER_FIELDS)
    extra = dict(others) if isinstance(others, dict) else {}
    ids = document.meta.get(_IDS)
    relations = extra.pop("relations", [])
    record: dict[str, Any] = {} if document.id is None else {"id": document.id}
    record["text"] = document.text
    if any(span.score is not None or span.source is not None for span in document.spans):
        notes["scores and sources of spans left out (doccano holds none)"] += 1
    wide = has_wide(document.text)
    counted = to_utf16(document.text) if wide and utf16 else int
    if isinstance(ids, list) and isinstance(relations, list) and relations:
        record |= _with_relations(document, ids, relations, notes)
        for entity in record["entities"]:
            entity |= {key: counted(entity[key]) for key in ("start_offset", "end_offset")}
    else:
        record["label"] = [[counted(span.start), counted(span.end), span.label] for span in document.spans]
    if wide and document.spans:
        record[_MARK] = _UTF16 if utf16 else _CHARACTERS
    return record | {key: value for key, value in extra.items() if key not in record and key not in _KEYS}


def _with_relations(document: Document, ids: list[Any], relations: list[Any], notes: Notes) -> dict[str, Any]:
    """Entities with the ids that they had, and the relations between those that are still there."""
    known: dict[Any, list[Any]] = {}
    for entry in ids:
        if isinstance(entry, list) and len(entry) == 4 and isinstance(entry[3], int | str):
            known.setdefault(tuple(map(str, entry[:3])), []).append(entry[3])
    free = max((id for found in known.values() for id in found if isinstance(id, int)), default=0)
    entities, there = [], set[str]()
    for span in document.spans:
        alike = known.get((str(span.start), str(span.end), span.label))
        if not alike:
            free += 1
        id = alike.pop(0) if alike else free
        there.add(str(id))
        entities.append({"id": id, "label": span.label, "start_offset": span.start, "end_offset": span.end})
    kept = [
        relation
        for relation in relations
        if isinstance(relation, dict)
        and {str(relation.get("from_id")), str(relation.get("to_id"))} <= set(map(str, there))
    ]
    if len(kept) < len(relations):
        notes["relations between spans that are no longer there dropped"] += len(relations) - len(kept)
    return {"entities": entities, "relations": kept}
