r"""Rasa's training data for language understanding: YAML with examples by intent, entities marked in them.

    nlu:
    - intent: book
      examples: |
        - a table in [Köln](city) for [two]{"entity": "number", "role": "guests", "value": "2"}

Entities are found as Rasa finds them, which knows no escapes. A document's meta has its "intent", and under
"attributes" what an entity has beside its name, as [start, end, label, {...}]; both are written again. Synonyms,
lookup tables, regular expressions and all else that a file holds for Rasa are left out and counted.

Public names: `read`, `write`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TextIO

from crfner.document import Document, Span
from crfner.errors import CrfnerError
from crfner.formats.checks import Entity, Notes, Place, checked_spans, checked_text, describe, show, to_json
from crfner.formats.located import LocatedDict, LocatedList

_NAMED = re.compile(r"\((?P<label>[^:)]+)(?::(?P<value>[^)]+))?\)")  # what follows the brackets
_MORE = re.compile(r"(?P<more>\{[^}]+\})")
_BLANK = " \r\n"  # what Rasa strips
_SECTIONS = {"synonym": "synonyms", "lookup": "lookup tables", "regex": "regular expressions"}
_VERSION = "3.1"
_NO_INTENT = "inform"
_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")  # where Rasa and YAML cut lines
_UNWRITABLE = re.compile(r"[^\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_PLAIN = re.compile(r"[A-Za-z]\w*(?:[/ +-]\w+)*")
_RESERVED = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])


def read(lines: Iterable[str], name: str, *, notes: Notes) -> Iterator[Document]:
    """The examples of a file, which is held in memory.

    Raises InputError, with the line, for what is not YAML or not of this form.
    """
    from crfner.formats.yaml_values import load_yaml  # YAML is slow to import, and rarely read

    top = load_yaml("".join(lines), name)
    if not isinstance(top, LocatedDict) or "nlu" not in top:
        Place(name, 1).refuse("there is no 'nlu' at the top; training data begins with a line 'nlu:', then its intents")
    for key in top:
        if key not in ("nlu", "version"):
            notes[f"sections other than nlu left out ({show(key)})"] += 1
    sections = top["nlu"]
    if not isinstance(sections, LocatedList):
        Place(name, top.lines["nlu"]).refuse(f"under 'nlu' there should be a list of intents, not {show(sections)}")
    for section, line in zip(sections, sections.lines, strict=True):
        place = Place(name, line)
        if not isinstance(section, LocatedDict):
            place.refuse(f"a part of 'nlu' should be a mapping with 'intent' and 'examples', not {show(section)}")
        if "intent" in section:
            yield from _intent(section, place, notes)
            continue
        kind = next((key for key in _SECTIONS if key in section), None)
        if kind is None:
            keys = ", ".join(map(show, section))
            place.refuse(f"a part of 'nlu' has {keys}, but none of intent, synonym, lookup, regex; name what it is")
        notes[f"{_SECTIONS[kind]} left out"] += 1


def _intent(section: LocatedDict, place: Place, notes: Notes) -> Iterator[Document]:
    intent = section["intent"]
    if not isinstance(intent, str) or not intent.strip():
        place.refuse(
            f"the intent should be a name, not {section.written.get('intent') or show(intent)}; put it in quotes"
        )
    if "metadata" in section:
        notes["metadata left out"] += 1
    for text, there in _examples(section, place, notes):
        if text.strip(_BLANK):
            yield _document(text.strip(_BLANK), intent, there)
        else:
            notes["examples without text left out"] += 1


def _examples(section: LocatedDict, place: Place, notes: Notes) -> Iterator[tuple[str, Place]]:
    """The examples of an intent, from one block of text with a hyphen before each, or from a list of mappings."""
    examples = section.get("examples")
    if isinstance(examples, str):
        first = section.lines["examples"] + 1  # a block begins in the line below its key
        for number, line in enumerate(re.split(r"\r\n|\r|\n", examples)):
            there = Place(place.path, first + number)
            if not line.strip():
                continue
            if not line.startswith("-"):
                there.refuse(f"an example should begin with a hyphen, not {show(line)}; write - before it")
            yield line[1:], there
        return
    if not isinstance(examples, LocatedList):
        place.refuse("the intent has no examples; write 'examples: |', and below it a line with a hyphen for each")
    for example, line in zip(examples, examples.lines, strict=True):
        there = Place(place.path, line)
        if not isinstance(example, LocatedDict) or not isinstance(example.get("text"), str):
            there.refuse(f"an example in a list should be 'text: ...', not {show(example)}")
        if "metadata" in example:
            notes["metadata left out"] += 1
        yield example["text"], there


def _document(source: str, intent: str, place: Place) -> Document:
    parts: list[str] = []
    entities: list[Entity] = []
    attributes: list[list[Any]] = []
    position = length = 0
    for opening, found in _entities(source):
        before, covered = source[position:opening], source[opening + 1 : found.start() - 1]
        position = found.end()
        start = length + len(before)
        length = start + len(covered)
        parts += [before, covered]
        label, more = _label(found, covered, place)
        entities.append(Entity(start, length, label))
        if more:
            attributes.append([start, length, label, more])
    text = checked_text("".join(parts) + source[position:], place)
    meta: dict[str, Any] = {"intent": intent}
    if attributes:
        meta["attributes"] = attributes
    return Document(text, spans=checked_spans(text, entities, place), meta=meta)


def _entities(source: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Where the bracket before an entity is, and what follows the one behind it, as Rasa's one expression finds them.

    That takes time by the square of a line of brackets; here each closing one is looked at once, and nothing is looked
    for that does not come any more.
    """
    ends = {"(": source.rfind(")"), "{": source.rfind("}")}
    position = 0
    while (closing := source.find("]", position)) >= 0:
        opening = source.find("[", position, max(closing - 1, 0))
        position = closing + 1
        follows = source[position : position + 1]
        if opening < 0 or ends.get(follows, -1) < position:
            continue
        found = (_NAMED if follows == "(" else _MORE).match(source, position)
        if found:
            yield opening, found
            position = found.end()


