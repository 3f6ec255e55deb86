"""A recogniser, however it is given: as it is, or as the model file that holds it.

Public names: `opened`, `ModelLike`.
"""

from __future__ import annotations

import os
from typing import TypeAlias

from crfner.errors import CrfnerError
from crfner.models import load_model
from crfner.recognizer import Recognizer

ModelLike: TypeAlias = "str | os.PathLike[str] | Recognizer"
"""The path of a model file, or a recogniser."""


def opened(model: ModelLike) -> Recognizer:
    """The recogniser. Raises CrfnerError for what is neither one nor a path, and what `load_model` raises."""
    if isinstance(model, str | os.PathLike):
        return load_model(model)
    # not isinstance(model, Recognizer): that would ask for `labels`, which a CRF has only when it has learnt
    if not callable(getattr(model, "recognize", None)):
        kind = type(model).__name__
        raise CrfnerError(f"a model is given by the path of its file or as a recogniser, not as a {kind}; mend that")
    return model
