"""Changes of single words: others in their place, and other places for them (Dai and Adel 2020).

Public names: `other_words`, `shuffled`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from random import Random

from crfner.augment.pool import Pool
from crfner.augment.sentences import Sentence

_REPLACED = 0.3  # the probability that a word is replaced
_SHUFFLED = 0.5  # the probability that a segment is shuffled


def other_words(sentence: Sentence, pool: Pool, rng: Random) -> Sentence | None:
    """Some three words in ten become words that were seen with the same tag, each as often as it was seen with it."""
    tags = sentence.tags()
    texts = {position: pool.text(tag, rng) for position, tag in enumerate(tags) if rng.random() < _REPLACED}
    return sentence.with_texts(texts) if texts else None


def shuffled(sentence: Sentence, pool: Pool, rng: Random) -> Sentence | None:
    """In about half of the segments the words change places.

    A segment is a mention, or a stretch of words between mentions. The space between words stays where it is.
    """
    owner = [-1] * len(sentence.words)  # of each word the number of its mention
    for number, (first, last, _) in enumerate(sentence.chunks):
        owner[first:last] = [number] * (last - first)
    words = list(sentence.words)
    position = 0
    for _, segment in groupby(owner):
        stop = position + len(list(segment))
        if stop - position > 1 and rng.random() < _SHUFFLED:
            moved = rng.sample(words[position:stop], stop - position)
            gaps = [word.gap for word in words[position:stop]]
            words[position:stop] = [replace(word, gap=gap) for word, gap in zip(moved, gaps, strict=True)]
        position = stop
    return Sentence(tuple(words), sentence.chunks) if tuple(words) != sentence.words else None
