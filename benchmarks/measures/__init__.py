"""The measures of run.py, by name, in the order in which they run.

Public names: `MEASURES`.
"""

from __future__ import annotations

from measures import features, growth, size, startup, stream, tagging, training
from measures.values import Measure

MEASURES: dict[str, Measure] = {
    "features": features.MEASURE,
    "training": training.MEASURE,
    "tagging": tagging.MEASURE,
    "startup": startup.MEASURE,
    "size": size.MEASURE,
    "growth": growth.MEASURE,
    "stream": stream.MEASURE,
}
