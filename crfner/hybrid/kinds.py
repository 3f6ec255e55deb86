"""The policies by name, and how one is read back from a model file.

Public names: `KINDS`, `read_policy`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from crfner.hybrid.policies import Fallback, Override, Policy
from crfner.hybrid.union import Union

KINDS: Mapping[str, type[Fallback] | type[Override] | type[Union] | None] = {
    "fallback": Fallback,
    "override": Override,
    "union": Union,
    "features": None,  # the CRF alone decides
}
"""What decides under each policy's name."""


def read_policy(value: Any) -> tuple[str, Policy | None]:
    """The policy's name and the policy that a manifest tells of. Raises ValueError when it tells of none."""
    if not isinstance(value, dict) or not isinstance(value.get("policy"), str) or value["policy"] not in KINDS:
        raise ValueError("its manifest names no policy")
    name: str = value["policy"]
    settings = value.get("settings")
    if name == "features":
        return name, None
    try:
        if not isinstance(settings, dict):
            raise TypeError
        if name == "fallback":
            return name, Fallback(_numbers(settings["confidence"]), _numbers(settings["precision"]))
        if name == "override":
            return name, Override(_number(settings["precision"]))
        return name, Union(_numbers(settings["weights"]), _number(settings["threshold"]))
    except (KeyError, TypeError, OverflowError):  # the last from a whole number beyond all floats
        raise ValueError(f"the settings of its policy {name} are not whole") from None


def _numbers(value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        raise TypeError
    return {str(name): _number(number) for name, number in value.items()}


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    return float(value)
