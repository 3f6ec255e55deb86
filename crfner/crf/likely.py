"""Chunks that are likely although the best tags may not show them, and which of them to give.

The best tag sequence hides what comes second: an entity of a rare label with a probability of 0.4 loses to "no entity"
each time. The lattice knows the probability of every chunk, and as a longer one is never more probable than that its
label begins at this token and goes on so far, few beginnings need a second look.

Public names: `Likely`, `with_likely`, `likely_chunks`, `chances`, `apart`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crfner.crf.decode import Bools, Floats, Ints, Lattice, shares
from crfner.document import Chunk, Document, shared_out
from crfner.schemes import split_tag


@dataclass(frozen=True, slots=True)
class Likely:
    """A chunk, the tokens first..last-1, and the probability that exactly it is an entity of this label."""

    first: int
    last: int
    label: str
    probability: float

    @property
    def chunk(self) -> Chunk:
        """Without the probability."""
        return self.first, self.last, self.label


def with_likely(documents: Sequence[Document], chunks: Sequence[Likely]) -> Iterator[Document]:
    """The documents, whose tokens stand one after the other, with the chunks, which are in order, as spans."""
    probabilities = iter([chunk.probability for chunk in chunks])
    for document, own in zip(documents, shared_out([chunk.chunk for chunk in chunks], documents), strict=True):
        yield document.with_spans([document.span(chunk, round(next(probabilities), 4), "crf") for chunk in own])


def likely_chunks(found: Lattice, tags: Sequence[str], thresholds: Mapping[str, float]) -> list[Likely]:
    """All chunks whose probability is at least their label's threshold; labels without one are not looked for.

    As the probabilities of chunks with a token in common sum to 1 at most, 1 / threshold chunks can hold a token. The
    chunks come in no particular order, and may overlap.
    """
    likely: list[Likely] = []
    node = found.node
    for label, threshold in thresholds.items():
        growing = _Growing.of(found, tags, label)
        if growing is None:
            continue
        # where no tag of the label is probable, no chunk that begins there is
        firsts: Ints = np.flatnonzero(node[:, growing.inside].sum(axis=1) >= threshold)
        here, open_ = firsts, growing.begun(node, firsts)
        while len(here):
            probabilities, open_ = growing.step(here, open_)
            for place in np.flatnonzero(probabilities >= threshold).tolist():
                exactly = min(1.0, float(probabilities[place]))
                likely.append(Likely(int(firsts[place]), int(here[place]) + 1, label, exactly))
            kept = open_.sum(axis=1) >= threshold
            firsts, here, open_ = firsts[kept], here[kept] + 1, open_[kept]
    return likely


def chances(found: Lattice, tags: Sequence[str], chunks: Sequence[Chunk]) -> Floats:
    """(chunks,) how probable exactly each chunk is.

    It is 0 for a chunk that is empty, goes beyond a sentence or has a label that was not learnt.
    """
    node, probable = found.node, np.zeros(len(chunks))
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, (first, last, label) in enumerate(chunks):
        if first < last:
            numbers[label].append(number)
    for label, own in numbers.items():
        growing = _Growing.of(found, tags, label)
        if growing is None:
            continue
        places = np.array(own)
        here, last = np.array([chunks[number][:2] for number in own], dtype=np.int64).T
        open_ = growing.begun(node, here)
        while len(places):
            exactly, open_ = growing.step(here, open_)
            ended = here + 1 == last
            probable[places[ended]] = np.minimum(exactly[ended], 1.0)
            kept = ~ended & open_.any(axis=1)
            places, here, last, open_ = places[kept], here[kept] + 1, last[kept], open_[kept]
    return probable


@dataclass(frozen=True, slots=True)
class _Growing:
    """Chunks of one label that grow together, a token a step.

    Each has the probability that it begins where it does and goes on up to here, by the tag that it has here. Summed
    over the tags, once it is closed, that is the probability of all tag sequences with exactly this chunk (constrained
    forward-backward: Culotta and McCallum 2004).

    inside    the numbers of the label's tags
    parted    (L, L) exponentials of the transitions that do not go on with a chunk
    going_on  of those that do, between the label's tags
    ends      (T,) whether a sentence ends at the token
    """

    found: Lattice
    inside: Ints
    parted: Floats
    going_on: Floats
    ends: Bools

    @classmethod
    def of(cls, found: Lattice, tags: Sequence[str], label: str) -> _Growing | None:
        """None where there is no token, or no tag of the label."""
        inside = np.array([n for n, tag in enumerate(tags) if split_tag(tag)[1] == label], dtype=np.int64)
        if not len(found.starts) or not len(inside):
            return None
        going_on = (found.moves * found.continues)[np.ix_(inside, inside)]
        return cls(found, inside, found.moves * ~found.continues, going_on, np.append(found.starts[1:], True))

    def begun(self, node: Floats, here: Ints) -> Floats:
        """(len(here), tags) how probable it is that a chunk begins at each of these tokens, with each tag."""
        found, inside = self.found, self.inside
        before = found.forward[here - 1]  # of the first token the last one, which does not count: a sentence starts
        parting = shares(before @ self.parted[:, inside], before @ found.moves[:, inside])
        return node[np.ix_(here, inside)] * np.where(found.starts[here, None], 1.0, parting)

    def step(self, here: Ints, open_: Floats) -> tuple[Floats, Floats]:
        """How probable it is that the chunks end here, and that they go on to the next token, by its tags."""
        after = np.minimum(here + 1, len(self.ends) - 1)
        leaving, ends = self.found.leaving[after], self.ends[here, None]
        sums = leaving @ self.found.moves[self.inside].T
        closed = np.where(ends, 1.0, shares(leaving @ self.parted[self.inside].T, sums))
        onward = (shares(open_, sums) @ self.going_on) * leaving[:, self.inside]
        return (open_ * closed).sum(axis=1), np.where(ends, 0.0, onward)


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
