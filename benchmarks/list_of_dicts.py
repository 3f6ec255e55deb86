"""Train sklearn-crfsuite as its documentation does: all sentences in memory, as lists of one dictionary a token.

The peer of `crfner train` in the memory benchmark: the same features, tags and settings. The dictionaries share the
strings of their keys, as they come from a feature set; dictionaries built one by one would need more.

    python benchmarks/list_of_dicts.py TRAIN.conll ITERATIONS C1 C2
"""

from __future__ import annotations

import sys

from corpora import sentences
from sklearn_crfsuite import CRF

from crfner import read
from features import preset


def main(path: str, iterations: int, c1: float, c2: float) -> None:
    """Read the sentences, build everything, train."""
    features = preset("default")
    attributes, tags = [], []
    for document in read(path, "conll"):
        attributes.extend(features.dicts(document.sentence_words()))
        tags.extend([found for _, found in sentences([document])])
    CRF(algorithm="lbfgs", c1=c1, c2=c2, max_iterations=iterations).fit(attributes, tags)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
