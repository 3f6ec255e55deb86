"""What a new model has forgotten: the earlier one's labels, scored on the earlier one's own test set.

Public names: `forgetting`, `Forgetting`, `forgetting_table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crfner.columns import aligned
from crfner.document import Document
from crfner.evaluation import Evaluation, Score, evaluate
from crfner.recognizer import Recognizer


@dataclass(frozen=True, slots=True)
class Forgetting:
    """The scores of the earlier and the later model on the earlier one's labels."""

    before: Evaluation
    after: Evaluation

    @property
    def lost(self) -> float:
        """By how much the micro-averaged F1 (0 to 1) fell; below 0 when it rose."""
        return self.before.micro.f1 - self.after.micro.f1


def forgetting(before: Recognizer, after: Recognizer, documents: Sequence[Document]) -> Forgetting:
    """Score both models on documents that neither has learnt from, annotated with the earlier model's labels.

    Spans of labels that only the later model has are left aside, as the documents cannot tell whether they are right.
    """
    labels = frozenset(before.labels)
    gold = list(_of_labels(documents, labels))
    given = [document.with_spans(()) for document in gold]
    first, second = (evaluate(gold, _of_labels(model.recognize(given), labels), samples=1) for model in (before, after))
    return Forgetting(first, second)


def forgetting_table(found: Forgetting) -> str:
    """F1 in per cent before and after, by label and over all, as lines of text.

    A label without gold or predicted entities on either side has no line.
    """
    labels = sorted({*found.before.labels, *found.after.labels})
    none = Score(0, 0, 0)
    rows = [(label, found.before.labels.get(label, none), found.after.labels.get(label, none)) for label in labels]
    rows.append(("all", found.before.micro, found.after.micro))
    cells = [
        (
            name,
            str(before.support),
            f"{100 * before.f1:.1f}",
            f"{100 * after.f1:.1f}",
            f"{100 * (after.f1 - before.f1):+.1f}",
        )
        for name, before, after in rows
    ]
    return "\n".join(aligned([("label", "entities", "before", "after", "change"), *cells]))


def _of_labels(documents: Iterable[Document], labels: frozenset[str]) -> Iterator[Document]:
    """The documents with the spans of these labels only."""
    for document in documents:
        yield document.with_spans(span for span in document.spans if span.label in labels)
