"""Who decides when rules and CRF disagree: `Fallback` and `Override`, and how their settings are chosen.

Every policy is a frozen value with one method, `decide`, and is chosen by `choose` on evidence that neither side has
learnt from. A setting departs from "the CRF decides" only where that pays by more than its standard error, so that a
handful of lucky hits does not.

Public names: `Policy`, `Fallback`, `Override`, `Resolve`, `NEVER`, `outcome`, `best`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self, TypeVar

from crfner.document import Span
from crfner.hybrid.evidence import Evidence, Labelled

CONFIDENCES = (0.0, 0.3, 0.5, 0.7, 0.9)
PRECISIONS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
NEVER = 2.0
"""A precision that no rule has."""

Resolve = Callable[[Iterable[Span]], list[Span]]
"""Picks hits that do not overlap, the stronger ones first."""


P = TypeVar("P", bound="Policy")


class Policy(Protocol):
    """A way to join what a CRF and rules say."""

    def decide(self, evidence: Evidence, resolve: Resolve) -> list[Span]:
        """The spans of a document, apart and in order."""
        ...

    def settings(self) -> dict[str, Any]:
        """The policy as plain data."""
        ...


@dataclass(frozen=True, slots=True)
class Fallback:
    """Rules speak where the CRF is silent, or less sure than a confidence that each label has of its own.

    confidence  by label: a hit takes the place of CRF spans whose score is below; 0 where only silence counts
    precision   by label: the least precision of a rule that may speak; a rule of unknown precision may
    """

    confidence: Mapping[str, float] = field(default_factory=dict)
    precision: Mapping[str, float] = field(default_factory=dict)

    def decide(self, evidence: Evidence, resolve: Resolve) -> list[Span]:
        hits = [hit for hit in evidence.hits if _trusted(hit, self.precision.get(hit.label, 0.0))]
        return _placed(evidence.spans, resolve(hits), lambda hit: self.confidence.get(hit.label, 0.0))

    def settings(self) -> dict[str, Any]:
        return {"confidence": dict(self.confidence), "precision": dict(self.precision)}

    @classmethod
    def choose(cls, labelled: Sequence[Labelled], resolve: Resolve) -> Self:
        """Label by label, the settings that raise micro F1 most, or silence where none does by more than chance."""
        labels = sorted({hit.label for one in labelled for hit in one.evidence.hits})
        chosen = cls({}, dict.fromkeys(labels, NEVER))
        for label in labels:
            concerned = [one for one in labelled if any(hit.label == label for hit in one.evidence.hits)]
            options = [
                cls({**chosen.confidence, label: confidence}, {**chosen.precision, label: precision})
                for precision in reversed(PRECISIONS)
                for confidence in CONFIDENCES
            ]
            chosen = best(chosen, options, concerned, labelled, resolve)
        return chosen


@dataclass(frozen=True, slots=True)
class Override:
    """Hits of rules with this precision or more win over whatever the CRF says; all others are dropped.

    precision  the least precision; rules of unknown precision count as having it
    """

    precision: float = 0.9

    def decide(self, evidence: Evidence, resolve: Resolve) -> list[Span]:
        hits = [hit for hit in evidence.hits if _trusted(hit, self.precision)]
        return _placed(evidence.spans, resolve(hits), lambda hit: NEVER)

    def settings(self) -> dict[str, Any]:
        return {"precision": self.precision}

    @classmethod
    def choose(cls, labelled: Sequence[Labelled], resolve: Resolve) -> Self:
        """The precision that raises micro F1 most, or `NEVER` where none does by more than chance."""
        options = [cls(precision) for precision in reversed((*PRECISIONS, 0.97, 0.98, 0.99))]
        return best(cls(NEVER), options, labelled, labelled, resolve)


def _trusted(hit: Span, least: float) -> bool:
    return least <= 1.0 and (hit.score is None or hit.score >= least)


def _placed(spans: Sequence[Span], hits: Iterable[Span], confidence: Callable[[Span], float]) -> list[Span]:
    """CRF spans with hits in place of those that they overlap, if all of these are below the hit's confidence."""
    kept = list(spans)
    for hit in hits:
        if hit in kept:
            continue
        rivals = [span for span in kept if span.overlaps(hit)]
        if all(span.score is not None and span.score < confidence(hit) for span in rivals):
            kept = [span for span in kept if span not in rivals] + [hit]
    return sorted(kept)


def outcome(policy: Policy, labelled: Iterable[Labelled], resolve: Resolve) -> tuple[int, int]:
    """Correct and all spans that the policy gives."""
    correct = given = 0
    for one in labelled:
        spans = policy.decide(one.evidence, resolve)
        given += len(spans)
        correct += sum(span in one.gold for span in spans)
    return correct, given


def best(
    now: P, options: Sequence[P], concerned: Sequence[Labelled], labelled: Sequence[Labelled], resolve: Resolve
) -> P:
    """The option that gains most over what is chosen now, or that itself where no gain is beyond chance.

    concerned  the documents in which the options can differ
    """
    gold = sum(len(one.gold) for one in labelled)
    correct, given = outcome(now, labelled, resolve)
    f1 = 2 * correct / max(given + gold, 1)
    before = [outcome(now, [one], resolve) for one in concerned]
    found, most = now, 0.0
    for option in options:
        gains = []  # a span more raises F1 when it is right more often than half of F1
        for one, (old_correct, old_given) in zip(concerned, before, strict=True):
            new_correct, new_given = outcome(option, [one], resolve)
            gains.append((new_correct - old_correct) - f1 / 2 * (new_given - old_given))
        gain = math.fsum(gains) - math.fsum(value * value for value in gains) ** 0.5
        if gain > most:
            found, most = option, gain
    return found
