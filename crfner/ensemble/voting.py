"""What several CRFs make of a text together: the mean of their probabilities, span by span.

The mean over members is the probability under their mixture (the linear opinion pool: Stone 1961). A mean that reaches
the threshold needs a member that reaches it, so no span that could be given is missed among the members' likely ones.

Public names: `Voters`, `voted`, `proposed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

import numpy as np

from crfner.crf import CRFRecognizer
from crfner.crf.decode import Lattice
from crfner.crf.emissions import Emissions
from crfner.crf.likely import chances, likely_chunks
from crfner.crf.tagging import Batch, asked_for
from crfner.crf.weights import joined
from crfner.document import Document, Span
from crfner.scheduling import most_worth

SOURCE = "ensemble"
"""The source of the spans."""


class Voters:
    """CRFs over the same features, made ready to tag: their features are extracted once. Not safe for several threads.

    members  at least one trained CRF
    """

    def __init__(self, members: Sequence[CRFRecognizer]) -> None:
        self.taggers = [member.tagger() for member in members]
        self._first = members[0]
        self._emissions = Emissions(members[0].fitted_.features, joined([member.fitted_.weights for member in members]))
        self._borders = np.cumsum([len(tagger.tags) for tagger in self.taggers])[:-1].tolist()

    def lattices(self, documents: Sequence[Document]) -> list[Lattice]:
        """What the forward-backward algorithm says of all tokens of the prepared documents, by each member."""
        hinted = self._first.hinted(documents)
        lengths = [last - first for document in documents for first, last in document.sentences]
        scores = np.split(self._emissions.of(hinted), self._borders, axis=1)
        return [
            tagger.tempered(np.ascontiguousarray(own), lengths, tagger.temperature)
            for tagger, own in zip(self.taggers, scores, strict=True)
        ]


def voted(voters: Voters, batch: Batch, threshold: float) -> Iterator[tuple[Document, list[float]]]:
    """Each document with the spans that are worth most, and the mean probability of each span that came with it."""
    for document, proposals, means in proposed(voters, batch, threshold):
        yield document.with_spans(most_worth(proposals, threshold)), means


def proposed(voters: Voters, batch: Batch, threshold: float) -> Iterator[tuple[Document, list[Span], list[float]]]:
    """Each document, its spans whose mean probability may reach the threshold, and those of the spans it came with."""
    taggers, lattices = voters.taggers, voters.lattices([document for document, _ in batch])
    chunks = sorted(
        {
            (chunk.first, chunk.last, chunk.label)
            for tagger, lattice in zip(taggers, lattices, strict=True)
            for chunk in likely_chunks(lattice, tagger.tags, dict.fromkeys(tagger.labels, threshold))
        }
    )
    others = list(asked_for(batch))
    every = [*chunks, *chain.from_iterable(others)]
    said = [chances(lattice, tagger.tags, every) for tagger, lattice in zip(taggers, lattices, strict=True)]
    means = np.mean(said, axis=0).tolist()
    of_others = iter(means[len(chunks) :])
    start, taken = 0, 0  # the tokens of all documents stand one after the other
    for (document, _), asked in zip(batch, others, strict=True):
        end = start + len(document.tokens)
        spans = []
        while taken < len(chunks) and chunks[taken][1] <= end:
            first, last, label = chunks[taken]
            left, right = document.tokens[first - start][0], document.tokens[last - 1 - start][1]
            spans.append(Span(left, right, label, round(means[taken], 4), SOURCE))
            taken += 1
        yield document, spans, list(islice(of_others, len(asked)))
        start = end
