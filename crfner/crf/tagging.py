"""Tagging a batch of documents with a fitted model: emissions, the best tags, and how probable spans are.

Public names: `Tagger`, `asked_for`, `lengths_of`, `Batch`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from crfner.crf.decode import Chain, Floats, Ints, Lattice, lattice, viterbi
from crfner.crf.likely import Likely, apart, chances, likely_chunks, with_likely
from crfner.crf.model_file import Fitted
from crfner.crf.reranking import agreeing
from crfner.crf.scoring import Scorer
from crfner.crf.settings import check_apart
from crfner.crf.weights import Weights
from crfner.document import Chunk, Document, Span
from crfner.errors import SettingError
from crfner.once import once
from crfner.schemes import continues, decode, may_follow, split_tag

Batch = Sequence[tuple[Document, Sequence[Span]]]
"""Documents, tokenised, with spans whose probability is asked for."""

_RUNS = 1 << 12  # runs of tags whose chunks are remembered


def lengths_of(documents: Iterable[Document]) -> list[int]:
    """The lengths of all sentences, one document after the other."""
    return [last - first for document in documents for first, last in document.sentences]


def asked_for(batch: Batch) -> Iterator[list[Chunk]]:
    """The spans that come with each document, as chunks over the tokens of the batch.

    A span that does not begin and end with a token becomes an empty chunk, which nothing finds probable.
    """
    start = 0
    for document, asked in batch:
        firsts = {left: number for number, (left, _) in enumerate(document.tokens, start)} if asked else {}
        lasts = {right: number for number, (_, right) in enumerate(document.tokens, start + 1)} if asked else {}
        yield [(firsts.get(span.start, start), lasts.get(span.end, start), span.label) for span in asked]
        start += len(document.tokens)


class Tagger:
    """A fitted model made ready to tag, for any number of threads.

    thresholds   by label, the probability from which a chunk is given; chunks of other labels are those of the best
                 tags. Of chunks that overlap the most probable one is given
    temperature  what all scores of the chain are divided by before probabilities are made of them; which chunks are
                 given is decided before
    consistency  how much it is worth that the sentences of a document agree (see `crfner.crf.consistency`)

    Raises SettingError when a threshold is for a label that was not learnt, or stands beside consistency.
    """

    def __init__(
        self,
        fitted: Fitted,
        scheme: str,
        thresholds: Mapping[str, float] | None = None,
        temperature: float = 1.0,
        consistency: float = 0.0,
    ) -> None:
        check_apart(thresholds, consistency)
        self.labels: list[str] = fitted.manifest["labels"]
        for label in thresholds or ():
            if label not in self.labels:
                raise SettingError(
                    f"there is a threshold for the label {label!r}, which was not learnt; known are "
                    f"{', '.join(self.labels)}"
                )
        self.thresholds = dict(thresholds or {})
        self.temperature = float(temperature)  # numpy makes objects of what a vast whole number divides
        self.consistency = consistency
        self.tags = fitted.weights.tags
        self.chain = _chain(fitted.weights, scheme)
        self._scheme = scheme
        self._fitted = fitted
        self._runs: dict[tuple[int, ...], list[Chunk]] = {}
        self._numbers = {tag: number for number, tag in enumerate(self.tags)}

    @once
    def _scorer(self) -> Scorer:  # not made for members of an ensemble, which are scored together
        return Scorer([self._fitted])

    def emissions(self, documents: Sequence[Document]) -> tuple[Floats, list[int]]:
        """Scores of all tokens of the prepared documents, (tokens, L), and the length of each sentence."""
        return self._scorer.scores(documents)[0], lengths_of(documents)

    def tagged(self, batch: Batch) -> Iterator[tuple[Document, list[float]]]:
        """Each document with the spans to give, and the probability of each span that came with it."""
        documents = [document for document, _ in batch]
        scores, lengths = self.emissions(documents)
        found = self.tempered(scores, lengths, self.temperature)
        chunks = self._given(documents, found, scores, lengths)
        probabilities = self.probabilities(found, batch)
        yield from zip(with_likely(documents, chunks), probabilities, strict=True)

    def chunks(
        self, documents: Sequence[Document], thresholds: Mapping[str, float]
    ) -> tuple[list[Likely], list[Likely]]:
        """The chunks of the best tags, and all chunks that are at least as probable as these thresholds, by label.

        Tokens are counted over all documents. The thresholds and the consistency that the tagger has are left aside.
        """
        scores, lengths = self.emissions(documents)
        found = lattice(scores, lengths, self.chain)
        best = self._along(found, viterbi(scores, lengths, self.chain), lengths)
        return best, likely_chunks(found, self.tags, thresholds)

    def given(self, documents: Sequence[Document]) -> tuple[list[Likely], Floats, list[int]]:
        """The chunks that `tagged` gives, tokens counted over all documents, and the emissions they come from."""
        scores, lengths = self.emissions(documents)
        found = self.tempered(scores, lengths, self.temperature)
        return self._given(documents, found, scores, lengths), scores, lengths

    def tempered(self, scores: Floats, lengths: Sequence[int], temperature: float) -> Lattice:
        """The lattice of the emissions under another temperature than the tagger's."""
        if temperature == 1.0:
            return lattice(scores, lengths, self.chain)
        return lattice(scores / temperature, lengths, self.chain.tempered(temperature))

    def probabilities(self, found: Lattice, batch: Batch) -> list[list[float]]:
        """Of each span that comes with a document, the probability that exactly it is an entity of its label.

        It is 0 for a span that does not begin and end with a token of one sentence, or whose label was not learnt.
        """
        probable = iter(chances(found, self.tags, [chunk for chunks in asked_for(batch) for chunk in chunks]).tolist())
        return [list(islice(probable, len(asked))) for _, asked in batch]

    def read(self, scores: Floats, lengths: Sequence[int]) -> tuple[Floats, list[Chunk]]:
        """How probable each label is at each token, (tokens, labels), and the chunks of the best tags.

        Labels are in the order of the manifest; tokens are counted over all sentences.
        """
        nodes = lattice(scores, lengths, self.chain).node
        shares = np.zeros((len(nodes), len(self.labels)))
        for tag, column in zip(self.tags, nodes.T, strict=True):
            label = split_tag(tag)[1]
            if label:
                shares[:, self.labels.index(label)] += column
        return shares, self._chunks(viterbi(scores, lengths, self.chain), lengths)

    def _given(
        self, documents: Sequence[Document], found: Lattice, scores: Floats, lengths: Sequence[int]
    ) -> list[Likely]:
        """The chunks to give, chosen before probabilities are tempered, with their probabilities in `found`."""
        path = viterbi(scores, lengths, self.chain)
        if not self.thresholds and not self.consistency:
            return self._along(found, path, lengths)
        plain = found if self.temperature == 1.0 else lattice(scores, lengths, self.chain)
        if self.consistency:
            path = agreeing(documents, scores, self.chain, self.tags, path, plain, self.consistency)
            return self._along(found, path, lengths)
        others = (chunk for chunk in self._along(plain, path, lengths) if chunk.label not in self.thresholds)
        chosen = apart([*others, *likely_chunks(plain, self.tags, self.thresholds)])
        if self.temperature == 1.0:
            return chosen
        probable = chances(found, self.tags, [chunk.chunk for chunk in chosen]).tolist()
        return [replace(chunk, probability=one) for chunk, one in zip(chosen, probable, strict=True)]

    def _along(self, found: Lattice, path: Ints, lengths: Sequence[int]) -> list[Likely]:
        """The chunks of these tags."""
        chunks = self._chunks(path, lengths)
        firsts, lasts = [first for first, _, _ in chunks], [last for _, last, _ in chunks]
        probable = found.along(path).of_chunks(firsts, lasts).tolist()
        return [Likely(*chunk, one) for chunk, one in zip(chunks, probable, strict=True)]

    def _chunks(self, path: Ints, lengths: Sequence[int]) -> list[Chunk]:
        """The chunks of tag numbers, as ranges over all tokens; runs of O are not looked at one by one."""
        chunks: list[Chunk] = []
        inside = path != self._numbers.get("O", -1)
        borders = np.zeros(len(path) + 1, dtype=np.bool_)
        borders[np.cumsum([0, *lengths])] = True
        # a run of tokens within chunks starts after O or at the start of a sentence, and ends likewise
        starts = np.flatnonzero(inside & (borders[:-1] | ~np.concatenate([[False], inside[:-1]])))
        ends = np.flatnonzero(inside & (borders[1:] | ~np.concatenate([inside[1:], [False]]))) + 1
        numbers = path.tolist()
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            for first, last, label in self._decoded(tuple(numbers[start:end])):
                chunks.append((start + first, start + last, label))
        return chunks

    def _decoded(self, run: tuple[int, ...]) -> list[Chunk]:
        """The chunks of tag numbers; the runs of most texts are a few dozens of them."""
        found = self._runs.get(run)
        if found is None:
            if len(self._runs) >= _RUNS:
                self._runs.clear()
            found = self._runs[run] = decode([self.tags[number] for number in run], self._scheme)
        return found


def _chain(weights: Weights, scheme: str) -> Chain:
    """The weights between tags, with what the scheme does not allow forbidden."""
    tags = weights.tags
    allowed = np.array([[may_follow(before, tag, scheme) for tag in tags] for before in tags])
    return Chain(
        transitions=np.where(allowed, weights.transitions, -np.inf),
        initial=np.array([0.0 if may_follow(None, tag, scheme) else -np.inf for tag in tags]),
        final=np.array([0.0 if may_follow(tag, None, scheme) else -np.inf for tag in tags]),
        continues=np.array([[continues(before, tag) for tag in tags] for before in tags]),
    )
