"""Mention replacement: a mention stands where another of the same label stood (Dai and Adel 2020).

The new mention may come from anywhere in the data, or from a lexicon: half of the draws of a label that has one.

Public names: `other_mentions`, `alike_mentions`, `drawn_mention`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from crfner.augment.pool import Pool
from crfner.augment.sentences import Sentence, Words

_SHARE = 0.5  # of the mentions of a sentence that are replaced, one at least
_FROM_LEXICON = 0.5


def other_mentions(sentence: Sentence, pool: Pool, rng: Random) -> Sentence | None:
    """About half of the mentions, one at least, become others of their label; all different ones are as likely."""
    return _replaced(sentence, rng, lambda words, label: drawn_mention(label, pool, rng, other_than=words))


def alike_mentions(sentence: Sentence, pool: Pool, rng: Random) -> Sentence | None:
    """As `other_mentions`, but a mention goes only where one of as many words of the same shapes stood."""
    return _replaced(sentence, rng, lambda words, label: _choice(pool.alike(words, label), rng, words))


def drawn_mention(label: str, pool: Pool, rng: Random, other_than: Words) -> Words | None:
    """A mention of the label; None when there is no other one."""
    terms, mentions = pool.terms.get(label, ()), pool.mentions.get(label, ())
    first, second = (terms, mentions) if terms and rng.random() < _FROM_LEXICON else (mentions, terms)
    return _choice(first, rng, other_than) or _choice(second, rng, other_than)


def _replaced(sentence: Sentence, rng: Random, draw: Callable[[Words, str], Words | None]) -> Sentence | None:
    """The sentence with what is drawn for some of its mentions; None when nothing can be."""
    if not sentence.chunks:
        return None
    sure = rng.randrange(len(sentence.chunks))
    pieces = {}
    for number, (first, last, label) in enumerate(sentence.chunks):
        if number == sure or rng.random() < _SHARE:
            drawn = draw(sentence.words[first:last], label)
            if drawn:
                pieces[first, last] = drawn
    return sentence.with_words(pieces) if pieces else None


def _choice(mentions: Sequence[Words], rng: Random, other_than: Words) -> Words | None:
    """One of the mentions that is written otherwise; None when there is none."""
    if not mentions:
        return None
    texts = [word.text for word in other_than]
    at = rng.randrange(len(mentions))
    if [word.text for word in mentions[at]] != texts:
        return mentions[at]
    others = [mention for mention in mentions if [word.text for word in mention] != texts]
    return rng.choice(others) if others else None
