"""The labelled text out of the answers, in any format that is a file of text.

Public names: `exported`, `FORMATS`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence

from crfner import formats
from crfner.document import Document
from crfner.errors import CrfnerError

FORMATS = {
    name: entry.endings[0] if entry.endings else f".{name}"
    for name, entry in formats.FORMATS.items()
    if entry.write and not entry.by_path and name not in ("spacy", "text")
}
"""From the name of a format to the ending of its files; "text" holds no labels, and "spacy" stands for others."""


def exported(documents: Sequence[Document], format: str) -> bytes:
    """What a file of that format holds. Raises CrfnerError for another format, and when there is nothing to export."""
    if format not in FORMATS:
        raise CrfnerError(f"unknown format {format!r}; choose one of {', '.join(FORMATS)}")
    if not documents:
        raise CrfnerError("nothing was accepted yet, so there is nothing to export")
    with tempfile.TemporaryDirectory(prefix="crfner-") as folder:
        path = os.path.join(folder, f"labelled{FORMATS[format]}")
        formats.write(documents, path, format)
        with open(path, "rb") as file:
            return file.read()
