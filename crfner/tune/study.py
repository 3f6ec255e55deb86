"""Optuna's study: what was tried, in memory or in a file that a later search goes on from, and what to try next.

Optuna (Akiba et al. 2019) proposes points by tree-structured Parzen estimators (Bergstra et al. 2011). Its file is a
journal of JSON lines, to which each finished trial is added at once. It is locked for as long as the study is open, by
its own descriptor: the lock ends with the process, however that ends, which Optuna's own lock does not.

Public names: `Study`.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Self

from crfner.errors import CrfnerError, InputError, SettingError
from crfner.evaluation.units import Outcome, total
from crfner.evaluation.values import Score
from crfner.files import check_writable, reason, reporting
from crfner.locking import lock
from crfner.tune.space import Point, preset_point, suggest
from crfner.tune.values import Trial
from features.presets import PRESETS

_NAME = "crfner"
_STARTING = 12  # trials before estimators propose: the presets, and some random points
_FOR_MEDIAN = 5  # complete trials, as many as there are presets, before one is given up after its first fold
_FOR_SHARES = 20  # trials before anything can be said of what mattered
_NO_STUDY = "this file holds no study; name one that tune has written, or a new one"
_BEGIN = b'{"op_code":'  # of every line of the file
_SAMPLER_SEEDS = 1_000_003  # between the seeds of two searches, for the trials of one


class Study:
    """The trials of a search.

    path      the file that holds them, or None
    made_for  what trials can only be compared under: data, folds, seed; plain values
    seed      of all that is proposed

    Raises SettingError when Optuna is not installed, InputError when the file holds no study, or one of other data,
    CrfnerError when it cannot be written, or another process has it.
    """

    def __init__(self, path: str | os.PathLike[str] | None, made_for: Mapping[str, Any], seed: int) -> None:
        try:
            import optuna
        except ImportError:
            raise SettingError("tuning needs Optuna; install it with pip install 'crfner[tune]'") from None
        optuna.logging.set_verbosity(logging.WARNING)
        self._optuna = optuna
        self._seed = seed
        self._path = None if path is None else os.fspath(path)
        self._lock = None if self._path is None else _Lock(self._path)
        try:
            self._study = _opened(optuna, self._path, self._lock)
            self._check(made_for)
            for trial in self._study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):
                self._study.tell(trial.number, state=optuna.trial.TrialState.FAIL)  # of a search that was killed
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others have the file."""
        if self._lock is not None:
            self._lock.close()

    def ask(self, number: int) -> list[tuple[Any, Point]]:
        """So many trials and the points that they stand for: first the presets, `default` before the others.

        What they are depends on the trials so far alone, so that a study that is opened again goes on as it would have.
        Raises CrfnerError when the file cannot be written.
        """
        so_far = len(self._study.get_trials(deepcopy=False))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Optuna calls experimental
            self._study.sampler = self._optuna.samplers.TPESampler(
                n_startup_trials=_STARTING,
                multivariate=True,
                constant_liar=True,
                seed=(self._seed * _SAMPLER_SEEDS + so_far) % 2**32,
            )
        tried = [trial.point for trial in self.trials()]
        starts = [preset_point(preset) for preset in sorted(PRESETS, key=lambda preset: preset != "default")]
        for point in [point for point in starts if point not in tried][:number]:
            self._study.enqueue_trial(point)
        trials = [self._study.ask() for _ in range(number)]
        return [(trial, suggest(trial)) for trial in trials]

    def is_poor(self, trial: Any, first: Outcome) -> bool:
        """Whether the trial does worse in the first fold than the median of the complete ones did there."""
        trial.report(Score(*first).f1, step=0)
        poor: bool = trial.should_prune()
        return poor

    def tell(self, trial: Any, outcomes: Sequence[Outcome], seconds: float, complete: bool) -> None:
        """Keep what came out; a trial without outcomes counts as never made.

        Raises CrfnerError when the file cannot be written.
        """
        states = self._optuna.trial.TrialState
        if not outcomes:
            self._study.tell(trial, state=states.FAIL)
            return
        trial.set_user_attr("outcomes", [list(outcome) for outcome in outcomes])
        trial.set_user_attr("seconds", seconds)
        if complete:
            self._study.tell(trial, Score(*total(outcomes)).f1)
        else:
            self._study.tell(trial, state=states.PRUNED)

    def trials(self) -> tuple[Trial, ...]:
        """Those that were scored, in order."""
        states = self._optuna.trial.TrialState
        found = self._study.get_trials(deepcopy=False, states=(states.COMPLETE, states.PRUNED))
        return tuple(
            Trial(
                trial.number,
                trial.params,
                tuple((tp, fp, fn) for tp, fp, fn in trial.user_attrs["outcomes"]),
                trial.user_attrs["seconds"],
                trial.state == states.COMPLETE,
            )
            for trial in found
        )

    def default(self) -> Trial | None:
        """The complete trial of the default settings."""
        point = preset_point("default")
        return next((trial for trial in self.trials() if trial.complete and trial.point == point), None)

    def shares(self) -> dict[str, float]:
        """By parameter, the share of the variance of F1 that it explains by itself, the greatest first.

        It is that of the first fold, which poor trials have been scored on too. Functional analysis of variance over a
        forest of the trials (Hutter, Hoos and Leyton-Brown 2014); nothing where there are few, or all are the same.
        """
        trials = self.trials()
        if len(trials) < _FOR_SHARES or len({trial.first_f1 for trial in trials}) == 1:
            return {}
        kept = self._study.get_trials(deepcopy=False)
        scored = self._optuna.create_study(direction="maximize")
        for trial in trials:
            params, distributions = kept[trial.number].params, kept[trial.number].distributions
            scored.add_trial(
                self._optuna.trial.create_trial(params=params, distributions=distributions, value=trial.first_f1)
            )
        importance = self._optuna.importance
        forest = importance.FanovaImportanceEvaluator(seed=self._seed)
        found = importance.get_param_importances(scored, evaluator=forest)
        return {name: float(share) for name, share in found.items()}

    def _check(self, made_for: Mapping[str, Any]) -> None:
        attributes = self._study.user_attrs
        for name, value in made_for.items():
            if attributes.get(name, value) != value:
                raise InputError(
                    f"the study was made with other {name}, so its trials cannot be compared with new ones; give the "
                    "same, or name another file",
                    self._path,
                )
            if name not in attributes:
                self._study.set_user_attr(name, value)


