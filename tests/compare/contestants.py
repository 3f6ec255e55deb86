"""Small systems for the tests; they are named in a module, as they work in processes of their own.

Public names: `GREEDY`, `SHY`, `LEARNT`, `REFUSING`, `FAILING`, `document`, `corpus`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from crfner import CrfnerError, Document, Span, tokenized
from crfner.compare import System


class Words:
    """Finds given words."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self.labels = ("DRINK",)

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            assert not document.spans, "gold spans leak"
            found = (match for match in re.finditer(r"\w+", document.text) if match[0] in self.words)
            yield tokenized(document).with_spans(Span(*match.span(), "DRINK") for match in found)


class Saved(Words):
    """And can be saved."""

    def save(self, path: str) -> None:
        Path(path).write_text("\n".join(sorted(self.words)), encoding="utf-8")


def fixed(words: Sequence[str], train: Sequence[Document]) -> Words:
    return Words(words)


def learnt(train: Sequence[Document]) -> Saved:
    """The words that are entities in training."""
    return Saved(document.text[span.start : span.end] for document in train for span in document.spans)


def refusing(train: Sequence[Document]) -> Words:
    if len(train) < 1000:
        raise CrfnerError("there is too little to learn from; give more")
    return Words([])


def failing(train: Sequence[Document]) -> Words:
    raise ZeroDivisionError("a fault")


DRINKS = ("tea", "coffee", "milk", "water", "juice", "soda")

GREEDY = System("greedy", partial(fixed, DRINKS))
SHY = System("shy", partial(fixed, DRINKS[:2]))
LEARNT = System("learnt", learnt)
REFUSING = System("refusing", refusing)
FAILING = System("failing", failing)


def document(*words: str) -> Document:
    """Sentences of five words, the drinks among them as entities."""
    text = " ".join(f"We like some {word} today." for word in words)
    spans = [match.span() for match in re.finditer(r"\w+", text) if match[0] in DRINKS]
    return Document(text, spans=tuple(Span(*span, "DRINK") for span in spans))


def corpus(number: int) -> list[Document]:
    """So many documents of two sentences, none alike."""
    return [document(DRINKS[place % 6], f"thing{place}") for place in range(number)]
