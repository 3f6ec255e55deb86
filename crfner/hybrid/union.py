"""Everybody may propose, and the spans that are worth most together win.

Each span that the CRF or a rule proposes gets the probability that it is right, from what is said for and against it,
and the set of spans apart from each other with the greatest sum above a threshold is taken (`crfner.scheduling`).

Public names: `Union`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from crfner.document import Span
from crfner.hybrid.evidence import Evidence, Labelled
from crfner.hybrid.policies import Resolve
from crfner.scheduling import f1_by_threshold, most_worth

_FEATURES = ("crf", "crf proposes", "rule", "rule proposes", "both propose", "bias")
_UNKNOWN = 0.7  # the precision of a rule that nobody has measured
_PENALTY = 1.0  # L2, of the logistic regression
_FEWEST = 30  # proposals of either outcome that a regression needs


@dataclass(frozen=True, slots=True)
class Union:
    """Spans compete by the probability that they are right.

    weights    of the logistic regression that gives it, by feature; "label X" for the labels; empty to take the CRF's
               probability or the rule's precision, whichever is greater
    threshold  a span with less is not taken
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    threshold: float = 0.5

    def decide(self, evidence: Evidence, resolve: Resolve) -> list[Span]:
        return most_worth(self._scored(evidence), self.threshold)

    def settings(self) -> dict[str, Any]:
        return {"weights": dict(self.weights), "threshold": self.threshold}

    @classmethod
    def choose(cls, labelled: Sequence[Labelled], resolve: Resolve) -> Self:
        """Weights from the proposals in the evidence and what became of them, then the threshold with the best F1."""
        proposals = [(proposal, one.gold) for one in labelled for proposal in _proposals(one.evidence)]
        right = np.array([proposal.span in gold for proposal, gold in proposals])
        if right.sum() < _FEWEST or (~right).sum() < _FEWEST:
            return cls()
        names = [*_FEATURES, *sorted({f"label {proposal.span.label}" for proposal, _ in proposals})]
        rows = [[values.get(name, 0.0) for name in names] for values in (_features(p) for p, _ in proposals)]
        fitted = cls(dict(zip(names, _regression(np.array(rows), right).tolist(), strict=True)))
        scored = [(fitted._scored(one.evidence), one.gold) for one in labelled]
        f1 = f1_by_threshold(scored)
        return replace(fitted, threshold=max(f1, key=f1.__getitem__))

    def _scored(self, evidence: Evidence) -> list[Span]:
        """All proposals, each with the probability that it is right as its score."""
        return [replace(p.span, score=round(self._probability(p), 4)) for p in _proposals(evidence)]

    def _probability(self, proposal: _Proposal) -> float:
        if not self.weights:
            return max(proposal.probability if proposal.by_crf else 0.0, proposal.precision or 0.0)
        total = math.fsum(self.weights.get(name, 0.0) * value for name, value in _features(proposal).items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A span, the CRF's probability for it, whether it is on the CRF's best path, and the best rule's precision."""

    span: Span
    probability: float
    by_crf: bool
    precision: float | None


def _proposals(evidence: Evidence) -> Iterator[_Proposal]:
    best: dict[Span, tuple[float, Span, float]] = {}  # a span -> precision, hit, the CRF's probability
    for hit, probability in zip(evidence.hits, evidence.probabilities, strict=True):
        precision = _UNKNOWN if hit.score is None else hit.score
        if hit not in best or precision > best[hit][0]:
            best[hit] = precision, hit, probability
    for span in evidence.spans:
        known = best.pop(span)[0] if span in best else None
        yield _Proposal(span, span.score or 0.0, True, known)
    for precision, hit, probability in best.values():
        yield _Proposal(hit, probability, False, precision)


def _features(proposal: _Proposal) -> dict[str, float]:
    """What speaks for and against a proposal."""
    known = proposal.precision is not None
    return {
        "crf": _logit(proposal.probability),
        "crf proposes": float(proposal.by_crf),
        "rule": _logit(proposal.precision) if proposal.precision is not None else 0.0,
        "rule proposes": float(known),
        "both propose": float(known and proposal.by_crf),
        "bias": 1.0,
        f"label {proposal.span.label}": 1.0,
    }


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded))


def _regression(rows: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Weights of a logistic regression; the bias is a column of its own."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1 / _PENALTY, fit_intercept=False, max_iter=1000).fit(rows, right)
    weights: np.ndarray[Any, Any] = model.coef_[0]
    return weights
