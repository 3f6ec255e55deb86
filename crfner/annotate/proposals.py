"""What the page proposes before anyone has decided: spans of a model, of rules and of what was accepted before.

Spans that several sources propose alike become one, which names all of them. Of those that overlap, the one with the
highest score stays; a span without a score, such as that of a rule whose precision is not known, counts as one half.

Public names: `Proposal`, `merged`, `disputed`, `MODEL`, `SEEN`, `DATA`, `RULE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crfner.document import Span

MODEL, SEEN, DATA, RULE = "model", "seen before", "data", "rule"
"""Sources: a model, what was accepted, the labels that the text came with; a rule's name follows `RULE`."""

_UNKNOWN = 0.5  # what a span without a score counts as


@dataclass(frozen=True, slots=True)
class Proposal:
    """A span, with everything that proposes it.

    span     its score is the highest of its sources, None when none has one
    sources  such as "model" and "rule drinks"
    """

    span: Span
    sources: tuple[str, ...]


def merged(by_source: Mapping[str, Iterable[Span]]) -> list[Proposal]:
    """The proposals that stay, apart and in order.

    by_source  the spans of each source, which may overlap those of another; a rule's spans name it as their source
    """
    same: dict[Span, list[Span]] = {}
    names: dict[Span, list[str]] = {}
    for source, spans in by_source.items():
        for span in spans:
            same.setdefault(span, []).append(span)
            names.setdefault(span, []).append(f"{RULE} {span.source}" if source == RULE else source)
    kept: list[Proposal] = []
    for span in sorted(same, key=lambda span: (-_score(same[span]), span.start - span.end, span)):
        if not any(span.overlaps(other.span) for other in kept):
            scores = [one.score for one in same[span] if one.score is not None]
            scored = Span(span.start, span.end, span.label, max(scores, default=None))
            kept.append(Proposal(scored, tuple(dict.fromkeys(names[span]))))
    return sorted(kept, key=lambda proposal: proposal.span)


def _score(spans: Iterable[Span]) -> float:
    return max(_UNKNOWN if span.score is None else span.score for span in spans)


def disputed(model: Sequence[Span], rules: Sequence[Span]) -> list[tuple[Span, tuple[Span, ...]]]:
    """The spans of rules that the model does not find, each with those of the model that overlap it."""
    found = set(model)
    return [(span, tuple(one for one in model if one.overlaps(span))) for span in rules if span not in found]
