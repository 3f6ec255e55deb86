"""Several recognisers on the same splits: scores, costs, and how sure it is that one is better than another.

    systems = make_systems(["mined", "crf:minimal", "crf", "hybrid:union"])
    comparison = cross_validate(documents, 5, systems)

Public names: `compare`, `cross_validate`; `System`, `make_systems`, `Predictions`, `read_predictions`;
`Comparison`, `SystemResult`, `Costs`, `Pair`, `CurvePoint`, `Split`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crfner.lazy import lazily

if TYPE_CHECKING:
    from crfner.compare.comparison import compare, cross_validate
    from crfner.compare.predictions import Predictions, read_predictions
    from crfner.compare.systems import System, make_systems
    from crfner.compare.values import Comparison, Costs, CurvePoint, Pair, Split, SystemResult

__all__ = [
    "Comparison",
    "Costs",
    "CurvePoint",
    "Pair",
    "Predictions",
    "Split",
    "System",
    "SystemResult",
    "compare",
    "cross_validate",
    "make_systems",
    "read_predictions",
]

_HOME = {
    "Comparison": "values",
    "Costs": "values",
    "CurvePoint": "values",
    "Pair": "values",
    "Predictions": "predictions",
    "Split": "values",
    "System": "systems",
    "SystemResult": "values",
    "compare": "comparison",
    "cross_validate": "comparison",
    "make_systems": "systems",
    "read_predictions": "predictions",
}

# a child process pays for what it needs, and no more
__getattr__ = lazily(__name__, _HOME)
