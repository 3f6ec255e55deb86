"""Named-entity recognition with hand-made features and conditional random fields, on a laptop's CPU.

from crfner import CRFRecognizer, evaluate, read
recognizer = CRFRecognizer().fit(read("train.jsonl"))
print(recognizer.score(read("dev.jsonl")))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crfner.lazy import lazily
from crfner.version import __version__

if TYPE_CHECKING:
    from crfner.crf import CRFRecognizer
    from crfner.document import Document, Span
    from crfner.ensemble import EnsembleRecognizer
    from crfner.errors import CrfnerError, InputError
    from crfner.evaluation import evaluate
    from crfner.formats import read, write
    from crfner.hybrid import HybridRecognizer
    from crfner.models import load_model
    from crfner.recognizer import Recognizer
    from crfner.rules import RuleRecognizer, read_rules
    from crfner.tokenize import tokenized

__all__ = [
    "CRFRecognizer",
    "CrfnerError",
    "Document",
    "EnsembleRecognizer",
    "HybridRecognizer",
    "InputError",
    "Recognizer",
    "RuleRecognizer",
    "Span",
    "__version__",
    "evaluate",
    "load_model",
    "read",
    "read_rules",
    "tokenized",
    "write",
]

_HOME = {
    "CRFRecognizer": "crf",
    "CrfnerError": "errors",
    "Document": "document",
    "EnsembleRecognizer": "ensemble",
    "HybridRecognizer": "hybrid",
    "InputError": "errors",
    "Recognizer": "recognizer",
    "RuleRecognizer": "rules",
    "Span": "document",
    "evaluate": "evaluation",
    "load_model": "models",
    "read": "formats",
    "read_rules": "rules",
    "tokenized": "tokenize",
    "write": "formats",
}

# public names are imported when they are first asked for, so that the command line starts at once
__getattr__ = lazily(__name__, _HOME)
