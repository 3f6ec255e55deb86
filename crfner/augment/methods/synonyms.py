"""Synonyms from WordNet (Miller 1995), for English: another word of the same meaning (Dai and Adel 2020).

WordNet comes with NLTK's data, which is not installed with NLTK itself.

Public names: `with_synonyms`, `check_wordnet`.
"""

from __future__ import annotations

from functools import lru_cache
from random import Random

from crfner.augment.pool import Pool
from crfner.augment.sentences import Sentence, Word
from crfner.errors import SettingError

_REPLACED = 0.3  # the probability that a word with synonyms is replaced; one word at least is
_SHORTEST = 4  # letters; shorter words are mostly function words, whose entries are other things ("as": arsenic)


def with_synonyms(sentence: Sentence, pool: Pool, rng: Random) -> Sentence | None:
    """About three in ten of the words outside mentions that have synonyms, one at least, become one of them.

    Raises SettingError where WordNet is not installed.
    """
    able = [at for at in sentence.outside() if _of(sentence.words[at].text)]
    if not able:
        return None
    sure = rng.choice(able)
    pieces = {}
    for at in able:
        if at == sure or rng.random() < _REPLACED:
            texts = rng.choice(_of(sentence.words[at].text))
            pieces[at, at + 1] = tuple(Word(text) for text in texts)
    return sentence.with_words(pieces)


def check_wordnet() -> None:
    """Raise SettingError where WordNet cannot be read."""
    from nltk.corpus import wordnet

    try:
        wordnet.ensure_loaded()
    except LookupError:
        raise SettingError(
            "the method 'synonyms' needs WordNet, which is not installed: run `python -m nltk.downloader wordnet`, or "
            "leave the method out"
        ) from None


@lru_cache(maxsize=1 << 16)
def _of(text: str) -> tuple[tuple[str, ...], ...]:
    """The synonyms of a word in lower case, each as its words: what else its first sense is called.

    Words that can be of several parts of speech have none here, as nothing tells which one it is; nor have inflected
    forms, whose synonyms would not be inflected.
    """
    if len(text) < _SHORTEST or not (text.isalpha() and text.islower()):
        return ()
    check_wordnet()
    from nltk.corpus import wordnet

    senses = wordnet.synsets(text)
    if len({sense.pos() for sense in senses}) != 1 or text not in senses[0].lemma_names():
        return ()
    return tuple(tuple(name.split("_")) for name in senses[0].lemma_names() if name != text)
