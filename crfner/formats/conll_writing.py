"""The writing half of CoNLL columns: bring a document to a form that columns can hold, then write its lines.

Columns hold tokens, not text. What they cannot say goes into comments before the document's first token, in JSON: its
own text, tokens that could not be found in it by looking, spans that begin or end in white space, id and meta.

Public names: `write`, `joined`, `DOCSTART`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TextIO

from crfner import schemes
from crfner.document import Document, Offsets
from crfner.errors import CrfnerError
from crfner.formats.checks import Notes, show, to_json
from crfner.formats.fitting import UNKNOWN_COLUMN, Piece, fitted, retokenized, tagged_sentences

DOCSTART = "-DOCSTART-"
META_OF_CONLL = ("columns", "docstart", "block", "comments")
"""The keys of `Document.meta` that have a place of their own in the file."""

_BREAKS = re.compile(r"[\t\r\n]")


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes, scheme: str = "IOB2") -> None:
    """Write the documents as columns, separated by tabs: token, extra columns, tag.

    A document without tokens is tokenised; tokens are split, and sentences joined, where a span needs it, and both
    are noted.
    Raises CrfnerError for an unknown scheme, overlapping spans, labels that no tag can hold, and documents with
    differing numbers of extra columns.
    """
    try:
        scheme = schemes.scheme_name(scheme)
    except ValueError as error:
        raise CrfnerError(str(error)) from None
    width: int | None = None
    after_marked = False
    for number, document in enumerate(documents, 1):
        document = fitted(_writable(document, notes), notes, "CoNLL")
        columns: Sequence[Sequence[str]] = document.meta.get("columns", ())
        if document.tokens:
            width = len(columns) if width is None else width
            if len(columns) != width:
                raise CrfnerError(
                    f"document {number} has {len(columns)} extra columns, but the ones before have {width}; "
                    "write them to separate files"
                )
        header = list(_header(document, after_marked))
        stream.write("".join(line + "\n" for line in header))
        after_marked = after_marked or bool(header)
        if not document.sentences:
            stream.write("\n")
        _write_sentences(document, columns, scheme, stream, notes)


def _write_sentences(
    document: Document, columns: Sequence[Sequence[str]], scheme: str, stream: TextIO, notes: Notes
) -> None:
    words = document.words()
    comments: dict[int, list[str]] = {}
    for index, line in document.meta.get("comments", ()):
        comments.setdefault(min(index, len(document.sentences)), []).append(line.replace("\t", " "))
    for index, (first, last, tags) in enumerate(tagged_sentences(document, scheme, notes)):
        rows = zip(words[first:last], *(column[first:last] for column in columns), tags, strict=True)
        lines = [*comments.get(index, ()), *map("\t".join, rows)]
        stream.write("\n".join(lines) + "\n\n")
    if trailing := comments.get(len(document.sentences)):
        stream.write("\n".join(trailing) + "\n\n")


def _header(document: Document, after_marked: bool) -> Iterator[str]:
    """The lines before the first sentence; none for a block of sentences whose document is not known.

    After a document that is marked, a block needs a mark too, or it would be taken for more of that one.
    """
    meta = document.meta
    if "docstart" in meta:
        yield "\t".join((DOCSTART, *meta["docstart"]))
    own = _own_comments(document)
    unmarked = "docstart" not in meta and not own
    if unmarked and ("block" not in meta or after_marked or not document.tokens):
        own["text"] = document.text
    yield from (f"# {name} = {to_json(value)}" for name, value in own.items())
    if "docstart" in meta and document.sentences and not own:
        yield ""


def _own_comments(document: Document) -> dict[str, Any]:
    """What the columns cannot say, by the name of the comment that says it."""
    own: dict[str, Any] = {}
    words = document.words()
    if document.id is not None:
        own["id"] = document.id
    borders = [
        [span.start, span.end]
        for span, outer in zip(document.spans, _outer_offsets(document), strict=True)
        if outer != (span.start, span.end)
    ]
    from_columns = "docstart" in document.meta or "block" in document.meta
    if not from_columns or borders or (document.text, document.tokens) != joined(words, document.sentences):
        own["text"] = document.text
        if not _found_by_looking(document.text, words, document.tokens):
            own["tokens"] = document.tokens
    if borders:
        own["borders"] = borders
    rest = {key: value for key, value in document.meta.items() if key not in META_OF_CONLL}
    if rest:
        own["meta"] = rest
    return own


def joined(words: Sequence[str], sentences: Iterable[Offsets]) -> tuple[str, tuple[Offsets, ...]]:
    """The text of tokens that have none of their own, and the offsets of the tokens in it.

    >>> joined(["Hi", "!", "Bye"], [(0, 2), (2, 3)])
    ('Hi !\\nBye', ((0, 2), (3, 4), (5, 8)))
    """
    text = "\n".join(" ".join(words[first:last]) for first, last in sentences)
    tokens, position = [], 0
    for word in words:  # whatever stands between two tokens is one character
        tokens.append((position, position + len(word)))
        position += len(word) + 1
    return text, tuple(tokens)


def _found_by_looking(text: str, words: Sequence[str], tokens: Sequence[Offsets]) -> bool:
    """Whether the next place that holds each token's text is that token."""
    position = 0
    for word, (start, end) in zip(words, tokens, strict=True):
        if text.find(word, position, end) != start:
            return False
        position = end
    return True


def _outer_offsets(document: Document) -> list[Offsets]:
    """For each span, the offsets of its first token's start and its last token's end."""
    tokens = document.tokens
    return [(tokens[first][0], tokens[last - 1][1]) for first, last, _ in document.chunks()]


def _writable(document: Document, notes: Notes) -> Document:
    """The document with tokens that a line can hold, and spans with labels that it can hold."""
    from crfner.tokenize import tokenized

    for span in document.spans:
        if _BREAKS.search(span.label) or span.label != span.label.rstrip():
            raise CrfnerError(f"the label {show(span.label)} ends in white space or holds a line break; rename it")
    known = bool(document.tokens)
    document = _with_writable_tokens(tokenized(document), notes)
    if not document.tokens:  # a line could hold none of them: the text is cut as it will be when it is read again
        known = False
        document = _with_writable_tokens(tokenized(replace(document, sentences=())), notes)
    if not known and (columns := document.meta.get("columns", ())):
        unknown = tuple((UNKNOWN_COLUMN,) * len(document.tokens) for _ in columns)
        document = replace(document, meta={**document.meta, "columns": unknown})
    return document


def _with_writable_tokens(document: Document, notes: Notes) -> Document:
    """Split tokens that hold tabs or line breaks, and put all tokens into sentences."""
    words = document.words()
    covered = sum(last - first for first, last in document.sentences)
    if covered == len(words) and not any(_BREAKS.search(word) or word == DOCSTART for word in words):
        return document
    pieces: list[Piece] = []
    for index, (word, (start, end)) in enumerate(zip(words, document.tokens, strict=True)):
        if word == DOCSTART:
            parts = [(start, start + 1, index), (start + 1, end, index)]
        elif _BREAKS.search(word):
            runs = re.finditer(r"[^\t\r\n]+", word)
            parts = [(start + run.start(), start + run.end(), index) for run in runs if not run[0].isspace()]
        else:
            pieces.append((start, end, index))
            continue
        notes["tokens split or left out (a column cannot hold tabs, line breaks or -DOCSTART-)"] += 1
        pieces.extend(parts)
    return retokenized(document, pieces)
