"""Text with its entities marked in place, `[Apple](ORG) is a company`: for people to read, as Markdown links.

Brackets and backslashes of the text itself are escaped with a backslash. The format is only written.

Public names: `write`, `marked`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TextIO

from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.formats.checks import Notes, describe

_SPECIAL = re.compile(r"[\[\]\\]")


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write the marked texts, each followed by a line break."""
    for document in documents:
        stream.write(marked(document) + "\n")


def marked(document: Document) -> str:
    r"""The text with every span in brackets, followed by its label.

    >>> from crfner.document import Span
    >>> marked(Document("Apple [1] is here", spans=(Span(0, 5, "ORG"),)))
    '[Apple](ORG) \\[1\\] is here'

    Raises CrfnerError when spans overlap.
    """
    text = document.text
    parts, position = [], 0
    for span in document.spans:
        if span.start < position:
            raise CrfnerError(f"the span {describe(span, text)} overlaps the one before it; keep one of them")
        parts += [_escaped(text[position : span.start]), f"[{_escaped(text[span.start : span.end])}]({span.label})"]
        position = span.end
    return "".join(parts) + _escaped(text[position:])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)
