"""Token features for sequence labelling, on their own: no model, no training, no other package of this project.

from features import preset
features = preset("default")
matrix, vocabulary = features.matrix([["Apple", "buys", "a", "company"]])
"""

from __future__ import annotations

from collections.abc import Mapping

from features.extractor import FeatureSet, Function, OfDocument, OfSentence
from features.lexicons import Clusters, Gazetteer, Lexicon
from features.presets import PRESETS
from features.vectors import Vectors
from features.words import WORD_FEATURES

__all__ = [
    "PRESETS",
    "WORD_FEATURES",
    "Clusters",
    "FeatureSet",
    "Function",
    "Gazetteer",
    "Lexicon",
    "OfDocument",
    "OfSentence",
    "Vectors",
    "preset",
]


def preset(name: str, lexicons: Mapping[str, Lexicon] | None = None) -> FeatureSet:
    """The feature set of that name: minimal, default, rich, social or biomedical. Raises ValueError for another."""
    return FeatureSet({"base": name}, lexicons)
