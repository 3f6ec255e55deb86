"""An evaluation, and scores by mode, as data for JSON and as a plain text table.

Public names: `to_dict`, `to_table`, `score_dict`, `modes_dict`, `modes_table`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from crfner.columns import aligned
from crfner.evaluation.modes import MODES, OUTCOMES, Modes, ModeScore
from crfner.evaluation.values import Average, ErrorGroup, Evaluation, Mistake, Score

FRACTIONS = ("precision", "recall", "f1")
HEADER = (*FRACTIONS, "support", "predicted", "correct")
EXPLANATIONS = {
    "missed": "gold entities that nothing was found for",
    "spurious": "predicted entities that answer to no gold one",
    "boundary": "right label, wrong borders",
    "type": "right borders, wrong label",
    "both": "wrong borders and wrong label, but overlapping",
}


def to_dict(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as JSON takes it; all scores are fractions (0 to 1) in full precision.

    Keys: micro, macro, labels, token_accuracy, interval ([low, high]), errors. `labels` has a score by label; `errors`
    has by group a count and examples ({text, gold, predicted, count}; null for no entity).
    """
    return {
        "micro": score_dict(evaluation.micro),
        "macro": asdict(evaluation.macro),
        "labels": {label: score_dict(score) for label, score in evaluation.labels.items()},
        "token_accuracy": evaluation.token_accuracy,
        "interval": list(evaluation.interval),
        "errors": {
            group: {"count": errors.count, "examples": [asdict(example) for example in errors.examples]}
            for group, errors in evaluation.errors.items()
        },
    }


def score_dict(score: Score) -> dict[str, float]:
    """A score as JSON takes it: its fractions and counts."""
    return {name: getattr(score, name) for name in HEADER}


def to_table(evaluation: Evaluation, *, errors: bool = True) -> str:
    """The evaluation for people: scores in per cent, counts, the interval, token accuracy, and the errors by group.

    Ends without a line break; without `errors`, the groups of errors are left out.
    """
    rows: list[tuple[str, ...]] = [("label", *HEADER)]
    rows += [(label, *_cells(score)) for label, score in evaluation.labels.items()]
    rows += [("micro", *_cells(evaluation.micro)), ("macro", *_cells(evaluation.macro))]
    lines = aligned(rows)
    lines.insert(-2, "-" * len(lines[0]))
    low, high = (_percent(bound) for bound in evaluation.interval)
    lines += ["", f"micro F1, 95% interval  {low} to {high}", f"token accuracy  {_percent(evaluation.token_accuracy)}"]
    for group, found in evaluation.errors.items() if errors else ():
        lines += ["", f"{group}: {found.count} ({EXPLANATIONS[group]})", *_examples(found)]
    return "\n".join(lines)


def modes_dict(modes: Modes) -> dict[str, Any]:
    """The scores by mode as JSON takes them; fractions (0 to 1) are in full precision.

    Keys: overall, which has a score by mode, and labels, which has those of each label.
    """
    return {
        "overall": _mode_scores(modes.overall),
        "labels": {label: _mode_scores(scores) for label, scores in modes.labels.items()},
    }


def _mode_scores(scores: Mapping[str, ModeScore]) -> dict[str, dict[str, float]]:
    names = (*FRACTIONS, "possible", "actual", *OUTCOMES)
    return {mode: {name: getattr(score, name) for name in names} for mode, score in scores.items()}


def modes_table(modes: Modes) -> str:
    """The scores by mode for people: over all entities in per cent, with counts, and then F1 by label.

    Ends without a line break. `exact` has no column by label, as it would be that of `strict`, see `Modes`.
    """
    rows: list[tuple[str, ...]] = [("mode", *FRACTIONS, *OUTCOMES)]
    for mode, score in modes.overall.items():
        rows.append((mode, *_fractions(score), *(str(getattr(score, outcome)) for outcome in OUTCOMES)))
    lines = aligned(rows)
    if modes.labels:
        columns = [mode for mode in MODES if mode != "exact"]
        by_label: list[tuple[str, ...]] = [("f1 by label", *columns)]
        for label, scores in modes.labels.items():
            by_label.append((label, *(_percent(scores[mode].f1) for mode in columns)))
        lines += ["", *aligned(by_label)]
    return "\n".join(lines)


def _cells(score: Score | Average) -> tuple[str, ...]:
    fractions = _fractions(score)
    if isinstance(score, Average):
        return (*fractions, "", "", "")
    return (*fractions, str(score.support), str(score.predicted), str(score.correct))


def _fractions(score: Score | Average | ModeScore) -> tuple[str, ...]:
    return _percent(score.precision), _percent(score.recall), _percent(score.f1)


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.2f}"


def _examples(errors: ErrorGroup) -> list[str]:
    """One line an example: how often, labels, text; the text comes last, as its width on the screen is not known."""
    labels = [_labels(example) for example in errors.examples]
    width = max(map(len, labels), default=0)
    return [
        f"{example.count:6}  {label:<{width}}  {_shorten(example.text)}"
        for example, label in zip(errors.examples, labels, strict=True)
    ]


def _labels(example: Mistake) -> str:
    names = [name for name in (example.gold, example.predicted) if name is not None]
    return " -> ".join(dict.fromkeys(names))


def _shorten(text: str, limit: int = 60) -> str:
    """On one line, and no longer than `limit` characters."""
    line = " ".join(text.split())
    line = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)
    return line if len(line) <= limit else line[: limit - 3] + "..."
