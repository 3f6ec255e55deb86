"""First names of English, from NLTK's corpus `names` (Kantrowitz), when it has been downloaded.

Public names: `first_names`.
"""

from __future__ import annotations

from features import Gazetteer


def first_names() -> Gazetteer:
    """About 8,000 first names. Raises LookupError when NLTK does not find its corpus."""
    from nltk.corpus import names

    return Gazetteer.from_lines(names.words())


def present() -> bool:
    """Whether NLTK finds the corpus."""
    import nltk

    try:
        nltk.data.find("corpora/names")
    except LookupError:
        try:
            nltk.data.find("corpora/names.zip")
        except LookupError:
            return False
    return True
