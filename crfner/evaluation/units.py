"""What resampling draws: the outcome of each unit, a document, or a sentence where there is only one document.

Public names: `Outcome`, `unit_outcomes`, `entity_outcomes`, `by_sentence`, `total`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from crfner.document import Chunk, Document
from crfner.evaluation.pairs import document_pairs, entities
from crfner.tokenize import tokenized

Outcome = tuple[int, int, int]
"""True positives, false positives and false negatives."""


def unit_outcomes(gold: Iterable[Document], predicted: Iterable[Document]) -> list[Outcome]:
    """The exact-match outcome of each document, in order, or of each sentence of a single document.

    Sentences are the gold document's; it is tokenised and split when they are not there yet.

    Raises ValueError when the numbers of documents or the texts of a pair differ, naming the first such document.
    """
    units = []
    only: tuple[Document, list[tuple[Chunk, Outcome]]] | None = None
    for number, (truth, guess) in enumerate(document_pairs(gold, predicted), start=1):
        outcomes = entity_outcomes(entities(truth), entities(guess))
        units.append(total(outcome for _, outcome in outcomes))
        only = (truth, outcomes) if number == 1 else None
    if only is None:
        return units
    document, outcomes = only
    return by_sentence(document if document.tokens and document.sentences else tokenized(document), outcomes)


def entity_outcomes(gold: set[Chunk], predicted: set[Chunk]) -> list[tuple[Chunk, Outcome]]:
    """Each entity of either side, as (start, end, label), with what it adds to the outcome."""
    kinds = ((gold & predicted, (1, 0, 0)), (predicted - gold, (0, 1, 0)), (gold - predicted, (0, 0, 1)))
    return [(entity, outcome) for found, outcome in kinds for entity in found]


def by_sentence(document: Document, outcomes: Sequence[tuple[Chunk, Outcome]]) -> list[Outcome]:
    """The outcomes of each sentence, summed; an entity belongs to the sentence that it starts in."""
    starts = [document.tokens[first][0] for first, _ in document.sentences] or [0]
    units: list[list[Outcome]] = [[] for _ in starts]
    for (start, _, _), outcome in outcomes:
        units[max(bisect_right(starts, start) - 1, 0)].append(outcome)
    return [total(unit) for unit in units]


def total(outcomes: Iterable[Outcome]) -> Outcome:
    """The sum of outcomes."""
    tp = fp = fn = 0
    for one in outcomes:
        tp, fp, fn = tp + one[0], fp + one[1], fn + one[2]
    return tp, fp, fn
