"""Which candidates to take together: the best, but not the same doubt over and over.

Of texts in a stream the best are kept in a heap of bounded size, one of those that are nearly the same. From these, one
after the other is taken: each time the one whose score is highest, when what it owes to words that were taken before
counts less. The sum of such gains is submodular, so that greedy choice is within 1 - 1/e of the best set (Nemhauser,
Wolsey and Fisher 1978), and as gains only fall, few have to be computed again (Minoux 1978).

Public names: `best_of`, `spread`.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Container, Iterable, Iterator

from crfner.suggest.values import Candidate

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

    diversity  how much a word counts less each time that it has been taken: 0 for not at all, 1 for only once
    """
    taken: Counter[str] = Counter()
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
        taken.update(candidate.shares.keys())


def novelty(candidate: Candidate, taken: Counter[str], diversity: float) -> float:
    """The share of the score that is left when words that were taken before count less, 0 to 1."""
    if not candidate.shares or not diversity:
        return 1.0
    return sum(share * (1.0 - diversity) ** taken[word] for word, share in candidate.shares.items())


def _rank(candidate: Candidate) -> _Rank:
    return candidate.score, candidate.tie
