"""Noise: the case and the slips of hasty writing, in mentions as around them.

Public names: `other_case`, `typing_errors`.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from crfner.augment.pool import Pool
from crfner.augment.sentences import Sentence

_SLIPS = 0.1  # the probability that a word gets a slip; one word at least does
_SHORTEST = 4  # letters; a slip in a shorter word may well make another word of it
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in _ROWS for at, letter in enumerate(row)
}


def other_case(sentence: Sentence, pool: Pool, rng: Random) -> Sentence | None:
    """All in lower case, all in capitals, all words with a capital, or only the mentions in lower case."""
    inside = {position for first, last, _ in sentence.chunks for position in range(first, last)}
    everywhere = range(len(sentence.words))
    ways: list[tuple[Callable[[str], str], set[int] | range]] = [
        (str.lower, everywhere),
        (str.upper, everywhere),
        (_with_capital, everywhere),
        (str.lower, inside),
    ]
    change, positions = rng.choice(ways)
    texts = {position: change(sentence.words[position].text) for position in positions}
    changed = sentence.with_texts(texts)
    return changed if changed != sentence else None


def _with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def typing_errors(sentence: Sentence, pool: Pool, rng: Random) -> Sentence | None:
    """About a tenth of the words of four letters or more, one at least, are mistyped."""
    able = [at for at, word in enumerate(sentence.words) if len(word.text) >= _SHORTEST and word.text.isalpha()]
    if not able:
        return None
    sure = rng.choice(able)
    texts = {at: _mistyped(sentence.words[at].text, rng) for at in able if at == sure or rng.random() < _SLIPS}
    changed = sentence.with_texts(texts)
    return changed if changed != sentence else None


def _mistyped(text: str, rng: Random) -> str:
    """The word with one slip after its first letter: two letters swapped, one doubled, left out or hit beside."""
    at = rng.randrange(1, len(text) - 1)
    slip = rng.randrange(4)
    if slip == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if slip == 1:
        return text[:at] + text[at] + text[at:]
    beside = _NEIGHBOURS.get(text[at], "")
    if slip == 2 or not beside:
        return text[:at] + text[at + 1 :]
    return text[:at] + rng.choice(beside) + text[at + 1 :]
