"""What the annotation page works on: examples, and what was decided on them.

Public names: `Example`, `Decision`, `Version`, `Key`, `ANSWERS`.
"""

from __future__ import annotations

from dataclasses import dataclass

from crfner.document import Document, Span

ANSWERS = ("accept", "reject", "ignore")
"""The spans are right; the text does not belong into the data; skipped, for whoever knows better."""

Key = tuple[str | None, str]
"""What an example is known by: its document's id and text."""


def key_of(document: Document) -> Key:
    """What the document is known by, from one start to the next."""
    return document.id, document.text


@dataclass(frozen=True, slots=True)
class Version:
    """What one annotator made of a document, where two are to be reconciled: the annotator's name, and the spans."""

    name: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """Something to label.

    document  the text as it came, with the spans that it came with
    versions  of two annotators, where this is about their disagreement
    """

    document: Document
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on an example.

    document   with the spans that were decided on
    answer     one of ANSWERS
    annotator  who decided
    time       when, as ISO 8601 in UTC
    """

    document: Document
    answer: str
    annotator: str
    time: str

    @property
    def key(self) -> Key:
        """Of the example that was decided on."""
        return key_of(self.document)
