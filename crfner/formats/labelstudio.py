r"""Label Studio's JSON: tasks with their text under "data" and labelled regions under "annotations".

Read are its JSON and JSON-MIN exports, "completions" as versions before 1.0 called them, and tasks for import, with
predictions or without any annotation. Regions of the type labels become spans; all else is counted.

Offsets count characters: so does the front end of today's Label Studio, where it reads and where it writes. Older ones
counted UTF-16 units, as JavaScript does, so that every emoji shifted what follows by one. The region's quoted text
tells which; where neither fits it, the task is refused. A line break is quoted as a backslash and an n.

Public names: `read`; `write`, from `labelstudio_writing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from crfner.document import Document, Span
from crfner.errors import InputError
from crfner.formats.checks import OTHER_FIELDS, Entity, Notes, Place, checked_spans, checked_text, show, wrong_key
from crfner.formats.json_items import items
from crfner.formats.labelstudio_choice import BY_PERSON, POLICIES, Annotation, active, chosen, shared
from crfner.formats.labelstudio_writing import ID, MODEL, NAMES, SETUP, write
from crfner.formats.units import ONE_BREAK, UTF16, fitted, has_wide

__all__ = ["read", "write"]

_WANTED = '{"data": {"text": ...}, "annotations": [...]}'
_TYPES = ("labels", "hypertextlabels")
_MIN_KEYS = frozenset({"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement"})
_BLANKS = re.compile(r"(?:\\n|[ \r\n])+")

_Task = tuple[dict[str, Any], Place]


def read(
    lines: Iterable[str],
    name: str,
    *,
    notes: Notes,
    overlaps: bool = False,
    annotator: str = "auto",
    predictions: bool = False,
) -> Iterator[Document]:
    """The documents, one a task. Tasks that nobody has finished are left out and noted; a file of tasks that were never
    annotated is read without spans. How far people agree where several annotated a task is noted as well.

    overlaps     keep spans that share characters, rather than refuse them
    annotator    which annotation is read where there are several: a name in `POLICIES`, or a person
    predictions  read the latest prediction of a task that has no annotation

    Raises InputError, naming the task, for the first that is wrong, and when every task was left out.
    """
    common = total = several = read = unread = 0
    for task, place in _tasks(lines, name):
        present = active(_entries(task, "annotations", place) or _entries(task, "completions", place))
        if len(present) > 1:
            several += 1
            common, total = (sum(pair) for pair in zip((common, total), shared(present), strict=True))
        taken = _taken(task, present, annotator, predictions, place, notes)
        if taken is None:
            unread += bool(task.get("predictions"))
            continue
        read += 1
        yield _document(task, taken, annotator == "merge", place, notes, overlaps)
    if several:
        policy = POLICIES.get(annotator, BY_PERSON.format(annotator))
        share = f"{common / total if total else 1:.0%}"
        notes[f"tasks with several annotations, which share {share} of their spans ({policy})"] += several
    if not read and unread:
        raise InputError(
            f"no task has an annotation to read, but {unread} have predictions; read these with predictions=True, "
            "--predictions in 'crfner convert'",
            name,
        )
    if not read:
        raise InputError("no task has an annotation to read; annotate some, or choose another annotator", name)


def _tasks(lines: Iterable[str], name: str) -> Iterator[_Task]:
    """The tasks of a file; records of JSON-MIN, one an annotation, come together to tasks."""
    numbered = enumerate(items(lines, name, _WANTED), 1)
    checked = (_checked(task, replace(place, part=f"task {number}")) for number, (task, place) in numbered)
    for id, group in groupby(checked, key=lambda pair: pair[0]["id"] if _is_minimal(pair[0]) else None):
        if id is None:
            yield from group
        else:
            yield _from_minimal(list(group))


def _checked(task: Any, place: Place) -> _Task:
    if not isinstance(task, dict):
        place.refuse(f"this should be {_WANTED}, not {show(task)}")
    if not _is_minimal(task) and not isinstance(task.get("data"), dict):
        wrong_key(task, "data", place, "it")
    return task, place


def _is_minimal(task: Mapping[str, Any]) -> bool:
    return "annotation_id" in task and "data" not in task and task.get("id") is not None


def _from_minimal(records: Sequence[_Task]) -> _Task:
    """One task out of the records of JSON-MIN that have its id: lists of regions are what was annotated."""
    first, place = records[0]
    annotations = []
    for record, _ in records:
        result = [
            {"from_name": key, "type": "labels", "value": region}
            for key, value in record.items()
            if _is_regions(value)
            for region in value
        ]
        who = {"completed_by": record.get("annotator")}
        when = {key: record.get(key) for key in ("created_at", "updated_at")}
        annotations.append({"id": record["annotation_id"], "result": result} | who | when)
    data = {key: value for key, value in first.items() if key not in _MIN_KEYS and not _is_regions(value)}
    return {"id": first["id"], "data": data, "annotations": annotations}, place


def _is_regions(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(item, dict) and "labels" in item for item in value)


def _entries(task: Mapping[str, Any], key: str, place: Place) -> list[dict[str, Any]]:
    """The annotations or predictions of a task. Raises InputError when they are not there in full."""
    entries = task.get(key) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        place.refuse(f"{key!r} should be a list of objects with a 'result', not {show(entries)}; export as JSON")
    for entry in entries:
        if not isinstance(entry.get("result", []), list):
            place.refuse(f"the 'result' in {key!r} should be a list, not {show(entry['result'])}")
    return entries


def _taken(
    task: Mapping[str, Any],
    present: Sequence[Annotation],
    annotator: str,
    predictions: bool,
    place: Place,
    notes: Notes,
) -> list[Annotation] | None:
    """What to read of a task: annotations, or the latest prediction, or nothing; None when the task is to be left out.

    A prediction is told by its key "predicted".
    """
    predicted = _entries(task, "predictions", place)[-1:] if not present else []
    taken = chosen(present, annotator, place)
    if taken:
        return taken
    if predictions and predicted:
        notes["tasks without an annotation, of which the prediction is read"] += 1
        return [predicted[0] | {"predicted": True}]
    if annotator == "none" or not (predicted or "annotations" in task or "completions" in task):
        notes["tasks read without spans"] += 1
        return []
    notes[f"tasks left out ({_why(task, present, annotator)})"] += 1
    return None


def _document(
    task: Mapping[str, Any],
    taken: Sequence[Mapping[str, Any]],
    merged: bool,
    place: Place,
    notes: Notes,
    overlaps: bool,
) -> Document:
    found = [list(_results(entry, place, notes)) for entry in taken]
    results = [result for some in found for result in some]
    data = task["data"]
    key = _text_key(data, results, place)
    text = checked_text(data[key], place)
    spans: set[Span] = set()
    for entry, some in zip(taken, found, strict=True):
        about = [result for result in some if str(result.get("to_name")) not in data.keys() - {key}]
        if len(about) < len(some):
            notes["regions of another text of the task left out"] += len(some) - len(about)
        entities = [entity for result in about for entity in _entities(result, entry)]
        spans |= _spans(text, entities, place, notes, overlaps or merged)
    joined = [Entity(span.start, span.end, span.label, span.score, span.source) for span in spans]
    meta = _meta(data, key, results)
    return Document(text, spans=checked_spans(text, joined, place, overlaps), id=_id(task), meta=meta)


def _why(task: Mapping[str, Any], present: Sequence[Annotation], annotator: str) -> str:
    if present:
        return f"no annotation by {annotator}"
    if task.get("annotations") or task.get("completions"):
        return "annotation cancelled"
    return "predictions only" if task.get("predictions") else "not annotated"


def _results(entry: Annotation, place: Place, notes: Notes) -> Iterator[dict[str, Any]]:
    """The results that label a stretch of plain text; the others are noted."""
    for number, result in enumerate(entry.get("result", []), 1):
        there = replace(place, part=f"{place.part}, result {number}")
        if not isinstance(result, dict):
            there.refuse(f"a result should be an object with a 'value', not {show(result)}")
        kind, value = result.get("type"), result.get("value")
        if not isinstance(kind, str) or kind not in _TYPES:
            notes[f"results that are no labels of text left out ({show(kind)})"] += 1
        elif not isinstance(value, dict):
            there.refuse(f"the value of a region should be an object with start, end and labels, not {show(value)}")
        elif isinstance(value.get("start"), str):
            notes["regions of HTML left out (only plain text has offsets that count characters)"] += 1
        elif not value.get(kind):
            notes["regions without a label left out"] += 1
        else:
            yield result | {"place": there}


def _entities(result: Mapping[str, Any], entry: Annotation) -> Iterator[Entity]:
    """An entity a label of the region; scores and sources are those of predictions, as people give none."""
    value, place = result["value"], result["place"]
    labels = value[result["type"]]
    if not isinstance(labels, list):
        place.refuse(f"the labels of a region should be a list, not {show(labels)}")
    for key in ("start", "end"):
        if key not in value:
            wrong_key(value, key, place, "the value")
    score = source = None
    if "predicted" in entry:
        meta = result.get("meta")
        version = entry.get("model_version")
        source = meta.get("source") if isinstance(meta, dict) else None
        source = source or (version if version != MODEL else None)
        score = result.get("score")
    for label in labels:
        yield Entity(value["start"], value["end"], label, score, source, value.get("text"), place)


def _spans(text: str, entities: Sequence[Entity], place: Place, notes: Notes, overlaps: bool) -> set[Span]:
    unquoted = sum(not isinstance(entity.text, str) for entity in entities)
    if unquoted and has_wide(text):
        notes["spans without quoted text beside an emoji, taken to count characters"] += unquoted
    counted = fitted(text, entities, place, notes, (UTF16, ONE_BREAK), same=_same)
    return set(checked_spans(text, counted, place, overlaps))


def _same(text: str) -> str:
    r"""The text with one blank for what is quoted in different ways: blanks, line breaks, a backslash and an n."""
    return _BLANKS.sub(" ", text)


def _text_key(data: Mapping[str, Any], results: Sequence[Mapping[str, Any]], place: Place) -> str:
    """Under which key of the data the text is that the results are about."""
    texts = {key: value for key, value in data.items() if isinstance(value, str) and key != ID}
    named = {str(result.get("source", "")).removeprefix("$") for result in results}
    named |= {str(result.get("to_name")) for result in results}
    quotes = [_same(quote) for result in results if isinstance(quote := result["value"].get("text"), str)]
    for candidates in (sorted(named & texts.keys()), [key for key in texts if key == "text"], list(texts)):
        fitting = [key for key in candidates if quotes and all(quote in _same(texts[key]) for quote in quotes)]
        for found in (candidates, fitting):
            if len(found) == 1:
                return found[0]
    if not texts:
        wrong_key(data, "text", place, "the data")
    place.refuse(f"which of {', '.join(map(show, texts))} in 'data' was annotated is not clear; name that one 'text'")


def _id(task: Mapping[str, Any]) -> str | None:
    id = task["data"].get(ID, task.get("id"))
    return None if id is None else str(id)


def _meta(data: Mapping[str, Any], key: str, results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The other fields of the data, and the names of the project's setup where they are not the usual ones."""
    others = {name: value for name, value in data.items() if name not in (key, ID)}
    named = {**results[0], "text": key} if results else {"text": key}
    names = {name: named[name] for name in NAMES if isinstance(named.get(name), str)}
    setup = {name: value for name, value in names.items() if value != NAMES[name]}
    return ({OTHER_FIELDS: others} if others else {}) | ({SETUP: setup} if setup else {})
