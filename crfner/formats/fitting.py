"""Fitting tokens to spans, for the formats that write tags of tokens in place of offsets.

Such a format can hold a span only if it begins and ends with a token, within one sentence, and shares no token with
another. Tokens are split and added, and sentences joined, until all spans can be held; each time is noted.

Public names: `fitted`, `tagged_sentences`, `note_meta`, `retokenized`, `Piece`, `UNKNOWN_COLUMN`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from crfner import schemes
from crfner.document import Chunk, Document, align
from crfner.errors import CrfnerError
from crfner.formats.checks import Notes, describe

UNKNOWN_COLUMN = "_"
"""What an extra column says about a token that the input did not have."""

Piece = tuple[int, int, int]
"""A token to be: start, end, and the index of the token it is a part of, or -1."""


def fitted(document: Document, notes: Notes, holder: str) -> Document:
    """The document with tokens at whose borders all spans begin and end, each in a sentence that holds all of a span.

    A document without tokens is tokenised.

    holder  the format as messages name it

    Raises CrfnerError for spans that overlap, and for those that cover only white space.
    """
    from crfner.tokenize import tokenized, whole

    _check_spans(document, holder)
    document = _with_a_token_for_each_span(whole(tokenized(document)))
    sentences = len(document.sentences)
    document, off_border = align(document)
    if off_border:
        notes["spans off the token borders (tokens were split where they cut one)"] += off_border
    if len(document.sentences) < sentences:
        notes["sentences joined (a span goes across)"] += sentences - len(document.sentences)
    if scored := sum(span.score is not None for span in document.spans):
        notes[f"scores left out ({holder} holds none)"] += scored
    return document


def tagged_sentences(document: Document, scheme: str, notes: Notes) -> Iterator[tuple[int, int, list[str]]]:
    """First token, last token + 1 and tags of each sentence of a fitted document."""
    chunks = document.chunks()
    position = 0
    for first, last in document.sentences:
        inside: list[Chunk] = []
        while position < len(chunks) and chunks[position][1] <= last:
            begin, end, label = chunks[position]
            inside.append((begin - first, end - first, label))
            position += 1
        tags = schemes.encode(inside, last - first, scheme)
        if scheme == "IO" and (merged := len(inside) - len(schemes.decode(tags, scheme))):
            notes["spans joined with the one before them (scheme IO cannot tell them apart)"] += merged
        yield first, last, tags


def note_meta(document: Document, notes: Notes, holder: str) -> None:
    """Count a document whose meta a format cannot hold; the number of a block of sentences is no loss."""
    if any(key != "block" for key in document.meta):
        notes[f"documents whose meta is left out ({holder} holds none)"] += 1


def _check_spans(document: Document, holder: str) -> None:
    end = 0
    for span in document.spans:
        what = describe(span, document.text)
        if span.start < end:
            raise CrfnerError(
                f"the span {what} overlaps the one before it, which {holder} cannot hold; keep one of them"
            )
        if document.text[span.start : span.end].isspace():
            raise CrfnerError(f"the span {what} covers only white space, which {holder} cannot hold; remove it")
        end = span.end


def _with_a_token_for_each_span(document: Document) -> Document:
    """Add tokens where none shares a letter with a span, as tokens of the input need not cover the text."""
    starts = [start for start, _ in document.tokens]
    ends = [end for _, end in document.tokens]
    added: list[Piece] = []
    for span in document.spans:
        touched = document.tokens[bisect_right(ends, span.start) : bisect_left(starts, span.end)]
        if not any(document.text[max(start, span.start) : min(end, span.end)].strip() for start, end in touched):
            for run in re.finditer(r"\S+", document.text[span.start : span.end]):
                added.append((span.start + run.start(), span.start + run.end(), -1))
    if not added:
        return document
    return retokenized(document, sorted([*added, *((*token, index) for index, token in enumerate(document.tokens))]))


def retokenized(document: Document, pieces: Sequence[Piece]) -> Document:
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
