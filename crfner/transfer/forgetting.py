"""What a new model has forgotten: the earlier one's labels, scored on the earlier one's own test set.

Public names: `forgetting`, `counterparts`, `Forgetting`, `forgetting_table`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import tee

from crfner.columns import aligned
from crfner.document import Document
from crfner.evaluation import Evaluation, Score, evaluate
from crfner.recognizer import Recognizer

_FEW = 3  # entities; fewer may agree by chance


@dataclass(frozen=True, slots=True)
class Forgetting:
    """The scores of the earlier and the later model on the earlier one's labels."""

    before: Evaluation
    after: Evaluation

    @property
    def lost(self) -> float:
        """By how much the micro-averaged F1 (0 to 1) fell; below 0 when it rose."""
        return self.before.micro.f1 - self.after.micro.f1


def forgetting(
    before: Recognizer, after: Recognizer, documents: Sequence[Document], same: Mapping[str, str] | None = None
) -> Forgetting:
    """Score both models on documents that neither has learnt from, annotated with the earlier model's labels.

    same  labels of the later model that are another name for one of the earlier's, with that one (see `counterparts`)

    Spans of labels that only the later model has are left aside, as the documents cannot tell whether they are right.
    """
    names = {**{label: label for label in before.labels}, **(same or {})}
    gold = list(_renamed(documents, names))
    given = [document.with_spans(()) for document in gold]
    first, second = (evaluate(gold, _renamed(model.recognize(given), names), samples=1) for model in (before, after))
    return Forgetting(first, second)


def counterparts(base: Recognizer, documents: Iterable[Document]) -> dict[str, str]:
    """The labels of new documents that are another name for a label of the base, with that one: "person" for "PER".

    That is so where the base finds at least 3 of the entities of a label the base does not have, with their exact
    borders, and gives one label to at least half of these.
    """
    gold, given = tee(documents)
    found: dict[str, Counter[str]] = {}
    for truth, guess in zip(gold, base.recognize(document.with_spans(()) for document in given), strict=True):
        labels = {(span.start, span.end): span.label for span in guess.spans}
        for span in truth.spans:
            if span.label not in base.labels and (span.start, span.end) in labels:
                found.setdefault(span.label, Counter())[labels[span.start, span.end]] += 1
    best = {label: (*counts.most_common(1)[0], counts.total()) for label, counts in found.items()}
    return {label: name for label, (name, count, total) in sorted(best.items()) if total >= _FEW and 2 * count >= total}


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


def _renamed(documents: Iterable[Document], names: Mapping[str, str]) -> Iterator[Document]:
    """The documents with the spans of the named labels only, each under its new name."""
    for document in documents:
        yield document.with_spans(
            replace(span, label=names[span.label]) for span in document.spans if span.label in names
        )
