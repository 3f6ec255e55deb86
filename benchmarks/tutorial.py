"""The features and settings that sklearn-crfsuite's tutorial takes for CoNLL 2002, without its part-of-speech tags.

They are what most people start from, and so the line to beat: bias, lower case, suffixes of two and three characters
and flags of case for a word, lower case and flags of its neighbours, and the borders of the sentence.

Public names: `TutorialRecognizer`, `SETTINGS`, `sentence_features`, `word_features`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from corpora import sentences, with_tags
from sklearn_crfsuite import CRF

from crfner import Document

SETTINGS: dict[str, Any] = {
    "algorithm": "lbfgs",
    "c1": 0.1,
    "c2": 0.1,
    "max_iterations": 100,
    "all_possible_transitions": True,
}
"""Arguments of `sklearn_crfsuite.CRF`."""

Features = dict[str, str | bool | float]


class TutorialRecognizer:
    """The tutorial's model, trained on documents that are cut into tokens and sentences, as a recogniser."""

    def __init__(self, documents: Iterable[Document]) -> None:
        pairs = list(sentences(documents))
        self._crf = CRF(**SETTINGS)
        self._crf.fit([sentence_features(words) for words, _ in pairs], [tags for _, tags in pairs])

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that were learnt, sorted."""
        return tuple(sorted({tag[2:] for tag in self._crf.classes_} - {""}))

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents with the spans that the model finds, its tags read by the CoNLL scorer's rule."""
        for document in documents:
            predicted = self._crf.predict([sentence_features(words) for words in document.sentence_words()])
            yield with_tags(document, predicted)


def sentence_features(words: Sequence[str]) -> list[Features]:
    """The features of each word of a sentence."""
    return [word_features(words, position) for position in range(len(words))]


def word_features(words: Sequence[str], position: int) -> Features:
    """The features of one word.

    >>> sorted(word_features(["Sao", "Paulo"], 1))[:4]
    ['-1:istitle', '-1:isupper', '-1:lower', 'EOS']
    """
    word = words[position]
    features: Features = {
        "bias": 1.0,
        "lower": word.lower(),
        "suffix3": word[-3:],
        "suffix2": word[-2:],
        "isupper": word.isupper(),
        "istitle": word.istitle(),
        "isdigit": word.isdigit(),
    }
    if position == 0:
        features["BOS"] = True
    else:
        features |= _neighbour("-1", words[position - 1])
    if position == len(words) - 1:
        features["EOS"] = True
    else:
        features |= _neighbour("+1", words[position + 1])
    return features


def _neighbour(place: str, word: str) -> Features:
    return {f"{place}:lower": word.lower(), f"{place}:istitle": word.istitle(), f"{place}:isupper": word.isupper()}
