"""What the benchmarks share: where the corpora are, their documents, sentences with tags, and results as JSON.

The corpora cannot be shipped. A folder holds CORPUS/train.conll and CORPUS/dev.conll for each of them.

Public names: `corpora_option`, `json_option`, `documents`, `sentences`, `with_tags`, `environment`, `write_json`.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from crfner import __version__, read
from crfner.document import Document, Span, sentence_chunks
from crfner.schemes import decode, encode

_PACKAGES = ("marisa-trie", "nltk", "numpy", "python-crfsuite", "scikit-learn", "sklearn-crfsuite", "spacy")

corpora_option = click.option(
    "--corpora",
    envvar="CRFNER_CORPORA",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with CORPUS/train.conll and CORPUS/dev.conll; or set CRFNER_CORPORA.",
)
json_option = click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write the results here too.")


def documents(corpora: Path, name: str, part: str) -> list[Document]:
    """The documents of one part, "train" or "dev". Raises click.UsageError when the file is not there."""
    path = corpora / name / f"{part}.conll"
    if not path.is_file():
        raise click.UsageError(f"{path} is not there; put the corpus there or name another folder with --corpora")
    return list(read(path, "conll"))


def sentences(found: Iterable[Document]) -> Iterator[tuple[list[str], list[str]]]:
    """Words and IOB2 tags of each sentence."""
    for document in found:
        for words, chunks in zip(document.sentence_words(), sentence_chunks(document), strict=True):
            yield words, encode(chunks, len(words), "IOB2")


def with_tags(document: Document, tags: Iterable[Sequence[str]]) -> Document:
    """The document with the spans of the IOB2 tags of its sentences, read by the CoNLL scorer's rule."""
    spans = []
    for (start, _), found in zip(document.sentences, tags, strict=True):
        for first, last, label in decode(list(found), "IOB2", "conlleval"):
            left, right = document.tokens[start + first][0], document.tokens[start + last - 1][1]
            spans.append(Span(left, right, label))
    return document.with_spans(spans)


def environment() -> dict[str, Any]:
    """The machine and the versions that figures come from."""
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": _processor(),
        "processors": os.cpu_count(),
    }
    return {"machine": machine, "versions": {"crfner": __version__, **dict(_versions())}}


def write_json(path: Path | None, results: list[dict[str, Any]]) -> None:
    """Write the results with the versions that gave them; nothing when `path` is None."""
    if path is None:
        return
    content = {**environment(), "results": results}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _processor() -> str:
    """The processor's name; where the system does not tell it, its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def _versions() -> Iterator[tuple[str, str | None]]:
    """Packages and their versions, None for one that is not installed."""
    for package in _PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            yield package, None
