"""How recognisers read text: spans to correct, and for each text a `Reading` that strategies judge.

A CRF says exactly how probable whole sentences are. What is no CRF and holds none is taken at its word: the scores of
its spans stand for the probability of its reading, which knows nothing of entities that it does not see at all.

Public names: `Read`, `Reader`, `reader_for`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crfner.batches import batches
from crfner.crf import CRFRecognizer
from crfner.crf.decode import Floats, lattice
from crfner.crf.likely import with_likely
from crfner.crf.nbest import log_partition, n_best
from crfner.crf.tagging import Tagger, lengths_of
from crfner.document import Document, Offsets, touched_by
from crfner.ensemble import EnsembleRecognizer
from crfner.ensemble.voting import Voters
from crfner.errors import SettingError
from crfner.hybrid import HybridRecognizer
from crfner.recognizer import Recognizer
from crfner.rules import RuleRecognizer
from crfner.schemes import split_tag
from crfner.suggest.values import Reading
from crfner.tokenize import tokenized, whole
from crfner.transfer import ExtendedRecognizer

_LEAST = 1e-6  # the probability of a span, at least: what is said to be impossible was found all the same

_CHARACTERS = 5  # of a token, about: the batches of two readers that go side by side


@dataclass(frozen=True, slots=True)
class Read:
    """A document, tokenised, with the recogniser's spans, and what was read.

    surprises   of each sentence, minus the logarithm of the probability of its best reading
    runners_up  of each sentence, the probability of the second best reading as a share of that of the best
    doubts      of each token, the entropy of what is said of it
    disputed, votes  of each token, as in `Reading`; empty where there are no rules, no members
    """

    document: Document
    surprises: Sequence[float]
    runners_up: Sequence[float]
    doubts: Sequence[float]
    disputed: Sequence[bool] = ()
    votes: Sequence[float] = ()

    def of(self, sentences: Offsets) -> Reading:
        """The reading of a range of sentences, (first, last + 1), which is not empty.

        As sentences are read apart from one another, the second best reading of several differs from the best in one.
        """
        first, last = sentences
        begin, end = self.document.sentences[first][0], self.document.sentences[last - 1][1]
        return Reading(
            end - begin,
            math.fsum(self.surprises[first:last]),
            max(self.runners_up[first:last]),
            tuple(self.doubts[begin:end]),
            tuple(self.disputed[begin:end]),
            tuple(self.votes[begin:end]),
        )


Reader = Callable[[Iterable[Document]], Iterator[Read]]
"""Reads documents in order, in a stream; spans that they have are not looked at."""


def reader_for(recognizer: Recognizer, rules: Recognizer | None = None) -> Reader:
    """What reads with a trained recogniser of any kind.

    rules  what else finds spans, to compare with the recogniser's; None for a hybrid's own

    Raises SettingError for rules alone where there are no others to compare them with: rules do not doubt.
    """
    if isinstance(recognizer, RuleRecognizer) and rules is None:
        raise SettingError(
            "rules alone do not say what they are unsure of; give a model with a CRF, or other rules to compare with"
        )
    if isinstance(recognizer, CRFRecognizer):
        read = _by_crf(recognizer)
    elif isinstance(recognizer, HybridRecognizer):
        # what the CRF alone finds is compared with the rules: the hybrid's own spans are theirs too
        read, rules = _by_crf(recognizer.crf, recognizer.shown), rules or recognizer.rule_recognizer
        return _with_spans_of(recognizer, _disputed(read, rules))
    elif isinstance(recognizer, ExtendedRecognizer):
        read = _with_spans_of(recognizer, _by_crf(recognizer.crf))
    elif isinstance(recognizer, EnsembleRecognizer):
        read = _by_members(recognizer)
    else:
        read = _by_spans(recognizer)
    return read if rules is None else _disputed(read, rules)


def _by_crf(crf: CRFRecognizer, shown: Callable[[Document], Document] | None = None) -> Reader:
    """Reads with a CRF.

    shown  makes of a document what the CRF sees of it; None where it only has to be cut into tokens
    """

    def read(documents: Iterable[Document]) -> Iterator[Read]:
        tagger = crf.tagger()
        prepared = (shown(document) if shown else crf.prepared(document.with_spans(())) for document in documents)
        for batch in batches(prepared, lambda document: len(document.tokens)):
            chunks, scores, lengths = tagger.given(batch)
            surprises, runners_up, tags = _readings(tagger, scores, lengths)
            yield from _apart(with_likely(batch, chunks), surprises, runners_up, _entropies(tags))

    return read


def _by_members(ensemble: EnsembleRecognizer) -> Reader:
    """Reads with an ensemble: the mean of what its members read, and how far they are apart."""

    def read(documents: Iterable[Document]) -> Iterator[Read]:
        voters = Voters(ensemble.members_)
        for batch in batches(ensemble.recognize(documents), lambda document: len(document.tokens)):
            lengths = lengths_of(batch)
            surprises, runners_up, labels = [], [], []
            for tagger, scores in zip(voters.taggers, voters.scores(batch), strict=True):
                mine = _readings(tagger, scores, lengths)
                surprises.append(mine[0])
                runners_up.append(mine[1])
                labels.append(_by_label(mine[2], tagger.tags, ensemble.labels))
            doubts = _entropies(np.mean(labels, axis=0))
            votes = np.maximum(doubts - np.mean([_entropies(one) for one in labels], axis=0), 0.0)
            yield from _apart(batch, np.mean(surprises, axis=0), np.mean(runners_up, axis=0), doubts, votes)

    return read


def _by_spans(recognizer: Recognizer) -> Reader:
    """Reads with whatever gives spans with scores: as if each were right or wrong whatever the others are."""

    def read(documents: Iterable[Document]) -> Iterator[Read]:
        for document in recognizer.recognize(documents):
            document = whole(tokenized(document))
            touched = touched_by(document.tokens)
            doubts = np.zeros(len(document.tokens))
            surprises = np.zeros(len(document.sentences))
            runners_up = np.zeros(len(document.sentences))
            lasts = [last for _, last in document.sentences]
            for span in document.spans:
                first, last = touched(span.start, span.end)
                score = min(max(1.0 if span.score is None else span.score, _LEAST), 1.0)
                doubts[first:last] = np.maximum(doubts[first:last], _entropies(np.array([[score, 1.0 - score]])))
                sentence = int(np.searchsorted(lasts, first, side="right"))
                if sentence < len(lasts):
                    surprises[sentence] -= np.log(score)
                    runners_up[sentence] = max(runners_up[sentence], min(1.0, (1.0 - score) / score))
            yield Read(document, surprises.tolist(), runners_up.tolist(), doubts.tolist())

    return read


def _with_spans_of(recognizer: Recognizer, reader: Reader) -> Reader:
    """Reads as the reader does, with the spans of the whole recogniser that its CRF is a part of."""

    def read(documents: Iterable[Document]) -> Iterator[Read]:
        for batch in batches(documents, lambda document: len(document.text) // _CHARACTERS):
            for found, one in zip(recognizer.recognize(batch), reader(batch), strict=True):
                yield replace(one, document=found)

    return read


def _disputed(reader: Reader, rules: Recognizer) -> Reader:
    """Reads as the reader does, and notes the tokens of spans that only one of its spans and the rules' has."""

    def read(documents: Iterable[Document]) -> Iterator[Read]:
        for one in reader(documents):
            (by_rules,) = rules.recognize([one.document])
            touched = touched_by(one.document.tokens)
            disputed = [False] * len(one.document.tokens)
            for span in set(one.document.spans) ^ set(by_rules.spans):
                first, last = touched(span.start, span.end)
                disputed[first:last] = [True] * (last - first)
            yield replace(one, disputed=disputed)

    return read


