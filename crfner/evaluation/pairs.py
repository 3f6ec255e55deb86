"""Gold and predicted documents in pairs, checked: what every score starts from.

Public names: `T`, `in_step`, `document_pairs`, `entities`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any, TypeVar

from crfner.document import Chunk, Document

T = TypeVar("T")


def in_step(what: str, gold: Iterable[T], predicted: Iterable[T]) -> Iterator[tuple[T, T]]:
    """Pairs in order. Raises ValueError when one side ends before the other."""
    end: Any = object()
    for number, (truth, guess) in enumerate(zip_longest(gold, predicted, fillvalue=end), start=1):
        if truth is end or guess is end:
            more, fewer = ("predicted", "gold") if truth is end else ("gold", "predicted")
            raise ValueError(f"{what} {number} is among the {more} ones, but there are only {number - 1} {fewer} ones")
        yield truth, guess


def document_pairs(gold: Iterable[Document], predicted: Iterable[Document]) -> Iterator[tuple[Document, Document]]:
    """Pairs of a gold and a predicted document, in order, of one text each.

    Raises ValueError when the numbers of documents or the texts of a pair differ, naming the first such document.
    """
    for number, (truth, guess) in enumerate(in_step("document", gold, predicted), start=1):
        if truth.text != guess.text:
            raise ValueError(_different_texts(number, truth, guess))
        yield truth, guess


def entities(document: Document) -> set[Chunk]:
    """The spans as (start, end, label), by characters; the same entity given twice is there once."""
    return {(span.start, span.end, span.label) for span in document.spans}


def _different_texts(number: int, gold: Document, predicted: Document) -> str:
    pairs = enumerate(zip(gold.text, predicted.text, strict=False))
    position = next((i for i, (a, b) in pairs if a != b), min(len(gold.text), len(predicted.text)))
    name = f" ({gold.id})" if gold.id else ""
    here = slice(position, position + 20)
    return (
        f"document {number}{name} has different texts from character {position} on: "
        f"gold {gold.text[here]!r}, predicted {predicted.text[here]!r}"
    )