class _Lock:
    """The file, locked, and its last line whole; in the form that Optuna asks to lock it, which it then need not."""

    def __init__(self, path: str) -> None:
        check_writable(path)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise CrfnerError(f"{path}: cannot be written: {reason(error)}") from error
        if not lock(self._file):
            self.close()
            raise CrfnerError(f"{path}: another crfner tune has this study; end it, or name another file")
        try:
            self._mend(path)
        except BaseException:
            self.close()
            raise

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        pass

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _mend(self, path: str) -> None:
        """Drop what a process that was killed wrote of a line: more on that line could not be read."""
        with open(self._file, "rb", closefd=False) as stream:
            content = stream.read()
        first, end, _ = content.partition(b"\n")
        begun = not end and _BEGIN.startswith(first.rstrip(b"\0"))
        if not (begun or first.startswith(_BEGIN)):  # Optuna would write to it all the same
            raise InputError(_NO_STUDY, path)
        if not content.endswith(b"\n"):
            os.ftruncate(self._file, content.rfind(b"\n") + 1)


def _opened(optuna: Any, path: str | None, lock: _Lock | None) -> Any:
    """The study of the file, begun where there is none."""
    pruner = optuna.pruners.MedianPruner(n_startup_trials=_FOR_MEDIAN)
    settings: dict[str, Any] = {"study_name": _NAME, "direction": "maximize", "pruner": pruner, "load_if_exists": True}
    if path is None:
        return optuna.create_study(**settings)
    try:
        storage = optuna.storages.JournalStorage(_journal(optuna, path, lock))
        return optuna.create_study(storage=storage, **settings)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise InputError(_NO_STUDY, path) from None


def _journal(optuna: Any, path: str, lock: _Lock | None) -> Any:
    """Optuna's way to the file; a disk that is full is told of as the file's."""

    class Journal(optuna.storages.journal.JournalFileBackend):  # type: ignore[misc] # Optuna is imported late
        def append_logs(self, logs: list[dict[str, Any]]) -> None:
            with reporting(path):  # all that is written passes here
                super().append_logs(logs)

    return Journal(path, lock_obj=lock)
