"""Documents that two annotators marked differently, in one file: both versions, and what is agreed.

A third person decides between them, for whom nothing else is needed.

Public names: `disputed`, `versions`, `VERSIONS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from crfner.agreement.conflicts import agreed
from crfner.agreement.pairing import Pair
from crfner.document import Document, Span
from crfner.errors import CrfnerError

VERSIONS = "versions"
"""Where a document's `meta` has them: two of {"annotator": "ann", "spans": [{"start": 0, "end": 3, "label": "X"}]}."""


def disputed(pairs: Iterable[Pair], names: tuple[str, str] = ("A", "B")) -> Iterator[Document]:
    """The documents that the annotators marked differently: with the spans of both, and each one's own in `meta`."""
    for first, second in pairs:
        if set(first.spans) != set(second.spans):
            kept = [
                {"annotator": name, "spans": [_record(span) for span in dict.fromkeys(document.spans)]}
                for name, document in zip(names, (first, second), strict=True)
            ]
            document = agreed(first, second)
            yield replace(document, meta={**document.meta, VERSIONS: kept})


def versions(document: Document) -> tuple[Pair, tuple[str, str]] | None:
    """What `disputed` put in the document: the two versions, without that in their `meta`, and the annotators' names.

    None where there is nothing in it. Raises CrfnerError when it is not as `disputed` leaves it.
    """
    meta = dict(document.meta)
    if VERSIONS not in meta:
        return None
    try:
        one, other = meta.pop(VERSIONS)
        first, second = (replace(document, meta=meta, spans=tuple(map(_span, each["spans"]))) for each in (one, other))
        return (first, second), (str(one["annotator"]), str(other["annotator"]))
    except (TypeError, KeyError, ValueError) as error:
        name = "" if document.id is None else f" of the document {document.id!r}"
        raise CrfnerError(
            f"the two versions{name} cannot be read ({error}); write the file anew by crfner agree"
        ) from None


def _record(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "label": span.label}


def _span(record: dict[str, Any]) -> Span:
    return Span(record["start"], record["end"], record["label"])