def _readings(tagger: Tagger, scores: Floats, lengths: Sequence[int]) -> tuple[Floats, Floats, Floats]:
    """Of each sentence the surprise and the share of the runner-up, and how probable each tag of each token is."""
    if not lengths:
        return np.zeros(0), np.zeros(0), np.zeros((0, len(tagger.tags)))
    scores, chain = scores / tagger.temperature, tagger.chain.tempered(tagger.temperature)
    _, best = n_best(scores, lengths, chain, 2)
    surprises = np.maximum(log_partition(scores, lengths, chain) - best[0], 0.0)
    return surprises, np.exp(best[1] - best[0]), lattice(scores, lengths, chain).node


def _entropies(shares: Floats) -> Floats:
    """The entropy of each row of probabilities, in nats."""
    entropies: Floats = -np.sum(shares * np.log(np.maximum(shares, np.finfo(np.float64).tiny)), axis=1)
    return np.maximum(entropies, 0.0)


def _by_label(shares: Floats, tags: Sequence[str], labels: Sequence[str]) -> Floats:
    """How probable each label is at each token, the last column being none: schemes differ in their tags, not here."""
    columns = np.zeros((len(shares), len(labels) + 1))
    for tag, column in zip(tags, shares.T, strict=True):
        label = split_tag(tag)[1]
        columns[:, labels.index(label) if label else -1] += column
    return columns


def _apart(
    documents: Iterable[Document],
    surprises: Floats,
    runners_up: Floats,
    doubts: Floats,
    votes: Floats | None = None,
) -> Iterator[Read]:
    """What was read of all sentences and tokens of a batch, document by document."""
    sentence = token = 0
    for document in documents:
        last, end = sentence + len(document.sentences), token + len(document.tokens)
        yield Read(
            document,
            surprises[sentence:last].tolist(),
            runners_up[sentence:last].tolist(),
            doubts[token:end].tolist(),
            votes=() if votes is None else votes[token:end].tolist(),
        )
        sentence, token = last, end
