"""The systems of small_data.py, each a function from what may be learnt from to a recogniser.

Public names: `SYSTEMS`, `Given`, `measured`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time

from crfner import CRFRecognizer, Document, Recognizer, evaluate


@dataclass(frozen=True, slots=True)
class Given:
    """What a system may learn from."""

    labelled: tuple[Document, ...]
    unlabelled: tuple[Document, ...]
    language: str
    seed: int


def tutorial(given: Given) -> Recognizer:
    """The features of sklearn-crfsuite's tutorial."""
    from tutorial import TutorialRecognizer

    return TutorialRecognizer(given.labelled)


def default(given: Given) -> Recognizer:
    """A CRF as it comes."""
    return CRFRecognizer(seed=given.seed).fit(given.labelled)


def spacy(given: Given) -> Recognizer:
    """spaCy's `ner` in a blank pipeline."""
    from crfner.compare.spacy_ner import train_spacy

    return train_spacy(given.labelled, language=given.language, seed=given.seed)


SYSTEMS: dict[str, Callable[[Given], Recognizer]] = {
    "tutorial": tutorial,
    "default": default,
    "spacy": spacy,
}


def measured(system: str, given: Given, dev: Sequence[Document]) -> tuple[float, float]:
    """Exact micro F1 on the documents, in points, and processor seconds of training."""
    begin = process_time()
    recognizer = SYSTEMS[system](given)
    seconds = process_time() - begin
    found = recognizer.recognize(document.with_spans(()) for document in dev)
    return 100 * evaluate(dev, found, samples=1).micro.f1, seconds
