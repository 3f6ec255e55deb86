"""Prodigy's JSON lines, written: text, tokens and spans, each span with the numbers of its tokens.

`token_end` is the last token of a span, included, while `end` is the first character after it. Prodigy's own recipes
want tokens, and spans that begin and end with one: text that is not tokenised is tokenised here, and a token in which a
span begins or ends is split. They are read by `jsonl`.

Public names: `write`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TextIO

from crfner.document import Document, align
from crfner.formats.checks import Notes, to_json
from crfner.formats.jsonl import to_record
from crfner.tokenize import tokenized


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write one object a line, with the answer accept."""
    for document in documents:
        stream.write(to_json(_record(document, notes)) + "\n")


def _record(document: Document, notes: Notes) -> dict[str, Any]:
    if not document.tokens:
        document = replace(tokenized(document), sentences=())
    aligned, _ = align(document)
    split = len(aligned.tokens) - len(document.tokens)
    if split:
        notes["tokens split where a span begins or ends"] += split
    record = to_record(aligned)
    first = {start: number for number, (start, _) in enumerate(aligned.tokens)}
    last = {end: number for number, (_, end) in enumerate(aligned.tokens)}
    for span in record["spans"]:
        if span["start"] in first and span["end"] in last:
            span |= {"token_start": first[span["start"]], "token_end": last[span["end"]]}
        else:
            notes["spans written without token numbers (no token begins and ends with them)"] += 1
    record.setdefault("tokens", [])
    return record | {"answer": "accept"}
