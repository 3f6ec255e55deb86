"""Named-entity recognition with hand-made features and conditional random fields, on a laptop's CPU.

from crfner import CRFRecognizer, evaluate, read
recognizer = CRFRecognizer().fit(read("train.jsonl"))
print(recognizer.score(read("dev.jsonl")))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from crfner.version import __version__

if TYPE_CHECKING:
    from crfner.crf import CRFRecognizer
    from crfner.document import Document, Span
    from crfner.errors import CrfnerError, InputError
    from crfner.evaluation import evaluate
    from crfner.formats import read, write
    from crfner.recognizer import Recognizer
    from crfner.tokenize import tokenized

__all__ = [
    "CRFRecognizer",
    "CrfnerError",
    "Document",
    "InputError",
    "Recognizer",
    "Span",
    "__version__",
    "evaluate",
    "read",
    "tokenized",
    "write",
]

_HOME = {
    "CRFRecognizer": "crf",
    "CrfnerError": "errors",
    "Document": "document",
    "InputError": "errors",
    "Recognizer": "recognizer",
    "Span": "document",
    "evaluate": "evaluation",
    "read": "formats",
    "tokenized": "tokenize",
    "write": "formats",
}


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first asked for, so that the command line starts at once."""
    if name not in _HOME:
        raise AttributeError(f"module 'crfner' has no attribute {name!r}")
    return getattr(import_module(f"crfner.{_HOME[name]}"), name)
