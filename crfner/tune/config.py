"""Settings in a file: the keyword arguments of a `CRFRecognizer` as a JSON object, found by `tune`, taken by `train`.

Whatever is plain data can stand in it; lexicons and functions, which are not, are given beside it.

Public names: `read_config`, `write_config`, `config_names`.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Mapping
from typing import Any

from crfner.crf import CRFRecognizer
from crfner.errors import InputError, SettingError
from crfner.files import atomic_output, open_text
from crfner.formats.checks import Place, parse_json, show

_GIVEN_BESIDE = ("lexicons", "functions", "hinters", "declared_labels", "progress")
"""Parameters that are no data, or belong to one run."""


def config_names() -> list[str]:
    """The keys that a file of settings may have."""
    return [name for name in inspect.signature(CRFRecognizer).parameters if name not in _GIVEN_BESIDE]


def read_config(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The keyword arguments for `CRFRecognizer` that the file holds, such as `{"features": {...}, "c1": 0.05}`.

    Raises InputError, naming the file, its line and the key, when the file cannot be read, is no JSON object, has a key
    that is no setting, or a value without sense.
    """
    name = os.fspath(path)
    with open_text(path) as stream:
        text = stream.read()
    config = parse_json(text, Place(name, 1))
    if not isinstance(config, dict):
        raise InputError('a file of settings holds an object, such as {"features": "default", "c1": 0.05}', name)
    known = config_names()
    for key in config:
        if key not in known:
            raise InputError(f"there is no setting {show(key)}; known are {', '.join(known)}", name, _line(text, key))
    for key, value in config.items():
        try:
            CRFRecognizer(**{key: value}).check()  # by itself, so that its line can be named
        except (SettingError, TypeError, AttributeError) as error:
            if key not in ("c1", "c2"):  # whose sense depends on the algorithm
                raise InputError(f"the setting {key!r} cannot be used: {error}", name, _line(text, key)) from None
    try:
        CRFRecognizer(**config).check()
    except SettingError as error:
        raise InputError(str(error), name) from None
    return config


def write_config(config: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """Write what `read_config` reads, whole or not at all; "-" is standard output."""
    content = json.dumps(config, ensure_ascii=False, indent=2) + "\n"
    with atomic_output(path) as stream:
        stream.write(content)


def _line(text: str, key: str) -> int | None:
    """The line where the key stands; the first, should it stand in several."""
    before, found, _ = text.partition(json.dumps(key, ensure_ascii=False))
    return before.count("\n") + 1 if found else None
