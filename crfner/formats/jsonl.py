"""JSON lines: one object a line, with a text and its spans; the format that loses nothing.

Read are Prodigy's objects (`spans`, `tokens`, `answer`), doccano's (`label`, `labels` or `entities`, as lists or as
objects with start_offset and end_offset) and our own. A span of Prodigy's may be given by its tokens, `token_start` and
`token_end`, the last one included; where offsets are there too, the two must agree. Written is `text` and `spans` as
Prodigy has them, with `id`, `tokens`, `sentences` and `meta` where there are any. Fields that mean nothing here are
kept and written again.

Public names: `read`, `write`, `from_record`, `to_record`; `is_accepted`, for the formats that are much alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TextIO

from crfner.document import Document, Offsets, Span
from crfner.formats.checks import (
    OTHER_FIELDS,
    Entity,
    Notes,
    Place,
    check_unicode,
    checked_spans,
    checked_text,
    parse_json,
    show,
    to_json,
    wrong_key,
)

_SPAN_KEYS = ("spans", "entities", "label", "labels")
_OWN_KEYS = frozenset({"id", "text", "tokens", "sentences", "meta", "answer", *_SPAN_KEYS})
_MISTAKEN_KEYS = ("span", "ent", "ents", "entity", "annotation", "annotations", "ner", "tags")
_BREAKS = re.compile(r"[\t\r\n]")


def read(lines: Iterable[str], name: str, *, notes: Notes, overlaps: bool = False) -> Iterator[Document]:
    """The documents, in a stream. Examples that were rejected or ignored (Prodigy's `answer`) are skipped and noted.

    overlaps  keep spans that share characters, rather than refuse them

    Raises InputError for the first line that is wrong.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = Place(name, number)
        record = parse_json(line, place)
        if not isinstance(record, dict):
            place.refuse(f'a line should be an object such as {{"text": ..., "spans": [...]}}, not {show(record)}')
        if "\\u" in line:  # the only way to spell half of a surrogate pair
            check_unicode(to_json(record), "the line", place)
        if record.get("offsets") == "utf-16":  # as we mark what we write for doccano
            place.refuse("the offsets are said to count UTF-16 units; read this as doccano")
        if is_accepted(record, place, notes):
            yield from_record(record, place, overlaps)


def is_accepted(record: Mapping[str, Any], place: Place, notes: Notes) -> bool:
    """Whether the record's `answer`, if any, is accept; one that was rejected or ignored is noted."""
    answer = record.get("answer", "accept")
    if answer in ("reject", "ignore"):
        notes[f"examples skipped (their answer is {answer})"] += 1
        return False
    if answer != "accept":
        place.refuse(f"the answer should be accept, reject or ignore, not {show(answer)}")
    return True


def from_record(record: Mapping[str, Any], place: Place, overlaps: bool = False) -> Document:
    """The document that an object holds, whatever its answer. Raises InputError, naming the place, when it is wrong."""
    if "text" not in record:
        wrong_key(record, "text", place, "the object")
    text = checked_text(record["text"], place)
    tokens = _tokens(record.get("tokens"), text, place)
    sentences = _ranges(record.get("sentences"), "sentences", len(tokens), place)
    spans = checked_spans(text, _entities(record, tokens, place), place, overlaps)
    return Document(text, tokens, sentences, spans, _id(record.get("id"), place), _meta(record, len(tokens), place))


def _entities(record: Mapping[str, Any], tokens: Sequence[Offsets], place: Place) -> Iterator[Entity]:
    """The spans under whichever key they are; `label` is a text category instead when it is a string."""
    present = [key for key in _SPAN_KEYS if isinstance(record.get(key), list) and record[key]]
    if len(present) > 1:
        place.refuse(f"there are spans under {' and '.join(map(repr, present))}; keep one of them")
    for key, value in record.items():
        if key in ("spans", "entities", "labels") and not isinstance(value, list | None):
            place.refuse(f"{key!r} should be a list of spans, not {show(value)}")
        mistaken = key not in _SPAN_KEYS and key.lower() in _SPAN_KEYS + _MISTAKEN_KEYS
        if mistaken and not present and isinstance(value, list) and value and isinstance(value[0], list | dict):
            place.refuse(f"the spans are under {key!r}; name the key 'spans'")
    for number, entry in enumerate(record[present[0]] if present else (), 1):
        yield _entity(entry, number, tokens, place)


def _entity(entry: Any, number: int, tokens: Sequence[Offsets], place: Place) -> Entity:
    if isinstance(entry, list):
        if len(entry) != 3:
            place.refuse(f"span {number} should be [start, end, label], not {show(entry)}")
        return Entity(*entry)
    if not isinstance(entry, dict):
        place.refuse(f'span {number} should be {{"start": ..., "end": ..., "label": ...}}, not {show(entry)}')
    if "token_start" in entry and "token_end" in entry:
        entry = _with_offsets(entry, number, tokens, place)
    suffix = "_offset" if "start_offset" in entry or "end_offset" in entry else ""
    for key in (f"start{suffix}", f"end{suffix}", "label"):
        if key not in entry:
            wrong_key(entry, key, place, f"span {number}")
    text = entry.get("text")
    return Entity(
        entry[f"start{suffix}"],
        entry[f"end{suffix}"],
        entry["label"],
        entry.get("score"),
        entry.get("source"),
        text if isinstance(text, str) else None,
    )


def _with_offsets(entry: dict[str, Any], number: int, tokens: Sequence[Offsets], place: Place) -> dict[str, Any]:
    """The span with the offsets that its tokens have; InputError when it has others."""
    given = [entry.get(key) for key in ("start", "end")]
    if not tokens:
        if None in given:
            place.refuse(f"span {number} is given by its tokens, but there are no 'tokens'; add them, or start and end")
        return entry
    first, last = entry["token_start"], entry["token_end"]
    for key, value in (("token_start", first), ("token_end", last)):
        if type(value) is not int or not 0 <= value < len(tokens):
            place.refuse(
                f"the {key} of span {number} should be the number of a token, 0 to {len(tokens) - 1}, not {show(value)}"
                "; the last token of a span is included"
            )
    if first > last:
        place.refuse(f"span {number} begins with token {first} and ends with token {last}; the last one is included")
    offsets = [tokens[first][0], tokens[last][1]]
    if None not in given and given != offsets:
        place.refuse(
            f"span {number} is at {show(given[0])}..{show(given[1])}, but its tokens {first} to {last}, the last one "
            f"included, are at {offsets[0]}..{offsets[1]}; mend one of the two"
        )
    return {**entry, "start": offsets[0], "end": offsets[1]}


def _tokens(value: Any, text: str, place: Place) -> tuple[Offsets, ...]:
    """Tokens are Prodigy's objects or bare [start, end] pairs."""
    if value is None:
        return ()
    if not isinstance(value, list):
        place.refuse(f"the tokens should be a list, not {show(value)}")
    pairs = []
    for number, token in enumerate(value, 1):
        if isinstance(token, dict):
            for key in ("start", "end"):
                if key not in token:
                    wrong_key(token, key, place, f"token {number}")
            pairs.append([token["start"], token["end"]])
        else:
            pairs.append(token)
    offsets = _ranges(pairs, "tokens", len(text), place)
    for number, ((start, end), token) in enumerate(zip(offsets, value, strict=True), 1):
        if isinstance(token, dict) and token.get("text", text[start:end]) != text[start:end]:
            place.refuse(
                f"token {number} should be {show(token['text'])}, but the text has {show(text[start:end])} at "
                f"{start}..{end}; mend the offsets or remove 'tokens'"
            )
    return offsets


def _ranges(value: Any, what: str, limit: int, place: Place) -> tuple[Offsets, ...]:
    """Half-open pairs of whole numbers that are in order and within 0..limit."""
    if value is None:
        return ()
    pairs = value if isinstance(value, list) else [value]
    previous = 0
    for number, pair in enumerate(pairs, 1):
        if not isinstance(pair, list) or [type(border) for border in pair] != [int, int]:
            place.refuse(f"the {what} should be [start, end] pairs, but number {number} is {show(pair)}")
        if not previous <= pair[0] < pair[1] <= limit:
            place.refuse(
                f"number {number} of the {what}, {show(pair)}, is empty, out of order, overlapping or beyond {limit}; "
                f"mend it or remove {what!r}"
            )
        previous = pair[1]
    return tuple((start, end) for start, end in pairs)


def _id(value: Any, place: Place) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    place.refuse(f"the id should be a string or a whole number, not {show(value)}")


def _meta(record: Mapping[str, Any], length: int, place: Place) -> dict[str, Any]:
    """What `meta` holds, with what CoNLL needs as tuples again, and fields that are not ours under "other fields"."""
    given = record.get("meta")
    if not isinstance(given, dict | None):
        place.refuse(f"'meta' should be an object, not {show(given)}")
    meta = dict(given or {})
    if "columns" in meta:
        if not _is_rows(meta["columns"]) or not all(_is_cells(row) and len(row) == length for row in meta["columns"]):
            place.refuse(f"a column in 'meta' should be {length} strings, one a token; mend it or remove 'columns'")
        meta["columns"] = tuple(map(tuple, meta["columns"]))
    if "docstart" in meta:
        if not _is_cells(meta["docstart"]):
            place.refuse("'docstart' in 'meta' should be a list of strings; mend or remove it")
        meta["docstart"] = tuple(meta["docstart"])
    if "comments" in meta:
        if not _is_rows(meta["comments"]) or not all(map(_is_comment, meta["comments"])):
            place.refuse("'comments' in 'meta' should hold [sentence, '# ...'] pairs; mend or remove it")
        meta["comments"] = tuple(map(tuple, meta["comments"]))
    extra = {key: value for key, value in record.items() if key not in _OWN_KEYS}
    if isinstance(record.get("label"), str):  # a category of the whole text
        extra["label"] = record["label"]
    return meta | {OTHER_FIELDS: extra} if extra else meta


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, list) for row in value)


