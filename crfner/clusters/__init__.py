"""What text without labels says of words: classes of those that stand where others stand, and vectors.

A word that labelled text never shows is known by its class, when unlabelled text shows it (Miller, Guinness and
Zamanian 2004; Turian, Ratinov and Bengio 2010). Clusterings that see different things of a word go together:

context        classes of like neighbours; their paths are used as Brown clusters are
morphological  classes of like places and like forms (Clark 2003), which hold rare words too
vectors        no classes: the vectors that the first one joins, as signs (Guo, Che, Wang and Liu 2014)

Public names: `METHODS`, `Text`, `learn`, `learn_clusters`, `read_text`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from tqdm import tqdm

from crfner.clusters.counting import Text, numbered, ranked
from crfner.clusters.exchange import exchanged
from crfner.clusters.tree import paths
from crfner.clusters.vectors import vectors
from crfner.document import Document
from crfner.errors import CrfnerError, SettingError
from crfner.tokenize import tokenized
from features import Clusters, Vectors

__all__ = ["CLASSES", "METHODS", "MIN_FREQ", "Text", "learn", "learn_clusters", "read_text"]

METHODS = ("context", "morphological", "vectors")
CLASSES = 500
MIN_FREQ = 3

_NEIGHBOURS = 10_000
_DIMENSIONS = 100
_FEWEST = 20
_WORDS = 50  # of a class, on the average; chosen by F1, with the newswire of CoNLL-2003 as text without labels


def learn_clusters(
    documents: Iterable[Document],
    *,
    method: str = "context",
    classes: int = CLASSES,
    min_freq: int = MIN_FREQ,
    tokenizer: str = "default",
    seed: int = 0,
    progress: bool = False,
) -> Clusters | Vectors:
    """Clusters or vectors of the words of these documents: `read_text`, then `learn`, which says what is given."""
    text = read_text(documents, tokenizer=tokenizer, progress=progress)
    return learn(text, method=method, classes=classes, min_freq=min_freq, seed=seed, progress=progress)


def read_text(documents: Iterable[Document], *, tokenizer: str = "default", progress: bool = False) -> Text:
    """The words of these documents in numbers; those that are not tokenised yet are, by this tokeniser."""
    with tqdm(documents, desc="reading text", unit=" documents", disable=None if progress else True) as bar:
        return numbered(words for document in bar for words in tokenized(document, tokenizer).sentence_words())


def learn(
    text: Text,
    *,
    method: str = "context",
    classes: int = CLASSES,
    min_freq: int = MIN_FREQ,
    seed: int = 0,
    progress: bool = False,
) -> Clusters | Vectors:
    """Classes of words, as paths in a binary tree, or their vectors.

    method    one of `METHODS`
    classes   at most so many classes, and beyond 20 at most one for every fifty words; vectors have none
    min_freq  words seen less often (with any digits in place of their digits) get no path and no vector; the
              morphological method learns nothing of them, but gives each the class that it goes best with
    seed      of the decomposition and of k-means; the morphological method draws nothing

    Equal text and settings give equal paths. Raises SettingError for an unknown method and a setting below its least
    value, and CrfnerError when fewer than two words are frequent enough.
    """
    if method not in METHODS:
        raise SettingError(f"there is no method {method!r} of making clusters; known are {', '.join(METHODS)}")
    if classes < 2 or min_freq < 1:
        raise SettingError(f"clusters need 2 classes and a frequency of 1 at least, not {classes} and {min_freq}")
    words = ranked(text, min_freq)
    if words.frequent < 2:
        raise CrfnerError(f"fewer than two words of the text are seen {min_freq} times; give more text")
    classes = min(classes, max(words.frequent // _WORDS, _FEWEST))
    if method == "morphological":
        beside = words.neighbours(len(words.counts) + 1, words.frequent + 2)
        return Clusters(words.by_word(exchanged(beside, words.counts, words.forms(), classes, progress=progress)))
    beside = words.neighbours(words.frequent + 1, min(_NEIGHBOURS, words.frequent + 2))[1:]
    found = vectors(beside, _DIMENSIONS, seed)
    if method == "vectors":
        return Vectors(words.by_word(list(Vectors.quantised(words.forms()[: words.frequent], found).signs.values())))
    return Clusters(words.by_word(paths(found, np.sqrt(words.counts[: words.frequent]), classes, seed)))
