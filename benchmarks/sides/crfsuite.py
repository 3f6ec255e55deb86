"""sklearn-crfsuite on lists of attribute strings a token, those that our feature set gives: the peer in training.

All sentences are in memory before it begins, as its `fit` asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from time import process_time
from typing import Any

from corpora import documents, sentences

from crfner import Document
from features import FeatureSet, preset
from sides.common import TagsRecognizer, Timer, mebibytes, points, size_of

Attributes = list[list[list[str]]]


def train(corpora: Path, corpus: str, model: Path) -> dict[str, float]:
    """From parsed documents to a model, with its own defaults: L-BFGS, c1 = 0, c2 = 1, until it has converged."""
    from sklearn_crfsuite import CRF

    learnt = documents(corpora, corpus, "train")
    timer = Timer()
    attributes, tags = _prepared(preset("default"), learnt)
    features = timer.seconds()
    crf = CRF(model_filename=str(model)).fit(attributes, tags)
    seconds = timer.seconds()
    memory = mebibytes()
    del attributes, tags
    costs = {"seconds": seconds, "features": features, "fit": seconds - features, "memory": memory}
    dev = documents(corpora, corpus, "dev")
    return {**costs, "f1": points(dev, _recognizer(crf).recognize(dev)), "bytes": size_of(model)}


def tag(model: Path, corpora: Path, corpus: str) -> dict[str, float]:
    """Tokens that are given to spans, loading included."""
    from sklearn_crfsuite import CRF

    dev = documents(corpora, corpus, "dev")
    timer = Timer()
    found = list(_recognizer(CRF(model_filename=str(model))).recognize(dev))
    seconds = timer.seconds()
    tokens = sum(len(document.tokens) for document in dev)
    return {"seconds": seconds, "tokens": tokens, "memory": mebibytes(), "f1": points(dev, found)}


def grow(learnt: list[Document], iterations: int) -> dict[str, float]:
    """Training on these documents with so many passes: processor time, and the memory held at most and before it."""
    from sklearn_crfsuite import CRF

    held = mebibytes()
    timer = Timer(process_time)
    attributes, tags = _prepared(preset("default"), learnt)
    CRF(max_iterations=iterations).fit(attributes, tags)
    return {"seconds": timer.seconds(), "iterations": iterations, "memory": mebibytes(), "held": held}


def _prepared(features: FeatureSet, learnt: Iterable[Document]) -> tuple[Attributes, list[list[str]]]:
    attributes: Attributes = []
    tags = []
    for document in learnt:
        attributes.extend(features.lists(document.sentence_words()))
        tags.extend(found for _, found in sentences([document]))
    return attributes, tags


def _recognizer(crf: Any) -> TagsRecognizer:
    features = preset("default")
    return TagsRecognizer(lambda words: [list(tags) for tags in crf.predict(features.lists(words))])
