"""Mixtures of methods by name, and the methods that a text on the command line asks for.

Public names: `Mixture`, `MIXTURES`, `DEFAULT`, `mixture_of`, `parse_methods`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from crfner.augment.methods import METHODS
from crfner.errors import SettingError

DEFAULT = "balanced"


@dataclass(frozen=True, slots=True)
class Mixture:
    """Methods, and how much they are to make where the user does not say.

    weights  how often each method is used, relative to the others
    share    labels get mentions up to this share of the mean number of mentions a label
    cap      new sentences of one source sentence, at most
    rare     labels with at least this share of that mean are left as they are
    """

    weights: Mapping[str, float]
    share: float = 1.0
    cap: int = 5
    rare: float = 1.0


MIXTURES: dict[str, Mixture] = {
    # Only labels far below the others: of 500 sentences of wnut17, whose labels are closer together and whose names
    # hardly come again, more with the rarest one cost a point of F1 over all labels.
    "balanced": Mixture({"mentions": 1, "templates": 1}, rare=1 / 3),
}
"""The mixtures by name."""


def mixture_of(methods: str | Mapping[str, float]) -> Mixture:
    """The mixture that a name or a text means (see `parse_methods`), or one of methods with their weights.

    Raises SettingError for an unknown name, and for a weight that is not a positive number.
    """
    if isinstance(methods, str):
        methods = methods.strip()
        if methods in MIXTURES:
            return MIXTURES[methods]
        methods = _parsed(methods)
    if not methods:
        raise SettingError(f"augmentation needs a method: {_known()}")
    for name, weight in methods.items():
        if name not in METHODS:
            raise SettingError(f"unknown method of augmentation {name!r}; known are {_known()}")
        if not 0 < weight < math.inf:
            raise SettingError(f"the weight of the method {name!r} should be a number above 0, not {weight}")
    usual = MIXTURES[DEFAULT]
    return Mixture(dict(methods), usual.share, usual.cap)


def parse_methods(text: str) -> Mapping[str, float]:
    """Methods and their weights from a mixture's name, or from a text such as "mentions,shuffle" or "mentions=2,typos".

    >>> parse_methods("mentions=2,typos")
    {'mentions': 2.0, 'typos': 1.0}

    Raises SettingError for an unknown name, one that comes twice, or a weight that is not a positive number.
    """
    return mixture_of(text).weights


def _parsed(text: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, equals, value = map(str.strip, part.partition("="))
        if name in weights:
            raise SettingError(f"the method of augmentation {name!r} is given twice; give it once, with a weight")
        try:
            weights[name] = float(value) if equals else 1.0
        except ValueError:
            raise SettingError(f"the weight of the method {name!r} should be a number, not {value!r}") from None
    return weights


def _known() -> str:
    return ", ".join([*MIXTURES, *METHODS])
