"""One way to open any model file, whatever recogniser is in it.

Public names: `load_model`, `Model`.
"""

from __future__ import annotations

import os

from crfner import store
from crfner.crf import CRFRecognizer
from crfner.errors import CrfnerError
from crfner.hybrid import HybridRecognizer
from crfner.rules import RuleRecognizer

Model = CRFRecognizer | RuleRecognizer | HybridRecognizer
"""A recogniser that can be saved to a file."""

_KINDS: dict[str, type[CRFRecognizer] | type[RuleRecognizer] | type[HybridRecognizer]] = {
    "crf": CRFRecognizer,
    "rules": RuleRecognizer,
    "hybrid": HybridRecognizer,
}


def load_model(path: str | os.PathLike[str]) -> Model:
    """The recogniser that the model file holds.

    Raises CrfnerError when the file is missing, damaged, unsafe, of a newer version or of an unknown kind.
    """
    stored = store.load(path)
    kind = stored.manifest.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise CrfnerError(f"{path}: this model is of the unknown kind {kind!r}; upgrade crfner")
    return _KINDS[kind].from_stored(stored, path)
