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
from crfner.crf.decode import Floats, Lattice
from crfner.crf.likely import chances, likely_chunks
from crfner.crf.scoring import Scorer
from crfner.crf.tagging import Batch, asked_for, lengths_of
from crfner.document import Document, Span, shared_out
from crfner.scheduling import most_worth

SOURCE = "ensemble"
"""The source of the spans."""


class Voters:
    """CRFs over the same features, made ready to tag: their features are extracted once. For any number of threads.

    members  at least one trained CRF
    """

    def __init__(self, members: Sequence[CRFRecognizer]) -> None:
        self.taggers = [member.tagger() for member in members]
        self._scorer = Scorer([member.fitted_ for member in members])

    def scores(self, documents: Sequence[Document]) -> list[Floats]:
        """Scores of all tokens of the prepared documents under each member: (tokens, L)."""
        return self._scorer.scores(documents)

    def lattices(self, documents: Sequence[Document]) -> list[Lattice]:
        """What the forward-backward algorithm says of all tokens of the prepared documents, by each member."""
        lengths = lengths_of(documents)
        return [
            tagger.tempered(own, lengths, tagger.temperature)
            for tagger, own in zip(self.taggers, self.scores(documents), strict=True)
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
            chunk.chunk
            for tagger, lattice in zip(taggers, lattices, strict=True)
            for chunk in likely_chunks(lattice, tagger.tags, dict.fromkeys(tagger.labels, threshold))
        }
    )
    others = list(asked_for(batch))
    every = [*chunks, *chain.from_iterable(others)]
    said = [chances(lattice, tagger.tags, every) for tagger, lattice in zip(taggers, lattices, strict=True)]
    means = np.mean(said, axis=0).tolist()
    of_chunks, of_others = iter(means), iter(means[len(chunks) :])
    documents = [document for document, _ in batch]
    for document, own, asked in zip(documents, shared_out(chunks, documents), others, strict=True):
        spans = [document.span(chunk, round(next(of_chunks), 4), SOURCE) for chunk in own]
        yield document, spans, list(islice(of_others, len(asked)))
