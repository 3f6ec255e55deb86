"""Strategies: how much a text is worth labelling, judged by how a recogniser reads it.

Each is a plain function from a `Reading` to a number, 0 or more; the higher, the sooner. Those that are divided by the
length ask what a token of labelling brings, as people label tokens; the others favour long texts.

Public names: `STRATEGIES`, `Strategy`, `strategy_named`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crfner.errors import SettingError
from crfner.suggest.values import Reading


@dataclass(frozen=True, slots=True)
class Strategy:
    """A measure, and what it owes to each token.

    measure  of a text
    weights  of its tokens, by which texts that owe their score to the same words are told
    asks     what it asks, in a few words
    why      how a person is told of the words with the greatest weights
    needs    "rules" or "members" where readings must have what these say
    """

    measure: Callable[[Reading], float]
    weights: Callable[[Reading], Sequence[float]]
    asks: str
    why: str = "unsure of"
    needs: str = ""


def sequence(reading: Reading) -> float:
    """Minus the logarithm of the probability of the best reading, a token.

    Maximum normalised log-probability of Shen et al. (2017), after the least confidence of Culotta and McCallum (2005)
    for sequences, which prefers long ones (Settles and Craven 2008).
    """
    return reading.surprise / reading.tokens


def confidence(reading: Reading) -> float:
    """1 minus the probability of the best reading: least confidence (Culotta and McCallum 2005)."""
    return -math.expm1(-reading.surprise)


def margin(reading: Reading) -> float:
    """1 minus what the best reading is more probable by than the second best (Scheffer, Decomain and Wrobel 2001)."""
    return 1.0 - math.exp(-reading.surprise) * (1.0 - reading.runner_up)


def entropy(reading: Reading) -> float:
    """The mean entropy of a token's tags (token entropy of Settles and Craven 2008)."""
    return math.fsum(reading.doubts) / reading.tokens


def total(reading: Reading) -> float:
    """The sum of the entropies of the tokens' tags (total token entropy of Settles and Craven 2008)."""
    return math.fsum(reading.doubts)


def disagreement(reading: Reading) -> float:
    """The share of the tokens where only one of model and rules has an entity, or theirs differ."""
    return sum(reading.disputed) / reading.tokens


def votes(reading: Reading) -> float:
    """The mean over tokens of how far an ensemble's members are apart, as Jensen-Shannon divergence.

    That is the mean Kullback-Leibler divergence of each member from all of them together (McCallum and Nigam 1998).
    """
    return math.fsum(reading.votes) / reading.tokens


def nothing(reading: Reading) -> float:
    """The same for all texts: what is taken then is a random sample."""
    return 0.0


def by_doubt(reading: Reading) -> Sequence[float]:
    """Tokens weigh what their tags' entropy is."""
    return reading.doubts


def by_dispute(reading: Reading) -> Sequence[float]:
    """Tokens of disputed spans weigh 1, others nothing."""
    return [float(disputed) for disputed in reading.disputed]


def by_vote(reading: Reading) -> Sequence[float]:
    """Tokens weigh what the members are apart."""
    return reading.votes


def evenly(reading: Reading) -> Sequence[float]:
    """No token weighs anything."""
    return [0.0] * reading.tokens


STRATEGIES = {
    "sequence": Strategy(sequence, by_doubt, "how improbable the best reading is, a token"),
    "entropy": Strategy(entropy, by_doubt, "how undecided the tags are, a token"),
    "total": Strategy(total, by_doubt, "how undecided the tags are, over the whole text"),
    "confidence": Strategy(confidence, by_doubt, "how improbable the best reading of the whole text is"),
    "margin": Strategy(margin, by_doubt, "how close the second best reading comes to the best"),
    "disagreement": Strategy(
        disagreement, by_dispute, "how many tokens model and rules disagree about", "model and rules differ on", "rules"
    ),
    "votes": Strategy(
        votes, by_vote, "how far the members of an ensemble are apart, a token", "members differ on", "members"
    ),
    "random": Strategy(nothing, evenly, "nothing: a random sample", "drawn at random"),
}


def strategy_named(name: str) -> Strategy:
    """The strategy of that name. Raises SettingError when there is none."""
    if name not in STRATEGIES:
        raise SettingError(f"unknown strategy {name!r}; known are {', '.join(STRATEGIES)}")
    return STRATEGIES[name]