def _is_cells(value: Any) -> bool:
    """Whether the value is a list of strings that a CoNLL column can hold."""
    return isinstance(value, list) and all(isinstance(cell, str) and not _BREAKS.search(cell) for cell in value)


def _is_comment(row: list[Any]) -> bool:
    return (
        len(row) == 2
        and type(row[0]) is int
        and row[0] >= 0
        and isinstance(row[1], str)
        and f"{row[1]} ".startswith("# ")
        and not re.search(r"[\r\n]", row[1])
    )


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write one object a line: everything that a document holds."""
    for document in documents:
        stream.write(to_json(to_record(document)) + "\n")


def to_record(document: Document) -> dict[str, Any]:
    """The document as the object that `write` puts on a line.

    >>> to_record(Document("Apple is here", spans=(Span(0, 5, "ORG"),)))
    {'text': 'Apple is here', 'spans': [{'start': 0, 'end': 5, 'label': 'ORG'}]}
    """
    meta = dict(document.meta)
    extra = meta.pop(OTHER_FIELDS, {}) if isinstance(meta.get(OTHER_FIELDS), dict) else {}
    record: dict[str, Any] = {} if document.id is None else {"id": document.id}
    record["text"] = document.text
    if document.tokens:
        record["tokens"] = [
            {"text": word, "start": start, "end": end, "id": number, "ws": document.text[end : end + 1].isspace()}
            for number, (word, (start, end)) in enumerate(zip(document.words(), document.tokens, strict=True))
        ]
    if document.sentences:
        record["sentences"] = [list(pair) for pair in document.sentences]
    record["spans"] = [_span_record(span) for span in document.spans]
    if meta:
        record["meta"] = meta
    record.update((key, value) for key, value in extra.items() if key not in record)
    return record


def _span_record(span: Span) -> dict[str, Any]:
    record: dict[str, Any] = {"start": span.start, "end": span.end, "label": span.label}
    if span.score is not None:
        record["score"] = span.score
    if span.source is not None:
        record["source"] = span.source
    return record
