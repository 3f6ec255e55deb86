"""Training and scoring in processes beside this one, which can be ended at any moment: when time is up, or by Ctrl-C.

Public names: `Workers`, `Scored`.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import Any, Self

from tqdm import tqdm

from crfner.crf import CRFRecognizer
from crfner.errors import CrfnerError
from crfner.evaluation import Outcome, unit_outcomes
from crfner.splits import Fold
from features import Lexicon

_LOOK = 1.0  # seconds between two looks at whether the parent is there


@dataclass(frozen=True, slots=True)
class Scored:
    """The outcome of each test unit of a fold (see `unit_outcomes`), and the seconds of training and tagging."""

    units: tuple[Outcome, ...]
    seconds: float


class Workers:
    """A number of processes, started when there is work; leaving the `with` block ends them, whatever they do.

    jobs      how many
    lexicons  that each recogniser gets; they are sent to each process once
    bar       counts the trainings

    Even a single one is a process of its own: CRFsuite would take Ctrl-C as the end of one training only.
    """

    def __init__(self, jobs: int, lexicons: Mapping[str, Lexicon], bar: Any) -> None:
        self.interrupted = False
        self._jobs = jobs
        self._lexicons = lexicons
        self._bar = bar
        self._executor = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def scores(self, work: Sequence[tuple[Mapping[str, Any], Fold]], until: float) -> list[Scored | None]:
        """What each training is worth, in order; None for those not done by `until` (of `time.monotonic`) or Ctrl-C.

        Raises the CrfnerError of a training that fails, and CrfnerError when a process is ended from outside.
        """
        from joblib.externals.loky.process_executor import BrokenProcessPool

        futures = [self._executor.submit(_score, config, fold) for config, fold in work]
        try:
            for future in as_completed(futures, timeout=max(until - monotonic(), 0)):
                future.result()
                self._bar.update()
        except TimeoutError:
            pass
        except KeyboardInterrupt:
            self.interrupted = True
        except BrokenProcessPool:
            raise CrfnerError(
                "a process that trained was ended from outside, perhaps as there was not enough memory; ask for fewer "
                "jobs or give less data"
            ) from None
        found = [future.result() if future.done() else None for future in futures]
        if None in found:  # what is under way would keep later work waiting
            self._end()
            self._executor = self._started()
        return found

    def _started(self) -> Any:
        """An executor; its processes come with the first work."""
        from joblib.externals.loky import ProcessPoolExecutor

        return ProcessPoolExecutor(max_workers=self._jobs, initializer=_begin, initargs=(self._lexicons, os.getpid()))

    def _end(self) -> None:
        self._executor.shutdown(wait=True, kill_workers=True)


_lexicons: dict[str, Lexicon] = {}
"""Those of a search; only processes that train for one have any."""


def _begin(lexicons: Mapping[str, Lexicon], parent: int) -> None:
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    _lexicons.update(lexicons)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl-C to all; this process's parent answers it
    tqdm.set_lock(threading.RLock())  # its own is a semaphore of the system, which a killed process would leave behind
    warnings.simplefilter("ignore")  # rare labels would be warned of for every fold


def _end_with_parent(parent: int) -> None:
    """However the parent ends, this process does too, in the middle of a training if need be."""
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os._exit(1)


def _score(config: Mapping[str, Any], fold: Fold) -> Scored:
    start = perf_counter()
    recognizer = CRFRecognizer(**config, lexicons=_lexicons).fit(fold.train)
    found = recognizer.recognize(document.with_spans(()) for document in fold.test)
    return Scored(tuple(unit_outcomes(fold.test, found)), perf_counter() - start)
