"""Plain text: one document a line, so that text of any length can stream; lines of white space alone are passed over.

The text of a document is its line without the line break, not changed in any other way. Plain text holds no spans:
writing drops them, and says how many.

Public names: `read`, `write`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from crfner.document import Document
from crfner.formats.checks import Notes


def read(lines: Iterable[str], name: str, *, notes: Notes) -> Iterator[Document]:
    """One document for every line that holds anything, in a stream."""
    for line in lines:
        if line.strip():
            yield Document(line.rstrip("\r\n"))


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write the texts, a line each; a text that holds line breaks takes several lines."""
    for document in documents:
        if document.spans:
            notes["spans dropped (plain text holds none)"] += len(document.spans)
        if "\n" in document.text or "\r" in document.text:
            notes["texts with line breaks written as several lines"] += 1
        stream.write(document.text + "\n")
