"""Tuning: a search for the settings of a CRF that suit one's own labelled text, and what the search has shown.

    from crfner.tune import tune
    tuned = tune(documents, minutes=10)
    CRFRecognizer(**tuned.config).fit(documents)

Public names: `tune`, `Tuned`, `read_config`, `write_config`, `to_text`, `to_page`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crfner.lazy import lazily

if TYPE_CHECKING:
    from crfner.tune.config import read_config, write_config
    from crfner.tune.page import to_page
    from crfner.tune.search import tune
    from crfner.tune.text import to_text
    from crfner.tune.values import Tuned

__all__ = ["Tuned", "read_config", "to_page", "to_text", "tune", "write_config"]

__getattr__ = lazily(
    __name__,
    {
        "read_config": "config",
        "write_config": "config",
        "tune": "search",
        "Tuned": "values",
        "to_text": "text",
        "to_page": "page",
    },
)
