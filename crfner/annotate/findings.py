"""What may be wrong with the spans that the page shows: the quick checks of `crfner check`, and model against rules.

The document at hand is checked beside what was accepted before, so that a text that was marked otherwise is told of
at once, and not when all is done.

Public names: `findings_of`, `Finding`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crfner import check
from crfner.annotate.proposals import disputed
from crfner.check.borders import odd_borders
from crfner.check.consistency import inconsistencies
from crfner.check.ranking import ranked
from crfner.check.spans import blank_borders, odd_shapes, off_tokens
from crfner.document import Document, Span
from crfner.tokenize import tokenized

_RULES = (inconsistencies, odd_borders, blank_borders, off_tokens, odd_shapes)
_LOOKED_AT = 500  # accepted documents, the latest: an answer of the server's may take a tenth of a second
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at in the document at hand.

    kind        "disagreement" of model and rules, or a kind of `crfner.check.KINDS`
    message     in one sentence
    start, end  character offsets of what it is about
    suggestion  the spans that would stand there instead, none to remove what does; None where no one can say
    score       how likely it is a mistake, 0 to 1; None where that is not known
    """

    kind: str
    message: str
    start: int
    end: int
    suggestion: tuple[Span, ...] | None
    score: float | None = None


def findings_of(
    document: Document, accepted: Sequence[Document], model: Sequence[Span] | None, rules: Sequence[Span]
) -> list[Finding]:
    """What there is to say of the spans of the document: disagreements first, then what is likeliest a mistake.

    accepted      what was accepted before, other than this document
    model, rules  the spans that each finds in the document; None where there is no model
    """
    differ = [] if model is None else disputed(model, rules)
    return [_disagreement(document, rule, others) for rule, others in differ] + _checked(document, accepted)


def _disagreement(document: Document, rule: Span, others: Sequence[Span]) -> Finding:
    text = document.text
    says = " and ".join(f"{other.label} for {text[other.start : other.end]!r}" for other in others) or "nothing there"
    message = f"the rule {rule.source!r} finds {rule.label} in {text[rule.start : rule.end]!r}, the model {says}"
    start, end = min([rule.start, *(s.start for s in others)]), max([rule.end, *(s.end for s in others)])
    suggestion = tuple(others) if rule in document.spans else (rule,)
    return Finding("disagreement", message, start, end, suggestion)


def _checked(document: Document, accepted: Sequence[Document]) -> list[Finding]:
    given = [tokenized(one) for one in (*accepted[-_LOOKED_AT:], document)]
    last = len(given) - 1
    here = (
        finding
        for rule in _RULES
        for finding in rule(given)
        if finding.place is not None and finding.place.document == last
    )
    return [_of_check(finding) for finding in ranked(here)[:_SHOWN]]


def _of_check(finding: check.Finding) -> Finding:
    place = finding.place
    assert place is not None
    return Finding(finding.kind, finding.message, place.start, place.end, finding.suggestion, finding.score)
