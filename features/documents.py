"""Features of a document: what the same word does elsewhere in the text.

A word that starts a sentence or stands in a headline tells little by its capital. Whether the same word is written in
lower case elsewhere, with a capital inside a sentence, and beside which neighbours, tells much (Mikheev 1999; Chieu and
Ng 2003; Krishnan and Manning 2006). All functions take a document as a list over sentences of lists over words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

Sentences = Sequence[Sequence[str]]


def capitals(sentences: Sentences) -> list[bool]:
    """For each sentence, whether it is written in capitals: two cased words or more, and none in lower case."""
    found = []
    for words in sentences:
        cased = [word for word in words if word.upper() != word.lower()]
        found.append(len(cased) > 1 and all(word.isupper() for word in cased))
    return found


def elsewhere(sentences: Sentences, neighbours: int = 4) -> list[list[tuple[str, ...]]]:
    """What each capitalised word does elsewhere in the document: a list over sentences of lists over words of values.

    low        it also occurs in lower case
    cap        it also occurs capitalised inside a sentence that is not all in capitals
    seq=…      the longest run of capitalised words it is part of elsewhere, seen from the word: its length and place
    left=…     the words before it at other places (at most `neighbours` places, the nearest in reading order)
    right=…    the words after it there
    """
    places, lowered = _index(sentences)
    shouting = capitals(sentences)
    result = []
    for number, words in enumerate(sentences):
        row: list[tuple[str, ...]] = []
        for position, word in enumerate(words):
            row.append(
                _evidence(sentences, places, lowered, shouting, number, position, neighbours)
                if _is_candidate(word)
                else ()
            )
        result.append(row)
    return result


def _is_candidate(word: str) -> bool:
    return word[0].isupper() or (len(word) > 1 and not word.islower() and word.upper() != word.lower())


def _index(sentences: Sentences) -> tuple[dict[str, list[tuple[int, int]]], set[str]]:
    """Places (sentence, position) of each candidate word in lower case, and the words that occur in lower case."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    lowered = set()
    for number, words in enumerate(sentences):
        for position, word in enumerate(words):
            if _is_candidate(word):
                places[word.lower()].append((number, position))
            else:
                lowered.add(word)
    return places, lowered


def _evidence(
    sentences: Sentences,
    places: dict[str, list[tuple[int, int]]],
    lowered: set[str],
    shouting: list[bool],
    number: int,
    position: int,
    neighbours: int,
) -> tuple[str, ...]:
    word = sentences[number][position].lower()
    found = {"low"} if word in lowered else set()
    others = [place for place in places[word] if place != (number, position)]
    for other, at in others[:neighbours]:
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


def _run(words: Sequence[str], at: int) -> str:
    """Where the word stands in the run of capitalised words around it: `seq=1/2` is the second of two."""
    first = at
    while first > 0 and words[first - 1][0].isupper():
        first -= 1
    last = at
    while last + 1 < len(words) and words[last + 1][0].isupper():
        last += 1
    return f"seq={min(at - first, 3)}/{min(last - first + 1, 4)}"
