"""How sure a CRF is of whole sentences: the best tags of each, and the probability that all of them are right.

Public names: `Reading`, `readings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from crfner.batches import batches
from crfner.crf.decode import confidence, viterbi
from crfner.crf.estimator import CRFRecognizer
from crfner.document import Document, Span
from crfner.schemes import decode


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as a CRF reads it.

    document       tokenised, with the spans of the most probable tags
    probabilities  of each sentence, that it has exactly these spans
    """

    document: Document
    probabilities: tuple[float, ...]


def readings(crf: CRFRecognizer, documents: Iterable[Document]) -> Iterator[Reading]:
    """The reading of each document, in order. Raises NotFittedError when the CRF has not learnt.

    A tag sequence has the probability P(y_1) P(y_2 | y_1) ..., as the chain is Markov; it is the score of the path
    over the sum of all (Lafferty et al. 2001).
    """
    prepared = (crf.prepared(document.with_spans(())) for document in documents)
    for batch in batches(prepared, lambda document: len(document.tokens)):
        yield from _read(crf, batch)


def _read(crf: CRFRecognizer, batch: list[Document]) -> Iterator[Reading]:
    tagger = crf.tagger()
    scores, lengths = tagger.emissions(batch)
    path = viterbi(scores, lengths, tagger.chain)
    along = confidence(scores, lengths, tagger.chain, path)
    borders = np.cumsum([0, *lengths])
    whole = along.link.copy()
    whole[borders[:-1]] = along.node[borders[:-1]]
    logarithms = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(whole, np.finfo(np.float64).tiny)))])
    probabilities = np.exp(logarithms[borders[1:]] - logarithms[borders[:-1]]).tolist()
    tags = [tagger.tags[number] for number in path]
    stretches = list(pairwise(borders.tolist()))
    sentence = 0
    for document in batch:
        last = sentence + len(document.sentences)
        offset = stretches[sentence][0] if document.sentences else 0
        spans = []
        for start, end in stretches[sentence:last]:
            for first, after, label in decode(tags[start:end], crf.scheme):
                left, right = document.tokens[start + first - offset][0], document.tokens[start + after - 1 - offset][1]
                spans.append(Span(left, right, label, None, "crf"))
        yield Reading(document.with_spans(spans), tuple(min(1.0, p) for p in probabilities[sentence:last]))
        sentence = last
