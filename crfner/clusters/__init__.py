"""Word clusters from text without labels: which words stand where others stand.

A word that labelled text never shows is known by its class, when unlabelled text shows it (Miller, Guinness and
Zamanian 2004; Turian, Ratinov and Bengio 2010). The paths are used as Brown clusters are.

Public names: `Text`, `learn`, `learn_clusters`, `read_text`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from tqdm import tqdm

from crfner.clusters.counting import BORDER, Text, neighbours, numbered
from crfner.clusters.tree import paths
from crfner.clusters.vectors import vectors
from crfner.document import Document
from crfner.errors import CrfnerError, SettingError
from crfner.tokenize import tokenized
from features import Clusters

__all__ = ["CLASSES", "MIN_FREQ", "Text", "learn", "learn_clusters", "read_text"]

CLASSES = 500
MIN_FREQ = 3

_OFFSETS = (-1, 1)
_NEIGHBOURS = 10_000
_DIMENSIONS = 100
_FEWEST = 20
_WORDS = 50  # of a class, on the average; chosen by F1, with the newswire of CoNLL-2003 as text without labels


def learn_clusters(
    documents: Iterable[Document],
    *,
    classes: int = CLASSES,
    min_freq: int = MIN_FREQ,
    tokenizer: str = "default",
    seed: int = 0,
    progress: bool = False,
) -> Clusters:
    """Clusters of the words of these documents: `read_text`, then `learn`."""
    text = read_text(documents, tokenizer=tokenizer, progress=progress)
    return learn(text, classes=classes, min_freq=min_freq, seed=seed)


def read_text(documents: Iterable[Document], *, tokenizer: str = "default", progress: bool = False) -> Text:
    """The words of these documents in numbers; those that are not tokenised yet are, by this tokeniser."""
    with tqdm(documents, desc="reading text", unit=" documents", disable=None if progress else True) as bar:
        return numbered(words for document in bar for words in tokenized(document, tokenizer).sentence_words())


def learn(text: Text, *, classes: int = CLASSES, min_freq: int = MIN_FREQ, seed: int = 0) -> Clusters:
    """Classes of words that have like neighbours, as paths in a binary tree.

    classes   at most so many classes, and beyond 20 at most one for every fifty words
    min_freq  words seen less often (with any digits in place of their digits) get no path
    seed      of the decomposition and of k-means; equal text and seed give equal paths

    Raises SettingError when a setting is below its least value, and CrfnerError when fewer than two words are frequent
    enough.
    """
    if classes < 2 or min_freq < 1:
        raise SettingError(f"clusters need 2 classes and a frequency of 1 at least, not {classes} and {min_freq}")
    counts = np.bincount(text.tokens)
    counts[BORDER] = 0
    order = np.argsort(-counts, kind="stable")
    frequent = int((counts >= min_freq).sum())
    if frequent < 2:
        raise CrfnerError(f"fewer than two words of the text are seen {min_freq} times; give more text")
    rank = np.empty(len(counts), dtype=np.int32)
    rank[order] = np.arange(1, len(counts) + 1)
    rank[BORDER] = BORDER
    beside = neighbours(rank[text.tokens], frequent + 1, min(_NEIGHBOURS, frequent + 2), _OFFSETS)[1:]
    weights = np.sqrt(counts[order[:frequent]])
    found = paths(vectors(beside, _DIMENSIONS, seed), weights, min(classes, max(frequent // _WORDS, _FEWEST)), seed)
    return Clusters({word: found[rank[form] - 1] for word, form in text.types.items() if rank[form] <= frequent})
