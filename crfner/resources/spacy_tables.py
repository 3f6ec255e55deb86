"""Word clusters and capitals of a language, from the tables of the package spacy-lookups-data.

The tables were counted on large web text: the Brown cluster of each word (Brown et al. 1992), and its log-probability
in each spelling. From the second follows how often a word is written with a capital, which tells a name from a word
that a headline or a sentence's beginning has capitalised (Lita et al. 2003 restore capitals by the same evidence).

Public names: `brown_clusters`, `capitalised`.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Mapping
from importlib.util import find_spec
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from features import Clusters

PACKAGE = "spacy_lookups_data"
LANGUAGES = ("en", "es", "de")
"""The languages that both tables exist for."""

_SPACE = re.compile(r"\s|^$")
_SHARES = (0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97)
"""Where one band of capitals ends and the next begins; each band has a path of three bits."""


def brown_clusters(language: str) -> Clusters:
    """The Brown clusters of a language's words: 190,000 English, 490,000 Spanish, 860,000 German ones.

    Raises FileNotFoundError when the package has no such table.
    """
    numbers = {word: number for word, number in _table(f"{language}_lexeme_cluster").items() if number}
    paths = _paths(set(numbers.values()))
    return Clusters({word: paths[number] for word, number in numbers.items() if _can_be_written(word)})


def capitalised(language: str) -> Clusters:
    """By each word in lower case, in eight bands (three bits), how large a share of its uses has a capital.

    Raises FileNotFoundError when the package has no such table.
    """
    table = _table(f"{language}_lexeme_prob")
    words = list(table)  # a million: what can be done for all at once is
    lowered = list(map(str.lower, words))
    numbers = dict(zip(dict.fromkeys(lowered), count()))
    places = np.fromiter(map(numbers.__getitem__, lowered), np.int64, len(words))
    frequencies = np.exp(np.fromiter(table.values(), np.float64, len(words)))
    as_is = np.fromiter(map(str.__eq__, words, lowered), np.bool_, len(words))
    small = np.bincount(places[as_is], frequencies[as_is], len(numbers))  # how often a word is in lower case
    shares = 1 - small / np.bincount(places, frequencies)
    paths = [f"{band:03b}" for band in range(len(_SHARES) + 1)]
    bands = zip(numbers, np.searchsorted(_SHARES, shares, "right").tolist(), (shares > 0).tolist(), strict=True)
    return Clusters(
        {word: paths[band] for word, band, cased in bands if (cased or word.islower()) and _can_be_written(word)}
    )


def _paths(numbers: set[int]) -> dict[int, str]:
    """The path of each cluster, whose number has the path's first bit lowest, and so has lost the zeros at its end.

    In a binary tree a leaf is one step below the place where it parts from its nearest neighbour, which gives the
    lost zeros back.

    >>> _paths({0b01, 0b10, 0b11, 0b110})
    {1: '10', 2: '010', 3: '11', 6: '011'}
    """
    width = max(number.bit_length() for number in numbers) + 1
    padded = {number: f"{number:0{width}b}"[::-1] for number in sorted(numbers)}
    depths: dict[str, int] = defaultdict(int)
    for one, other in pairwise(sorted(padded.values())):
        shared = next(place for place, bits in enumerate(zip(one, other, strict=True)) if bits[0] != bits[1])
        depths[one], depths[other] = max(depths[one], shared + 1), max(depths[other], shared + 1)
    return {number: path[: depths[path] or 1] for number, path in padded.items()}


def _can_be_written(word: str) -> bool:
    """Whether a line of text can hold the word; the tables count white space too."""
    return word.isalnum() or not _SPACE.search(word)


def _table(name: str) -> Mapping[str, Any]:
    import orjson  # a table has a million words: the standard library's json takes three times as long

    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(PACKAGE)
    path = Path(spec.submodule_search_locations[0]) / "data" / f"{name}.json.gz"
    with gzip.open(path, "rb") as stream:
        table: dict[str, Any] = orjson.loads(stream.read())
    return table
