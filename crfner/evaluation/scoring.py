"""Scoring in a stream: pairs of a gold and a predicted text come in, only counts are kept.

Public names: `evaluate`, `evaluate_tags`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any, TypeVar

from crfner.document import Chunk, Document
from crfner.evaluation.errors import ErrorTally
from crfner.evaluation.interval import Outcome, bootstrap_interval
from crfner.evaluation.values import Average, Evaluation, Score
from crfner.schemes import decode
from crfner.tokenize import tokenized

T = TypeVar("T")


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
    only: tuple[Document, list[tuple[int, Outcome]]] | None = None
    for number, (truth, guess) in enumerate(_in_step("document", gold, predicted), start=1):
        if truth.text != guess.text:
            raise ValueError(_different_texts(number, truth, guess))
        truth = (
            truth
            if truth.tokens and truth.sentences
            else tokenized(replace(truth, tokens=truth.tokens or guess.tokens))
        )
        outcomes = tally.add(_entities(truth), _entities(guess), truth.text)
        tally.add_tags(_iob2(truth), _iob2(replace(guess, tokens=truth.tokens, sentences=())), len(truth.tokens))
        only = (truth, outcomes) if number == 1 else None
    units = Counter(_by_sentence(*only)) if only else tally.units
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
    for number, (truth, guess) in enumerate(_in_step("sentence", gold, predicted), start=1):
        if len(truth) != len(guess):
            raise ValueError(f"sentence {number} has {len(truth)} gold tags but {len(guess)} predicted ones")
        tally.add(set(decode(truth, scheme, rule)), set(decode(guess, scheme, rule)), None)
        tally.add_tags(dict(enumerate(truth)), dict(enumerate(guess)), len(truth))
    return tally.evaluation(tally.units, samples, seed)


def _in_step(what: str, gold: Iterable[T], predicted: Iterable[T]) -> Iterator[tuple[T, T]]:
    """Pairs in order. Raises ValueError when one side ends before the other."""
    end: Any = object()
    for number, (truth, guess) in enumerate(zip_longest(gold, predicted, fillvalue=end), start=1):
        if truth is end or guess is end:
            more, fewer = ("predicted", "gold") if truth is end else ("gold", "predicted")
            raise ValueError(f"{what} {number} is among the {more} ones, but there are only {number - 1} {fewer} ones")
        yield truth, guess


def _different_texts(number: int, gold: Document, predicted: Document) -> str:
    pairs = enumerate(zip(gold.text, predicted.text, strict=False))
    position = next((i for i, (a, b) in pairs if a != b), min(len(gold.text), len(predicted.text)))
    name = f" ({gold.id})" if gold.id else ""
    here = slice(position, position + 20)
    return (
        f"document {number}{name} has different texts from character {position} on: "
        f"gold {gold.text[here]!r}, predicted {predicted.text[here]!r}"
    )


def _entities(document: Document) -> set[Chunk]:
    return {(span.start, span.end, span.label) for span in document.spans}


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


def _by_sentence(document: Document, outcomes: list[tuple[int, Outcome]]) -> list[Outcome]:
    """The outcomes of each sentence, summed; an entity belongs to the sentence that it starts in."""
    starts = [document.tokens[first][0] for first, _ in document.sentences] or [0]
    totals = [[0, 0, 0] for _ in starts]
    for start, outcome in outcomes:
        total = totals[max(bisect_right(starts, start) - 1, 0)]
        for column, number in enumerate(outcome):
            total[column] += number
    return [(tp, fp, fn) for tp, fp, fn in totals]


class _Tally:
    """Running counts over pairs of a gold and a predicted text.

    units  how many units of resampling had which outcome: all that the bootstrap needs
    """

    def __init__(self) -> None:
        self.labels: dict[str, list[int]] = {}
        self.units: Counter[Outcome] = Counter()
        self.errors = ErrorTally()
        self.tokens = self.right_tokens = 0

    def add(self, gold: set[Chunk], predicted: set[Chunk], text: str | None) -> list[tuple[int, Outcome]]:
        """Count one pair; returns where each entity, correct, spurious or missed, starts, and its outcome."""
        kinds = ((gold & predicted, (1, 0, 0)), (predicted - gold, (0, 1, 0)), (gold - predicted, (0, 0, 1)))
        outcomes = []
        for column, (entities, outcome) in enumerate(kinds):
            for start, _, label in entities:
                self.labels.setdefault(label, [0, 0, 0])[column] += 1
                outcomes.append((start, outcome))
        (correct, _), (wrong, _), (lost, _) = kinds
        self.units[len(correct), len(wrong), len(lost)] += 1
        self.errors.add(lost, wrong, text)
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
            micro=Score(sum(s.tp for s in scores), sum(s.fp for s in scores), sum(s.fn for s in scores)),
            macro=Average(*(sum(getattr(s, name) for s in scores) / count for name in ("precision", "recall", "f1"))),
            labels=labels,
            token_accuracy=self.right_tokens / self.tokens if self.tokens else 0.0,
            interval=bootstrap_interval(units, samples, seed),
            errors=self.errors.groups(),
        )
