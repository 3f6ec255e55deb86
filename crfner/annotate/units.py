"""From documents to examples: whole documents or their sentences, each text once, in the order given or shuffled.

Public names: `UNITS`, `examples_of`, `shuffled`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from crfner.annotate.values import Example, Key, key_of
from crfner.document import Document, align
from crfner.formats import Notes
from crfner.parts import part
from crfner.tokenize import tokenized

UNITS = ("document", "sentence")
"""What is shown, decided on and exported as one."""


def examples_of(documents: Iterable[Document], unit: str, notes: Notes) -> list[Example]:
    """The examples, in the order of the documents.

    notes  is told of texts that are left out: those without a word, and those that are there already

    A sentence is named for its document and its number, counted from 1; a document without a name, by its own number.
    A span that crosses the border of two sentences keeps them together.
    """
    found: dict[Key, Example] = {}
    for document in _units(documents, unit):
        if not document.text.strip():
            notes["texts left out, as there is nothing in them"] += 1
        elif key_of(document) in found:
            notes["texts left out, as they are there already, with the same id or none"] += 1
        else:
            found[key_of(document)] = Example(document)
    return list(found.values())


def _units(documents: Iterable[Document], unit: str) -> Iterator[Document]:
    for number, document in enumerate(documents, 1):
        if unit == "document":
            yield document
            continue
        cut, _ = align(tokenized(document))
        if len(cut.sentences) < 2:
            yield document
            continue
        name = document.id if document.id is not None else str(number)
        for place in range(len(cut.sentences)):
            sentence = replace(part(cut, place, place + 1), id=f"{name}:{place + 1}")
            yield sentence if document.tokens else replace(sentence, tokens=(), sentences=())


def shuffled(examples: Sequence[Example], seed: int) -> list[Example]:
    """The examples in an order that the seed draws."""
    order = list(examples)
    random.Random(seed).shuffle(order)
    return order
