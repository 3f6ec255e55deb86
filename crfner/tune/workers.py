"""Training and scoring by workers, which can be ended at any moment: when time is up, or by Ctrl-C.

Public names: `Workers`, `Scored`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from crfner.crf import CRFRecognizer
from crfner.evaluation import Outcome, unit_outcomes
from crfner.parallel import Given, Pool
from crfner.splits import Fold
from features import Lexicon


@dataclass(frozen=True, slots=True)
class Scored:
    """The outcome of each test unit of a fold (see `unit_outcomes`), and the seconds of training and tagging."""

    units: tuple[Outcome, ...]
    seconds: float


class Workers:
    """What trains for a search.

    pool      who does it
    jobs      at most so many at a time on this machine; None for the number of processors
    lexicons  that each recogniser gets; they are sent to each worker once
    bar       counts the trainings

    Even a single one is a process of its own: CRFsuite would take Ctrl-C as the end of one training only.
    """

    def __init__(self, pool: Pool, jobs: int | None, lexicons: Mapping[str, Lexicon], bar: Any) -> None:
        self.interrupted = False
        self.jobs = pool.jobs(jobs)
        self._pool = pool
        self._asked = jobs
        self._lexicons = Given(dict(lexicons))
        self._bar = bar

    def scores(self, work: Sequence[tuple[Mapping[str, Any], Fold]], until: float) -> list[Scored | None]:
        """What each training is worth, in order; None for those not done by `until` (of `time.monotonic`) or Ctrl-C.

        Raises the CrfnerError of a training that fails, and CrfnerError when workers are ended from outside over one
        again and again.
        """
        found: list[Scored | None] = [None] * len(work)
        done = self._pool.completed(
            _score, work, self._lexicons, usual=self._asked, apart=True, told=lambda _: "a training", until=until
        )
        try:
            with closing(done):
                for number, scored in done:
                    found[number] = scored
                    self._bar.update()
        except KeyboardInterrupt:
            self.interrupted = True
        return found


def _score(lexicons: Mapping[str, Lexicon], work: tuple[Mapping[str, Any], Fold]) -> Scored:
    config, fold = work
    start = perf_counter()
    recognizer = CRFRecognizer(**config, lexicons=lexicons).fit(fold.train)
    found = recognizer.recognize(document.with_spans(()) for document in fold.test)
    return Scored(tuple(unit_outcomes(fold.test, found)), perf_counter() - start)
