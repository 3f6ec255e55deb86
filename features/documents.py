"""Features of a document: what the same word does elsewhere in the text.

A word that starts a sentence or stands in a headline tells little by its capital. Whether the same word is written in
lower case elsewhere, with a capital inside a sentence, and beside which neighbours, tells much (Mikheev 1999; Chieu and
Ng 2003; Krishnan and Manning 2006). All functions take a document as a list over sentences of lists over words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from features.channels import Sentences

Places = dict[str, list[tuple[int, int]]]

_SHORTEST = 6
COMMONEST = 10
"""A lower-case word is worth a look elsewhere from so many characters on, and up to so many occurrences: names of
substances and illnesses recur in a text, but function words recur more."""


def capitals(sentences: Sentences) -> list[bool]:
    """For each sentence, whether it is written in capitals: two cased words or more, and none in lower case."""
    found = []
    for words in sentences:
        cased = [word for word in words if is_cased(word)]
        found.append(len(cased) > 1 and all(word.isupper() for word in cased))
    return found


def elsewhere(sentences: Sentences, neighbours: int = 4) -> list[list[tuple[str, ...]]]:
    """What the same word does elsewhere in the document: a list over sentences of lists over words of values.

    Of a capitalised word:

    low        it also occurs in lower case
    cap        it also occurs capitalised inside a sentence that is not all in capitals
    seq=…      the longest run of capitalised words it is part of elsewhere, seen from the word: its length and place
    left=…     the words before it at other places (at most `neighbours` places, the nearest in reading order)
    right=…    the words after it there

    Of a word in lower case, `left=…` and `right=…` only, where it recurs but is not common in the document.

    >>> elsewhere([["Aspirin", "helps"], ["He", "took", "Aspirin", "today"], ["no", "aspirin"]])[0]
    [('cap', 'left=took', 'low', 'right=today', 'seq=0/1'), ()]
    >>> elsewhere([["some", "codeine"], ["codeine", "helps"]])[0]
    [(), ('right=helps',)]
    """
    capitalised, lowered = _index(sentences)
    shouting = capitals(sentences)
    result = []
    for number, words in enumerate(sentences):
        row: list[tuple[str, ...]] = []
        for position, word in enumerate(words):
            if _is_candidate(word):
                row.append(_evidence(sentences, capitalised, lowered, shouting, number, position, neighbours))
            elif len(word) >= _SHORTEST and 1 < len(lowered[word]) <= COMMONEST and word.islower():
                row.append(_neighbours(sentences, lowered[word], number, position, neighbours))
            else:
                row.append(())
        result.append(row)
    return result


@lru_cache(maxsize=1 << 16)
def is_cased(word: str) -> bool:
    return word.upper() != word.lower()


def flags(word: str) -> int:
    """What `elsewhere` asks of a word, as bits: 1 a candidate, 2 begins with a capital, 4 may recur in lower case."""
    candidate = _is_candidate(word)
    recurring = not candidate and len(word) >= _SHORTEST and word.islower()
    return candidate | word[0].isupper() << 1 | recurring << 2


@lru_cache(maxsize=1 << 16)
def _is_candidate(word: str) -> bool:
    return word[0].isupper() or (len(word) > 1 and not word.islower() and is_cased(word))


def _index(sentences: Sentences) -> tuple[Places, Places]:
    """Places (sentence, position) of each candidate word, by its lower case, and of each other word."""
    capitalised: Places = defaultdict(list)
    lowered: Places = defaultdict(list)
    for number, words in enumerate(sentences):
        for position, word in enumerate(words):
            if _is_candidate(word):
                capitalised[word.lower()].append((number, position))
            else:
                lowered[word].append((number, position))
    return capitalised, lowered


def _evidence(
    sentences: Sentences,
    places: Places,
    lowered: Places,
    shouting: list[bool],
    number: int,
    position: int,
    neighbours: int,
) -> tuple[str, ...]:
    word = sentences[number][position].lower()
    found = {"low"} if word in lowered else set()
    for other, at in _others(places[word], (number, position), neighbours):
        words = sentences[other]
        if shouting[other]:
            continue
        if at > 0:
            found.add("cap")
            found.add("left=" + words[at - 1].lower())
        if at + 1 < len(words):
            found.add("right=" + words[at + 1].lower())
        found.add(_run(words, at))
    return tuple(sorted(found))


def _neighbours(
    sentences: Sentences, places: list[tuple[int, int]], number: int, position: int, neighbours: int
) -> tuple[str, ...]:
    found = set()
    for other, at in _others(places, (number, position), neighbours):
        words = sentences[other]
        if at > 0:
            found.add("left=" + words[at - 1].lower())
        if at + 1 < len(words):
            found.add("right=" + words[at + 1].lower())
    return tuple(sorted(found))


def _others(places: list[tuple[int, int]], here: tuple[int, int], limit: int) -> list[tuple[int, int]]:
    """The first `limit` places but this one; a word may have very many."""
    return [place for place in places[: limit + 1] if place != here][:limit]


def _run(words: Sequence[str], at: int) -> str:
    """Where the word stands in the run of capitalised words around it: `seq=1/2` is the second of two."""
    before = next((n for n in range(3) if at - n == 0 or not words[at - n - 1][0].isupper()), 3)
    after = next((n for n in range(3) if at + n + 1 == len(words) or not words[at + n + 1][0].isupper()), 3)
    return f"seq={before}/{min(before + 1 + after, 4)}"
