"""First and last names of people from all over the world, from the package names-dataset in its version 1.9.1.

Later versions hold names of 500 million people and take gigabytes. A name that is a very common word of the language
("Van", "Will") is left out: a lexicon ignores case, and would match the word far more often than the name. Where no
frequencies are known, English words are left out.

Public names: `first_names`, `last_names`.
"""

from __future__ import annotations

from crfner.resources.frequencies import LANGUAGES as COUNTED
from crfner.resources.frequencies import common_words
from crfner.resources.installed import installed
from features import Gazetteer

PACKAGE = "names_dataset"
LANGUAGES = ("en", "nl", "yo", "ha")
"""The languages where they gained; beside the other lexicons of Spanish they lost, and German was not measured."""
FIRST, LAST = "first_names.all.txt", "last_names.all.txt"

_COMMON = 5.0  # used once in ten thousand words


def first_names(language: str) -> Gazetteer:
    """164,000 first names without the common words of the language. Raises ValueError when the package lacks them."""
    return _names(FIRST, language)


def last_names(language: str) -> Gazetteer:
    """98,000 last names without the common words of the language. Raises ValueError when the package lacks them."""
    return _names(LAST, language)


def _names(file: str, language: str) -> Gazetteer:
    path = installed(PACKAGE, file)
    if path is None:
        raise ValueError(f"the package {PACKAGE} has no file {file}")
    words = common_words(language if language in COUNTED else "en", _COMMON)
    return Gazetteer.from_lines(set(path.read_text(encoding="utf-8").split("\n")) - words)
