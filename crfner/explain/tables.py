"""The parts of an explanation in words and rows of cells, which text and page both show.

Public names: `Row`, `founds`, `hits`, `rules`, `transitions`, `settings`, `pulls`, `title`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from crfner.explain.values import Decision, DocumentExplanation, Found, Hit, ModelExplanation, RuleSummary
from crfner.hybrid.policies import NEVER

Row = tuple[str, ...]

_KINDS = {"crf": "conditional random field", "rules": "rules", "hybrid": "conditional random field and rules"}


def title(explanation: DocumentExplanation | ModelExplanation) -> str:
    """The kind of the model and, for a hybrid, its policy."""
    policy = "" if explanation.policy is None else f", policy {explanation.policy}"
    return f"{_KINDS[explanation.kind]}{policy}"


def founds(found: Iterable[Found]) -> list[Row]:
    """Entities under a header."""
    header = ("label", "score", "by", "text")
    return [header, *((one.label, _fraction(one.score), _origin(one.by, one.source), one.text) for one in found)]


def hits(found: Iterable[Hit]) -> list[Row]:
    """Hits of rules under a header."""
    rows: list[Row] = [("label", "precision", "crf", "outcome", "rule", "text")]
    for hit in found:
        outcome = "kept" if hit.kept else "dropped"
        numbers = (_fraction(hit.precision), _fraction(hit.probability))
        rows.append((hit.label, *numbers, outcome, _origin(hit.kind, hit.rule), hit.text))
    return rows


def rules(found: Iterable[RuleSummary]) -> list[Row]:
    """Rules under a header."""
    rows: list[Row] = [("label", "precision", "coverage", "priority", "rule", "matches")]
    for rule in found:
        numbers = (_fraction(rule.precision), _fraction(rule.coverage), str(rule.priority))
        rows.append((rule.label, *numbers, _origin(rule.kind, rule.name), rule.matches))
    return rows


def transitions(explanation: ModelExplanation) -> list[Row]:
    """The transitions under the names of tags: "x" where the scheme forbids one, "." where it has no weight."""
    tags = [tag.tag for tag in explanation.tags]
    rows: list[Row] = [("", *tags)]
    for tag, weights in zip(tags, explanation.transitions, strict=True):
        rows.append((tag, *("x" if math.isinf(weight) else f"{weight:+.2f}" if weight else "." for weight in weights)))
    return rows


def settings(explanation: ModelExplanation) -> Iterator[Row]:
    """The settings of the policy, one a row; a precision that no rule can have says "never"."""
    for name, value in explanation.settings.items():
        if isinstance(value, dict):
            for of, one in value.items():
                yield name, of, _setting(one)
        else:
            yield name, "", _setting(value)


def _setting(value: float) -> str:
    return "never" if value == NEVER else f"{value:.3g}"


def pulls(decision: Decision) -> list[tuple[float | None, str]]:
    """What speaks for the chosen tag and against it, as (difference, in words); None is for one that is infinite."""
    ordered = (*decision.supporting, *reversed(decision.opposing))
    rows: list[tuple[float | None, str]] = [(pull.scores.difference, pull.feature) for pull in ordered]
    if decision.others:
        rows.append((decision.others_difference, f"{decision.others} more features"))
    return [*rows, *_steps(decision)]


def _steps(decision: Decision) -> Iterator[tuple[float | None, str]]:
    for step, arriving in ((decision.arriving, True), (decision.leaving, False)):
        difference = step.scores.difference
        if step.neighbour is None and not difference:
            continue  # the borders of sentences have no weights, but a scheme may forbid a tag there
        ways = [f"{_way(decision.tag, step.neighbour, arriving)} {_score(step.scores.chosen)}"]
        if decision.runner_up is not None:
            ways.append(f"{_way(decision.runner_up, step.neighbour, arriving)} {_score(step.scores.runner_up)}")
        yield difference if math.isfinite(difference) else None, f"transition {', '.join(ways)}"


def _way(tag: str, neighbour: str | None, arriving: bool) -> str:
    return f"{neighbour or 'start'} -> {tag}" if arriving else f"{tag} -> {neighbour or 'end'}"


def _score(score: float) -> str:
    return f"{score:+.2f}" if math.isfinite(score) else "forbidden"


def _origin(kind: str, source: str | None) -> str:
    return kind if source is None or source == kind else f"{kind} {source}"


def _fraction(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
