"""brat's standoff annotations: a folder of pairs, `NAME.txt` with the text and `NAME.ann` with its spans.

Only text-bound annotations, the lines that begin with T, become spans. All else (relations, events, attributes,
notes, normalisations) is counted, and kept in `meta` so that it is written again while the spans it is about are there.
A discontinuous annotation becomes one span from its first start to its last end; its fragments are kept as well.

Offsets count characters, line breaks included; a CRLF is two. What the file quotes tells whether a program counted
otherwise.

Public names: `read` (takes a path); `write`, from `brat_writing`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise

from crfner.document import Document
from crfner.errors import InputError
from crfner.files import STANDARD_STREAM, open_text, reason
from crfner.formats.brat_writing import KINDS, MORE, write
from crfner.formats.checks import Entity, Notes, Place, checked_spans, checked_text, show
from crfner.formats.units import BYTES, ONE_BREAK, UTF16, fitted, plain

__all__ = ["read", "write"]

_UNITS = (ONE_BREAK, UTF16, BYTES)
_BOM = "\ufeff"
_HEAD = re.compile(r"(?P<label>\S+) (?P<fragments>\d+ \d+(?:;\d+ \d+)*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Bound:
    """A text-bound annotation: its id, its label, its fragments and what the line says that they cover."""

    id: str
    label: str
    fragments: tuple[tuple[int, int], ...]
    quote: str | None
    place: Place


@dataclass(slots=True)
class _Annotations:
    """What an .ann file holds: the annotations that are bound to text, and the other lines as they are."""

    bound: list[_Bound] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def pieces(self) -> list[Entity]:
        """An entity a fragment; it has a quote where the annotation has no other fragment."""
        return [
            Entity(*pair, bound.label, text=bound.quote if len(bound.fragments) == 1 else None, place=bound.place)
            for bound in self.bound
            for pair in bound.fragments
        ]

    def tell_more(self) -> bool:
        """Whether spans cannot hold all of it: other lines, fragments, ids that are not in order."""
        in_order = [bound.id for bound in self.bound] == [f"T{number}" for number in range(1, len(self.bound) + 1)]
        return bool(self.lines) or not in_order or any(len(bound.fragments) > 1 for bound in self.bound)


def read(path: str | os.PathLike[str], name: str, *, notes: Notes, overlaps: bool = False) -> Iterator[Document]:
    """The documents of a folder, at any depth, in the order of their names; or the one of an .ann or .txt file.

    A document's id is its file's name below the folder, without the ending. A text without an .ann file has no spans.

    overlaps  keep spans that share characters, rather than refuse them

    Raises InputError for an .ann file without its text, and for the first line that is wrong.
    """
    given = os.fspath(path)
    if given == STANDARD_STREAM:
        raise InputError("brat's annotations are files in a folder; name the folder", name)
    if not os.path.isdir(given):
        stem = os.path.splitext(given)[0]
        yield _document(stem, os.path.basename(stem), notes, overlaps)
        return
    for stem in _stems(given):
        yield _document(os.path.join(given, stem), stem.replace(os.sep, "/"), notes, overlaps)


def _stems(folder: str) -> list[str]:
    """The names below the folder that have an .ann or .txt file, without the ending, sorted."""

    def refuse(error: OSError) -> None:
        raise InputError(f"cannot be read: {reason(error)}", error.filename) from error

    found = set()
    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [inner for inner in folders if not inner.startswith(".")]
        for file in files:
            stem, ending = os.path.splitext(file)
            if ending in (".ann", ".txt") and not file.startswith("."):
                found.add(os.path.relpath(os.path.join(parent, stem), folder))
    return sorted(found, key=lambda stem: stem.split(os.sep))


def _document(stem: str, id: str, notes: Notes, overlaps: bool) -> Document:
    text = _text(f"{stem}.txt")
    annotated = f"{stem}.ann"
    if not os.path.lexists(annotated):
        notes["texts without an .ann file (read without spans)"] += 1
        return Document(text, id=id)
    found = _annotations(annotated, notes)
    if text.startswith(_BOM) and not _all_fit(text, found) and _all_fit(text[1:], found):
        text = text[1:]  # whoever counted did not count the byte order mark
    place = Place(annotated, 1)
    pieces = iter(fitted(text, found.pieces(), place, notes, _UNITS))
    entities, kept = [], []
    for bound in found.bound:
        mine = list(islice(pieces, len(bound.fragments)))
        entity = replace(mine[0], end=mine[-1].end, text=None)
        record = [entity.start, entity.end, entity.label, bound.id]
        if len(mine) > 1:
            _check_quote(bound, " ".join(text[piece.start : piece.end] for piece in mine))
            record.append([[piece.start, piece.end] for piece in mine])
            notes["discontinuous annotations taken from first start to last end (fragments kept for brat output)"] += 1
        entities.append(entity)
        kept.append(record)
    spans = checked_spans(text, entities, place, overlaps)
    meta = {MORE: {"spans": kept, "lines": found.lines}} if found.tell_more() else {}
    return Document(text, spans=spans, id=id, meta=meta)


def _all_fit(text: str, found: _Annotations) -> bool:
    pieces = found.pieces()
    return all(piece.text is None or plain(text[piece.start : piece.end]) == plain(piece.text) for piece in pieces)


def _check_quote(bound: _Bound, covered: str) -> None:
    if bound.quote is not None and plain(covered) != plain(bound.quote):
        bound.place.refuse(
            f"the fragments of {bound.id} should be {show(bound.quote)} but the text has {show(covered)} there; "
            "mend their offsets"
        )


def _text(path: str) -> str:
    """The text of a file as brat counts it: nothing is left out, not even a byte order mark or a carriage return."""
    if not os.path.lexists(path):
        raise InputError("this text is missing beside its .ann file; put it there", path)
    with open_text(path) as stream:
        text = checked_text(stream.read(), Place(path, 1))
    with open(path, "rb") as raw:
        return _BOM + text if raw.read(3) == _BOM.encode() else text


def _annotations(path: str, notes: Notes) -> _Annotations:
    found = _Annotations()
    seen: dict[str, int] = {}
    with open_text(path) as stream:
        for number, line in enumerate(stream.read().split("\n"), 1):  # a quote may hold a carriage return
            line = line.removesuffix("\r")
            if not line.strip():
                continue
            place = Place(path, number)
            id = line.split("\t", 1)[0]
            if id[:1] != "T" and id[:1] not in KINDS:
                place.refuse(
                    f"the line {show(line)} begins with none of {', '.join(['T', *KINDS])}; "
                    "mend it: a span is written T1, tab, label start end, tab, text"
                )
            if id in seen and id != "*":
                place.refuse(f"the id {id} was used in line {seen[id]}; give this annotation another")
            seen[id] = number
            if id[0] == "T":
                found.bound.append(_bound(line, place))
            else:
                found.lines.append(line)
                notes[f"brat {KINDS[id[0]]} left out (kept for brat output)"] += 1
    return found


def _bound(line: str, place: Place) -> _Bound:
    columns = line.split("\t", 2)
    match = _HEAD.fullmatch(columns[1]) if len(columns) > 1 else None
    if match is None:
        place.refuse(f"the line {show(line)} should be T1, tab, label start end, tab, text; mend it")
    pairs = [pair.split(" ") for pair in match["fragments"].split(";")]
    fragments = tuple((int(start), int(end)) for start, end in pairs)
    for (_, end), (start, _) in pairwise(fragments):
        if start < end:
            place.refuse(f"the fragments of {columns[0]} are out of order or overlap; write the first one first")
    quote = columns[2] if len(columns) > 2 else None
    return _Bound(columns[0], match["label"], fragments, quote, place)
