"""What is imported when it is first asked for, so that nobody pays for what is not used.

Public names: `lazily`, `shown_by`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """A package's `__getattr__`; `homes` has the module within the package that each public name is in."""

    def attribute(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return attribute


def shown_by(name: str) -> Callable[[Any], str]:
    """A value's `_repr_html_`, which notebooks call; `name` is that of the function which makes the HTML.

    Values know nothing of how they are shown: `crfner.integrations.notebook` is imported by the notebook's call alone,
    and a value names its function here as it would register it there, without a registry that someone has to fill.
    """

    def _repr_html_(self: Any) -> str:
        shown: str = getattr(import_module("crfner.integrations.notebook"), name)(self)
        return shown

    return _repr_html_
