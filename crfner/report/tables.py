"""The tables of a comparison: which numbers are shown, in which order, and what is said about them.

Public names: `scores`, `costs`, `pairs`, `labels`, `lenient_labels`, `breakdowns`, `curve`, `error_kinds`, `corpus`,
`all_tables`, `title`, `source`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from crfner.compare.values import Comparison, CurvePoint, SystemResult
from crfner.evaluation import Score
from crfner.evaluation.modes import ModeScore
from crfner.evaluation.values import ERROR_GROUPS
from crfner.report import notes
from crfner.report.values import (
    Column,
    Table,
    Value,
    count,
    interval,
    megabytes,
    p_value,
    percent,
    seconds,
    signed,
    signed_interval,
    spread,
)
from crfner.report.verdict import ALPHA, rival, significantly_unlike


def title(comparison: Comparison) -> str:
    """What is compared on what."""
    number = len(comparison.systems)
    return f"{number} system{'s' if number != 1 else ''} on {' and '.join(comparison.data) or 'unnamed data'}"


def source(comparison: Comparison) -> str:
    """Corpus, split and seed in one sentence."""
    split = comparison.split
    learnt, scored = sum(split.train_entities.values()), sum(split.test_entities.values())
    return (
        f"Data: {', '.join(comparison.data) or 'unnamed'}; split: {_method(comparison)}; learnt from "
        f"{count(split.train_sentences)} sentences with {count(learnt)} entities, scored on "
        f"{count(split.test_sentences)} sentences with {count(scored)} entities; seed {comparison.seed}."
    )


def _method(comparison: Comparison) -> str:
    method = comparison.split.method
    return "training and test files" if method == "files" else method


def scores(comparison: Comparison, baseline: str | None = None) -> Table:
    """Precision, recall and F1 of each system in all the ways of counting."""
    columns = (
        Column("system", number=False),
        Column("precision", percent),
        Column("recall", percent),
        Column("F1", percent),
        Column("95% interval", interval),
        Column("partial F1", percent),
        Column("type F1", percent),
        Column("borders F1", percent),
        Column("unseen F1", percent),
    )
    rows = tuple((system.name, *_scores(system)) for system in comparison.systems)
    table = Table(
        title="Scores",
        note=notes.SCORES,
        columns=columns,
        rows=rows,
    )
    against = rival(comparison, baseline)
    unlike = significantly_unlike(comparison, against) if against else frozenset()
    marks = frozenset((row, 3) for row, system in enumerate(comparison.systems) if system.name in unlike)
    return replace(
        table,
        best=_best(table, ([(row, column) for row in range(len(rows))] for column in (1, 2, 3, 5, 6, 7, 8))),
        marks=marks,
        footnote=f"F1 differs from that of {against} (p < {ALPHA}, approximate randomisation, Holm-corrected)."
        if marks
        else "",
    )


def _scores(system: SystemResult) -> tuple[Value, ...]:
    micro = system.evaluation.micro
    lenient = (system.modes.overall[mode].f1 for mode in ("partial", "type", "exact"))
    unseen = system.breakdowns.get("seen in training", {}).get("unseen")
    return (micro.precision, micro.recall, micro.f1, system.evaluation.interval, *lenient, _f1(unseen))


def _f1(score: Score | ModeScore | None) -> float | None:
    """F1 of a group of entities; None where there is nothing that could be right or wrong."""
    if isinstance(score, ModeScore):
        return score.f1 if score.possible or score.actual else None
    return score.f1 if score and (score.support or score.predicted) else None


def _support(score: Score | ModeScore) -> int:
    """The number of gold entities in a group."""
    return score.possible if isinstance(score, ModeScore) else score.support


def costs(comparison: Comparison) -> Table:
    """What each system costs."""
    rows = tuple(
        (s.name, s.costs.training_seconds, s.costs.tokens_per_second, s.costs.peak_memory, s.costs.model_size)
        for s in comparison.systems
    )
    return Table(
        title="Costs",
        note=notes.COSTS,
        columns=(
            Column("system", number=False),
            Column("training, s", seconds),
            Column("tokens/s", count),
            Column("memory, MB", megabytes),
            Column("model, MB", megabytes),
        ),
        rows=rows,
    )


def pairs(comparison: Comparison) -> Table:
    """Every two systems, and whether they differ."""
    rows = tuple(
        (p.first, p.second, p.difference, p.interval, p.p_randomisation, p.p_bootstrap, p.p_holm)
        for p in comparison.pairs
    )
    marks = frozenset((row, 6) for row, pair in enumerate(comparison.pairs) if pair.p_holm < ALPHA)
    return Table(
        title="Differences",
        note=notes.DIFFERENCES,
        columns=(
            Column("first", number=False),
            Column("second", number=False),
            Column("difference", signed),
            Column("95% interval", signed_interval),
            Column("p", p_value),
            Column("bootstrap p", p_value),
            Column("Holm p", p_value),
        ),
        rows=rows,
        names=2,
        marks=marks,
        footnote=f"Significant: Holm p < {ALPHA}." if marks else "",
    )


def labels(comparison: Comparison) -> Table:
    """F1 by label and system."""
    names = sorted({label for system in comparison.systems for label in system.evaluation.labels})
    by_system = [system.evaluation.labels for system in comparison.systems]
    return _by_group(
        "Labels",
        notes.LABELS,
        "label",
        names,
        comparison,
        by_system,
    )


def lenient_labels(comparison: Comparison) -> list[Table]:
    """F1 by label and system in the lenient ways of counting; within a label, exact borders are the strict count."""
    names = sorted({label for system in comparison.systems for label in system.modes.labels})
    found = []
    for mode, note in (("partial", notes.PARTIAL), ("type", notes.TYPE)):
        by_system = [{label: scores[mode] for label, scores in s.modes.labels.items()} for s in comparison.systems]
        found.append(_by_group(f"Labels, {mode} scores", note, "label", names, comparison, by_system))
    return found


def breakdowns(comparison: Comparison) -> list[Table]:
    """F1 by group of entities and system: a table for each question."""
    found: dict[str, dict[str, None]] = {}  # dictionaries keep the order that the questions and answers come in
    for system in comparison.systems:
        for question, answers in system.breakdowns.items():
            found.setdefault(question, {}).update(dict.fromkeys(answers))
    return [
        _by_group(
            question[:1].upper() + question[1:],
            notes.GROUPS,
            question,
            list(answers),
            comparison,
            [system.breakdowns.get(question, {}) for system in comparison.systems],
        )
        for question, answers in found.items()
    ]


def _by_group(
    title: str,
    note: str,
    question: str,
    answers: Iterable[str],
    comparison: Comparison,
    by_system: Sequence[Mapping[str, Score] | Mapping[str, ModeScore]],
) -> Table:
    rows = []
    for answer in answers:
        group = [scores.get(answer) for scores in by_system]
        support = max((_support(score) for score in group if score), default=0)
        rows.append((answer, support, *map(_f1, group)))
    table = Table(
        title=title,
        note=note,
        columns=(
            Column(question, number=False),
            Column("n", count),
            *(Column(system.name, percent) for system in comparison.systems),
        ),
        rows=tuple(rows),
    )
    width = len(table.columns)
    return replace(
        table, best=_best(table, ([(row, column) for column in range(2, width)] for row in range(len(rows))))
    )


def curve(comparison: Comparison) -> Table:
    """F1 by the number of training sentences and system."""
    points = {(point.sentences, point.system): point for point in comparison.curve}
    systems = list(dict.fromkeys(point.system for point in comparison.curve))
    rows: list[tuple[Value, ...]] = []
    for size in sorted({point.sentences for point in comparison.curve}):
        here = [points.get((size, system)) for system in systems]
        draws = max(len(point.f1) for point in here if point)
        rows.append((size, draws, *(_spread(point) if point else None for point in here)))
    return Table(
        title="Learning curves",
        note=notes.CURVES,
        columns=(
            Column("sentences", count),
            Column("draws", count),
            *(Column(system, spread) for system in systems),
        ),
        rows=tuple(rows),
    )


def _spread(point: CurvePoint) -> tuple[float, ...]:
    return (point.mean, point.deviation) if len(point.f1) > 1 else (point.mean,)


def error_kinds(comparison: Comparison) -> Table:
    """How many errors of which kind each system makes."""
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (system.name, *(system.evaluation.errors[kind].count for kind in ERROR_GROUPS)) for system in comparison.systems
    )
    return Table(
        title="Kinds of errors",
        note=notes.ERRORS,
        columns=(Column("system", number=False), *(Column(kind, count) for kind in ERROR_GROUPS)),
        rows=rows,
    )


def corpus(comparison: Comparison) -> Table:
    """What was learnt from and scored, by label."""
    split = comparison.split
    names = sorted(split.train_entities.keys() | split.test_entities.keys())
    rows: list[tuple[Value, ...]] = [
        ("documents", split.train_documents, split.test_documents),
        ("sentences", split.train_sentences, split.test_sentences),
        ("entities", sum(split.train_entities.values()), sum(split.test_entities.values())),
    ]
    rows += [(name, split.train_entities.get(name, 0), split.test_entities.get(name, 0)) for name in names]
    return Table(
        title="Data",
        note=f"What was learnt from and scored on ({_method(comparison)}); below the entities their labels.",
        columns=(Column("", number=False), Column("training", count), Column("test", count)),
        rows=tuple(rows),
    )


def _best(table: Table, groups: Iterable[Sequence[tuple[int, int]]]) -> frozenset[tuple[int, int]]:
    """The greatest of each group of places, several where they look the same, none where all do."""
    cells = table.cells()
    found: set[tuple[int, int]] = set()
    for group in groups:
        values = [(table.rows[row][column], cells[row][column], (row, column)) for row, column in group]
        known = [(value, shown, place) for value, shown, place in values if isinstance(value, float)]
        if len({shown for _, shown, _ in known}) > 1:
            _, top, _ = max(known)
            found.update(place for _, shown, place in known if shown == top)
    return frozenset(found)


def all_tables(comparison: Comparison, baseline: str | None = None) -> list[Table]:
    """Every table that holds something, in the order in which a person asks."""
    found = [
        scores(comparison, baseline),
        pairs(comparison),
        labels(comparison),
        *lenient_labels(comparison),
        *breakdowns(comparison),
        curve(comparison),
        error_kinds(comparison),
        costs(comparison),
        corpus(comparison),
    ]
    return [table for table in found if table.rows]
