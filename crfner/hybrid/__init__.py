"""Rules and a CRF as one recogniser, joined by a policy.

`recognizer` is the public face; `policies` and `union` decide, on `evidence`; `marking` turns rule hits into features;
`kinds` knows the policies by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crfner.lazy import lazily

if TYPE_CHECKING:
    from crfner.hybrid.recognizer import HybridRecognizer

__all__ = ["POLICIES", "HybridRecognizer"]

POLICIES = ("fallback", "override", "union", "features")
"""The names of the policies."""

# imported when it is first asked for, so that the names alone cost nothing
__getattr__ = lazily(__name__, {"HybridRecognizer": "recognizer"})
