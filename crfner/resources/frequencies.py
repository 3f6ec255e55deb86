"""How common a word is, from the package wordfreq.

A name is rarely a common word, and a rare word in lower case is often a term. The bands are Zipf's: ten times as many
uses raise a word by one (van Heuven et al. 2014).

Public names: `bands`.
"""

from __future__ import annotations

from features import Clusters

PACKAGE = "wordfreq"


def bands(language: str) -> Clusters:
    """The band of each word in lower case, as a path of ones that is longer the more common the word is.

    A prefix of the path so joins all bands from one on. Words used less than once in ten millions have none.
    """
    from wordfreq import freq_to_zipf, get_frequency_dict

    levels = {word: round(freq_to_zipf(frequency)) for word, frequency in get_frequency_dict(language).items()}
    return Clusters({word: "1" * level + "0" for word, level in levels.items() if level > 0 and word.split() == [word]})
