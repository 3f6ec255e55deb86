"""A comparison in CSV, in the tidy form that statistics programs take: one number a line, in full precision.

Columns: part ("overall", "mode", "label", "breakdown", "errors", "costs", "pair", "curve"), system, against (the second
system of a pair), group (mode, label, question, kind of error, or number of training sentences), answer (to the
question; the number of the draw), measure, value (fractions from 0 to 1, bytes, seconds, counts).

Public names: `to_csv`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from crfner.compare.values import Comparison, SystemResult
from crfner.evaluation import Score
from crfner.report.values import visible

HEADER = ("part", "system", "against", "group", "answer", "measure", "value")

Row = tuple[str, str, str, str, str, str, float]


def to_csv(comparison: Comparison) -> str:
    """All numbers of the comparison (RFC 4180); what could not be measured has no line.

    A name that a spreadsheet would take for a formula, such as "=x", is given an apostrophe in front.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADER)
    for *names, value in _rows(comparison):
        writer.writerow([*map(_cell, names), value if isinstance(value, int) else float(value)])
    return stream.getvalue()


def _cell(name: object) -> str:
    text = visible(str(name))
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _rows(comparison: Comparison) -> Iterator[Row]:
    for system in comparison.systems:
        for part, group, answer, measure, value in _of_system(system):
            yield part, system.name, "", group, answer, measure, value
    for pair in comparison.pairs:
        low, high = pair.interval
        measures = {
            "f1_difference": pair.difference,
            "f1_difference_low": low,
            "f1_difference_high": high,
            "p_randomisation": pair.p_randomisation,
            "p_bootstrap": pair.p_bootstrap,
            "p_holm": pair.p_holm,
        }
        for measure, value in measures.items():
            yield "pair", pair.first, pair.second, "", "", measure, value
    for point in comparison.curve:
        for draw, value in enumerate(point.f1, start=1):
            yield "curve", point.system, "", str(point.sentences), str(draw), "f1", value


def _of_system(system: SystemResult) -> Iterator[tuple[str, str, str, str, float]]:
    """Part, group, answer, measure and value."""
    evaluation = system.evaluation
    overall = dict(_score(evaluation.micro))
    overall["f1_low"], overall["f1_high"] = evaluation.interval
    overall["macro_f1"], overall["token_accuracy"] = evaluation.macro.f1, evaluation.token_accuracy
    for measure, value in overall.items():
        yield "overall", "", "", measure, value
    for label, by_mode in {"": system.modes.overall, **system.modes.labels}.items():
        for mode, counted in by_mode.items():
            for measure in ("precision", "recall", "f1"):
                yield "mode", mode, label, measure, getattr(counted, measure)
    for label, score in evaluation.labels.items():
        for measure, value in _score(score):
            yield "label", label, "", measure, value
    for question, answers in system.breakdowns.items():
        for answer, score in answers.items():
            for measure, value in _score(score):
                yield "breakdown", question, answer, measure, value
    for kind, errors in evaluation.errors.items():
        yield "errors", kind, "", "count", errors.count
    costs = system.costs
    for measure in ("training_seconds", "tokens_per_second", "peak_memory", "model_size"):
        if (cost := getattr(costs, measure)) is not None:
            yield "costs", "", "", measure, cost


def _score(score: Score) -> Iterator[tuple[str, float]]:
    for measure in ("precision", "recall", "f1", "tp", "fp", "fn"):
        yield measure, getattr(score, measure)
