"""Scoring in a stream: pairs of a gold and a predicted text come in, only counts are kept.

Public names: `evaluate`, `evaluate_tags`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from crfner.document import Chunk, Document
from crfner.evaluation.errors import ErrorTally
from crfner.evaluation.interval import bootstrap_interval
from crfner.evaluation.pairs import document_pairs, entities, in_step
from crfner.evaluation.units import Outcome, by_sentence, entity_outcomes, total
from crfner.evaluation.values import Average, Evaluation, Score, summed
from crfner.schemes import decode
from crfner.tokenize import tokenized


def evaluate(
    gold: Iterable[Document], predicted: Iterable[Document], *, samples: int = 1000, seed: int = 0
) -> Evaluation:
    """Score predicted documents against the gold ones, taken in pairs in order.

    samples  bootstrap resamples for the interval
    seed     of the resampling; the same seed gives the same interval

    The interval resamples documents, or the sentences of a single document (percentile bootstrap: Efron 1979; for
    language processing Berg-Kirkpatrick, Burkett and Klein 2012). The same entity given twice counts once. Token
    accuracy compares IOB2 tags over the gold document's tokens (or the predicted one's, or `tokenize`'s, where it has
    none); an entity that touches a token takes the whole of it, and of two that overlap the first counts.

    Raises ValueError when the numbers of documents or the texts of a pair differ, naming the first such document.
    """
    tally = _Tally()
    only: tuple[Document, list[tuple[Chunk, Outcome]]] | None = None
    for number, (truth, guess) in enumerate(document_pairs(gold, predicted), start=1):
        truth = (
            truth
            if truth.tokens and truth.sentences
            else tokenized(replace(truth, tokens=truth.tokens or guess.tokens))
        )
        outcomes = tally.add(entities(truth), entities(guess), truth.text)
        tally.add_tags(_iob2(truth), _iob2(replace(guess, tokens=truth.tokens, sentences=())), len(truth.tokens))
        only = (truth, outcomes) if number == 1 else None
    units = Counter(by_sentence(*only)) if only else tally.units
    return tally.evaluation(units, samples, seed)


def evaluate_tags(
    gold: Iterable[Sequence[str]],
    predicted: Iterable[Sequence[str]],
    scheme: str = "IOB2",
    rule: str = "conlleval",
    *,
    samples: int = 1000,
    seed: int = 0,
) -> Evaluation:
    """Score predicted tags against gold ones: iterables over sentences of sequences over tokens.

    scheme, rule   how the tags of both are read as chunks, see `crfner.schemes`; with the rule `conlleval` the scores
                   are those of the CoNLL scorer, whatever the scheme
    samples, seed  as for `evaluate`; the interval resamples sentences

    Error groups have counts but no examples, as there is no text. Token accuracy compares the tags as they stand.

    Raises ValueError when the numbers of sentences or of a sentence's tags differ, or a scheme, rule or tag is unknown.
    """
    tally = _Tally()
    for number, (truth, guess) in enumerate(in_step("sentence", gold, predicted), start=1):
        if len(truth) != len(guess):
            raise ValueError(f"sentence {number} has {len(truth)} gold tags but {len(guess)} predicted ones")
        tally.add(set(decode(truth, scheme, rule)), set(decode(guess, scheme, rule)), None)
        tally.add_tags(dict(enumerate(truth)), dict(enumerate(guess)), len(truth))
    return tally.evaluation(tally.units, samples, seed)


def _iob2(document: Document) -> dict[int, str]:
    """Token positions and tags of all tokens that are not O."""
    tags: dict[int, str] = {}
    free = 0
    for first, last, label in document.chunks():
        if first >= free:
            tags[first] = f"B-{label}"
            tags.update(dict.fromkeys(range(first + 1, last), f"I-{label}"))
            free = last
    return tags


class _Tally:
    """Running counts over pairs of a gold and a predicted text.

    units  how many units of resampling had which outcome: all that the bootstrap needs
    """

    def __init__(self) -> None:
        self.labels: dict[str, list[int]] = {}
        self.units: Counter[Outcome] = Counter()
        self.errors = ErrorTally()
        self.tokens = self.right_tokens = 0

    def add(self, gold: set[Chunk], predicted: set[Chunk], text: str | None) -> list[tuple[Chunk, Outcome]]:
        """Count one pair; returns each entity, correct, spurious or missed, with its outcome."""
        outcomes = entity_outcomes(gold, predicted)
        for (_, _, label), outcome in outcomes:
            self.labels.setdefault(label, [0, 0, 0])[outcome.index(1)] += 1
        self.units[total(outcome for _, outcome in outcomes)] += 1
        self.errors.add(gold - predicted, predicted - gold, text)
        return outcomes

    def add_tags(self, gold: Mapping[int, str], predicted: Mapping[int, str], length: int) -> None:
        """Count the tokens on which the tags agree; positions that are not given are O."""
        wrong = sum(gold.get(i, "O") != predicted.get(i, "O") for i in gold.keys() | predicted.keys())
        self.tokens += length
        self.right_tokens += length - wrong

    def evaluation(self, units: Counter[Outcome], samples: int, seed: int) -> Evaluation:
        labels = {label: Score(*self.labels[label]) for label in sorted(self.labels)}
        scores = list(labels.values())
        count = len(scores) or 1
        return Evaluation(
            micro=summed(scores),
            macro=Average(
                *(math.fsum(getattr(s, name) for s in scores) / count for name in ("precision", "recall", "f1"))
            ),
            labels=labels,
            token_accuracy=self.right_tokens / self.tokens if self.tokens else 0.0,
            interval=bootstrap_interval(units, samples, seed),
            errors=self.errors.groups(),
        )
