"""The ways in, one module each.

A target has `words`, pieces of bytes that its inputs are likely to be made of, `seeds()`, sound inputs, and
`prepared()`, a function that hands an input to crfner and raises what comes of it.

Public names: `Target`, `named`, `NAMES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

NAMES = ("readers", "binaries", "models", "encoders", "rules", "serve", "wire", "annotate")


@dataclass(frozen=True)
class Target:
    """A way in: see the package."""

    name: str
    words: tuple[bytes, ...]
    seeds: Callable[[], list[bytes]]
    prepared: Callable[[], Callable[[bytes], object]]


def named(name: str) -> Target:
    """The target of this name. Raises ImportError where a package that it needs is missing."""
    module = import_module(f"fuzz.targets.{name}")
    return Target(name, module.WORDS, module.seeds, module.prepared)
