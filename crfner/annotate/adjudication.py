"""Two annotators' versions of the same texts: what they agree on is settled, what they do not is shown.

Public names: `to_adjudicate`, `settled`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crfner.agreement import agreed, pair
from crfner.annotate.log import now
from crfner.annotate.values import Decision, Example, Version, key_of
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.formats import Notes


def to_adjudicate(
    first: Iterable[Document], second: Iterable[Document], names: tuple[str, str], notes: Notes
) -> tuple[list[Document], list[Example]]:
    """The documents that both marked alike, and examples of those that they did not, each in the first one's order.

    names  of the annotators
    notes  is told of what has no pair, and is left out

    Raises CrfnerError when no text is in both.
    """
    pairing = pair(first, second)
    notes.update(pairing.notes(names))
    if not pairing.pairs:
        raise CrfnerError(f"{names[0]} and {names[1]} have no text in common; give two versions of the same texts")
    alike, disputed = [], []
    for one, other in pairing.pairs:
        both = agreed(one, other)
        if len(both.spans) == len(set(one.spans)) == len(set(other.spans)):
            alike.append(both)
        else:
            versions = tuple(Version(name, d.spans) for name, d in zip(names, (one, other), strict=True))
            disputed.append(Example(one.with_spans(()), versions))
    return alike, disputed


def settled(alike: Iterable[Document], known: Sequence[Decision], names: tuple[str, str]) -> list[Decision]:
    """Decisions to accept what both marked alike, where there is none yet."""
    decided = {decision.key for decision in known}
    return [
        Decision(document, "accept", " and ".join(names), now())
        for document in alike
        if key_of(document) not in decided
    ]
