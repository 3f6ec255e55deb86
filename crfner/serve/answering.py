"""From tagged documents to the bytes of an answer.

Public names: `answer`, `utf16_offsets`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from crfner.document import Document
from crfner.serve.asking import Asked
from crfner.serve.models import Loaded


def answer(asked: Asked, documents: Sequence[Document], model: Loaded) -> bytes:
    """The JSON of the answer; `documents` are the texts that were asked about, tagged by the model."""
    found = [_entities(document, asked) for document in documents]
    content: dict[str, Any] = {"model": model.name, "fingerprint": model.fingerprint, "offsets": asked.offsets}
    if asked.single:
        content["entities"] = found[0]
    elif asked.ids is None:
        content["documents"] = [{"entities": entities} for entities in found]
    else:
        content["documents"] = [
            {"id": name, "entities": entities} for name, entities in zip(asked.ids, found, strict=True)
        ]
    return orjson.dumps(content)


def _entities(document: Document, asked: Asked) -> list[dict[str, Any]]:
    """The entities of a text; one without a score, as a rule may give it, is never left out for its score."""
    if not document.spans:
        return []
    text = document.text
    place: Callable[[int], int] = utf16_offsets(text) if asked.offsets == "utf16" else _same
    return [
        {
            "start": place(span.start),
            "end": place(span.end),
            "label": span.label,
            "text": text[span.start : span.end],
            "score": span.score,
            "source": span.source,
        }
        for span in document.spans
        if span.score is None or span.score >= asked.min_score
    ]


def utf16_offsets(text: str) -> Callable[[int], int]:
    """A function from an offset in characters to the same place in UTF-16 code units.

    >>> utf16_offsets("a🙂b")(2)
    3
    """
    if text.isascii():
        return _same
    wide = [number for number, character in enumerate(text) if character > "\uffff"]  # two units each
    return lambda offset: offset + bisect_left(wide, offset)


def _same(offset: int) -> int:
    return offset
