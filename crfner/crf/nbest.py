"""The n best tag sequences of each sentence, not only the best one, and how probable they are.

Viterbi's algorithm keeps the best way to each tag; here it keeps the n best ways, as the n best sequences pass through
no others. What it finds is exact. All sentences of a batch advance together, as in `crfner.crf.decode`.

Public names: `n_best`, `log_partition`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crfner.crf.decode import Chain, Floats, Ints, Steps


def n_best(emissions: Floats, lengths: Sequence[int], chain: Chain, n: int) -> tuple[Ints, Floats]:
    """The n best tag sequences of each sentence (list Viterbi: Seshadri and Sundberg 1994), best first.

    Returns the paths, (n, tokens) tag numbers, and their log scores, (n, sentences). Where a sentence has fewer than n
    sequences that the chain allows, the score is minus infinity and the path means nothing. The first path is that of
    `viterbi`.
    """
    steps = Steps(lengths)
    tags = len(chain.initial)
    ways: list[Floats] = []  # a step: (sentences, rank, tag), the scores of the best ways to the tag, in falling order
    origins: list[Ints] = []  # a step: (sentences, rank, tag), the way before, as rank * tags + tag
    for step in steps.forward():
        rows = steps.rows(step)
        if step == 0:
            ways.append((emissions[rows] + chain.initial)[:, None, :])
            continue
        before = ways[-1][: len(rows)]
        reached = (before[:, :, :, None] + chain.transitions).reshape(len(rows), -1, tags)
        origin = _best(reached, n)
        ways.append(np.take_along_axis(reached, origin, axis=1) + emissions[rows][:, None, :])
        origins.append(origin)
    paths = np.zeros((n, len(emissions)), dtype=np.int64)
    scores = np.full((n, len(lengths)), -np.inf)
    here = np.zeros((len(lengths), n), dtype=np.int64)  # the ways that are walked back, longest sentences first
    for step in steps.backward():
        rows = steps.rows(step)
        going_on = int(steps.active[step + 1])
        if going_on:
            after = here[:going_on]
            here[:going_on] = np.take_along_axis(origins[step].reshape(going_on, -1), after, axis=1)
        if going_on < len(rows):
            ending = (ways[step][going_on:] + chain.final).reshape(len(rows) - going_on, -1)
            best = _best(ending, n)
            here[going_on : len(rows), : best.shape[1]] = best
            found = np.take_along_axis(ending, best, axis=1)
            scores[: best.shape[1], steps.order[going_on : len(rows)]] = found.T
        paths[:, rows] = here[: len(rows)].T % tags
    return paths, scores


def log_partition(emissions: Floats, lengths: Sequence[int], chain: Chain) -> Floats:
    """The logarithm of the sum over all tag sequences of the exponentials of their scores, (sentences,).

    A sequence has the probability exp(score - log_partition) (Lafferty et al. 2001).
    """
    steps = Steps(lengths)
    logarithms = np.zeros(len(lengths))
    sums: Floats = np.zeros((0, len(chain.initial)))
    for step in steps.forward():
        rows = steps.rows(step)
        if step == 0:
            sums = emissions[rows] + chain.initial
        else:
            arriving = sums[: len(rows), :, None] + chain.transitions
            sums = np.logaddexp.reduce(arriving, axis=1) + emissions[rows]
        going_on = int(steps.active[step + 1])
        ending = np.logaddexp.reduce(sums[going_on:] + chain.final, axis=1)
        logarithms[steps.order[going_on : len(rows)]] = ending
    return logarithms


def _best(scores: Floats, n: int) -> Ints:
    """The places of the n best scores along the second axis, best first; of equals the first."""
    return np.argsort(-scores, axis=1, kind="stable")[:, :n]
