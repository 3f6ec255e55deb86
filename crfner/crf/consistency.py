"""What a document says of a word in one sentence helps to read it in the others.

A linear chain sees one sentence at a time, and may label a name that is clear in one of them otherwise in the next. A
second CRF that is told what a first one found (Krishnan and Manning 2006; `crfner.stages`) mends that at the price of
six trainings. Here nothing is trained: the analyses of each sentence are ranked again by how well they agree with the
labels that the same words have in the other sentences, which is Krishnan and Manning's token majority.

Public names: `Candidates`, `Choice`, `consistent`, `voters`, `ANALYSES`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

ANALYSES = 10
"""So many analyses of a sentence are ranked again."""

_SWEEPS = 5  # over the sentences of a document; mostly the second one changes nothing
_SMOOTHING = 0.2  # of a vote, as what a label has that no other sentence gives the word

Votes = defaultdict[str, Counter[str]]
"""By word, how often it has which label in a document."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """A sentence and analyses of it, the most probable first.

    words   those of its words that are to be labelled as elsewhere (see `voters`)
    labels  of each analysis the labels of these words, "" for a word in no entity
    scores  of each analysis the logarithm of its probability, up to a constant of the sentence
    beyond  what no analysis that is left out exceeds in score when it gives the word of this number this label; None
            when none that is left out matters
    """

    words: Sequence[str]
    labels: Sequence[Sequence[str]]
    scores: Sequence[float]
    beyond: Callable[[int, str], float] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The number of each sentence's chosen analysis, and the sentences where one that is left out might be better."""

    chosen: list[int]
    wanting: list[int]


def voters(words: Sequence[str]) -> list[int]:
    """The places of the capitalised words of a sentence; what a single letter stands for may well change.

    >>> voters(["Doctor", "Ellis", "gave", "A", "to", "J.", "Bo"])
    [0, 1, 5, 6]
    """
    return [place for place, word in enumerate(words) if word[:1].isupper() and len(word) > 1]


def consistent(sentences: Sequence[Candidates], weight: float) -> Choice:
    """The analyses of a document's sentences that are probable and agree with one another.

    weight  how much agreement is worth; 0 for the most probable analyses

    A sentence gets the analysis with the greatest score + weight * (sum over its words of log(1 + 5 votes)), the votes
    being how often the word has the label in the analyses chosen for the *other* sentences. The token majority of
    Krishnan and Manning (2006) is a feature of a second CRF; here it is a factor, and the choice gets better one
    sentence at a time until none changes, or five times over (iterated conditional modes: Besag 1986). Of equals the
    more probable analysis is chosen.

    Where `wanting` is empty, the choice is the same as if nothing had been left out.

    >>> clear = Candidates(["Doctor", "Ellis"], [["", "PER"]], [0.0])
    >>> torn = Candidates(["Ellis"], [["ORG"], ["PER"]], [math.log(0.6), math.log(0.4)])
    >>> consistent([clear, torn], 0.6)
    Choice(chosen=[0, 1], wanting=[])
    >>> consistent([clear, torn], 0.0)
    Choice(chosen=[0, 0], wanting=[])
    """
    chosen = [0] * len(sentences)
    wanting: set[int] = set()
    votes: Votes = defaultdict(Counter)
    for sentence in sentences:
        _count(votes, sentence.words, sentence.labels[0], 1)
    for _ in range(_SWEEPS if weight else 0):
        before = list(chosen)
        for number, sentence in enumerate(sentences):
            words, labels = sentence.words, sentence.labels
            if not chosen[number] and all(len(votes[word]) == 1 for word in words):
                continue  # the most probable analysis has the only label that anything speaks for
            _count(votes, words, labels[chosen[number]], -1)
            worth = [
                {label: weight * math.log1p(count / _SMOOTHING) for label, count in votes[word].items()}
                for word in words
            ]
            scores = [
                score + math.fsum(by_label.get(label, 0.0) for by_label, label in zip(worth, given, strict=True))
                for given, score in zip(labels, sentence.scores, strict=True)
            ]
            chosen[number] = max(range(len(scores)), key=scores.__getitem__)
            if sentence.beyond and _reaches(sentence.beyond, worth, labels[0]) > scores[chosen[number]]:
                wanting.add(number)
            _count(votes, words, labels[chosen[number]], 1)
        if chosen == before:
            break
    return Choice(chosen, sorted(wanting))


def _reaches(beyond: Callable[[int, str], float], worth: Sequence[Mapping[str, float]], best: Sequence[str]) -> float:
    """What no analysis that is left out exceeds in score and worth together, if it is worth more than the best.

    It has to change a label for one that is worth more, and has at most the score that each such label leaves it.
    """
    base = math.fsum(by_label.get(label, 0.0) for by_label, label in zip(worth, best, strict=True))
    gains = sorted(
        (
            (beyond(number, label), number, gain)
            for number, (by_label, own) in enumerate(zip(worth, best, strict=True))
            for label, value in by_label.items()
            if (gain := value - by_label.get(own, 0.0)) > 0
        ),
        reverse=True,
    )
    most: dict[int, float] = {}
    reached = -math.inf
    for limit, number, gain in gains:
        most[number] = max(gain, most.get(number, 0.0))
        reached = max(reached, limit + math.fsum(most.values()))
    return base + reached


def _count(votes: Votes, words: Sequence[str], labels: Sequence[str], step: int) -> None:
    """Add so much to the votes for each word's label; what has none left is not kept."""
    for word, label in zip(words, labels, strict=True):
        votes[word][label] += step
        if not votes[word][label]:
            del votes[word][label]
