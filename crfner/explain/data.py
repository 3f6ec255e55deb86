"""An explanation as data for JSON.

Public names: `to_dict`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from crfner.explain.values import DocumentExplanation, ModelExplanation


def to_dict(explanation: DocumentExplanation | ModelExplanation) -> dict[str, Any]:
    """The values of `crfner.explain.values` under their names, all numbers in full precision.

    A score of minus infinity, which says that the tagging scheme forbids the step, becomes null.
    """
    plain = _plain(explanation)
    assert isinstance(plain, dict)
    return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
