"""Labelled text in and out: every format is a module with `read` and `write`, found here by name.

Reading is lazy: documents come one by one, and a mistake is raised, with file and line, where the reader gets to it.
`sniff` finds the format out, by the content first and by the file's ending where the content does not tell.

    conll        one token a line, tag in the last column      .conll .iob .bio .bioes .bilou .bmes .tsv ...
    spacy-json   [[text, {"entities": [[0, 5, "ORG"]]}], ...]  .json
    spacy-jsonl  one such pair a line
    spacy-py     TRAIN_DATA = [(text, {"entities": ...})]      .py
    docbin       spaCy's DocBin, a binary file               .spacy
    hf-json      [{"tokens": [...], "ner_tags": [...]}, ...], as on the Hugging Face hub
    hf-jsonl     one such object a line
    hf-parquet   the same in Parquet                        .parquet
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
    rasa         Rasa's examples by intent                  .yml .yaml
    table        one row a span; written only

`spacy` stands for whichever of the three a file holds; written, for the one that goes with the file's ending.

Other installed packages can add formats: each is a `Format` that an entry point of the group `crfner.formats` names.

Public names: `read`, `write`, `sniff`, `by_ending`, `find`, `names`, `takes`, `FORMATS`, `PLUGINS`, `Format`, `Notes`.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from typing import Any

from crfner import plugins
from crfner.document import Document
from crfner.errors import CrfnerError, InputError
from crfner.files import atomic_output, open_text
from crfner.formats import brat_names
from crfner.formats.checks import Notes
from crfner.formats.sniffing import by_bytes, by_content

__all__ = ["FORMATS", "PLUGINS", "Format", "Notes", "by_ending", "find", "names", "read", "sniff", "takes", "write"]

PLUGINS = "crfner.formats"
"""The group of entry points under which other packages offer formats."""

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


@dataclass(frozen=True, slots=True)
class _In:
    """A function of one of the modules here, imported when it is called: no file is of more than a few formats."""

    module: str
    name: str

    @property
    def function(self) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(import_module(f"{__name__}.{self.module}"), self.name)
        return function

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self.function)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self.function(*arguments, **options)


_CONLL = (".conll", ".iob", ".iob1", ".iob2", ".bio", ".bioes", ".bilou", ".bmes", ".bmewo", ".tsv")

FORMATS: dict[str, Format] = {
    "conll": Format(_In("conll", "read"), _In("conll", "write"), _CONLL),
    "spacy": Format(_In("spacy", "read"), _In("spacy", "write_json"), overlaps=True),
    "spacy-json": Format(_In("spacy", "read_json"), _In("spacy", "write_json"), (".json",), True),
    "spacy-jsonl": Format(_In("spacy", "read_jsonl"), _In("spacy", "write_jsonl"), overlaps=True),
    "spacy-py": Format(_In("spacy", "read_python"), _In("spacy", "write_python"), (".py",), True),
    "docbin": Format(_In("docbin", "read"), _In("docbin", "write"), (".spacy",), True, True),
    "hf-json": Format(_In("huggingface", "read"), _In("huggingface", "write_json")),
    "hf-jsonl": Format(_In("huggingface", "read"), _In("huggingface", "write_jsonl")),
    "hf-parquet": Format(_In("hf_parquet", "read"), _In("hf_parquet", "write"), (".parquet",), by_path=True),
    "jsonl": Format(_In("jsonl", "read"), _In("jsonl", "write"), (".jsonl", ".ndjson"), True),
    "prodigy": Format(_In("jsonl", "read"), _In("prodigy", "write"), overlaps=True),
    "doccano": Format(_In("doccano", "read"), _In("doccano", "write"), overlaps=True),
    "labelstudio": Format(_In("labelstudio", "read"), _In("labelstudio", "write"), overlaps=True),
    "brat": Format(_In("brat", "read"), _In("brat", "write"), (".ann",), overlaps=True, by_path=True),
    "pubtator": Format(_In("pubtator", "read"), _In("pubtator", "write"), (".pubtator",), overlaps=True),
    "spans-csv": Format(_In("span_table", "read"), _In("span_table", "write_csv"), (".csv",), overlaps=True),
    "spans-tsv": Format(_In("span_table", "read"), _In("span_table", "write_tsv"), overlaps=True),
    "text": Format(_In("text", "read"), _In("text", "write"), (".txt", ".text")),
    "inline": Format(_In("inline", "read"), _In("inline", "write"), (".md",)),
    "markup": Format(_In("markup", "read"), _In("markup", "write"), (".markup",), True),
    "rasa": Format(_In("rasa", "read"), _In("rasa", "write"), (".yml", ".yaml")),
    "table": Format(None, _In("table", "write")),
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
    entry = find(format, "read") if format is not None else None
    if entry is not None and entry.by_path:
        yield from _examples(entry, path, stream_name(path), overlaps, options)
        return
    with open_text(path) as stream:
        name = stream_name(path)
        head, lines = _head(stream)
        if not head.strip():
            raise InputError("the file is empty; give one that holds labelled text", name)
        entry = entry or find(_by_content_or_ending(head, path), "read")
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
        known = ", ".join(names("write"))
        raise CrfnerError(f"{os.fspath(path)}: the ending does not tell the format; name it, one of {known}")
    if name == "spacy":
        name = _SPACY_BY_ENDING.get(_ending(path), "spacy-json")
    entry = find(name, "write")
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
    return _by_content_or_ending(head, path)


def _by_content_or_ending(head: str, path: str | os.PathLike[str]) -> str:
    """The content decides before the ending, unless only a plugin knows the ending: no content is known to be its."""
    ending = by_ending(path)
    if ending is not None and ending not in FORMATS:
        return ending
    return by_content(head) or ending or "text"


def by_ending(path: str | os.PathLike[str]) -> str | None:
    """The format that the file's ending stands for, if any; plugins are asked about endings that no other has."""
    ending = _ending(path)
    found = next((name for name, entry in FORMATS.items() if ending in entry.endings), None)
    if found is not None or not ending:
        return found
    for name, plugin in plugins.named(PLUGINS).items():
        with suppress(CrfnerError):  # one that is broken was not asked for
            if name not in FORMATS and ending in plugin.load(Format).endings:
                return name
    return None


