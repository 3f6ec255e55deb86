"""What NLTK can train on tags: it has no trainer for entities, but two taggers that learn IOB2 tags as well as others.

    perceptron  `PerceptronTagger`, an averaged perceptron with features of its own, five passes
    crf         `CRFTagger`, CRFsuite with features of its own, of the word alone, until it has converged

Both are given the corpus's own tokens, in training and in tagging.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpora import documents, sentences

from sides.common import TagsRecognizer, Timer, mebibytes, points, size_of


def train(kind: str, corpora: Path, corpus: str, model: Path) -> dict[str, float]:
    """From parsed documents to a model, and what it is worth."""
    make, _ = _KINDS[kind]
    _trust(model.parent)
    learnt = documents(corpora, corpus, "train")
    timer = Timer()
    tagger = make([list(zip(words, tags, strict=True)) for words, tags in sentences(learnt)], model)
    seconds = timer.seconds()
    memory = mebibytes()
    dev = documents(corpora, corpus, "dev")
    f1 = points(dev, _recognizer(tagger).recognize(dev))
    return {"seconds": seconds, "memory": memory, "f1": f1, "bytes": size_of(model)}


def tag(kind: str, model: Path, corpora: Path, corpus: str) -> dict[str, float]:
    """Tokens that are given to spans, loading included."""
    _, load = _KINDS[kind]
    _trust(model.parent)
    dev = documents(corpora, corpus, "dev")
    timer = Timer()
    found = list(_recognizer(load(model)).recognize(dev))
    seconds = timer.seconds()
    tokens = sum(len(document.tokens) for document in dev)
    return {"seconds": seconds, "tokens": tokens, "memory": mebibytes(), "f1": points(dev, found)}


def _trust(folder: Path) -> None:
    """NLTK opens models in its own folders of data alone: make this one of them."""
    import nltk.data

    nltk.data.path.append(str(folder))


def _recognizer(tagger: Any) -> TagsRecognizer:
    return TagsRecognizer(lambda words: [[tag for _, tag in pairs] for pairs in tagger.tag_sents(words)])


def _train_perceptron(tagged: list[list[tuple[str, str]]], model: Path) -> Any:
    from nltk.tag import PerceptronTagger

    random.seed(0)  # it shuffles the sentences before each pass
    tagger = PerceptronTagger(load=False)
    tagger.train(tagged)
    # by our own hand, as NLTK's ways to save and load have changed from version to version
    model.write_text(json.dumps([tagger.model.weights, tagger.tagdict, sorted(tagger.classes)]), "utf-8")
    return tagger


def _load_perceptron(model: Path) -> Any:
    from nltk.tag import PerceptronTagger

    tagger = PerceptronTagger(load=False)
    tagger.model.weights, tagger.tagdict, classes = json.loads(model.read_text("utf-8"))
    tagger.classes = tagger.model.classes = set(classes)
    return tagger


def _train_crf(tagged: list[list[tuple[str, str]]], model: Path) -> Any:
    from nltk.tag import CRFTagger

    tagger = CRFTagger()
    tagger.train(tagged, str(model))
    return tagger


def _load_crf(model: Path) -> Any:
    from nltk.tag import CRFTagger

    tagger = CRFTagger()
    tagger.set_model_file(str(model))
    return tagger


_KINDS: dict[str, tuple[Callable[[list[list[tuple[str, str]]], Path], Any], Callable[[Path], Any]]] = {
    "perceptron": (_train_perceptron, _load_perceptron),
    "crf": (_train_crf, _load_crf),
}
