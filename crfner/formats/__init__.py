"""Labelled text in and out: every format is a module with `read` and `write`, found here by name.

Reading is lazy: documents come one by one, and a mistake is raised, with file and line, where the reader gets to it.
`sniff` finds the format out, by the content first and by the file's ending where the content does not tell.

    conll        one token a line, tag in the last column      .conll .iob .iob2 .bio .bioes .bilou .tsv
    spacy-json   [[text, {"entities": [[0, 5, "ORG"]]}], ...]  .json
    spacy-jsonl  one such pair a line
    spacy-py     TRAIN_DATA = [(text, {"entities": ...})]      .py
    jsonl        Prodigy's, doccano's or our own objects       .jsonl .ndjson
    prodigy      the same, with the numbers of a span's tokens
    doccano      doccano's JSON lines and JSON lists
    labelstudio  Label Studio's tasks, with annotations or predictions
    brat         a folder of .txt and .ann files               .ann
    pubtator     PMID|t|title, PMID|a|abstract, columns        .pubtator
    spans-csv    a row a span, with the document's text        .csv
    spans-tsv    the same, between tabs
    text         one document a line, no spans                 .txt .text
    inline       [Apple](ORG) is a company; written only       .md
    table        one row a span; written only

`spacy` stands for whichever of the three a file holds; written, for the one that goes with the file's ending.

Public names: `read`, `write`, `sniff`, `by_ending`, `FORMATS`, `Format`, `Notes`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from crfner.document import Document
from crfner.errors import CrfnerError, InputError
from crfner.files import atomic_output, open_text
from crfner.formats import (
    brat,
    conll,
    doccano,
    inline,
    jsonl,
    labelstudio,
    prodigy,
    pubtator,
    spacy,
    span_table,
    table,
    text,
)
from crfner.formats.checks import Notes
from crfner.formats.sniffing import by_content

__all__ = ["FORMATS", "Format", "Notes", "by_ending", "read", "sniff", "write"]

_HEAD = 1 << 16  # characters that are looked at to find out the format


@dataclass(frozen=True, slots=True)
class Format:
    """A format's reader and writer, None where it has none, and the file endings that belong to it.

    read      (lines, name, *, notes, **options) -> iterator of documents
    write     (documents, stream, *, notes, **options) -> None
    overlaps  whether its files can hold spans that share characters; `read` then takes `overlaps` as an option
    by_path   whether what it is in is no stream of text but a folder or a binary file: `read` then gets its path in
              place of lines, and `write` in place of the stream, which it writes whole or not at all
    """

    read: Callable[..., Iterator[Document]] | None
    write: Callable[..., None] | None
    endings: tuple[str, ...] = ()
    overlaps: bool = False
    by_path: bool = False


FORMATS: dict[str, Format] = {
    "conll": Format(conll.read, conll.write, (".conll", ".iob", ".iob1", ".iob2", ".bio", ".bioes", ".bilou", ".tsv")),
    "spacy": Format(spacy.read, spacy.write_json, overlaps=True),
    "spacy-json": Format(spacy.read_json, spacy.write_json, (".json",), True),
    "spacy-jsonl": Format(spacy.read_jsonl, spacy.write_jsonl, overlaps=True),
    "spacy-py": Format(spacy.read_python, spacy.write_python, (".py",), True),
    "jsonl": Format(jsonl.read, jsonl.write, (".jsonl", ".ndjson"), True),
    "prodigy": Format(jsonl.read, prodigy.write, overlaps=True),
    "doccano": Format(doccano.read, doccano.write, overlaps=True),
    "labelstudio": Format(labelstudio.read, labelstudio.write, overlaps=True),
    "brat": Format(brat.read, brat.write, (".ann",), overlaps=True, by_path=True),
    "pubtator": Format(pubtator.read, pubtator.write, (".pubtator",), overlaps=True),
    "spans-csv": Format(span_table.read, span_table.write_csv, (".csv",), overlaps=True),
    "spans-tsv": Format(span_table.read, span_table.write_tsv, overlaps=True),
    "text": Format(text.read, text.write, (".txt", ".text")),
    "inline": Format(None, inline.write, (".md",)),
    "table": Format(None, table.write),
}
_SPACY_BY_ENDING = {".py": "spacy-py", ".jsonl": "spacy-jsonl"}


def read(
    path: str | os.PathLike[str],
    format: str | None = None,
    *,
    notes: Notes | None = None,
    overlaps: bool = False,
    **options: Any,
) -> Iterator[Document]:
    """The documents of a file, or of standard input for "-", one by one.

    format    a name in `FORMATS`; found out by `sniff`'s rule when None
    notes     a counter that is told what was skipped or left out
    overlaps  keep spans that share characters, where the format can hold them, rather than refuse them
    options   the format's own: `block=50` for conll, the sentences a document where the file marks no documents

    Raises InputError, naming file and line, when the input cannot be opened, is empty or is wrong; the checks run as
    the documents are taken, not when this is called.
    """
    format = format or by_path(path)
    options["notes"] = Notes() if notes is None else notes
    if format is not None and _format(format, "read").by_path:
        yield from _examples(_format(format, "read"), path, stream_name(path), overlaps, options)
        return
    with open_text(path) as stream:
        name = stream_name(path)
        head, lines = _head(stream)
        if not head.strip():
            raise InputError("the file is empty; give one that holds labelled text", name)
        entry = _format(format or by_content(head) or by_ending(path) or "text", "read")
        yield from _examples(entry, lines, name, overlaps, options)


def _examples(entry: Format, source: Any, name: str, overlaps: bool, options: dict[str, Any]) -> Iterator[Document]:
    """The documents that a format's reader finds in a source; InputError when there are none."""
    assert entry.read is not None
    if overlaps and entry.overlaps:
        options["overlaps"] = True
    documents = 0
    for document in entry.read(source, name, **options):
        documents += 1
        yield document
    if not documents:
        raise InputError("the file holds no example; give one that does, or name its format", name)


