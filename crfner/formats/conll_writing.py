"""The writing half of CoNLL columns: bring a document to a form that columns can hold, then write its lines.

Columns hold tokens, not text. What they cannot say goes into comments before the document's first token, in JSON: its
own text, tokens that could not be found in it by looking, spans that begin or end in white space, id and meta.

Public names: `write`, `joined`, `DOCSTART`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, TextIO

from crfner import schemes
from crfner.document import Chunk, Document, Offsets, align
from crfner.errors import CrfnerError
from crfner.formats.checks import Notes, describe, show, to_json

DOCSTART = "-DOCSTART-"
UNKNOWN_COLUMN = "_"
"""What an extra column says about a token that the input did not have."""

META_OF_CONLL = ("columns", "docstart", "block", "comments")
"""The keys of `Document.meta` that have a place of their own in the file."""

_BREAKS = re.compile(r"[\t\r\n]")

_Piece = tuple[int, int, int]
"""A token to be: start, end, and the index of the token it is a part of, or -1."""


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
        document = _prepared(document, notes)
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
    chunks = document.chunks()
    position = 0
    for index, (first, last) in enumerate(document.sentences):
        inside: list[Chunk] = []
        while position < len(chunks) and chunks[position][1] <= last:
            begin, end, label = chunks[position]
            inside.append((begin - first, end - first, label))
            position += 1
        tags = schemes.encode(inside, last - first, scheme)
        if scheme == "IO" and (merged := len(inside) - len(schemes.decode(tags, scheme))):
            notes["spans joined with the one before them (scheme IO cannot tell them apart)"] += merged
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


def _prepared(document: Document, notes: Notes) -> Document:
    """The document with tokens that a line can hold, at whose borders all spans begin and end, within sentences."""
    from crfner.tokenize import tokenized

    _check_spans(document)
    document = _with_writable_tokens(tokenized(document), notes)
    if not document.tokens:  # a line could hold none of them: the text is cut as it will be when it is read again
        columns = document.meta.get("columns", ())
        document = _with_writable_tokens(tokenized(replace(document, sentences=())), notes)
        if columns:
            unknown = tuple(("_",) * len(document.tokens) for _ in columns)
            document = replace(document, meta={**document.meta, "columns": unknown})
    document = _with_a_token_for_each_span(document)
    sentences = len(document.sentences)
    document, off_border = align(document)
    if off_border:
        notes["spans off the token borders (tokens were split where they cut one)"] += off_border
    if len(document.sentences) < sentences:
        notes["sentences joined (a span goes across)"] += sentences - len(document.sentences)
    if scored := sum(span.score is not None for span in document.spans):
        notes["scores left out (CoNLL holds none)"] += scored
    return document


def _check_spans(document: Document) -> None:
    end = 0
    for span in document.spans:
        what = describe(span, document.text)
        if span.start < end:
            raise CrfnerError(f"the span {what} overlaps the one before it, which CoNLL cannot hold; keep one of them")
        if document.text[span.start : span.end].isspace():
            raise CrfnerError(f"the span {what} covers only white space, which CoNLL cannot hold; remove it")
        if _BREAKS.search(span.label) or span.label != span.label.rstrip():
            raise CrfnerError(f"the label {show(span.label)} ends in white space or holds a line break; rename it")
        end = span.end


def _with_writable_tokens(document: Document, notes: Notes) -> Document:
    """Split tokens that hold tabs or line breaks, and put all tokens into sentences."""
    words = document.words()
    covered = sum(last - first for first, last in document.sentences)
    if covered == len(words) and not any(_BREAKS.search(word) or word == DOCSTART for word in words):
        return document
    pieces: list[_Piece] = []
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
    return _retokenized(document, pieces)


def _with_a_token_for_each_span(document: Document) -> Document:
    """Add tokens where a span touches none, as tokens of the input need not cover the text."""
    if len(document.chunks()) == len(document.spans):
        return document
    starts = [start for start, _ in document.tokens]
    ends = [end for _, end in document.tokens]
    pieces = [(start, end, index) for index, (start, end) in enumerate(document.tokens)]
    for span in document.spans:
        if bisect_right(ends, span.start) >= bisect_left(starts, span.end):
            for run in re.finditer(r"\S+", document.text[span.start : span.end]):
                pieces.append((span.start + run.start(), span.start + run.end(), -1))
    return _retokenized(document, sorted(pieces))


def _retokenized(document: Document, pieces: Sequence[_Piece]) -> Document:
    """The document with these tokens; a new one joins the sentence of the token before it."""
    sentence_of = _sentence_of_each_token(document)
    current = 0
    keys = []
    for _, _, origin in pieces:
        current = sentence_of[origin] if origin >= 0 else current
        keys.append(current)
    sentences, position = [], 0
    for _, group in groupby(keys):
        last = position + len(list(group))
        sentences.append((position, last))
        position = last
    meta: Mapping[str, Any] = document.meta
    if "columns" in meta:
        columns = (
            tuple(UNKNOWN_COLUMN if origin < 0 else column[origin] for _, _, origin in pieces)
            for column in meta["columns"]
        )
        meta = {**meta, "columns": tuple(columns)}
    tokens = tuple((start, end) for start, end, _ in pieces)
    return replace(document, tokens=tokens, sentences=tuple(sentences), meta=meta)


def _sentence_of_each_token(document: Document) -> list[int]:
    """A number for each token, the same within a sentence; tokens between sentences are sentences of their own."""
    numbers: list[int] = []
    for index, (first, last) in enumerate(document.sentences):
        numbers += [2 * index] * (first - len(numbers))
        numbers += [2 * index + 1] * (last - first)
    return numbers + [2 * len(document.sentences)] * (len(document.tokens) - len(numbers))
