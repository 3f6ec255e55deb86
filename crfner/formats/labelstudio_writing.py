"""Writing tasks for Label Studio's import: predictions that people go over, or annotations.

Documents whose spans carry scores or sources come from a recogniser and are written as predictions; others as
annotations; and where no document has a span, as tasks that wait to be annotated. The first document with a span
decides for all. The names are those of Label Studio's own set-up for named entities, `<Text name="text"
value="$text"/>` and `<Labels name="label" toName="text">`, or those of the export that a document was read from.

Public names: `write`, `KINDS`; `NAMES`, `SETUP`, `ID`, `MODEL`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from statistics import fmean
from typing import Any, TextIO

from crfner.document import Document, Span
from crfner.formats.checks import OTHER_FIELDS, Notes, to_json

KINDS = ("predictions", "annotations", "tasks")
NAMES = {"from_name": "label", "to_name": "text", "text": "text"}
"""The names of the labels, of the text and of its key in the data."""

SETUP = "labelstudio"
"""The key of `Document.meta` under which names that differ from `NAMES` are kept."""

ID = "document_id"
"""The key of a task's data with the document's id; Label Studio numbers tasks itself."""

MODEL = "crfner"
"""The model version of predictions whose spans name no source, or several."""


def write(documents: Iterable[Document], stream: TextIO, *, notes: Notes, kind: str | None = None) -> None:
    """Write one JSON list, a task a line.

    kind  a name in `KINDS`; when None, decided by the first document with a span
    """
    documents = iter(documents)
    seen: list[Document] = []
    for document in documents if kind is None else ():
        seen.append(document)
        if document.spans:
            found = any(span.score is not None or span.source is not None for span in document.spans)
            kind = "predictions" if found else "annotations"
            break
    kind = kind or "tasks"
    between = "[\n"
    for document in chain(seen, documents):
        stream.write(between + to_json(_task(document, kind, notes)))
        notes[f"documents written as Label Studio {kind}"] += 1
        between = ",\n"
    stream.write("[]\n" if between == "[\n" else "\n]\n")


def _task(document: Document, kind: str, notes: Notes) -> dict[str, Any]:
    others = document.meta.get(OTHER_FIELDS)
    setup = document.meta.get(SETUP)
    given = setup if isinstance(setup, dict) else {}
    names = {name: given[name] if isinstance(given.get(name), str) else usual for name, usual in NAMES.items()}
    data: dict[str, Any] = {names["text"]: document.text}
    if document.id is not None:
        data[ID] = document.id
    data |= {key: value for key, value in (others if isinstance(others, dict) else {}).items() if key not in data}
    result = list(_results(document, names, kind == "predictions"))
    if kind == "tasks":
        if document.spans:
            notes["spans dropped (tasks hold none)"] += len(document.spans)
        return {"data": data}
    if kind == "predictions":
        return {"data": data, "predictions": [_prediction(document.spans, result)]}
    lost = sum(span.score is not None or span.source is not None for span in document.spans)
    if lost:
        notes["scores and sources of spans left out (annotations hold none)"] += lost
    return {"data": data, "annotations": [{"result": result, "was_cancelled": False, "ground_truth": False}]}


def _prediction(spans: Iterable[Span], result: list[dict[str, Any]]) -> dict[str, Any]:
    """A prediction; its own score, by which Label Studio sorts tasks, is the mean of the spans' scores."""
    sources = {span.source for span in spans}
    source = sources.pop() if len(sources) == 1 else None
    scores = [span.score for span in spans if span.score is not None]
    return {"model_version": source or MODEL} | ({"score": fmean(scores)} if scores else {}) | {"result": result}


def _results(document: Document, names: dict[str, str], predicted: bool) -> Iterator[dict[str, Any]]:
    for number, span in enumerate(document.spans, 1):
        covered = document.text[span.start : span.end]
        value = {"start": span.start, "end": span.end, "text": covered, "labels": [span.label]}
        result = {"id": f"r{number}", "from_name": names["from_name"], "to_name": names["to_name"], "type": "labels"}
        scored = {"score": span.score} if predicted and span.score is not None else {}
        source = {"meta": {"source": span.source}} if predicted and span.source is not None else {}
        yield {**result, "value": value, **scored, **source}
