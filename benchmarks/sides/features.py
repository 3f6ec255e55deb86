"""The features of the `default` preset without any training: as lists, and as one dictionary a token (`plain.py`)."""

from __future__ import annotations

from pathlib import Path

from corpora import documents

from features import preset
from sides.common import Timer


def lists(corpora: Path, corpus: str) -> dict[str, float]:
    """By `FeatureSet.lists`, every cache empty at the start."""
    learnt = [document.sentence_words() for document in documents(corpora, corpus, "train")]
    features = preset("default")
    timer = Timer()
    for words in learnt:
        features.lists(words)
    return {"speed": _tokens(learnt) / timer.seconds()}


def dictionaries(corpora: Path, corpus: str) -> dict[str, float]:
    """One dictionary a token, each computed anew. Raises ValueError when they are not those of the preset."""
    from plain import document_features

    learnt = [document.sentence_words() for document in documents(corpora, corpus, "train")]
    timer = Timer()
    for words in learnt:
        document_features(words)
    seconds = timer.seconds()
    for words in learnt[::20]:
        if document_features(words) != preset("default").dicts(words):
            raise ValueError("plain.py does not build the features of the default preset; mend it first")
    return {"speed": _tokens(learnt) / seconds}


def _tokens(learnt: list[list[list[str]]]) -> int:
    return sum(len(words) for sentences in learnt for words in sentences)
