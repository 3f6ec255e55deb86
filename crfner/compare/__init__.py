"""Several recognisers on the same splits: scores, costs, and how sure it is that one is better than another.

    systems = make_systems(["mined", "crf:minimal", "crf", "hybrid:union"])
    comparison = cross_validate(documents, 5, systems)

Public names: `compare`, `cross_validate`; `System`, `make_systems`, `Predictions`, `read_predictions`; `Fold`,
`make_folds`; `Comparison`, `SystemResult`, `Costs`, `Pair`, `CurvePoint`, `Split`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crfner.compare.comparison import compare, cross_validate
    from crfner.compare.predictions import Predictions, read_predictions
    from crfner.compare.splits import Fold, make_folds
    from crfner.compare.systems import System, make_systems
    from crfner.compare.values import Comparison, Costs, CurvePoint, Pair, Split, SystemResult

__all__ = [
    "Comparison",
    "Costs",
    "CurvePoint",
    "Fold",
    "Pair",
    "Predictions",
    "Split",
    "System",
    "SystemResult",
    "compare",
    "cross_validate",
    "make_folds",
    "make_systems",
    "read_predictions",
]

_HOME = {
    "Fold": "splits",
    "Predictions": "predictions",
    "System": "systems",
    "compare": "comparison",
    "cross_validate": "comparison",
    "make_folds": "splits",
    "make_systems": "systems",
    "read_predictions": "predictions",
}


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first asked for: a child process pays for what it needs, and no more."""
    if name not in __all__:
        raise AttributeError(f"module 'crfner.compare' has no attribute {name!r}")
    return getattr(import_module(f"crfner.compare.{_HOME.get(name, 'values')}"), name)
