"""What a recipe is, and what it is followed with.

Public names: `Recipe`, `Materials`.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crfner.crf import CRFRecognizer
from crfner.document import Document
from features import Lexicon

if TYPE_CHECKING:
    from crfner.models import Model
    from crfner.rules import RuleSet


@dataclass(frozen=True)
class Recipe:
    """What goes into a model beside the labelled text.

    settings    parameters of `CRFRecognizer` that are plain data: features, c1, augment and the like
    resources   languages and domains whose lexicons are used (see `crfner.resources`)
    clusters    whether word clusters are learnt from the unlabelled text
    self_train  whether what a first model is sure of in the unlabelled text is learnt from too
    encoder     the pretrained encoder whose frozen states are hints, or None
    mine        whether rules are mined, to stand beside the CRF
    policy      how rules and CRF are joined, where there are rules
    ensemble    how many CRFs vote; 1 for a single one
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    resources: tuple[str, ...] = ()
    clusters: bool = False
    self_train: bool = False
    encoder: str | None = None
    mine: bool = False
    policy: str = "union"
    ensemble: int = 1

    def described(self) -> str:
        """What differs from a CRF as it comes, in a few words."""
        usual = inspect.signature(CRFRecognizer).parameters
        parts = [
            f"{name} {value}"
            for name, value in self.settings.items()
            if isinstance(value, str | int | float) and value != usual[name].default and name != "seed"
        ]
        parts += [f"resources {collection}" for collection in self.resources]
        parts += [word for word, wanted in (("clusters", self.clusters), ("self-training", self.self_train)) if wanted]
        parts += [f"encoder {self.encoder}"] if self.encoder else []
        parts += [f"mined rules ({self.policy})"] if self.mine else []
        parts += [f"ensemble of {self.ensemble}"] if self.ensemble != 1 else []
        return ", ".join(parts) or "the default"


@dataclass(frozen=True)
class Materials:
    """What a recipe is followed with.

    lexicons    gazetteers, clusters and vectors by name, beside those of the recipe's resources
    rules       rules made by hand
    base        the earlier model that the new one builds on
    unlabelled  documents without labels, to learn clusters from and to train on what is sure
    """

    lexicons: Mapping[str, Lexicon] = field(default_factory=dict)
    rules: RuleSet | None = None
    base: Model | None = None
    unlabelled: tuple[Document, ...] = ()
