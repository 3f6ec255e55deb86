r"""Text with its entities marked in place, `[Apple](ORG) is a company`: for people to read and write, like links.

One document a line; blank lines are passed over. A backslash before a bracket, a parenthesis or a backslash makes it
part of the text, `\[1\]`; anywhere else it is itself. A line that ends in a single backslash goes on in the next, as
in Markdown: the text has a line break there. Brackets that no label follows are text.

Public names: `read`, `write`, `marked`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TextIO

from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.formats.checks import Entity, Notes, Place, checked_spans, checked_text, describe

_SPECIAL = re.compile(r"[\[\]\\]")
_SPECIAL_IN_LABEL = re.compile(r"[()\\]")
_BREAK = re.compile(r"\r\n|\r|\n")
_SIGN = re.compile(
    r"""\\(?P<escaped>[\[\]()\\]|\r\n|\r|\n)
      | (?P<opening>\[)
      | \]\((?P<label>(?:\\.|[^()\\\r\n])*)\)
      | (?P<closing>\])""",
    re.VERBOSE,
)


def read(lines: Iterable[str], name: str, *, notes: Notes) -> Iterator[Document]:
    """The documents, in a stream. Raises InputError for a label that is blank or marks nothing, and for an entity
    within another one."""
    for number, source in _joined(lines):
        if source.strip():
            yield _document(source, Place(name, number))


def _joined(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The lines without their breaks, each with those that it goes on in, and the number of the first."""
    parts: list[str] = []
    first = 1
    for number, line in enumerate(lines, 1):
        first = first if parts else number
        content = line.rstrip("\r\n")
        if content != line and (len(content) - len(content.rstrip("\\"))) % 2:
            parts.append(line)
            continue
        yield first, "".join((*parts, content))
        parts = []
    if parts:
        yield first, "".join(parts)


def _document(source: str, place: Place) -> Document:
    pieces: list[str] = []
    opened: list[int] = []  # pieces that are brackets which nothing has closed yet
    marks: list[tuple[int, int, str]] = []  # first piece, last + 1, label
    position = 0
    for sign in _SIGN.finditer(source):
        pieces.append(source[position : sign.start()])
        position = sign.end()
        if sign["escaped"]:
            pieces.append(sign["escaped"])
        elif sign["opening"]:
            opened.append(len(pieces))
            pieces.append("[")
        elif sign["label"] is not None and opened:
            first = opened.pop()
            pieces[first] = ""
            marks.append((first, len(pieces), re.sub(r"\\(.)", r"\1", sign["label"])))
        else:
            pieces.append(sign[0])
            del opened[-1:]
    pieces.append(source[position:])
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    for first, last, label in marks:
        if starts[first] == starts[last]:
            place.refuse(f"there is nothing between the brackets before ({label}); put the entity there, or remove it")
    text = checked_text("".join(pieces), place)
    entities = [Entity(starts[first], starts[last], label) for first, last, label in marks]
    return Document(text, spans=checked_spans(text, entities, place))


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write the marked texts, each followed by a line break. Raises CrfnerError when spans overlap."""
    for document in documents:
        if not document.text.strip():
            notes["blank texts written as blank lines, which are passed over when they are read"] += 1
        line = _BREAK.sub(r"\\\g<0>", marked(document))
        stream.write(line + ("\r\n" if line.endswith("\r") else "\n"))  # \r and \n would be one break


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
        label = _SPECIAL_IN_LABEL.sub(r"\\\g<0>", span.label)
        parts += [_escaped(text[position : span.start]), f"[{_escaped(text[span.start : span.end])}]({label})"]
        position = span.end
    return "".join(parts) + _escaped(text[position:])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)
