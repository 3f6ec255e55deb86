"""Which candidates to take together: the best, but not the same doubt over and over.

Of texts in a stream the best are kept in a heap of bounded size, one of those that are nearly the same. From these, one
after the other is taken: each time the one whose score is highest, when what it owes to words that were taken before
counts less. The sum of such gains is submodular, so that greedy choice is within 1 - 1/e of the best set (Nemhauser,
Wolsey and Fisher 1978), and as gains only fall, few have to be computed again (Minoux 1978).

Public names: `best_of`, `spread`, `novelty`, `take`, `Taken`.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator

from crfner.suggest.values import Candidate

Taken = defaultdict[str, float]
"""By word, how many texts were taken because of it; a text that owes half of its score to a word counts half."""

_Rank = tuple[float, int]


def best_of(candidates: Iterable[Candidate], most: int, known: Container[bytes] = ()) -> list[Candidate]:
    """The candidates with the highest scores, at most so many, best first; no two of them with one key.

    known  keys of texts that are not to be taken
    """
    kept: dict[bytes, Candidate] = {}
    heap: list[tuple[_Rank, bytes]] = []  # the worst first
    for candidate in candidates:
        if candidate.key in known:
            continue
        rank = _rank(candidate)
        other = kept.get(candidate.key)
        if other is not None:
            if _rank(other) < rank:
                kept[candidate.key] = candidate
                heap[heap.index((_rank(other), candidate.key))] = rank, candidate.key
                heapq.heapify(heap)
            continue
        if len(heap) < most:
            heapq.heappush(heap, (rank, candidate.key))
        elif rank > heap[0][0]:
            _, worst = heapq.heapreplace(heap, (rank, candidate.key))
            del kept[worst]
        else:
            continue
        kept[candidate.key] = candidate
    return sorted(kept.values(), key=_rank, reverse=True)


def spread(candidates: Iterable[Candidate], diversity: float) -> Iterator[Candidate]:
    """The candidates in the order in which to take them.

    diversity  how much a word counts less once a text was taken that owed its score to it alone: 0 for not at all, 1
               for nothing any more
    """
    taken: Taken = defaultdict(float)
    heap = [((-candidate.score, -candidate.tie), number, candidate) for number, candidate in enumerate(candidates)]
    heapq.heapify(heap)
    while heap:
        (gain, tie), number, candidate = heap[0]
        now = -candidate.score * novelty(candidate, taken, diversity)
        if now > gain:  # words were taken since it was put here
            heapq.heapreplace(heap, ((now, tie), number, candidate))
            continue
        heapq.heappop(heap)
        yield candidate
        take(candidate, taken)


def take(candidate: Candidate, taken: Taken) -> None:
    """Count the candidate's words as taken, by what it owes to each: what hardly mattered is hardly learnt by it."""
    for word, share in candidate.shares.items():
        taken[word] += share


def novelty(candidate: Candidate, taken: Taken, diversity: float) -> float:
    """The share of the score that is left when words that were taken before count less, 0 to 1."""
    if not candidate.shares or not diversity:
        return 1.0
    left = 1.0 - diversity
    return math.fsum(share * left ** taken[word] for word, share in candidate.shares.items())


def _rank(candidate: Candidate) -> _Rank:
    return candidate.score, candidate.tie
