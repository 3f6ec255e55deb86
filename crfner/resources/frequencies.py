"""How common a word is, from the package wordfreq.

A name is rarely a common word, and a rare word in lower case is often a term. The bands are Zipf's: ten times as many
uses raise a word by one (van Heuven et al. 2014).

Public names: `bands`, `common_words`, `known_words`.
"""

from __future__ import annotations

from functools import lru_cache

from features import Clusters

PACKAGE = "wordfreq"
LANGUAGES = ("en", "es", "de", "nl")
"""The languages, of those that have resources, that the package knows."""


def bands(language: str) -> Clusters:
    """The band of each word in lower case, as a path of ones that is longer the more common the word is.

    A prefix of the path so joins all bands from one on. Words used less than once in ten millions have none.
    """
    from wordfreq import get_frequency_list

    paths: dict[str, str] = {}
    # the words come in bins of one frequency each: bin 0 has Zipf's 9, and in a hundred bins it falls by one
    for number, words in enumerate(get_frequency_list(language)):
        level = int(9.5 - number / 100)
        if level > 0:
            paths.update(dict.fromkeys((word for word in words if word.split() == [word]), "1" * level + "0"))
    return Clusters(paths)


def common_words(language: str, zipf: float) -> frozenset[str]:
    """The words that are used so often or more, by Zipf's scale: 3 is once in a million words, 6 once in a thousand."""
    from wordfreq import get_frequency_list

    bins = get_frequency_list(language)[: int(100 * (9 - zipf)) + 1]  # see `bands`
    return frozenset(word for words in bins for word in words)


@lru_cache(maxsize=8)
def known_words(language: str) -> frozenset[str]:
    """All words, in lower case, that have a frequency: some 300,000."""
    return common_words(language, 0)
