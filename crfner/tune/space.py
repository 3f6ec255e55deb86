"""What is searched: penalties, frequency cut-off, preset, window and groups of features; what settings they stand for.

A point of the space is a dictionary of parameters. The presets are points of it too, and are tried before all others:
the search can only add to what they give.

Public names: `PARAMETERS`, `GROUPS`, `preset_point`, `suggest`, `config_of`, `shown`,
`ranges`, `differences`, `Point`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from features.presets import PRESETS, resolve

Point = dict[str, Any]

GROUPS: dict[str, tuple[str, ...]] = {
    "words": ("word", "folded"),
    "shapes": ("shape", "short_shape"),
    "affixes": ("prefix", "suffix"),
    "ngrams": ("ngrams",),
    "characters": ("case", "digits", "unit", "punctuation"),
    "pairs": ("conjunctions",),
    "bag": ("bag",),
    "document": ("capitals", "elsewhere"),
    "length": ("length",),
}
"""Features that are switched on and off together. The word in lower case always stays."""

_PENALTIES = {"c1": (0.003, 1.0, 0.1), "c2": (0.001, 1.0, 0.05)}  # least, greatest, and the default
_CUT_OFFS = (0, 2, 3)
_SHIFTS = (-1, 0, 1)

PARAMETERS = (*_PENALTIES, "min_freq", "preset", "window", *GROUPS)
"""The names of a point's parameters, in the order of tables."""


def preset_point(preset: str) -> Point:
    """The preset as it is, with the penalties that a CRF has by default."""
    groups = {group: any(name in PRESETS[preset] for name in names) for group, names in GROUPS.items()}
    penalties = {name: default for name, (_, _, default) in _PENALTIES.items()}
    return {**penalties, "min_freq": 0, "preset": preset, "window": 0, **groups}


def suggest(trial: Any) -> Point:
    """The point that an Optuna trial stands for."""
    point: Point = {
        name: trial.suggest_float(name, least, greatest, log=True) for name, (least, greatest, _) in _PENALTIES.items()
    }
    point["min_freq"] = trial.suggest_categorical("min_freq", _CUT_OFFS)
    point["preset"] = trial.suggest_categorical("preset", tuple(PRESETS))
    point["window"] = trial.suggest_int("window", min(_SHIFTS), max(_SHIFTS))
    for group in GROUPS:
        point[group] = trial.suggest_categorical(group, (True, False))
    return point


def config_of(point: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a `CRFRecognizer` that the point stands for; its features are spelt out in full.

    A group that the preset does not have is switched on as the preset `default` has it, or else `rich`. `window` widens
    or narrows the window of every feature that looks around a word. Penalties are rounded to three figures.
    """
    preset = PRESETS[point["preset"]]
    features = {name: settings for name, settings in preset.items() if not _is_off(name, point)}
    for group in (group for group in GROUPS if point[group]):
        for source in (preset, PRESETS["default"], PRESETS["rich"]):
            if found := {name: source[name] for name in GROUPS[group] if name in source}:
                features.update(found)
                break
    shifted = {name: _shifted(settings, point["window"]) for name, settings in features.items()}
    penalties = {name: float(f"{point[name]:.3g}") for name in _PENALTIES}
    return {"features": resolve(shifted), **penalties, "min_freq": point["min_freq"]}


def _is_off(name: str, point: Mapping[str, Any]) -> bool:
    return any(name in names and not point[group] for group, names in GROUPS.items())


def _shifted(settings: Any, shift: int) -> Any:
    if isinstance(settings, Mapping) and settings.get("window"):
        return {**settings, "window": settings["window"] + shift}
    return settings


def shown(name: str, value: Any) -> str:
    """A parameter's value for a person.

    >>> shown("c1", 0.0123456), shown("bag", False), shown("window", 1), shown("min_freq", 2)
    ('0.012', 'off', '+1', '2')
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if name == "window":
        return f"{value:+d}" if value else "0"
    return f"{value:.2g}" if isinstance(value, float) else str(value)


def ranges(name: str, parts: int = 3) -> list[tuple[float, float]] | None:
    """The range of a penalty in parts that are equally wide on a logarithmic scale; None for other parameters.

    >>> ranges("c2")
    [(0.001, 0.01), (0.01, 0.1), (0.1, 1.0)]
    """
    if name not in _PENALTIES:
        return None
    least, greatest, _ = _PENALTIES[name]
    borders = [float(f"{least * (greatest / least) ** (part / parts):.2g}") for part in range(parts + 1)]
    return list(pairwise(borders))


def differences(point: Mapping[str, Any], other: Mapping[str, Any], names: Iterable[str] = PARAMETERS) -> str:
    """What is unlike at the first point, such as "c1 0.03, bag off"."""
    parts = (f"{name} {shown(name, point[name])}" for name in names if point[name] != other[name])
    return ", ".join(parts) or "no difference"
