"""One way to open any model file, whatever recogniser is in it.

Public names: `load_model`, `Model`.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from crfner import store
from crfner.errors import CrfnerError

if TYPE_CHECKING:
    from crfner.crf import CRFRecognizer
    from crfner.hybrid import HybridRecognizer
    from crfner.rules import RuleRecognizer

Model: TypeAlias = "CRFRecognizer | RuleRecognizer | HybridRecognizer"
"""A recogniser that can be saved to a file."""

# imported for the kind that a file holds: tagging with a CRF needs no matcher of rules
_HOME = {
    "crf": ("crfner.crf", "CRFRecognizer"),
    "rules": ("crfner.rules", "RuleRecognizer"),
    "hybrid": ("crfner.hybrid", "HybridRecognizer"),
}


def load_model(path: str | os.PathLike[str]) -> Model:
    """The recogniser that the model file holds.

    Raises CrfnerError when the file is missing, damaged, unsafe, of a newer version or of an unknown kind.
    """
    stored = store.load(path)
    kind = stored.manifest.get("kind")
    if not isinstance(kind, str) or kind not in _HOME:
        raise CrfnerError(f"{path}: this model is of the unknown kind {kind!r}; upgrade crfner")
    module, name = _HOME[kind]
    recognizer: Model = getattr(import_module(module), name).from_stored(stored, path)
    return recognizer
