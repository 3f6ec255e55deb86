"""Chunks that are likely although the best tags may not show them, and which of them to give.

The best tag sequence hides what comes second: an entity of a rare label with a probability of 0.4 loses to "no entity"
each time. The lattice knows the probability of every chunk, and as a longer one is never more probable than that its
label begins at this token and goes on so far, few beginnings need a second look.

Public names: `Likely`, `likely_chunks`, `apart`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crfner.crf.decode import Ints, Lattice, shares
from crfner.schemes import split_tag


@dataclass(frozen=True, slots=True)
class Likely:
    """A chunk, the tokens first..last-1, and the probability that exactly it is an entity of this label."""

    first: int
    last: int
    label: str
    probability: float


def likely_chunks(found: Lattice, tags: Sequence[str], thresholds: Mapping[str, float]) -> list[Likely]:
    """All chunks whose probability is at least their label's threshold; labels without one are not looked for.

    The probability is the sum over all tag sequences that have exactly this chunk (constrained forward-backward:
    Culotta and McCallum 2004). As those of chunks with a token in common sum to 1 at most, 1 / threshold chunks can
    hold a token. The chunks come in no particular order, and may overlap.
    """
    likely: list[Likely] = []
    if len(found.starts):
        for label, threshold in thresholds.items():
            inside = np.array([n for n, tag in enumerate(tags) if split_tag(tag)[1] == label], dtype=np.int64)
            if len(inside):
                likely.extend(_of_label(found, inside, label, threshold))
    return likely


def _of_label(found: Lattice, inside: Ints, label: str, threshold: float) -> Iterable[Likely]:
    """The likely chunks of one label; `inside` has the numbers of its tags.

    All chunks that begin anywhere grow together, a token a step: `open_` has for each the probability that it begins
    where it does and goes on up to here, by the tag that it has here.
    """
    ends = np.append(found.starts[1:], True)  # of sentences
    parted = found.moves * ~found.continues
    before = found.forward[:-1]
    begun = found.node[:, inside]
    begun[1:] *= np.where(
        found.starts[1:, None], 1.0, shares(before @ parted[:, inside], before @ found.moves[:, inside])
    )
    firsts: Ints = np.flatnonzero(begun.sum(axis=1) >= threshold)
    here, open_ = firsts, begun[firsts]
    going_on = (found.moves * found.continues)[np.ix_(inside, inside)]
    while len(here):
        after = np.minimum(here + 1, len(ends) - 1)
        sums = found.leaving[after] @ found.moves[inside].T
        closed = np.where(ends[here, None], 1.0, shares(found.leaving[after] @ parted[inside].T, sums))
        probabilities = (open_ * closed).sum(axis=1)
        for place in np.flatnonzero(probabilities >= threshold).tolist():
            yield Likely(int(firsts[place]), int(here[place]) + 1, label, min(1.0, float(probabilities[place])))
        open_ = (shares(open_, sums) @ going_on) * found.leaving[after][:, inside]
        kept = ~ends[here] & (open_.sum(axis=1) >= threshold)
        firsts, here, open_ = firsts[kept], here[kept] + 1, open_[kept]


def apart(likely: Iterable[Likely]) -> list[Likely]:
    """Of chunks that overlap the most probable one, then the first and longest; in the order of the tokens.

    Whether a chunk is kept depends on more probable ones only: those that a higher threshold keeps are the same as
    those of a lower one that reach it.
    """
    kept: list[Likely] = []
    taken: set[int] = set()
    for chunk in sorted(likely, key=lambda chunk: (-chunk.probability, chunk.first, -chunk.last, chunk.label)):
        tokens = range(chunk.first, chunk.last)
        if taken.isdisjoint(tokens):
            taken.update(tokens)
            kept.append(chunk)
    return sorted(kept, key=lambda chunk: chunk.first)
