"""The search: points are tried a few at a time, each on the same folds, and the best is held against the default.

Every point is first scored on one fold; what is worse there than the median of the others goes no further. What is left
is scored on the other folds. The best of many is the best by luck too, so it meets the default settings once more, on
folds that are cut anew.

Public names: `tune`.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from time import monotonic
from typing import Any

from tqdm import tqdm

from crfner.crf import CRFRecognizer
from crfner.document import Document
from crfner.errors import CrfnerError, SettingError
from crfner.evaluation import Score, bootstrap, randomisation
from crfner.evaluation.units import total
from crfner.parallel import pool
from crfner.parts import apart
from crfner.splits import Fold, make_folds
from crfner.tune.space import config_of
from crfner.tune.study import Study
from crfner.tune.values import Confirmation, Trial, Tuned
from crfner.tune.workers import Scored, Workers
from crfner.version import __version__
from features import Lexicon

_BATCH = 4
"""Points that are proposed together, or as many as there are jobs: few, so that each learns from those before it."""

_RESERVE = 1.5  # times what the confirmation is expected to take, as other work may slow it down
_START = 10.0  # seconds that new processes need before they train, at least, on a busy machine


def tune(
    documents: Sequence[Document],
    *,
    lexicons: Mapping[str, Lexicon] | None = None,
    minutes: float = 10.0,
    trials: int | None = None,
    folds: int = 3,
    jobs: int | None = None,
    study: str | os.PathLike[str] | None = None,
    seed: int = 0,
    progress: bool = False,
) -> Tuned:
    """Search for the settings of a CRF that suit the documents, by cross-validation.

    lexicons  gazetteers, clusters and vectors by name, which every recogniser gets, and the tuned one is to get too
    minutes   after which the search ends, with all that it does at its end; a training on its way is given up
    trials    after which it ends, those of the study's file among them; None for as many as time allows
    folds     of the cross-validation, by document
    jobs      trainings at a time, where `crfner.parallel.using` says no other number; None for the number of processors
    study     a file that keeps the trials; where it holds some already, the search goes on from them
    seed      of folds and search. Up to four jobs, one seed tries the same points until time is up
    progress  show progress on standard error when that is a terminal

    Ctrl-C ends the search, and what was found so far is given. Raises SettingError for a parameter without sense or
    where Optuna is missing, CrfnerError where there are fewer sentences than folds, nothing can be learnt, or time was
    up before the default settings were scored, InputError for a study of other data, KeyboardInterrupt where Ctrl-C
    comes before there is anything to keep.
    """
    if not 0 < minutes < math.inf:
        raise SettingError(f"minutes must be a number above 0, not {minutes!r}")
    for name, number in (("trials", trials), ("jobs", jobs)):
        if number is not None and number < 1:
            raise SettingError(f"{name} must be 1 or more, not {number!r}")
    start = monotonic()
    prepared = [CRFRecognizer().prepared(document) for document in documents]  # once for all
    prepared = apart(prepared, 2 * folds)
    cut, anew = (make_folds(prepared, folds, seed + shift) for shift in (0, 1))
    lexicons = lexicons or {}
    made_for = {} if study is None else _made_for(prepared, lexicons, folds, seed)
    with (
        Study(study, made_for, seed) as book,
        tqdm(desc="tuning", unit=" trainings", disable=None if progress else True) as bar,
        pool() as there,
    ):
        workers = Workers(there, jobs, lexicons, bar)
        search = _Search(book, workers, cut, workers.jobs, start + 60 * minutes, bar)
        search.run(trials)
        default = book.default()
        if default is None:
            if workers.interrupted:
                raise KeyboardInterrupt
            raise CrfnerError(
                f"{minutes:g} minutes were not enough to score even the default settings; give more, or fewer documents"
            )
        best = _best(book.trials())
        confirmation = None if best == default else search.confirmed(best, default, anew, seed)
        tried = book.trials()
        try:
            shares = book.shares()
        except KeyboardInterrupt:
            shares, workers.interrupted = {}, True
    return Tuned(
        trials=tried,
        default=default,
        best=best,
        confirmation=confirmation,
        shares=shares,
        documents=len(prepared),
        folds=folds,
        seed=seed,
        jobs=workers.jobs,
        seconds=monotonic() - start,
        interrupted=workers.interrupted,
    )


class _Search:
    """A search under way; `deadline` is of `time.monotonic`."""

    def __init__(
        self, book: Study, workers: Workers, folds: Sequence[Fold], jobs: int, deadline: float, bar: Any
    ) -> None:
        self._book = book
        self._workers = workers
        self._folds = folds
        self._jobs = jobs
        self._deadline = deadline
        self._bar = bar
        self._start = _START

    def run(self, trials: int | None) -> None:
        """Try points until there are so many, time is up, or Ctrl-C comes."""
        try:
            if self._book.default() is None:  # alone and before all others, so that there is something to compare with
                begun = monotonic()
                self._try(1)
                self._start = max(self._start, monotonic() - begun)  # it has waited for processes to start too
            while self._book.default() is not None and not self._workers.interrupted and monotonic() < self._until():
                left = math.inf if trials is None else trials - len(self._book.trials())
                if left < 1:
                    break
                self._try(int(min(left, max(_BATCH, self._jobs))))
        except KeyboardInterrupt:  # between trainings
            self._workers.interrupted = True

    def confirmed(self, best: Trial, default: Trial, folds: Sequence[Fold], seed: int) -> Confirmation | None:
        """The two on other folds; None when time is up, or was before."""
        if self._workers.interrupted:
            return None
        work = [(config_of(trial.point), fold) for trial in (best, default) for fold in folds]
        scored = self._workers.scores(work, self._deadline)
        done = [one.units for one in scored if one is not None]
        if len(done) < len(scored):
            return None
        ours, theirs = ([unit for units in part for unit in units] for part in (done[: len(folds)], done[len(folds) :]))
        return Confirmation(
            best=Score(*total(ours)).f1,
            default=Score(*total(theirs)).f1,
            interval=bootstrap(ours, theirs, seed=seed)[1],
            p=randomisation(ours, theirs, seed=seed),
        )

    def _until(self) -> float:
        """When trials have to end, so that there is time to confirm the best."""
        default = self._book.default()
        if default is None:
            return self._deadline
        slowest = max(trial.seconds / len(trial.outcomes) for trial in (_best(self._book.trials()), default))
        rounds = math.ceil(2 * len(self._folds) / self._jobs)
        return self._deadline - self._start - _RESERVE * slowest * rounds

    def _try(self, number: int) -> None:
        """Score some points: all on the first fold, those that are not poor on the others."""
        until = self._until()
        asked = [(trial, config_of(point)) for trial, point in self._book.ask(number)]
        first, *others = self._folds
        begun: list[tuple[Any, dict[str, Any], Scored]] = []
        for (trial, config), scored in zip(
            asked, self._workers.scores([(config, first) for _, config in asked], until), strict=True
        ):
            if scored is None:
                self._book.tell(trial, [], 0.0, complete=False)
            elif self._book.is_poor(trial, total(scored.units)):
                self._book.tell(trial, [total(scored.units)], scored.seconds, complete=False)
            else:
                begun.append((trial, config, scored))
        further = [] if self._workers.interrupted else [(config, fold) for _, config, _ in begun for fold in others]
        rest = iter(self._workers.scores(further, until) if further else [])
        for trial, _, scored in begun:
            parts = [scored, *(next(rest, None) for _ in others)]
            done = [part for part in parts if part is not None]
            complete = len(done) == len(parts)
            outcomes = [total(part.units) for part in done] if complete else []
            self._book.tell(trial, outcomes, sum(part.seconds for part in done), complete)
        self._bar.set_postfix_str(_progress(self._book.trials()))


def _best(trials: Sequence[Trial]) -> Trial:
    complete = [trial for trial in trials if trial.complete] or trials
    return max(complete, key=lambda trial: (trial.f1, -trial.number))


def _progress(trials: Sequence[Trial]) -> str:
    return f"{len(trials)} trials, best F1 {100 * _best(trials).f1:.2f}" if trials else ""


def _made_for(documents: Sequence[Document], lexicons: Mapping[str, Lexicon], folds: int, seed: int) -> dict[str, Any]:
    """What all trials of a file must have in common; texts and lexicons by their fingerprints."""
    shown = (repr((document.text, document.tokens, document.spans)) for document in documents)
    return {
        "data": _fingerprint(shown),
        "lexicons": {name: _fingerprint(lexicon.to_lines()) for name, lexicon in lexicons.items()},
        "folds": folds,
        "seed": seed,
        "version": __version__,
    }


def _fingerprint(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()
