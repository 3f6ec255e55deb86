r"""One row a span, separated by tabs, under a header: for spreadsheets and command-line tools.

The first column is the document's id, or its number from 1 where it has none; the score is empty where there is
none. Backslashes, tabs and line breaks in a text are written `\\`, `\t`, `\n`, `\r`. The format is only written.

Public names: `write`, `HEADER`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from crfner.document import Document
from crfner.formats.checks import Notes

HEADER = ("id", "start", "end", "label", "text", "score")

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write the header and a row for every span, in order."""
    stream.write("\t".join(HEADER) + "\n")
    for number, document in enumerate(documents, 1):
        name = str(number) if document.id is None else document.id
        for span in document.spans:
            score = "" if span.score is None else f"{span.score:.4f}"
            row = (name, str(span.start), str(span.end), span.label, document.text[span.start : span.end], score)
            stream.write("\t".join(cell.translate(_ESCAPES) for cell in row) + "\n")
