"""spaCy's DocBin, the binary file that `spacy train` reads: documents with their tokens, sentences and entities.

Reading takes the entities, or, in a document that has none, its span group: "sc", where spaCy's span categoriser keeps
its own, or the only one there is. Writing makes tokens of whatever stands between a document's tokens, as spaCy's
tokens cover the whole text; white space is no token when it is read again. A document's id is its custom attribute
`doc._.id`. The file is held in memory and nothing in it is executed; what is damaged, foreign or swells beyond
`UNPACKED_LIMIT` is refused.

Public names: `read`, `write`, `PACKED_LIMIT`, `UNPACKED_LIMIT`. Both need the extra `spacy`.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from crfner.document import Document, Offsets
from crfner.errors import CrfnerError, InputError
from crfner.files import atomic_output, read_bytes
from crfner.formats.checks import Entity, Notes, Record, check_unicode, checked_spans, checked_text, damage
from crfner.formats.fitting import Piece, fitted, note_meta, retokenized

PACKED_LIMIT = 1 << 28
"""Bytes of a file that is read."""

UNPACKED_LIMIT = 1 << 29
"""Bytes that it may hold when unpacked: some five million tokens."""

_GROUP = "sc"
_ID = ("._.", "id", None, None)  # where spaCy keeps `doc._.id` among a document's user data
_WORD = re.compile(r"\S+")

_DAMAGED = "this is not a DocBin file of spaCy, or it is damaged; write it again with DocBin.to_disk ({error})"


def read(path: str | os.PathLike[str], name: str, *, notes: Notes, overlaps: bool = False) -> Iterator[Document]:
    """The documents of a file, or of standard input for "-".

    overlaps  keep spans that share characters, which a span group can hold, rather than refuse them

    Raises InputError for what is not a DocBin, and CrfnerError where spaCy is missing.
    """
    DocBin, Vocab = _spacy("spacy.tokens", "DocBin"), _spacy("spacy.vocab", "Vocab")
    content = read_bytes(path, PACKED_LIMIT)
    with damage(name, _DAMAGED):
        user_data = _checked(_unpacked(content, name))
        packed = DocBin().from_bytes(content)
    packed.user_data = [None] * len(user_data)  # spaCy need not unpack what is not used
    docs = packed.get_docs(Vocab())
    for number, data in enumerate(user_data, 1):
        place = Record(name, number)
        with damage(name, _DAMAGED):
            doc = next(docs)
            text, tokens, sentences, entities = _content(doc, place, notes)
            id = _id(data, notes)
        checked_text(text, place)
        if id is not None:
            check_unicode(id, "the id", place)
        spans = checked_spans(text, entities, place, overlaps)
        yield Document(text, tokens, sentences, spans, id)


def _spacy(module: str, name: str) -> Any:
    from importlib import import_module

    try:
        return getattr(import_module(module), name)
    except ImportError:
        message = "DocBin files need the package spaCy, which is not installed; run pip install 'crfner[spacy]'"
        raise CrfnerError(message) from None


def _unpacked(content: bytes, name: str) -> bytes:
    unpacker = zlib.decompressobj()
    unpacked = unpacker.decompress(content, UNPACKED_LIMIT)
    if unpacker.unconsumed_tail:
        limit = UNPACKED_LIMIT >> 20
        raise InputError(f"the file unpacks to more than the {limit} MiB that are read at once; split it", name)
    if not unpacker.eof:
        raise ValueError("cut short")
    return unpacked


def _checked(unpacked: bytes) -> list[bytes | None]:
    """The user data of each document; ValueError when the parts of the file do not go together."""
    import numpy as np

    parts = _spacy("srsly", "msgpack").unpackb(unpacked, raw=False)
    lengths = np.frombuffer(parts["lengths"], dtype="int32").tolist()
    tokens = sum(lengths)
    width = 8 * len(parts["attrs"])
    if (
        any(length < 0 for length in lengths)
        or len(parts["tokens"]) != tokens * width
        or len(parts["spaces"]) != tokens
    ):
        raise ValueError("lengths")
    for name in ("cats", "flags", "span_groups", "user_data"):
        if len(parts.get(name, lengths)) != len(lengths):
            raise ValueError(name)
    return list(parts.get("user_data", [None] * len(lengths)))


def _content(
    doc: Any, place: Record, notes: Notes
) -> tuple[str, tuple[Offsets, ...], tuple[Offsets, ...], list[Entity]]:
    """Text, tokens, sentences and entities of a document."""
    real = [token for token in doc if token.text and not token.text.isspace()]
    before = [0]  # before[i]: how many of doc's first i tokens are tokens here
    for token in doc:
        before.append(before[-1] + bool(token.text and not token.text.isspace()))
    tokens = tuple((token.idx, token.idx + len(token.text)) for token in real)
    sentences: tuple[Offsets, ...] = ()
    if doc.has_annotation("SENT_START"):
        ranges = ((before[sentence.start], before[sentence.end]) for sentence in doc.sents)
        sentences = tuple((first, last) for first, last in ranges if first < last)
    spans = [span for span in _spans(doc, place, notes) if 0 <= span.start <= span.end <= len(doc)]
    return doc.text, tokens, sentences, [Entity(span.start_char, span.end_char, span.label_) for span in spans]


def _spans(doc: Any, place: Record, notes: Notes) -> Iterable[Any]:
    """The entities, or the spans of the one group that is meant."""
    groups = [group for group, spans in doc.spans.items() if len(spans)]
    if doc.ents:
        if groups:
            notes["span groups left out (of documents that have entities)"] += len(groups)
        if any(entity.kb_id_ or entity.ent_id_ for entity in doc.ents):
            notes["documents whose links of entities to a knowledge base are left out"] += 1
        return tuple(doc.ents)
    if len(groups) > 1 and _GROUP not in groups:
        known = ", ".join(map(repr, groups))
        place.refuse(f"there are no entities but the span groups {known}; keep one, or name the one that is meant 'sc'")
    if not groups:
        return ()
    chosen = _GROUP if _GROUP in groups else groups[0]
    notes[f"documents whose spans are those of the span group {chosen!r} (they have no entities)"] += 1
    if len(groups) > 1:
        notes[f"span groups other than {chosen!r} left out"] += len(groups) - 1
    return tuple(doc.spans[chosen])


def _id(data: bytes | None, notes: Notes) -> str | None:
    kept = _spacy("srsly", "msgpack").unpackb(data, raw=False, use_list=False) if data else {}
    given = kept.pop(_ID, kept.pop("id", None))
    if kept:
        notes["documents whose user data is left out"] += 1
    return str(given) if isinstance(given, str | int) else None


def write(documents: Iterable[Document], path: str | os.PathLike[str], *, notes: Notes) -> None:
    """Write the documents to a file, whole or not at all, or to standard output for "-".

    A document without tokens is tokenised; tokens are split, and sentences joined, where a span needs it.
    Raises CrfnerError for overlapping spans, and where spaCy is missing.
    """
    vocab = _spacy("spacy.vocab", "Vocab")()
    packed = _spacy("spacy.tokens", "DocBin")(store_user_data=True)
    for document in documents:
        note_meta(document, notes, "DocBin")
        packed.add(_doc(_trimmed(fitted(_covered(document, notes), notes, "DocBin")), vocab))
    with atomic_output(path, "wb") as stream:
        stream.write(packed.to_bytes())


def _covered(document: Document, notes: Notes) -> Document:
    """The document with tokens for all that is not white space."""
    from crfner.tokenize import tokenized

    document = tokenized(document)
    pieces: list[Piece] = []
    end = 0
    for number, (start, stop) in enumerate((*document.tokens, (len(document.text), len(document.text)))):
        pieces += [(end + run.start(), end + run.end(), -1) for run in _WORD.finditer(document.text[end:start])]
        if start < stop:
            pieces.append((start, stop, number))
        end = stop
    added = len(pieces) - len(document.tokens)
    if not added:
        return document
    notes["tokens added (spaCy's tokens cover the whole text)"] += added
    return retokenized(document, pieces)


def _trimmed(document: Document) -> Document:
    """The document with tokens that neither begin nor end in white space, so that no entity does."""
    pieces: list[Piece] = []
    for number, (start, stop) in enumerate(document.tokens):
        if word := document.text[start:stop].strip():
            first = document.text.index(word, start)
            pieces.append((first, first + len(word), number))
    if tuple(piece[:2] for piece in pieces) == document.tokens:
        return document
    return retokenized(document, pieces)


def _doc(document: Document, vocab: Any) -> Any:
    """The document as spaCy has it."""
    span = _spacy("spacy.tokens", "Span")
    pieces = list(_pieces(document))
    firsts = {document.tokens[first][0] for first, _ in document.sentences[1:]}
    doc = _spacy("spacy.tokens", "Doc")(
        vocab,
        words=[document.text[start:end] for start, end, _ in pieces],
        spaces=[space for _, _, space in pieces],
        sent_starts=[start in firsts or index == 0 for index, (start, _, _) in enumerate(pieces)] or None,
    )
    at = {start: index for index, (start, _, _) in enumerate(pieces)}
    tokens = document.tokens
    ranges = ((at[tokens[first][0]], at[tokens[last - 1][0]] + 1, label) for first, last, label in document.chunks())
    doc.set_ents([span(doc, first, last, label) for first, last, label in ranges], default="outside")
    if document.id is not None:
        doc.user_data[_ID] = document.id
    return doc


def _pieces(document: Document) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each of spaCy's tokens, and whether a space follows that belongs to none.

    A space after a token belongs to none; white space beyond it is a token.
    """
    text = document.text
    ranges: list[Offsets] = []
    end = 0
    for start, stop in (*document.tokens, (len(text), len(text))):
        blank = end + (bool(ranges) and text[end:start].startswith(" "))
        ranges += [pair for pair in ((blank, start), (start, stop)) if pair[0] < pair[1]]
        end = stop
    for (start, stop), (following, _) in pairwise((*ranges, (len(text), len(text)))):
        yield start, stop, following > stop
