"""What is likely wrong with annotations: rules of consistency, and a model's doubts.

`consistency`, `borders`, `spans`, `duplicates`, `leaks` and `distribution` look at the data alone, each with functions
from documents to findings; `model` asks a CRF that has not seen the document. `ranking` makes one list of it, `fixing`
corrects what is safe to.

Public names: `check`, `KINDS`, `Finding`, `Place`, `SEVERITIES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from crfner.check.borders import odd_borders
from crfner.check.consistency import inconsistencies
from crfner.check.distribution import drift, rare_labels
from crfner.check.duplicates import duplicates
from crfner.check.leaks import leaks, near_duplicates
from crfner.check.ranking import ranked
from crfner.check.spans import blank_borders, odd_shapes, off_tokens, overlaps
from crfner.check.values import SEVERITIES, Finding, Place
from crfner.document import Document
from crfner.tokenize import tokenized

__all__ = ["KINDS", "SEVERITIES", "Finding", "Place", "check"]

KINDS: dict[str, str] = {
    "overlap": "two entities share characters",
    "conflict": "the same text has another label in most other places",
    "missing": "the same text is an entity in most other places",
    "border": "a determiner, title or mark is inside, against the habit of the data, or outside",
    "whitespace": "an entity begins or ends with white space",
    "off-token": "an entity begins or ends inside a word",
    "shape": "an entity is far longer than others of its label, or has neither letter nor digit, or two lines",
    "duplicate": "a document or sentence is there twice",
    "leak": "a sentence is in both sets of data",
    "near-duplicate": "a sentence is nearly the same as one of the other set",
    "rare": "a label has few examples, perhaps as it is a slip of another",
    "drift": "labels are spread differently in the two sets",
    "mislabelled": "the model gives the entity another label",
    "misplaced": "the model puts a border of the entity elsewhere",
    "unlabelled": "the model finds an entity where none is marked",
    "doubtful": "the model finds no entity where one is marked",
}
"""What findings are about, by kind; the last four come from the model."""

_RULES: tuple[Callable[[Sequence[Document]], Iterator[Finding]], ...] = (
    inconsistencies,
    odd_borders,
    overlaps,
    blank_borders,
    off_tokens,
    odd_shapes,
    duplicates,
    rare_labels,
)
_COMPARISONS: tuple[Callable[[Sequence[Document], Sequence[Document]], Iterator[Finding]], ...] = (
    leaks,
    near_duplicates,
    drift,
)


def check(
    documents: Iterable[Document],
    against: Iterable[Document] | None = None,
    *,
    model: bool = True,
    folds: int = 3,
    seed: int = 0,
    progress: bool = False,
) -> list[Finding]:
    """What may be wrong with the entities of the documents, the likeliest mistakes first.

    against   another set of the same annotation, such as the test data: for leaks between the two, and drift
    model     whether to train a CRF on all folds but one and ask it about that one, in turn
    folds     how many
    seed      of the folds
    progress  show progress on standard error when that is a terminal

    Documents are tokenised where they are not yet. Findings about the same entity are joined, see `ranking`.
    """
    given = [tokenized(document) for document in documents]
    found = [finding for rule in _RULES for finding in rule(given)]
    if against is not None:
        other = [tokenized(document) for document in against]
        found += [finding for compare in _COMPARISONS for finding in compare(given, other)]
    if model:
        from crfner.check.model import label_errors

        found += label_errors(given, folds=folds, seed=seed, progress=progress)
    return ranked(found)
