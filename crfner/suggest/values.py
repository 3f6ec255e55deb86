"""What passes through this package: what a recogniser makes of a text, and what is suggested.

Public names: `Reading`, `Candidate`, `Suggestion`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crfner.document import Document


@dataclass(frozen=True, slots=True)
class Reading:
    """How a recogniser reads a text: all that a strategy may look at.

    tokens     how many tokens the text has
    surprise   minus the logarithm of the probability of the best reading of the whole text, in nats
    runner_up  the probability of the second best reading as a share of that of the best, 0 to 1
    doubts     of each token, the entropy of what is said of it, in nats
    disputed   of each token, whether only one of model and rules has a span there; empty without rules
    votes      of each token, how far the members of an ensemble are apart, in nats; empty without members
    """

    tokens: int
    surprise: float
    runner_up: float
    doubts: tuple[float, ...]
    disputed: tuple[bool, ...] = ()
    votes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be suggested.

    document  with the spans that the recogniser finds, and `meta["from"]` where it is a sentence of another document
    score     by the strategy, 0 or more: the higher, the sooner it should be labelled
    shares    by word, how much of the score is due to it; they sum to 1, or there are none
    key       what texts that are nearly the same have in common
    tie       a number that decides between equal scores, drawn by the seed
    """

    document: Document
    tokens: int
    score: float
    shares: Mapping[str, float]
    key: bytes
    tie: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to label next.

    document  with the recogniser's spans, scored, to be corrected; `meta["suggest"]` says what stands here
    strategy  the name of the strategy
    score     of the text by itself
    rank      from 1
    why       one sentence for people
    """

    document: Document
    strategy: str
    score: float
    rank: int
    why: str
