"""The parameters that a model file records: which values make sense, and what is filled in where one is left out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

from crfner.errors import SettingError
from crfner.pos import TAGGERS
from crfner.schemes import scheme_name
from crfner.tokenize import SENTENCE_METHODS, TOKENIZERS

ALGORITHMS = ("lbfgs", "l2sgd", "ap", "pa", "arow")
"""L-BFGS (with L1: OWL-QN), stochastic gradient descent with L2, averaged perceptron, passive-aggressive, AROW."""

RECORDED = ("scheme", "tokenizer", "sentences", "pos", "algorithm", "c1", "c2", "iterations", "min_freq",
            "all_possible_transitions", "left_out", "prune", "stages", "seen", "augment", "thresholds", "temperature",
            "consistency", "seed")  # fmt: skip
"""The parameters, besides the features."""

ADDED = {"augment": None, "left_out": 0.0, "prune": 0.0, "thresholds": None, "temperature": 1.0,
         "consistency": 0.0, "stages": 1, "seen": False}  # fmt: skip
"""Those that model files of earlier versions lack, and what they are there."""

_CHOICES = {
    "algorithm": ALGORITHMS,
    "tokenizer": tuple(TOKENIZERS),
    "sentences": SENTENCE_METHODS,
    "pos": (None, *TAGGERS),
    "stages": (1, 2),
    "seen": (False, True),
}
_WHOLE_NUMBERS = {"iterations": 1, "min_freq": 0, "seed": 0}  # and the least that each may be
_PENALTIES = {"lbfgs": {"c1": 0.1, "c2": 0.05}, "l2sgd": {"c2": 0.05}}  # and their defaults


def with_hits_read(features: str | Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a feature set that also reads what is said of tokens (`crfner.hits`)."""
    config = {"base": features} if isinstance(features, str) else features
    return {"hits": {}, **config}


def with_columns_read(features: str | Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a feature set that also reads the further columns of the input."""
    config = {"base": features} if isinstance(features, str) else features
    return {"columns": {"window": 2}, **config}


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as plain values, penalties filled in. Raises SettingError for one without sense."""
    settings = dict(given)
    try:
        settings["scheme"] = scheme_name(str(given["scheme"]))
    except ValueError as error:
        raise SettingError(str(error)) from None
    for name, known in _CHOICES.items():
        if settings[name] not in known:
            choices = ", ".join(str(choice) for choice in known)
            raise SettingError(f"unknown {name} {settings[name]!r}; known are {choices}")
    for name, least in _WHOLE_NUMBERS.items():
        value = settings[name]
        if not isinstance(value, Integral) or value < least:
            raise SettingError(f"{name} must be a whole number, {least} or more, not {value!r}")
        settings[name] = int(value)  # numpy's numbers cannot be kept in a manifest
    share = given["left_out"]
    if not isinstance(share, Real) or not 0 <= float(share) < 1:
        raise SettingError(f"left_out must be a share of the attributes, 0 or more and below 1, not {share!r}")
    settings["left_out"] = float(share)
    if not isinstance(given["prune"], Real) or not 0 <= float(given["prune"]) < math.inf:
        raise SettingError(f"prune must be a weight, 0 or more, not {given['prune']!r}; 0.05 drops little that matters")
    settings["prune"] = float(given["prune"])
    for name in ("c1", "c2"):
        settings[name] = _penalty(name, settings[name], settings["algorithm"])
    if settings["augment"] is not None:
        from crfner.augment import parse_methods

        parse_methods(settings["augment"])
    settings["thresholds"] = checked_thresholds(settings["thresholds"])
    settings["temperature"] = checked_temperature(settings["temperature"])
    settings["consistency"] = _checked_consistency(settings["consistency"])
    check_apart(settings["thresholds"], settings["consistency"])
    return settings


def checked_thresholds(value: Any) -> dict[str, float] | None:
    """Thresholds by label, as plain data. Raises SettingError for one that is no probability."""
    if value is None:
        return None
    if not isinstance(value, Mapping) or not all(isinstance(label, str) for label in value):
        raise SettingError(f"thresholds are given by label, such as {{'PER': 0.3}}, not as {value!r}")
    for label, threshold in value.items():
        if not isinstance(threshold, Real) or not 0 < float(threshold) <= 1:
            raise SettingError(f"the threshold of {label} must be above 0 and at most 1, not {threshold!r}")
    return {label: float(threshold) for label, threshold in sorted(value.items())}


def checked_temperature(value: Any) -> float:
    """The temperature as a plain number. Raises SettingError for one that is not above 0 and finite."""
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 < float(value) < math.inf:
        raise SettingError(f"temperature must be a number above 0, such as 1.3, not {value!r}")
    return float(value)


def check_apart(thresholds: Mapping[str, float] | None, consistency: float) -> None:
    """Raise SettingError when there are thresholds and consistency, which decide in two ways which spans are given."""
    if thresholds and consistency:
        raise SettingError(
            "thresholds give single spans and consistency whole analyses of sentences, so that they do not go "
            "together; leave out one of them"
        )


def _checked_consistency(value: Any) -> float:
    """The weight of consistency as a plain number. Raises SettingError for one that is below 0 or not finite."""
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= float(value) < math.inf:
        raise SettingError(f"consistency must be a number, 0 or more, such as 0.6, not {value!r}")
    return float(value)


def _penalty(name: str, value: Any, algorithm: str) -> float | None:
    """The penalty as given, or the algorithm's default; None where the algorithm has no such penalty."""
    default = _PENALTIES.get(algorithm, {}).get(name)
    if value is None:
        return default
    if default is None:
        raise SettingError(f"the algorithm {algorithm} has no {name}; leave it out or choose lbfgs")
    if not isinstance(value, Real) or not 0 <= float(value) < math.inf:
        raise SettingError(f"{name} must be a number, 0 or more, not {value!r}")
    return float(value)


def for_crfsuite(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those that CRFsuite takes, under the names that `sklearn_crfsuite.CRF` has for them."""
    names = ("algorithm", "c1", "c2", "min_freq", "all_possible_transitions")
    return {name: settings[name] for name in names if settings[name] is not None}
