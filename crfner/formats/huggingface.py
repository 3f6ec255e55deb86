"""Rows of tokens and tags, as data sets on the Hugging Face hub have them: `{"tokens": [...], "ner_tags": [...]}`.

Read are JSON lines, a JSON list, and a list under "data"; other keys that are in use for the two are known too. Tags
are names or numbers. Numbers mean nothing without their names, which come from the caller, from the "features" beside
"data", or from the data set's `dataset_info.json` in the same folder; without them the file is refused.

A row is a sentence; neighbouring rows with the same id are one document. Written are names of tags, a row a sentence,
as models cut rows that are too long for them. Of a text the tokens are kept alone.

Public names: `read`, `write_jsonl`, `write_json`; `documents_of`, `rows_of`, `Names`, `TOKENS`, `TAGS`, for Parquet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from crfner import schemes
from crfner.document import Document, Span
from crfner.errors import CrfnerError
from crfner.formats.checks import (
    Notes,
    Place,
    Record,
    check_unicode,
    checked_label,
    checked_text,
    show,
    to_json,
    wrong_key,
)
from crfner.formats.conll_writing import joined
from crfner.formats.fitting import fitted, note_meta, tagged_sentences
from crfner.formats.json_items import items
from crfner.formats.tag_names import checked_names, names_beside, names_in_features

TOKENS = ("tokens", "words")
TAGS = ("ner_tags", "tags", "labels", "ner", "ner_labels")

_WANTED = '{"tokens": ["Ann", "sleeps"], "ner_tags": ["B-PER", "O"]}'
_HOLDER = "a row of tags"

Row = Mapping[str, Any]
Names = Callable[[str], Sequence[str] | None]
"""A function from a column to the names of its numbered tags, as the file has them; None where it has none."""


def read(lines: Iterable[str], name: str, *, notes: Notes, tags: Sequence[str] | None = None) -> Iterator[Document]:
    """The documents; JSON lines come in a stream.

    tags  the names of numbered tags, in their order; those of the data set when None

    Raises InputError for the first row that is wrong, and for numbers without names.
    """
    features: dict[str, Any] = {}
    rows = _rows(lines, name, features)
    yield from documents_of(rows, name, notes, tags, lambda column: names_in_features(features, column))


def _rows(lines: Iterable[str], name: str, features: dict[str, Any]) -> Iterator[tuple[Row, Place]]:
    """The rows; the features that come with them are put into the dict that is given."""
    for item, place in items(lines, name, _WANTED):
        if not isinstance(item, dict):
            place.refuse(f"a row should be an object such as {_WANTED}, not {show(item)}")
        if not isinstance(item.get("data"), list) or any(key in item for key in TOKENS):
            yield item, place
            continue
        if isinstance(item.get("features"), dict):
            features.update(item["features"])
        for number, row in enumerate(item["data"], 1):
            there = Record(name, number, "row")
            if not isinstance(row, dict):
                there.refuse(f"a row should be an object such as {_WANTED}, not {show(row)}")
            yield row, there


@dataclass(slots=True)
class _Draft:
    """A document while its rows are read."""

    id: str | None
    words: list[str] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    chunks: list[tuple[int, int, str]] = field(default_factory=list)

    def document(self, place: Place) -> Document:
        text, tokens = joined(self.words, self.sentences)
        spans = []
        for first, last, label in self.chunks:
            span = Span(tokens[first][0], tokens[last - 1][1], label)
            if text[span.start : span.end].isspace():
                place.refuse(f"what is tagged {label} is only white space; tag it O")
            spans.append(span)
        return Document(checked_text(text, place), tokens, tuple(self.sentences), tuple(spans), self.id)


def documents_of(
    rows: Iterable[tuple[Row, Place]], name: str, notes: Notes, tags: Sequence[str] | None, own_names: Names
) -> Iterator[Document]:
    """The documents that the rows make.

    tags       the names of numbered tags, which go before all others
    own_names  the names that the file has itself
    """
    known = _Known(name, notes, tags, own_names)
    draft, where = None, None
    for row, place in rows:
        id = _id(row.get("id"), place)
        if draft is not None and where is not None and (id is None or id != draft.id):
            yield draft.document(where)
            draft = None
        if draft is None:
            draft, where = _Draft(id), place
        _add_row(draft, row, place, known, notes)
    if draft is not None and where is not None:
        yield draft.document(where)


def _add_row(draft: _Draft, row: Row, place: Place, known: _Known, notes: Notes) -> None:
    token_key, tag_key = _key(row, TOKENS, place), _key(row, TAGS, place)
    for key in row:
        if key not in (token_key, tag_key, "id"):
            notes[f"fields left out ({show(key)})"] += 1
    words = row[token_key]
    for number, word in enumerate(words, 1):
        if not isinstance(word, str):
            place.refuse(f"token {number} should be a string, not {show(word)}")
        check_unicode(word, f"token {number}", place)
    if len(words) != len(row[tag_key]):
        place.refuse(f"there are {len(words)} tokens but {len(row[tag_key])} tags; give every token one")
    chunks = schemes.decode(known.tags(row[tag_key], tag_key, place), "IOB2")
    kept = [len(draft.words)]  # kept[i]: the number of the row's token i in the document
    for word in words:
        kept.append(kept[-1] + (word != ""))
    if empty := words.count(""):
        notes["empty tokens left out"] += empty
    draft.words += [word for word in words if word]
    if kept[0] < kept[-1]:
        draft.sentences.append((kept[0], kept[-1]))
    draft.chunks += [(kept[first], kept[last], label) for first, last, label in chunks if kept[first] < kept[last]]


def _key(row: Row, keys: Sequence[str], place: Place) -> str:
    """The key that is meant: the first of those in use under which there is a list."""
    for key in keys:
        if isinstance(row.get(key), list):
            return key
    wrong_key(row, keys[0], place, "the row")


def _id(value: Any, place: Place) -> str | None:
    if value is None or type(value) is int:
        return None if value is None else str(value)
    if not isinstance(value, str):
        place.refuse(f"the id should be a string or a whole number, not {show(value)}")
    check_unicode(value, "the id", place)
    return value


class _Known:
    """The tags of the file: numbers are looked up, and each is checked once."""

    def __init__(self, name: str, notes: Notes, tags: Sequence[str] | None, own_names: Names) -> None:
        self._name = name
        self._notes = notes
        self._given = tags
        self._own_names = own_names
        self._names: dict[str, list[str]] = {}
        self._checked = {"O"}

    def tags(self, values: Sequence[Any], column: str, place: Place) -> list[str]:
        return [self._tag(value, number, column, place) for number, value in enumerate(values, 1)]

    def _tag(self, value: Any, number: int, column: str, place: Place) -> str:
        if type(value) is int:
            names = self._names_of(column, place)
            if not 0 <= value < len(names):
                place.refuse(
                    f"tag {number} is {value}, but only 0 to {len(names) - 1} have names; give the names of all tags, "
                    "or data that is not made ready for a model yet"
                )
            value = names[value]
        if not isinstance(value, str):
            place.refuse(f"tag {number} should be the name of a tag or its number, not {show(value)}")
        if value in self._checked:
            return value
        if not schemes.is_tag(value):
            place.refuse(f"tag {number} is {show(value)}; write O, or a prefix and a label such as B-PER")
        checked_label(schemes.split_tag(value)[1], f"tag {number}", place)
        self._checked.add(value)
        return value

    def _names_of(self, column: str, place: Place) -> list[str]:
        if column not in self._names:
            found = self._given or self._own_names(column) or names_beside(self._name, column)
            if not found:
                place.refuse(
                    f"the tags under {column!r} are numbers, which mean nothing without their names; convert the file "
                    "with crfner convert --tags O,B-PER,I-PER,... or --tags FILE, or put the data set's "
                    "dataset_info.json beside it"
                )
            self._names[column] = checked_names(found, self._name, self._notes)
        return self._names[column]


def rows_of(documents: Iterable[Document], scheme: str, notes: Notes) -> Iterator[dict[str, Any]]:
    """A row for each sentence, with the id of its document where that has one.

    Raises CrfnerError for an unknown scheme, and for spans that overlap or cover only white space.
    """
    try:
        scheme = schemes.scheme_name(scheme)
    except ValueError as error:
        raise CrfnerError(str(error)) from None
    before: str | None = None
    for document in documents:
        note_meta(document, notes, _HOLDER)
        document = fitted(document, notes, _HOLDER)
        words = document.words()
        if document.text != joined(words, document.sentences)[0]:
            notes["texts of which the tokens are kept alone (one space joins them when they are read)"] += 1
        if document.id is None and len(document.sentences) > 1:
            notes["documents without an id whose sentences are documents of their own when they are read"] += 1
        if document.id is not None and document.id == before:
            notes["documents with the id of the one before, which are one document when they are read"] += 1
        before = document.id
        own = {} if document.id is None else {"id": document.id}
        for first, last, tags in tagged_sentences(document, scheme, notes):
            yield {**own, "tokens": words[first:last], "ner_tags": tags}
        if not document.sentences:
            yield {**own, "tokens": [], "ner_tags": []}


def write_jsonl(documents: Iterable[Document], stream: TextIO, *, notes: Notes, scheme: str = "IOB2") -> None:
    """Write a row a line. A document without tokens is tokenised; tokens are split where a span needs it."""
    for row in rows_of(documents, scheme, notes):
        stream.write(to_json(row) + "\n")


def write_json(documents: Iterable[Document], stream: TextIO, *, notes: Notes, scheme: str = "IOB2") -> None:
    """Write one JSON list, a row a line."""
    between = "[\n"
    for row in rows_of(documents, scheme, notes):
        stream.write(between + to_json(row))
        between = ",\n"
    stream.write("[]\n" if between == "[\n" else "\n]\n")