def by_path(path: str | os.PathLike[str]) -> str | None:
    """The format of a folder or a binary file, by its ending or what is in it; None for what is text."""
    if brat_names.holds(path):
        return "brat"
    name = by_ending(path)
    if name is not None and find(name, "").by_path:
        return name
    if not os.path.isfile(path):  # what is read from a pipe is gone
        return None
    try:
        with open(path, "rb") as stream:
            return by_bytes(stream.read(512))
    except OSError:
        return None  # told by whoever reads it


def stream_name(path: str | os.PathLike[str]) -> str:
    """How messages name the input."""
    return "<stdin>" if os.fspath(path) == "-" else os.fspath(path)


def _ending(path: str | os.PathLike[str]) -> str:
    return os.path.splitext(os.fspath(path))[1].lower()


def names(action: str) -> list[str]:
    """The formats that can be read (action "read") or written ("write"), and those of plugins, which may do either."""
    able = [name for name, entry in FORMATS.items() if getattr(entry, action) is not None]
    return able + [name for name in plugins.named(PLUGINS) if name not in FORMATS]


def find(name: str, action: str) -> Format:
    """The format of that name, which can be read (action "read") or written ("write"), or either (""); plugins too.

    Raises CrfnerError when there is none, when it cannot do that, or, naming the package, when a plugin is broken.
    """
    entry = FORMATS.get(name)
    if entry is None and (plugin := plugins.named(PLUGINS).get(name)) is not None:
        entry = plugin.load(Format)
    if entry is None or (action and getattr(entry, action) is None):
        what = "unknown format" if entry is None else f"cannot {action} the format"
        raise CrfnerError(f"{what} {name!r}; choose one of {', '.join(names(action or 'read'))}")
    return entry


def takes(name: str, action: str, option: str) -> bool:
    """Whether the format's reader or writer has an option of that name."""
    return option in inspect.signature(getattr(find(name, action), action)).parameters


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
