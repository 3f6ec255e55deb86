"""A comparison in JSON, for programs: every number in full precision, without the documents.

Public names: `to_json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from crfner.compare.values import Comparison, Split, SystemResult
from crfner.evaluation import modes_dict, to_dict
from crfner.report.verdict import best_system


def to_json(comparison: Comparison) -> str:
    """Keys: data, split, seed, warnings, best, systems, pairs, curve, versions; fractions from 0 to 1, sizes bytes."""
    content = {
        "data": list(comparison.data),
        "split": _split(comparison.split),
        "seed": comparison.seed,
        "warnings": list(comparison.warnings),
        "best": best_system(comparison),
        "systems": [_system(system) for system in comparison.systems],
        "pairs": [asdict(pair) for pair in comparison.pairs],
        "curve": [{**asdict(point), "mean": point.mean, "deviation": point.deviation} for point in comparison.curve],
        "versions": dict(comparison.versions),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _split(split: Split) -> dict[str, Any]:
    values = {field.name: getattr(split, field.name) for field in fields(split)}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}


def _system(system: SystemResult) -> dict[str, Any]:
    return {
        "name": system.name,
        "evaluation": to_dict(system.evaluation),
        "modes": modes_dict(system.modes),
        "breakdowns": {
            question: {answer: _fractions(score) | asdict(score) for answer, score in answers.items()}
            for question, answers in system.breakdowns.items()
        },
        "costs": asdict(system.costs),
    }


def _fractions(score: Any) -> dict[str, float]:
    return {"precision": score.precision, "recall": score.recall, "f1": score.f1}
