"""Settings: the entries of a feature set's configuration, checked and completed before anything is extracted.

A configuration is often written by hand, so every message names the feature and the setting, and says what would do.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

WIDEST = 100
"""Tokens to each side that a window or a bag may have; the memory of a stranger's feature set is bounded by it."""

_LEAST_OF_LIST = {"lengths": 1, "indices": 0}
_LEAST_OF_NUMBER = {"size": 0, "neighbours": 0, "limit": 1}


def read(config: Mapping[str, Any], name: str, **defaults: Any) -> dict[str, Any] | None:
    """The settings of an entry over its defaults, or None when it is off.

    A window comes back as its offsets. Raises ValueError for a setting that is not among the defaults or cannot be.
    """
    if name not in config:
        return None
    settings = mapping(name, config[name])
    _known(name, settings, list(defaults))
    complete = {**defaults, **settings}
    check(name, complete)
    if "window" in complete:
        complete["window"] = window(name, complete["window"])
    return complete


def mapping(name: str, settings: Any) -> dict[str, Any]:
    """A copy of an entry's settings. Raises ValueError when they are no dictionary."""
    if not isinstance(settings, Mapping):
        raise ValueError(f"the settings of feature {name!r} should be a dictionary, not {settings!r}")
    return dict(settings)


def window(name: str, size: Any) -> tuple[int, ...]:
    """Offsets of a window: 2 means -2..2, a list of offsets means itself. Raises ValueError for anything else.

    >>> window("word", 1), window("word", [-2, 0])
    ((-1, 0, 1), (-2, 0))
    """
    if _is_whole(size) and 0 <= size <= WIDEST:
        return tuple(range(-size, size + 1))
    if (
        not isinstance(size, list | tuple)
        or not size
        or not all(_is_whole(offset) and abs(offset) <= WIDEST for offset in size)
        or len(set(size)) < len(size)
    ):
        raise ValueError(
            f"'window' of feature {name!r} should be a whole number from 0 to {WIDEST} or a list of distinct offsets "
            f"that wide, not {size!r}"
        )
    return tuple(sorted(size))


def check(name: str, settings: Mapping[str, Any]) -> None:
    """Raise ValueError for a number or a list of numbers that cannot be, under the names that our own features use."""
    for setting, value in settings.items():
        if setting in _LEAST_OF_NUMBER:
            least = _LEAST_OF_NUMBER[setting]
            most = WIDEST if setting == "size" else value
            if not _is_whole(value) or not least <= value <= most:
                upwards = f" to {WIDEST}" if setting == "size" else ""
                raise ValueError(
                    f"{setting!r} of feature {name!r} should be a whole number from {least}{upwards}, not {value!r}"
                )
        if setting in _LEAST_OF_LIST:
            least = _LEAST_OF_LIST[setting]
            if not isinstance(value, list | tuple) or not value or not all(_is_whole(n) and n >= least for n in value):
                raise ValueError(
                    f"{setting!r} of feature {name!r} should be a list of whole numbers from {least}, not {value!r}"
                )


def accepts(name: str, function: Callable[..., Any], settings: Mapping[str, Any]) -> None:
    """Raise ValueError for a setting that the function, called with a word first, has no parameter for."""
    _known(name, settings, list(inspect.signature(function).parameters)[1:], "window")


def _known(name: str, settings: Mapping[str, Any], parameters: list[str], *others: str) -> None:
    for setting in settings:
        if setting not in parameters:
            known = ", ".join([*others, *parameters])
            raise ValueError(
                f"feature {name!r} has no setting {setting!r}; " + (f"known are {known}" if known else "it has none")
            )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
