"""CoNLL columns: one token a line, its tag in the last column, a blank line after each sentence.

Tokens, extra columns, sentences and document borders come out as they went in. Text is made of the tokens, joined by
one space, and the sentences, joined by a line break. A document that came from elsewhere keeps its own text in a
comment, so that its offsets are exact when it is read back:

    # id = "note 7"
    # text = "Dr. Li's office"
    Dr. B-PER
    Li  I-PER
    's  O

Columns are separated by tabs or, in a file whose first token line has no tab, by spaces; no other white space
separates, as tokens may hold it. Tags of any scheme are read alike, by conlleval's rule. `-DOCSTART-` begins a
document; where there is none the borders are not known, and a document is a block of `block` sentences.

Public names: `read`, `write`.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, NoReturn

from crfner import schemes
from crfner.document import Document, Offsets, Span
from crfner.errors import InputError
from crfner.formats.checks import Notes, Place, checked_label, checked_text, show
from crfner.formats.conll_writing import DOCSTART, joined, write

__all__ = ["read", "write"]

_BLANKS = " \t\r\n"
_OWN_COMMENTS = ("id", "text", "tokens", "borders", "meta")


@dataclass(slots=True)
class _Draft:
    """A document while its lines are read."""

    line: int  # where it begins
    marked: bool = False  # begins with -DOCSTART- or a comment of ours, so nothing but another one ends it
    in_header: bool = False  # no blank line or token yet since it began: comments of ours still belong to it
    docstart: tuple[str, ...] | None = None
    own: dict[str, Any] = field(default_factory=dict)  # the comments of ours, by name
    comments: list[tuple[int, str]] = field(default_factory=list)  # (sentence, line): all others
    rows: list[list[str]] = field(default_factory=list)
    sentences: list[Offsets] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # of each row

    @property
    def worthwhile(self) -> bool:
        """Whether there is anything to make a document of; comments alone wait for one."""
        return self.marked or bool(self.rows)

    @property
    def within_sentence(self) -> bool:
        return len(self.rows) > (self.sentences[-1][1] if self.sentences else 0)

    def mark(self, line: int) -> None:
        if not self.marked:
            self.line, self.marked, self.in_header = line, True, True

    def end_sentence(self) -> None:
        self.in_header = False
        if self.within_sentence:
            self.sentences.append((self.sentences[-1][1] if self.sentences else 0, len(self.rows)))


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the first token line tells about all: the separator, the number of columns, and its own line number."""

    separator: str
    width: int
    line: int

    @classmethod
    def of(cls, line: str, number: int) -> _Layout:
        layout = cls("\t" if "\t" in line else " ", 0, number)
        return replace(layout, width=len(layout.columns(line)))

    def columns(self, line: str) -> list[str]:
        columns = line.split(self.separator)
        return columns if self.separator == "\t" else [column for column in columns if column]


def read(lines: Iterable[str], name: str, *, notes: Notes, block: int = 50) -> Iterator[Document]:
    """The documents of a file of columns, in a stream.

    block  the sentences of a document where the file does not say where documents begin

    `meta` gets "columns" (the columns between token and tag, when there are any), "docstart" (the columns after
    `-DOCSTART-`, where it was there), "block" (the number of the block, where it was not) and "comments" (the lines
    that are not tokens, as (sentence, line)). A file of one column has no tags. Raises InputError for a line with
    another number of columns than the first, or with a tag that is none.
    """
    layout, lines = _layout(lines)
    blocks = 0
    for draft in _drafts(lines, layout, name, block):
        yield _document(draft, name, layout, blocks)
        blocks += not draft.marked


def _drafts(lines: Iterable[str], layout: _Layout, name: str, block: int) -> Iterator[_Draft]:
    """The lines of each document, sorted into rows, sentences and comments."""
    known_tags = {"O"}
    draft = _Draft(1)
    for number, line in enumerate(lines, 1):
        line = line.rstrip(_BLANKS)
        if not line:
            draft.end_sentence()
            if not draft.marked and len(draft.sentences) >= block:
                yield draft
                draft = _Draft(number + 1)
            continue
        columns = layout.columns(line)
        if _is_docstart(line):
            if draft.worthwhile:
                yield draft
                draft = _Draft(number)
            draft.mark(number)
            draft.docstart = tuple(_Layout.of(line, number).columns(line)[1:])
        elif not draft.within_sentence and _is_comment(line, columns, layout):
            own = _own_comment(line)
            if own is None:
                draft.comments.append((len(draft.sentences), line))
                continue
            if draft.worthwhile and not (draft.in_header and own[0] not in draft.own):
                yield draft
                draft = _Draft(number)
            draft.mark(number)
            draft.own[own[0]] = own[1]
        else:
            _check_row(columns, layout, Place(name, number), known_tags)
            draft.in_header = False
            draft.rows.append(columns)
            draft.lines.append(number)
    if draft.worthwhile:
        yield draft


def _layout(lines: Iterable[str]) -> tuple[_Layout, Iterator[str]]:
    """The layout by the first line that is surely a token, and all the lines again.

    In a file of which every line could be a comment, those that end in a tag are tokens (`# O`).
    """
    lines = iter(lines)
    seen: list[str] = []
    fallback = _Layout(" ", 0, 1)
    for number, line in enumerate(lines, 1):
        seen.append(line)
        line = line.rstrip(_BLANKS)
        if not line or _is_docstart(line):
            continue
        layout = _Layout.of(line, number)
        if line != "#" and not line.startswith("# "):
            return layout, chain(seen, lines)
        if not fallback.width and layout.width > 1 and schemes.is_tag(layout.columns(line)[-1]):
            fallback = layout
    return fallback, iter(seen)


def _is_docstart(line: str) -> bool:
    return line.startswith(DOCSTART) and line[len(DOCSTART) :][:1] in ("", " ", "\t")


