"""What a search has shown, in tables and one verdict; text and page only write them differently.

Public names: `verdict`, `made_of`, `best_trials`, `what_mattered`, `values_of`, `Group`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crfner.report.values import Column, Table, Value, count, percent, seconds, signed, signed_interval
from crfner.tune.space import PARAMETERS, differences, ranges, shown
from crfner.tune.values import CHANCE, Trial, Tuned

_SHOWN = 10  # trials in the table of the best


@dataclass(frozen=True, slots=True)
class Group:
    """F1 on the first fold, of the trials in which a parameter had one value, or one within a range."""

    value: str
    f1: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean F1."""
        return math.fsum(self.f1) / len(self.f1)


def verdict(tuned: Tuned) -> str:
    """Whether the search was worth it, in two sentences or three."""
    found = f"the best of {_trials(len(tuned.trials))} has F1 {percent(tuned.best.f1)}, the default settings "
    found += f"{percent(tuned.default.f1)}, on the same folds."
    if tuned.trials == (tuned.default,):
        return "Nothing but the default settings was tried; give the search more time, or more trials."
    if tuned.best == tuned.default:
        return f"Not better: of {_trials(len(tuned.trials))}, none beats the default settings; keep them."
    if tuned.confirmation is None:
        stopped = "the search was stopped" if tuned.interrupted else "there was no time"
        return (
            f"Perhaps better: {found} Some of that is luck, as it is the best of many; {stopped} before the two could "
            "meet on other folds."
        )
    again = tuned.confirmation
    anew = f"On folds cut anew, F1 is {percent(again.best)} against {percent(again.default)} "
    anew += f"({signed(again.difference)}, 95% interval {signed_interval(again.interval)}, p = {again.p:.3f})"
    if not tuned.better:
        return f"Not better, keep the default: {found} {anew}."
    if again.p > CHANCE:
        return f"Perhaps better: {found} {anew}, which may well be chance."
    return f"Better: {found} {anew}."


def made_of(tuned: Tuned) -> str:
    """How the search was made, in one sentence."""
    given_up = sum(not trial.complete for trial in tuned.trials)
    return (
        f"{_trials(len(tuned.trials))} on {count(tuned.documents)} documents in {tuned.folds} folds, of which "
        f"{given_up} were given up after the first fold; {tuned.seconds / 60:.1f} minutes with {tuned.jobs} jobs, "
        f"seed {tuned.seed}."
    )


def best_trials(tuned: Tuned) -> Table:
    """The complete trials with the highest F1, and that of the default settings."""
    ranked = _complete(tuned)
    kept = ranked[:_SHOWN]
    if tuned.default not in kept:
        kept.append(tuned.default)
    rows: list[tuple[Value, ...]] = [
        (
            str(trial.number),
            trial.f1,
            trial.f1 - tuned.default.f1,
            trial.seconds / len(trial.outcomes),
            "the default settings" if trial == tuned.default else differences(trial.point, tuned.default.point),
        )
        for trial in kept
    ]
    return Table(
        "The best trials",
        "F1 in per cent over all folds together, exact match; the difference from the default settings on the same "
        "folds, in points; and the seconds of training and tagging a fold. Settings not named are the default's. "
        "The best of many trials is so by luck too: the verdict has what is left of it on other folds.",
        (
            Column("trial", number=False),
            Column("F1", percent),
            Column("against default", signed),
            Column("seconds", seconds),
            Column("settings", number=False),
        ),
        tuple(rows),
        best=frozenset({(0, 1)}),
    )


def what_mattered(tuned: Tuned) -> Table:
    """Each parameter with its share, the values of the default and the best, and the mean F1 by value."""
    names = [*tuned.shares, *(name for name in PARAMETERS if name not in tuned.shares)]
    rows: list[tuple[Value, ...]] = [
        (
            name,
            tuned.shares.get(name),
            shown(name, tuned.default.point[name]),
            shown(name, tuned.best.point[name]),
            ", ".join(f"{group.value}: {percent(group.mean)}" for group in values_of(tuned, name)),
        )
        for name in names
    ]
    return Table(
        "What mattered",
        "The share of the variance of F1 that a parameter explains by itself (functional analysis of variance over a "
        "forest, Hutter, Hoos and Leyton-Brown 2014; – where trials are too few), and the mean F1 of the trials by its "
        "value: both on the first fold, which all trials were scored on. The search looks more closely where it found "
        "good trials, so these means are no experiment of their own.",
        (
            Column("parameter", number=False),
            Column("share", lambda share: f"{100 * share:.0f}%"),
            Column("default"),
            Column("best"),
            Column("mean F1 by value", number=False),
        ),
        tuple(rows),
    )


def values_of(tuned: Tuned, name: str) -> list[Group]:
    """The trials by a parameter's value, or by ranges of a penalty; those of a border are in the lower range."""
    known = ranges(name)
    if known is None:
        values = sorted({trial.point[name] for trial in tuned.trials})
        parts = [(shown(name, value), [t for t in tuned.trials if t.point[name] == value]) for value in values]
    else:
        parts = [
            (f"{low:g} to {high:g}", [t for t in tuned.trials if _range(known, t.point[name]) == number])
            for number, (low, high) in enumerate(known)
        ]
    return [Group(value, tuple(trial.first_f1 for trial in trials)) for value, trials in parts if trials]


def _range(known: Sequence[tuple[float, float]], value: float) -> int:
    return next((number for number, (_, high) in enumerate(known) if value <= high), len(known) - 1)


def _complete(tuned: Tuned) -> list[Trial]:
    return sorted((trial for trial in tuned.trials if trial.complete), key=lambda trial: (-trial.f1, trial.number))


def _trials(number: int) -> str:
    return "1 trial" if number == 1 else f"{count(number)} trials"
