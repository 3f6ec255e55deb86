"""Tuning: a search for the settings of a CRF that suit one's own labelled text, and what the search has shown.

    from crfner.tune import tune
    tuned = tune(documents, minutes=10)
    CRFRecognizer(**tuned.config).fit(documents)

Public names: `tune`, `Tuned`, `read_config`, `write_config`.
"""

from __future__ import annotations

from crfner.tune.config import read_config, write_config

__all__ = ["read_config", "write_config"]
