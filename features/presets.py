"""Named feature sets, as plain data: what to extract, over which window, with which settings.

`minimal` is the least that works and the quickest; `default` is for any language and domain; `rich` looks further
around each word and at shorter n-grams, at some more cost; `social` is for short informal text; `biomedical` for
abstracts and clinical notes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Config = dict[str, Any]

_NEIGHBOURS = [
    ["lower[-1]", "lower[0]"],
    ["lower[0]", "lower[1]"],
    ["short_shape[-1]", "short_shape[0]"],
    ["short_shape[0]", "short_shape[1]"],
    ["short_shape[-1]", "short_shape[0]", "short_shape[1]"],
]

_DEFAULT: Config = {
    "word": {"window": 2},
    "lower": {"window": 1},
    "folded": {"window": 1},
    "shape": {"window": 1},
    "short_shape": {"window": 2},
    "prefix": {"lengths": [1, 2, 3, 4, 5]},
    "suffix": {"lengths": [1, 2, 3, 4, 5]},
    "ngrams": {"lengths": [3, 4]},
    "case": {"window": 1},
    "digits": {"window": 1},
    "unit": {"window": 1},
    "punctuation": {"window": 1},
    "conjunctions": _NEIGHBOURS,
    "bag": {"size": 4},
    "position": {},
    "capitals": {},
    "elsewhere": {"neighbours": 4},
    "gazetteers": {"window": 1},
    "clusters": {"window": 2, "lengths": [4, 6, 10, 20]},
    "vectors": {},
}

_MINIMAL: Config = {
    "lower": {"window": 1},
    "short_shape": {"window": 1},
    "prefix": {"lengths": [3]},
    "suffix": {"lengths": [2, 3]},
    "digits": {},
    "punctuation": {},
    "gazetteers": {},
}

PRESETS: dict[str, Config] = {
    "minimal": _MINIMAL,
    "default": _DEFAULT,
    "rich": {
        **_DEFAULT,
        "lower": {"window": 2},
        "ngrams": {"lengths": [2, 3, 4]},
        "length": {},
        "bag": {"size": 6},
        "elsewhere": {"neighbours": 8, "window": 1},
    },
    "social": {
        **_DEFAULT,
        "ngrams": {"lengths": [2, 3, 4]},
        "bag": {"size": 6},
    },
    "biomedical": {
        **_DEFAULT,
        "lower": {"window": 2},
        "suffix": {"lengths": [1, 2, 3, 4, 5], "window": 1},
    },
}


def resolve(config: Mapping[str, Any]) -> Config:
    """A complete configuration: `{"base": "default", "bag": false, "length": {}}` starts from a preset, drops and adds.

    Raises ValueError when the configuration is no dictionary or the base no preset.
    """
    if not isinstance(config, Mapping):
        raise ValueError(
            f"a feature set is configured by a dictionary such as {{'base': 'default'}}, not by {config!r}"
        )
    entries = dict(config)
    base = entries.pop("base", None)
    complete: Config = {}
    if base is not None:
        if not isinstance(base, str) or base not in PRESETS:
            raise ValueError(f"there is no preset {base!r}; known are {', '.join(PRESETS)}")
        complete = dict(PRESETS[base])
    complete.update(entries)
    kept = {name: {} if settings is True else settings for name, settings in complete.items() if settings is not False}
    copied: Config = json.loads(json.dumps(kept))  # nobody may change a preset through what is handed out
    return copied
