r"""Text with its entities in tags named for their labels, one document a line: `<ORG>Apple</ORG> is a company`.

As in XML, `&lt;`, `&gt;` and `&amp;` stand for `<`, `>` and `&`, and `&#10;` for a line break; what no tag or
reference can be, such as the signs of `a < b & c`, is text as it is. Labels that XML could not name are spelt as XML
names are: `_x0020_` is a space. Tags may be nested where overlapping spans are asked for. Blank lines are passed over.

Public names: `read`, `write`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TextIO

from crfner.document import Document, Span
from crfner.errors import CrfnerError
from crfner.formats.checks import Entity, Notes, Place, checked_spans, checked_text, describe, show

_NAME = r"[^\W\d][\w.:-]*"
_SIGN = re.compile(
    rf"""<(?P<closing>/?)(?P<name>{_NAME})(?P<rest>\s[^<>=]*+=[^<>]*+|\s*/?)>
       | &(?P<named>amp|lt|gt|quot|apos);
       | &\#(?P<decimal>\d{{1,7}});
       | &\#x(?P<hex>[0-9A-Fa-f]{{1,6}});""",
    re.VERBOSE,
)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_SPECIAL = re.compile(r"[&<>\r\n\ufeff]")  # a file's first U+FEFF would be taken for its byte order mark
_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": "&#10;", "\r": "&#13;", "\ufeff": "&#xFEFF;"}
_UNNAMABLE = re.compile(r"_(?=x[0-9A-Fa-f]{4})|^[\d.:-]|[^\w.:-]")
_SPELT = re.compile(r"_x([0-9A-Fa-f]{4,6})_")


def read(lines: Iterable[str], name: str, *, notes: Notes, overlaps: bool = False) -> Iterator[Document]:
    """The documents, in a stream.

    overlaps  keep entities within others, rather than refuse them

    Raises InputError for a tag that is not closed, or closed in the wrong order, in its line.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _document(line.rstrip("\r\n"), Place(name, number), overlaps)


def _document(source: str, place: Place, overlaps: bool) -> Document:
    parts: list[str] = []
    opened: list[tuple[int, str]] = []  # where a tag that is not closed yet begins, and its name
    entities: list[Entity] = []
    position = length = 0
    for sign in _SIGN.finditer(source):
        before = source[position : sign.start()]
        position = sign.end()
        mark = "" if sign["name"] else _character(sign)
        parts += [before, mark]
        length += len(before) + len(mark)
        if not sign["name"]:
            continue
        if sign["rest"].strip():
            place.refuse(
                f"the tag {show(sign[0])} has attributes or no end, which are not read; name the label itself, as in "
                "<PERSON>...</PERSON>, or write &lt; where < is text"
            )
        if not sign["closing"]:
            opened.append((length, sign["name"]))
            continue
        if not opened or opened[-1][1] != sign["name"]:
            expected = (
                f"</{opened[-1][1]}> should come first" if opened else f"no <{sign['name']}> is open in this line"
            )
            place.refuse(f"</{sign['name']}> closes nothing: {expected}; mend the tags, or write &lt; where < is text")
        start, label = opened.pop()
        if start == length:
            place.refuse(f"there is nothing between <{label}> and </{label}>; put the entity there, or remove the tags")
        entities.append(Entity(start, length, _label(label)))
    if opened:
        place.refuse(
            f"<{opened[-1][1]}> is not closed in this line; add </{opened[-1][1]}>, or write &lt; where < is text"
        )
    text = checked_text("".join(parts) + source[position:], place)
    return Document(text, spans=checked_spans(text, entities, place, overlaps))


def _character(sign: re.Match[str]) -> str:
    """The character that a reference stands for; the reference itself where there is no such character."""
    if sign["named"]:
        return _NAMED[sign["named"]]
    code = int(sign["decimal"]) if sign["decimal"] else int(sign["hex"], 16)
    return chr(code) if code < 0x110000 else sign[0]


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write the texts with tags, a line each. Raises CrfnerError for spans that cross each other."""
    for document in documents:
        if not document.text.strip():
            notes["blank texts written as blank lines, which are passed over when they are read"] += 1
        stream.write(_tagged(document) + "\n")


def _tagged(document: Document) -> str:
    text = document.text
    parts: list[str] = []
    opened: list[Span] = []
    position = 0

    def up_to(end: int) -> None:
        nonlocal position
        while opened and opened[-1].end <= end:
            parts.extend((_escaped(text[position : opened[-1].end]), f"</{_name(opened[-1].label)}>"))
            position = opened.pop().end
        parts.append(_escaped(text[position:end]))
        position = end

    for span in sorted(document.spans, key=lambda span: (span.start, -span.end)):
        up_to(span.start)
        if opened and opened[-1].end < span.end:
            what = f"{describe(opened[-1], text)} and {describe(span, text)}"
            raise CrfnerError(f"the spans {what} cross, which tags cannot show; keep one of them")
        parts.append(f"<{_name(span.label)}>")
        opened.append(span)
    up_to(len(text))
    return "".join(parts)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda sign: _REFERENCES[sign[0]], text)


def _name(label: str) -> str:
    """The label as the name of a tag.

    >>> _name("work of art"), _name("B-X"), _name("2nd")
    ('work_x0020_of_x0020_art', 'B-X', '_x0032_nd')
    """
    return _UNNAMABLE.sub(lambda sign: f"_x{ord(sign[0]):04X}_", label)


def _label(name: str) -> str:
    """The label that a name spells.

    >>> _label("work_x0020_of_x0020_art")
    'work of art'
    """
    return _SPELT.sub(lambda sign: chr(code) if (code := int(sign[1], 16)) < 0x110000 else sign[0], name)
