"""Augmentation: more labelled sentences made of those there are, above all for labels that have few.

A source sentence becomes a new one by a method: other mentions in its slots, other words of the same tags, another
sentence's ending, noise. Sentences with the rarest label come first, until every label has its target or every source
sentence its cap. Only what is learnt from may be given here, never text that is scored.

from crfner import CRFRecognizer, read
from crfner.augment import augmented
recognizer = CRFRecognizer().fit(augmented(list(read("train.jsonl"))))

Public names: `augmented`, `parse_methods`, `METHODS`, `MIXTURES`, `Mixture`, `Pool`, `Sentence`, `Word`.
"""

from __future__ import annotations

from crfner.augment.balancing import augmented
from crfner.augment.methods import METHODS
from crfner.augment.mixtures import MIXTURES, Mixture, parse_methods
from crfner.augment.pool import Pool
from crfner.augment.sentences import Sentence, Word

__all__ = ["METHODS", "MIXTURES", "Mixture", "Pool", "Sentence", "Word", "augmented", "parse_methods"]
