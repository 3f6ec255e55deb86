"""Which of a Label Studio task's annotations is read, where several people have annotated it, and how far they agree.

`auto` takes the first that is marked as ground truth, or else the latest. The others take the `first` or the `latest`,
`merge` all into the union of their spans, `refuse` tasks with several, or read `none`, the text alone. Anything else is
a person: the id or e-mail address under `completed_by`. Annotations that were cancelled are never read.

Public names: `chosen`, `active`, `shared`, `POLICIES`, `BY_PERSON`, `Annotation`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from crfner.formats.checks import Place

POLICIES = {
    "auto": "the ground truth is read, or else the latest",
    "first": "the first is read",
    "latest": "the latest is read",
    "merge": "their spans are joined",
    "refuse": "",
    "none": "no annotation is read",
}
"""The names of policies, and what a note says of them."""

BY_PERSON = "the one by {} is read"

Annotation = Mapping[str, Any]


def active(annotations: Sequence[Annotation]) -> list[Annotation]:
    """The annotations that were neither cancelled nor, as older versions say, skipped; in the order of their making."""
    kept = [entry for entry in annotations if not entry.get("was_cancelled") and not entry.get("skipped")]
    return sorted(kept, key=lambda entry: str(entry.get("created_at") or ""))


def chosen(annotations: Sequence[Annotation], annotator: str, place: Place) -> list[Annotation]:
    """The annotations of a task to read, out of the active ones: one, or several to be merged, or none.

    Raises InputError when the policy is `refuse` and there are several.
    """
    if annotator == "merge":
        return list(annotations)
    if annotator == "refuse" and len(annotations) > 1:
        place.refuse(f"there are {len(annotations)} annotations; choose by annotator: first, latest, merge, a person")
    if annotator == "none":
        return []
    if annotator not in POLICIES:
        return [entry for entry in annotations if annotator in _names(entry.get("completed_by"))][-1:]
    if annotator == "first":
        return list(annotations[:1])
    if annotator == "auto":
        truth = [entry for entry in annotations if entry.get("ground_truth")]
        if truth:
            return truth[:1]
    return sorted(annotations, key=lambda entry: str(entry.get("updated_at") or entry.get("created_at") or ""))[-1:]


def _names(person: Any) -> set[str]:
    """What a person may be called by: an id, an address, or both, as versions differ."""
    if isinstance(person, dict):
        return {str(person[key]) for key in ("id", "email", "username") if person.get(key) is not None}
    return set() if person is None else {str(person)}


def shared(annotations: Sequence[Annotation]) -> tuple[int, int]:
    """How many spans the annotations of a task have in common, pair by pair, twice, and how many spans the pairs have.

    Their quotient is the F1 score of the annotators against each other (Hripcsak and Rothschild, 2005).
    """
    common = total = 0
    for one, other in combinations([_spans(entry) for entry in annotations], 2):
        common += 2 * len(one & other)
        total += len(one) + len(other)
    return common, total


def _spans(annotation: Annotation) -> set[tuple[str, ...]]:
    found = set()
    results = annotation.get("result")
    for result in results if isinstance(results, list) else ():
        value = result.get("value") if isinstance(result, dict) else None
        labels = value.get(str(result.get("type"))) if isinstance(value, dict) else None
        if isinstance(value, dict) and isinstance(labels, list):
            found |= {tuple(map(str, (value.get("start"), value.get("end"), label))) for label in labels}
    return found
