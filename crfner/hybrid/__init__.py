"""Rules and a CRF as one recogniser, joined by a policy.

`recognizer` is the public face; `policies` and `union` decide, on `evidence`; `marking` turns rule hits into features;
`kinds` knows the policies by name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crfner.hybrid.recognizer import HybridRecognizer

__all__ = ["POLICIES", "HybridRecognizer"]

POLICIES = ("fallback", "override", "union", "features")
"""The names of the policies."""


def __getattr__(name: str) -> Any:
    """The recogniser is imported when it is first asked for, so that the names alone cost nothing."""
    if name == "HybridRecognizer":
        return import_module("crfner.hybrid.recognizer").HybridRecognizer
    raise AttributeError(f"module 'crfner.hybrid' has no attribute {name!r}")
