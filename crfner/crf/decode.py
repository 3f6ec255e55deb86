"""Decoding a linear-chain CRF: the best tag sequence, and how probable its parts are.

Emissions are (tokens, L) arrays of log scores over L tags with the sentences one after the other; `lengths` says how
many tokens each has. A transition of minus infinity is forbidden.

The work is done in C (`kernel/_decoding.c`), one sentence after the other. Where that was not built, all sentences of a
batch advance together in numpy, one token a step, so that the work of a step is a few array operations over
(sentences, L, L) and the cost of Python is shared. Paths are the same, and probabilities to about the last digit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

try:
    from crfner.crf.kernel import _decoding
except ImportError:  # there was no compiler
    _decoding = None  # type: ignore[assignment]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True, slots=True)
class Chain:
    """What holds between tags, whatever the sentence: log scores over L tags.

    transitions  (L, L) from the tag in the row to the tag in the column
    initial      (L,) of starting with a tag
    final        (L,) of ending with a tag
    continues    (L, L) whether the second tag goes on with the chunk that the first is in
    """

    transitions: Floats
    initial: Floats
    final: Floats
    continues: Bools

    def tempered(self, temperature: float) -> Chain:
        """The chain whose scores are divided by the temperature, above 0; emissions are to be divided likewise.

        Above 1 all probabilities draw nearer to one another; which of two tag sequences is the more probable stays.
        """
        scores = (self.transitions / temperature, self.initial / temperature, self.final / temperature)
        return Chain(*scores, self.continues)


@dataclass(frozen=True, slots=True)
class Confidence:
    """Probabilities along a tag sequence y, one value a token.

    node       P(y_t)
    link       P(y_t | y_{t-1}); 1 for the first token of a sentence
    separate   P(the token before does not belong to the same chunk | y_t), for a chunk that starts here
    closed     P(the token after does not belong to the same chunk | y_t), for a chunk that ends here
    """

    node: Floats
    link: Floats
    separate: Floats
    closed: Floats

    def of_chunk(self, first: int, last: int) -> float:
        """The probability that exactly the tokens first..last-1 form the chunk that y has there.

        That is the sum over all tag sequences with this chunk, divided by the sum over all sequences, as constrained
        forward-backward gives it (Culotta and McCallum 2004). By the Markov property it is a product of marginals along
        the chunk: P(y_first) P(y_{first+1} | y_first) ..., with both borders closed.
        """
        return float(self.of_chunks([first], [last])[0])

    def of_chunks(self, firsts: Sequence[int], lasts: Sequence[int]) -> Floats:
        """`of_chunk` for several chunks at once."""
        first, last = np.asarray(firsts, dtype=np.int64), np.asarray(lasts, dtype=np.int64)
        inside = self.node[first]
        going_on = np.flatnonzero(last - first > 1)
        step = 1
        while len(going_on):  # all chunks grow together, a token a step
            inside[going_on] *= self.link[first[going_on] + step]
            step += 1
            going_on = going_on[(last - first)[going_on] > step]
        found: Floats = np.minimum(1.0, inside * self.separate[first] * self.closed[last - 1])
        return found


class Steps:
    """The order in which a batch is walked: at step t the sentences longer than t, longest first."""

    def __init__(self, lengths: Sequence[int]) -> None:
        sizes = np.asarray(lengths, dtype=np.int64)
        self.order: Ints = np.argsort(-sizes, kind="stable")  # the numbers of the sentences, longest first
        self.starts: Ints = (np.cumsum(sizes) - sizes)[self.order]
        self.sizes: Ints = sizes[self.order]
        self.count = int(sizes.max(initial=0))
        # active[t]: how many sentences have a token at t (sizes are in falling order)
        self.active: Ints = np.searchsorted(-self.sizes, -np.arange(1, self.count + 2), side="right").astype(np.int64)

    def rows(self, step: int) -> Ints:
        """The token at `step` of each active sentence, as rows of the emissions."""
        return self.starts[: self.active[step]] + step

    def forward(self) -> Iterator[int]:
        return iter(range(self.count))

    def backward(self) -> Iterator[int]:
        return iter(range(self.count - 1, -1, -1))


def viterbi(emissions: Floats, lengths: Sequence[int], chain: Chain) -> Ints:
    """The best tag sequence of each sentence, as tag numbers, one a token (Viterbi 1967; Forney 1973)."""
    if _decoding is not None and emissions.shape[1]:
        found = np.empty(len(emissions), dtype=np.int64)
        moves, initial, final = _plain(chain.transitions), _plain(chain.initial), _plain(chain.final)
        _decoding.viterbi(_plain(emissions), _whole(lengths), moves, initial, final, found)
        return found
    steps = Steps(lengths)
    best: list[Floats] = []
    for step in steps.forward():
        rows = steps.rows(step)
        if step == 0:
            best.append(emissions[rows] + chain.initial)
        else:
            before = best[-1][: len(rows)]
            best.append((before[:, :, None] + chain.transitions).max(axis=1) + emissions[rows])
    path = np.zeros(len(emissions), dtype=np.int64)
    for step in steps.backward():
        rows = steps.rows(step)
        going_on = int(steps.active[step + 1])  # sentences that have a token after this one
        scores = best[step]
        scores[going_on:] += chain.final
        scores[:going_on] += chain.transitions.T[path[rows[:going_on] + 1]]
        path[rows] = scores.argmax(axis=1)
    return path


@dataclass(frozen=True, slots=True)
class Lattice:
    """What the forward-backward algorithm says of a batch of T tokens, one sentence after the other.

    forward    (T, L) what the sentence up to a token says of its tags, scaled
    coming     (T, L) what the rest of the sentence says of them
    leaving    (T, L) `coming` with the token's own potential
    moves      (L, L) exponentials of the transitions
    continues  (L, L) as in `Chain`
    starts     (T,) whether a sentence starts at the token
    """

    forward: Floats
    coming: Floats
    leaving: Floats
    moves: Floats
    continues: Bools
    starts: Bools

    @property
    def node(self) -> Floats:
        """P(tag) of each token, (T, L)."""
        return _normalised(self.forward * self.coming)

    def along(self, path: Ints) -> Confidence:
        """The probabilities along a tag sequence, one tag number a token."""
        if _decoding is not None and self.forward.shape[1]:
            node, link, separate, closed = (np.empty(len(path)) for _ in range(4))
            _decoding.along(
                _plain(self.forward), _plain(self.coming), _plain(self.leaving), _plain(self.moves),
                np.ascontiguousarray(self.continues), np.ascontiguousarray(self.starts), _whole(path),
                node, link, separate, closed,
            )  # fmt: skip
            return Confidence(node, link, separate, closed)
        tokens = np.arange(len(path))
        last = np.ones(len(path), dtype=np.bool_)
        last[:-1] = self.starts[1:]
        node = self.node[tokens, path]
        link, separate, closed = np.ones_like(node), np.ones_like(node), np.ones_like(node)
        here, after = tokens[~last], tokens[~last] + 1
        onward = _normalised(self.moves[path[here]] * self.leaving[after])  # P(tag after | tag here)
        link[after] = onward[np.arange(len(after)), path[after]]
        closed[here] = (onward * ~self.continues[path[here]]).sum(axis=1)
        back = _normalised(self.moves.T[path[after]] * self.forward[here])  # P(tag here | tag after)
        separate[after] = (back * ~self.continues.T[path[after]]).sum(axis=1)
        return Confidence(node, link, separate, closed)


def lattice(emissions: Floats, lengths: Sequence[int], chain: Chain) -> Lattice:
    """The forward-backward algorithm (Rabiner 1989, with his scaling) over a batch of sentences."""
    moves, begins, ends = _exp(chain.transitions), _exp(chain.initial), _exp(chain.final)
    if _decoding is not None and emissions.shape[1]:
        sizes = _whole(lengths)
        forward, coming, leaving = (np.empty(emissions.shape) for _ in range(3))
        scores = _plain(emissions), sizes, _plain(moves), _plain(begins), _plain(ends)
        _decoding.lattice(*scores, forward, coming, leaving)
        starts = np.zeros(len(emissions) + 1, dtype=np.bool_)
        starts[np.cumsum(sizes) - sizes] = True  # an empty sentence at the end starts beyond the last token
        return Lattice(forward, coming, leaving, moves, chain.continues, starts[:-1])
    steps = Steps(lengths)
    potentials = np.exp(emissions - emissions.max(axis=1, keepdims=True))
    forward = np.empty_like(potentials)
    for step in steps.forward():
        rows = steps.rows(step)
        arriving = begins if step == 0 else forward[rows - 1] @ moves
        forward[rows] = _normalised(arriving * potentials[rows])
    coming = np.empty_like(potentials)
    leaving = np.empty_like(potentials)
    for step in steps.backward():
        rows = steps.rows(step)
        going_on = int(steps.active[step + 1])
        coming[rows[going_on:]] = ends
        coming[rows[:going_on]] = leaving[rows[:going_on] + 1] @ moves.T
        coming[rows] = _normalised(coming[rows])
        leaving[rows] = coming[rows] * potentials[rows]
    starts = np.zeros(len(potentials), dtype=np.bool_)
    starts[steps.starts[: steps.active[0]] if steps.count else []] = True
    return Lattice(forward, coming, leaving, moves, chain.continues, starts)


def confidence(emissions: Floats, lengths: Sequence[int], chain: Chain, path: Ints) -> Confidence:
    """How probable the tags of `path` are."""
    return lattice(emissions, lengths, chain).along(path)


def _plain(array: Floats) -> Floats:
    """The array in the one form that C knows."""
    return np.ascontiguousarray(array, dtype=np.float64)


def _whole(numbers: Sequence[int] | Ints) -> Ints:
    return np.ascontiguousarray(numbers, dtype=np.int64)


def _exp(scores: Floats) -> Floats:
    """The exponentials, all divided by the greatest, which changes no probability and keeps them from overflowing."""
    exponentials: Floats = np.exp(scores - max(float(scores.max()), np.finfo(np.float64).min))
    return exponentials


def shares(values: Floats, sums: Floats) -> Floats:
    """Values as shares of sums; 0 where a sum is 0."""
    return values / np.maximum(sums, _TINY)


def _normalised(values: Floats) -> Floats:
    return shares(values, values.sum(axis=-1, keepdims=True))