def _label(found: re.Match[str], covered: str, place: Place) -> tuple[Any, dict[str, Any]]:
    """The name of an entity, and what else is said of it."""
    if found.re is _NAMED:
        return found["label"], {"value": found["value"]} if found["value"] else {}
    try:
        more = json.loads(found["more"])
    except (ValueError, RecursionError):
        place.refuse(
            f'{show(found["more"])} is not JSON; write {{"entity": "city", "role": "from"}}, with double quotes'
        )
    if "entity" not in more:
        place.refuse(f'{show(found["more"])} has no "entity"; name what {show(covered)} is')
    return more.pop("entity"), more


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes) -> None:
    """Write the examples, those that follow each other with one intent together.

    A document without an intent is written under `inform`. Raises CrfnerError for overlapping spans, and for a text
    that Rasa would read as something else, as it knows no escapes.
    """
    stream.write(f'version: "{_VERSION}"\n')
    numbered = enumerate(documents, 1)
    begin = "nlu:\n"
    for intent, group in groupby(numbered, lambda pair: _intent_of(pair[1])):
        stream.write(f"{begin}- intent: {_quoted(_NO_INTENT if intent is None else intent)}\n  examples: |\n")
        begin = "\n"
        for number, document in group:
            if intent is None:
                notes[f"documents without an intent written under the intent {_NO_INTENT!r}"] += 1
            if line := _example(document, number, notes):
                stream.write(f"    - {line}\n")
    if begin == "nlu:\n":
        stream.write("nlu: []\n")


def _intent_of(document: Document) -> str | None:
    intent = document.meta.get("intent")
    return intent if isinstance(intent, str) and intent.strip() else None


def _quoted(value: str) -> str:
    """The value as YAML, in quotes where it might be taken for something else."""
    if _UNWRITABLE.search(value):
        raise CrfnerError(f"the intent {show(value)} holds a character that YAML cannot hold; rename it")
    return value if _PLAIN.fullmatch(value) and value.lower() not in _RESERVED else to_json(value)


def _example(document: Document, number: int, notes: Notes) -> str:
    """The document as one line; an empty one where it has no text."""
    _note_losses(document, notes)
    line = _marked(document)
    stripped = line.strip(_BLANK)
    if not stripped:
        notes["documents without text left out"] += 1
        return ""
    if stripped != line:
        notes["texts of which white space at the ends is left out"] += 1
    if found := _UNWRITABLE.search(stripped):
        raise CrfnerError(f"document {number}: YAML cannot hold {found[0]!a}; remove it from the text")
    if not _reads_as(line, document):
        raise CrfnerError(
            f"document {number}: {show(document.text)} cannot be written, as Rasa would find other entities in it; "
            "remove the brackets from the text, as Rasa knows no escapes for them"
        )
    return stripped


def _note_losses(document: Document, notes: Notes) -> None:
    if document.id is not None:
        notes["ids left out (Rasa holds none)"] += 1
    if set(document.meta) - {"intent", "attributes", "block"}:
        notes["documents whose meta is left out, but for the intent and what entities have"] += 1
    if _BREAK.search(document.text):
        notes["texts whose line breaks are written as spaces"] += 1


def _marked(document: Document) -> str:
    """The text on one line, with every span in brackets and its name, or all that is known of it, after it."""
    text = _BREAK.sub(" ", document.text)
    attributes = _attributes(document)
    parts, position = [], 0
    for span in document.spans:
        if span.start < position:
            what = describe(span, text)
            raise CrfnerError(f"the span {what} overlaps the one before it, which Rasa cannot hold; keep one of them")
        more = attributes.get((span.start, span.end, span.label), {})
        name = f"({span.label})"
        if more or re.search("[:)]", span.label):  # a } within would end it
            name = "{" + to_json({"entity": span.label, **more})[1:-1].replace("}", "\\u007d") + "}"
        parts += [text[position : span.start], f"[{text[span.start : span.end]}]{name}"]
        position = span.end
    return "".join(parts) + text[position:]


def _attributes(document: Document) -> dict[tuple[int, int, str], Mapping[str, Any]]:
    """What is known of each span beside its label, where `meta` has it as `read` leaves it."""
    given = document.meta.get("attributes", ())
    return {
        (entry[0], entry[1], entry[2]): entry[3]
        for entry in (given if isinstance(given, list | tuple) else ())
        if isinstance(entry, list | tuple) and len(entry) == 4 and isinstance(entry[3], dict)
    }


def _reads_as(line: str, document: Document) -> bool:
    """Whether the line is read as the document, but for line breaks and white space at the ends."""
    stripped = line.strip(_BLANK)
    lead = len(line) - len(line.lstrip(_BLANK))  # before any entity, as one begins with a bracket
    trail = len(line) - len(line.rstrip(_BLANK))
    try:
        found = _document(stripped, "", Place("", 1))
    except CrfnerError:
        return False
    kept = _BREAK.sub(" ", document.text)[lead : len(document.text) - trail]
    spans = [Span(span.start - lead, span.end - lead, span.label) for span in document.spans]
    return found.text == kept and list(found.spans) == spans
