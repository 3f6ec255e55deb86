"""One way to open any model file, whatever recogniser is in it.

A model may hold the one that it builds on, and that another; there is a bound to how deep, so that no forged file can
make the reading of it run on.

Public names: `load_model`, `model_from_bytes`, `model_to_bytes`, `Model`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from crfner import store
from crfner.errors import CrfnerError

if TYPE_CHECKING:
    from crfner.crf import CRFRecognizer
    from crfner.encoder import EncoderRecognizer
    from crfner.ensemble import EnsembleRecognizer
    from crfner.hybrid import HybridRecognizer
    from crfner.rules import RuleRecognizer
    from crfner.transfer import ExtendedRecognizer

Model: TypeAlias = (
    "CRFRecognizer | RuleRecognizer | HybridRecognizer | EncoderRecognizer | ExtendedRecognizer | EnsembleRecognizer"
)
"""A recogniser that can be saved to a file."""

# imported for the kind that a file holds: tagging with a CRF needs no matcher of rules
_HOME = {
    "crf": ("crfner.crf", "CRFRecognizer"),
    "rules": ("crfner.rules", "RuleRecognizer"),
    "hybrid": ("crfner.hybrid", "HybridRecognizer"),
    "encoder": ("crfner.encoder", "EncoderRecognizer"),
    "ensemble": ("crfner.ensemble", "EnsembleRecognizer"),
    "extended": ("crfner.transfer", "ExtendedRecognizer"),
}


MAX_DEPTH = 4
"""How many models may be within one another, the outermost counted too."""

_depth: ContextVar[int] = ContextVar("depth", default=0)


def load_model(path: str | os.PathLike[str]) -> Model:
    """The recogniser that the model file holds.

    Raises CrfnerError when the file is missing, damaged, unsafe, of a newer version or of an unknown kind.
    """
    return _model(store.load(path, _import_meanwhile), os.fspath(path))


def _import_meanwhile(manifest: Mapping[str, Any]) -> None:
    """Import what the model needs while its parts are unpacked and checked, which other threads need not wait for.

    Each takes about a tenth of a second. What goes wrong here goes wrong again, and is told, where it is needed.
    """
    home = _HOME.get(str(manifest.get("kind")))
    if home is not None and home[0] not in sys.modules:
        with suppress(RuntimeError):  # there may be no room for another thread
            threading.Thread(target=_imported, args=(home[0],), name="crfner-import").start()


def _imported(module: str) -> None:
    with suppress(Exception):
        import_module(module)


def model_from_bytes(data: bytes, name: str) -> Model:
    """The recogniser that the content of a model file holds; `name` is what messages call it.

    Raises what `load_model` raises, and CrfnerError when more than `MAX_DEPTH` models are within one another.
    """
    if _depth.get() >= MAX_DEPTH:
        raise CrfnerError(f"{name}: there are more than {MAX_DEPTH} models within one another; refused as unsafe")
    return _model(store.from_bytes(data, name), name)


def model_to_bytes(model: Model) -> bytes:
    """The content of the file that the model would be saved to."""
    with tempfile.TemporaryDirectory(prefix="crfner-") as folder:
        path = os.path.join(folder, "model.crfner")
        model.save(path)
        with open(path, "rb") as file:
            return file.read()


def _model(stored: store.Stored, name: str) -> Model:
    kind = stored.manifest.get("kind")
    if not isinstance(kind, str) or kind not in _HOME:
        raise CrfnerError(f"{name}: this model is of the unknown kind {kind!r}; upgrade crfner")
    module, cls = _HOME[kind]
    depth = _depth.set(_depth.get() + 1)
    try:
        recognizer: Model = getattr(import_module(module), cls).from_stored(stored, name)
    finally:
        _depth.reset(depth)
    return recognizer