def write(
    documents: Iterable[Document],
    path: str | os.PathLike[str],
    format: str | None = None,
    *,
    notes: Notes | None = None,
    **options: Any,
) -> None:
    """Write the documents to a file, whole or not at all, or to standard output for "-".

    format   a name in `FORMATS`; taken from the file's ending when None
    notes    a counter that is told what was split, joined or dropped
    options  the format's own: `scheme="IOB2"` for conll

    Raises CrfnerError when the format is not known or cannot hold the documents, or the file cannot be written.
    """
    name = format or by_ending(path)
    if name is None:
        known = ", ".join(known for known, entry in FORMATS.items() if entry.write)
        raise CrfnerError(f"{os.fspath(path)}: the ending does not tell the format; name it, one of {known}")
    if name == "spacy":
        name = _SPACY_BY_ENDING.get(_ending(path), "spacy-json")
    entry = _format(name, "write")
    assert entry.write is not None
    options["notes"] = Notes() if notes is None else notes
    if entry.by_path:
        entry.write(documents, path, **options)
        return
    with atomic_output(path) as stream:
        entry.write(documents, stream, **options)


def sniff(path: str | os.PathLike[str]) -> str:
    """The name of the file's format, by its content first and its ending then; "text" when neither tells.

    Standard input is consumed by looking at it: call `read` without a format for "-". Raises InputError when the file
    cannot be opened or is empty.
    """
    found = by_path(path)
    if found is not None:
        return found
    with open_text(path) as stream:
        head, _ = _head(stream)
    if not head.strip():
        raise InputError("the file is empty; give one that holds labelled text", stream_name(path))
    return by_content(head) or by_ending(path) or "text"


def by_ending(path: str | os.PathLike[str]) -> str | None:
    """The format that the file's ending stands for, if any."""
    ending = _ending(path)
    return next((name for name, entry in FORMATS.items() if ending in entry.endings), None)


def by_path(path: str | os.PathLike[str]) -> str | None:
    """The format of a folder or a binary file, by its ending or what is in it; None for what is text."""
    if brat.holds(path):
        return "brat"
    name = by_ending(path)
    return name if name is not None and FORMATS[name].by_path else None


def stream_name(path: str | os.PathLike[str]) -> str:
    """How messages name the input."""
    return "<stdin>" if os.fspath(path) == "-" else os.fspath(path)


def _ending(path: str | os.PathLike[str]) -> str:
    return os.path.splitext(os.fspath(path))[1].lower()


def _format(name: str, action: str) -> Format:
    entry = FORMATS.get(name)
    if entry is None or getattr(entry, action) is None:
        able = ", ".join(known for known, other in FORMATS.items() if getattr(other, action) is not None)
        what = "unknown format" if entry is None else f"cannot {action} the format"
        raise CrfnerError(f"{what} {name!r}; choose one of {able}")
    return entry


def _head(stream: Iterable[str]) -> tuple[str, Iterator[str]]:
    """The first lines, some `_HEAD` characters of them, and an iterator over all lines, these included."""
    lines = iter(stream)
    seen, size = [], 0
    for line in lines:
        seen.append(line)
        size += len(line)
        if size >= _HEAD:
            break
    return "".join(seen), chain(seen, lines)
