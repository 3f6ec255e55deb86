"""How likely it is that a thing that is unlike its peers is a mistake.

Annotators err at some rate, and language varies. What is seen n times one way and once another way may be either. The
estimate follows from Bayes' rule: a way of its own is expected as often as its share among the peers, smoothed by a
Dirichlet prior, and a mistake at a fixed rate.

Public names: `mistake`, `NOISE`, `LEAST`.
"""

from __future__ import annotations

NOISE = 0.02
"""How often an annotation goes wrong in one given way, before anything is seen."""

LEAST = 0.1
"""The score from which on something that is unlike its peers is worth a look."""


def mistake(same: int, others: int, prior: float, weight: float = 0.5) -> float:
    """The probability that a thing is as it is by mistake.

    same    its peers that are as it is
    others  all of its peers, itself not counted
    prior   the share of its way that one would expect without any peer
    weight  how many peers the prior counts for

    >>> [round(mistake(0, others, 0.25), 2) for others in (1, 10, 100)]
    [0.18, 0.63, 0.94]
    """
    usual = (same + weight * prior) / (others + weight)
    wrong = NOISE * (1 - usual)
    return wrong / (wrong + (1 - NOISE) * usual)
