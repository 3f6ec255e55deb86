"""Which tags the sentences of a batch get when those of a document are to agree.

Few sentences can change: most have no capitalised word that the document labels in two ways, or are so sure that no
agreement makes up for it. Only for the others the n best analyses are found, and the result is the same as if they had
been found for all.

Public names: `agreeing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from crfner.crf.consistency import ANALYSES, Candidates, consistent, voters
from crfner.crf.decode import Chain, Confidence, Floats, Ints, Lattice
from crfner.crf.nbest import n_best
from crfner.document import Document
from crfner.schemes import split_tag

_TOGETHER = 2048  # tokens whose n best analyses are found together
_LEAST = 1e-9  # no less than this is left of the probability for the other analyses, lest rounding matters
_SLACK = 1e-6  # of logarithms, likewise


def agreeing(
    documents: Sequence[Document],
    emissions: Floats,
    chain: Chain,
    tags: Sequence[str],
    path: Ints,
    found: Lattice,
    weight: float,
) -> Ints:
    """The tags of all tokens, (tokens,), sentences reranked by `crfner.crf.consistency.consistent`.

    path   the best tags of the tokens of all documents, which stand one after the other
    found  the lattice of the emissions
    """
    labels = [split_tag(tag)[1] for tag in tags]
    sentences = [words for document in documents for words in document.sentence_words()]
    borders = np.cumsum([0, *map(len, sentences)])
    places = [voters(words) for words in sentences]
    best = path.tolist()
    known = sorted(set(labels))
    shares = found.node @ np.array([[label == other for other in known] for label in labels], dtype=np.float64)
    limits = np.log(np.maximum(shares, _LEAST)) + _SLACK  # of any analysis that gives the token the label

    def beyond(others: float, tokens: Sequence[int], number: int, label: str) -> float:
        return min(others, float(limits[tokens[number], known.index(label)]))

    candidates = []
    for words, voting, first, (score, others) in zip(
        sentences, places, borders.tolist(), _sure(found.along(path), borders), strict=False
    ):
        tokens = [first + at for at in voting]
        given = [labels[best[token]] for token in tokens]
        candidates.append(Candidates([words[at] for at in voting], [given], [score], partial(beyond, others, tokens)))
    ways: dict[int, Ints] = {}  # by sentence, (analyses, tokens)
    result = path.copy()
    firsts = np.cumsum([0, *(len(document.sentences) for document in documents)]).tolist()
    open_ = [(first, last) for first, last in pairwise(firsts) if last - first > 1]
    while open_:
        torn, wanting = [], []
        for first, last in open_:
            choice = consistent(candidates[first:last], weight)
            if choice.wanting:
                torn.append((first, last))
                wanting += [first + number for number in choice.wanting]
                continue
            for number, chosen in enumerate(choice.chosen, first):
                if chosen:
                    result[borders[number] : borders[number + 1]] = ways[number][chosen]
        for number, paths, scores in _analyses(wanting, borders, emissions, chain):
            ways[number] = paths
            read = [[labels[tag] for tag in given] for given in paths[:, places[number]].tolist()]
            candidates[number] = Candidates(candidates[number].words, read, scores.tolist())
        open_ = torn
    return result


def _sure(along: Confidence, borders: Ints) -> Iterator[tuple[float, float]]:
    """Of each sentence the logarithms of its best analysis' probability, and of that of all others together."""
    shares = along.link.copy()
    shares[borders[:-1]] = along.node[borders[:-1]]
    sums = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(shares, np.finfo(np.float64).tiny)))])
    best = np.minimum(sums[borders[1:]] - sums[borders[:-1]], 0.0)
    others = np.log(np.maximum(-np.expm1(best), _LEAST)) + _SLACK
    return zip(best.tolist(), others.tolist(), strict=True)


def _analyses(
    numbers: Sequence[int], borders: Ints, emissions: Floats, chain: Chain
) -> Iterator[tuple[int, Ints, Floats]]:
    """The n best analyses of the sentences of these numbers: tags, (analyses, tokens), and scores."""
    sizes = np.diff(borders)
    waiting = sorted(numbers, key=lambda number: int(sizes[number]))  # those of a size go together, step by step
    while waiting:
        fitting = max(1, int(np.searchsorted(np.cumsum(sizes[waiting]), _TOGETHER, side="right")))
        group, waiting = waiting[:fitting], waiting[fitting:]
        rows = np.concatenate([np.arange(borders[number], borders[number + 1]) for number in group])
        lengths = sizes[group].tolist()
        paths, scores = n_best(emissions[rows], lengths, chain, ANALYSES)
        for number, (first, last), found in zip(
            group, pairwise(np.cumsum([0, *lengths]).tolist()), scores.T, strict=True
        ):
            allowed = int(np.isfinite(found).sum())
            yield number, paths[:allowed, first:last], found[:allowed]
