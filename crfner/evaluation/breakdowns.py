"""Exact scores by what is known of an entity: whether training held its text, how long it is, how common it was.

Public names: `breakdowns`, `mention_counts`, `QUESTIONS`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from crfner.document import Chunk, Document, touched_by
from crfner.evaluation.pairs import document_pairs, entities
from crfner.evaluation.values import Score
from crfner.tokenize import tokenize

QUESTIONS = {
    "seen in training": ("seen", "seen with another label", "unseen"),
    "length": ("1 token", "2 tokens", "3 tokens", "4+ tokens"),
    "frequency in training": ("0", "1", "2-4", "5-19", "20+"),
}
"""The answers to each question, in order."""

Mention = tuple[str, str]
"""An entity's text, without case and with single spaces, and its label."""


def mention_counts(documents: Iterable[Document]) -> Counter[Mention]:
    """How often each mention occurs in the documents: what `breakdowns` has to know of the training data.

    >>> from crfner import Document, Span
    >>> mention_counts([Document("New\\nYork or new york", spans=(Span(0, 8, "LOC"), Span(12, 20, "LOC")))])
    Counter({('new york', 'LOC'): 2})
    """
    return Counter(_mention(document.text, entity) for document in documents for entity in entities(document))


def breakdowns(
    gold: Iterable[Document], predicted: Iterable[Document], seen: Mapping[Mention, int]
) -> dict[str, dict[str, Score]]:
    """Scores by question and answer, see `QUESTIONS`; every answer is there, also where no entity gives it.

    seen  `mention_counts` of the training documents

    seen in training       whether its mention is in `seen`, or only its text with other labels
    length                 in tokens of the gold document (`tokenize`'s where it has none), each that it touches
    frequency in training  how often `seen` has its text, with any label

    Entities are correct as `evaluate` counts them. A gold entity, found or missed, counts for its own answer, and a
    spurious one for its own; so a wrong label may be a miss among the seen and spurious among the unseen.

    Raises ValueError when the numbers of documents or the texts of a pair differ, naming the first such document.
    """
    frequency: Counter[str] = Counter()
    for (text, _), count in seen.items():
        frequency[text] += count
    counts = {(question, answer): [0, 0, 0] for question, answers in QUESTIONS.items() for answer in answers}
    for truth, guess in document_pairs(gold, predicted):
        touched = touched_by(truth.tokens or tokenize(truth.text))
        right, found = entities(truth), entities(guess)
        for column, group in enumerate((right & found, found - right, right - found)):
            for entity in group:
                first, last = touched(entity[0], entity[1])
                for place in _answers(_mention(truth.text, entity), last - first, seen, frequency):
                    counts[place][column] += 1
    return {
        question: {answer: Score(*counts[question, answer]) for answer in answers}
        for question, answers in QUESTIONS.items()
    }


def _mention(text: str, entity: Chunk) -> Mention:
    start, end, label = entity
    return " ".join(text[start:end].casefold().split()), label


def _answers(
    mention: Mention, length: int, seen: Mapping[Mention, int], frequency: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """Each question with the entity's answer."""
    times = frequency.get(mention[0], 0)
    known = 0 if seen.get(mention, 0) else 1 if times else 2
    length = min(max(length, 1), 4)  # white space touches no token
    common = bisect_right((1, 2, 5, 20), times)
    for (question, answers), number in zip(QUESTIONS.items(), (known, length - 1, common), strict=True):
        yield question, answers[number]
