"""HTML that cannot be broken by what is put into it: every string is text and is escaped, unless it is `Html` already.

Public names: `Html`, `element`, `join`, `isolated`, `running_text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from crfner.report.values import visible

_CONTROL = re.compile(r"\[(U\+[0-9A-F]{4,})\]")
_VOID = frozenset({"meta", "br"})


class Html(str):
    """Finished markup; every other string is text."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | int | float | bool | None) -> Html:
    """An element with its children and attributes.

    Attributes: `class_` is class and `data_kind` is data-kind; True is a bare attribute, False and None leave it out.

    >>> element("p", "a < b", element("br"), class_="note")
    '<p class="note">a &lt; b<br></p>'
    """
    written = "".join(
        f" {_attribute(key)}" + ("" if value is True else f'="{escape(visible(str(value)))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def join(parts: Iterable[str]) -> Html:
    """The parts after one another; those that are not markup are escaped, with what cannot be seen named."""
    return Html("".join(part if isinstance(part, Html) else escape(visible(part)) for part in parts))


def isolated(name: str) -> Html:
    """A name from the data, whose direction of writing does not turn what is around it."""
    return element("bdi", name)


def running_text(text: str) -> Html:
    """Text of a document: line breaks and tabs stay, other characters that cannot be seen are named and set apart.

    >>> running_text("a\\u202eb")
    'a<span class="control">U+202E</span>b'
    """
    parts: list[str] = []
    for line in re.split(r"(\r?\n|\t)", text):
        if line in ("\n", "\r\n", "\t"):
            parts.append(Html(line[-1]))
            continue
        for piece in re.split("([^ -~])", line):
            named = visible(piece)
            shown = element("span", named[1:-1], class_="control") if named != piece else piece
            parts.append(shown)
    return join(parts)