def _is_comment(line: str, columns: Sequence[str], layout: _Layout) -> bool:
    """Whether a line at the start of a sentence is a comment: it begins like one and cannot be a token's line."""
    if line != "#" and not line.startswith("# "):
        return False
    return len(columns) != layout.width or (layout.width > 1 and not schemes.is_tag(columns[-1]))


def _own_comment(line: str) -> tuple[str, Any] | None:
    """Name and value of a comment that `write` puts into a file; None for all others."""
    name, equals, value = line.removeprefix("# ").partition(" = ")
    if not equals or name not in _OWN_COMMENTS:
        return None
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        return None  # others write `# text = Apple is here`
    expected = {"id": str, "text": str, "tokens": list, "borders": list, "meta": dict}[name]
    return (name, parsed) if isinstance(parsed, expected) else None


def _check_row(columns: Sequence[str], layout: _Layout, place: Place, known_tags: set[str]) -> None:
    """Refuse a line with another number of columns, without a token or without a tag; known tags are checked once."""
    if len(columns) != layout.width:
        separators = "tabs" if layout.separator == "\t" else "spaces"
        place.refuse(
            f"there are {len(columns)} columns, but {layout.width} in line {layout.line}; "
            f"give every token the same columns, separated by {separators}"
        )
    if not columns[0]:
        place.refuse("the token is missing; write it in the first column")
    if layout.width == 1 or columns[-1] in known_tags:
        return
    tag = columns[-1]
    if not schemes.is_tag(tag):
        _refuse_tag(tag, place)
    checked_label(schemes.split_tag(tag)[1], f"the tag {show(tag)}", place)
    known_tags.add(tag)


def _refuse_tag(tag: str, place: Place) -> NoReturn:
    example = tag if tag.isalpha() and len(tag) < 20 else "PERSON"
    place.refuse(
        f"{show(tag)} in the last column is not a tag; write O, or a prefix and a label such as B-{example} "
        "(a file without tags has one column)"
    )


def _document(draft: _Draft, name: str, layout: _Layout, blocks: int) -> Document:
    draft.end_sentence()
    place = Place(name, draft.line)
    words = [row[0] for row in draft.rows]
    if "text" in draft.own:
        text = checked_text(draft.own["text"], place)
        tokens = _given_tokens(draft.own, words, text, place) or _found_tokens(words, text, name, draft.lines)
    else:
        text, tokens = joined(words, draft.sentences)
    try:
        document = Document(text, tokens, tuple(draft.sentences), (), draft.own.get("id"), _meta(draft, layout, blocks))
        if layout.width < 2:
            return document
        borders = _borders(tokens, _pairs(draft.own.get("borders", ()), place))
        spans = []
        for first, last in draft.sentences:
            tags = [row[-1] for row in draft.rows[first:last]]
            for begin, end, label in schemes.decode(tags, "IOB2", rule="conlleval"):
                covered = tokens[first + begin][0], tokens[first + end - 1][1]
                start, stop = borders.get(covered, covered)
                if text[start:stop].isspace():
                    here = Place(name, draft.lines[first + begin])
                    here.refuse(f"what is tagged {label} here is only white space; tag it O")
                spans.append(Span(start, stop, label))
        return document.with_spans(spans)
    except (ValueError, TypeError) as error:
        place.refuse(f"the comments do not go with the tokens below ({error}); remove the comments")


def _found_tokens(words: Sequence[str], text: str, name: str, lines: Sequence[int]) -> tuple[Offsets, ...]:
    """The tokens' offsets in the text of the comment, where each is the next one of its kind."""
    tokens, position = [], 0
    for word, line in zip(words, lines, strict=True):
        start = text.find(word, position)
        if start < 0:
            message = (
                f"the token {show(word)} is not in the rest of the '# text' above; mend either or remove the comment"
            )
            raise InputError(message, name, line)
        position = start + len(word)
        tokens.append((start, position))
    return tuple(tokens)


def _given_tokens(own: dict[str, Any], words: Sequence[str], text: str, place: Place) -> tuple[Offsets, ...]:
    """The offsets of the comment `# tokens`, which is there when looking for the tokens would not find them."""
    tokens = tuple((pair[0], pair[1]) for pair in _pairs(own.get("tokens", ()), place))
    if tokens and [text[start:end] for start, end in tokens] != words:
        place.refuse("the comment '# tokens' does not go with the tokens below; remove it")
    return tokens


def _borders(tokens: Sequence[Offsets], borders: Iterable[Sequence[int]]) -> dict[Offsets, Offsets]:
    """From the outer offsets of a span's tokens to its own, where the comment `# borders` says that they differ."""
    starts = [start for start, _ in tokens]
    ends = [end for _, end in tokens]
    exact = {}
    for start, end in borders:
        first, last = bisect_right(ends, start), bisect_left(starts, end)
        if first < last:
            exact[starts[first], ends[last - 1]] = (start, end)
    return exact


def _pairs(value: Any, place: Place) -> list[list[int]]:
    if any(not isinstance(pair, list) or [type(number) for number in pair] != [int, int] for pair in value):
        place.refuse("a comment of offsets should hold [start, end] pairs; remove it")
    return list(value)


def _meta(draft: _Draft, layout: _Layout, blocks: int) -> dict[str, Any]:
    meta: dict[str, Any] = dict(draft.own.get("meta", {}))
    if layout.width > 2:
        meta["columns"] = tuple(tuple(row[column] for row in draft.rows) for column in range(1, layout.width - 1))
    if draft.docstart is not None:
        meta["docstart"] = draft.docstart
    if not draft.marked:
        meta["block"] = blocks
    if draft.comments:
        meta["comments"] = tuple(draft.comments)
    return meta
