"""A pool of workers: a function is mapped over items in rounds, and what a killed worker was doing is done again.

joblib runs a round at a time. Its own stream of results has no bound to what waits for a slow consumer, so a round is
what there is a bound to. Who killed a worker is not known: after the second time, what was under way is done one by
one, so that an item that ends whatever works on it is found, and named.

Public names: `Pool`, `Given`.
"""

from __future__ import annotations

import hashlib
import math
import pickle
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import Any, Generic, TypeVar

from crfner.errors import CrfnerError
from crfner.parallel.backends import Backend
from crfner.parallel.work import Sent, call, inside

G = TypeVar("G")
I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")

_ROUND = 16  # items a job that are under way together; the last of a round leave others without work for a moment
_TOGETHER = 2  # times that workers may end before their items are done one by one
_ATTEMPTS = 4  # times that workers may end over one item


@dataclass(frozen=True, eq=False)
class Given(Generic[G]):
    """What the function needs beside each item; it is sent to a worker once.

    value       as it is here
    to_bytes    makes bytes of it
    from_bytes  makes it of these, in a worker: a function of a module's top level
    """

    value: G
    to_bytes: Callable[[G], bytes] = pickle.dumps
    from_bytes: Callable[[bytes], G] = pickle.loads


def _a_part(item: Any) -> str:
    return "a part of the work"


class Pool:
    """Workers that are there until `close`; they are started, or asked, when there is work.

    backend  makes the backend
    jobs     how many items are worked on at a time; None for what each use has by default on this machine, and for
             all that a cluster has
    remote   whether there is a cluster
    """

    def __init__(self, backend: Callable[[], Backend], jobs: int | None, remote: bool) -> None:
        self._make = backend
        self._jobs = jobs
        self._remote = remote
        self._backend: Backend | None = backend() if remote else None  # where it cannot be reached, that is told now
        self._sent: dict[int, tuple[Given[Any], Sent]] = {}
        self._parallel: Any = None
        self._parallel_jobs = 0

    def close(self) -> None:
        """End what is under way, and leave the cluster."""
        self._drop()
        if self._backend is not None:
            self._backend.close()
            self._backend = None
        self._sent.clear()

    def jobs(self, usual: int | None = None) -> int:
        """How many items are worked on at a time.

        usual  at most so many on this machine, where nobody has said and there are so many processors
        """
        if self._jobs is not None or (usual == 1 and not self._remote):
            return self._jobs or 1
        number = self._ready().number()
        return number if usual is None or self._remote else min(usual, number)

    def ordered(
        self,
        function: Callable[[G, I], R],
        items: Iterable[I],
        given: Given[G],
        *,
        usual: int | None = None,
        apart: bool = False,
        told: Callable[[I], str] = _a_part,
    ) -> Iterator[R]:
        """What the function makes of the given value and each item, in the order of the items.

        function  of a module's top level, as it is sent by its name
        items     read as they are needed, at most two rounds ahead of the results
        usual     how many are worked on at a time (see `jobs`)
        apart     let even a single one of these be a process of its own
        told      how an error names an item

        Raises what the function raises, and CrfnerError when workers end over an item again and again.
        """
        if self.here(usual, apart):
            yield from (function(given.value, item) for item in items)
            return
        source = iter(items)
        size = _ROUND * self.jobs(usual)
        ready = [*islice(source, size)]
        while ready:
            ahead: list[I] = []
            waiting: dict[int, R] = {}
            following = 0
            with closing(self.completed(function, ready, given, usual=usual, apart=apart, told=told)) as found:
                for number, result in found:
                    waiting[number] = result
                    ahead.extend(islice(source, 1))  # read while the workers work
                    while following in waiting:
                        yield waiting.pop(following)
                        following += 1
            ready = [*ahead, *islice(source, size - len(ahead))]

    def completed(
        self,
        function: Callable[[G, I], R],
        items: Sequence[I],
        given: Given[G],
        *,
        usual: int | None = None,
        apart: bool = False,
        told: Callable[[I], str] = _a_part,
        until: float = math.inf,
    ) -> Generator[tuple[int, R], None, None]:
        """As `ordered`, but as they are done, each with its item's number, and all of them under way at once.

        until  of `time.monotonic`; what is not done by then is given up
        """
        if self.here(usual, apart):
            for number, item in enumerate(items):
                if monotonic() >= until:
                    return
                yield number, function(given.value, item)
            return
        ends: Counter[int] = Counter()
        left = dict.fromkeys(range(len(items)))
        while left:
            together = [number for number in left if ends[number] < _TOGETHER] or [next(iter(left))]
            backend = self._ready()
            from multiprocessing import TimeoutError as TookTooLong  # what joblib raises, and none of Python's own

            try:
                work = [(number, items[number]) for number in together]
                with closing(self._round(function, work, given, usual, until)) as found:
                    for number, result in found:
                        del left[number]
                        yield number, result
            except (TimeoutError, TookTooLong):
                if monotonic() < until:
                    raise
                return
            except backend.broken as error:
                ends.update(dict.fromkeys((number for number in together if number in left), backend.tries))
                first = together[0]
                if len(together) == 1 and ends[first] >= _ATTEMPTS:
                    raise CrfnerError(
                        f"{told(items[first])}: workers were ended from outside again and again over it "
                        f"({type(error).__name__}), perhaps as there was not enough memory; take it out of the input, "
                        "or give workers more memory"
                    ) from None

    def here(self, usual: int | None = None, apart: bool = False) -> bool:
        """Whether this process itself does the work of a use with these settings (see `ordered`)."""
        return inside() or (not self._remote and not apart and self.jobs(usual) == 1)

    def _round(
        self,
        function: Callable[[G, I], R],
        items: Sequence[tuple[int, I]],
        given: Given[G],
        usual: int | None,
        until: float,
    ) -> Generator[tuple[int, R], None, None]:
        """The results of one call of joblib."""
        from joblib import delayed

        sent = self._send(given)
        parallel = self._joblib(self.jobs(usual))
        try:
            results: Any = iter(parallel(delayed(call)(function, sent, number, item) for number, item in items))
            while True:
                # joblib counts from the last result; so the time that is left is told before each
                parallel.timeout = None if until == math.inf else max(until - monotonic(), 0.0)
                try:
                    found: tuple[int, R] = next(results)
                except StopIteration:
                    return
                yield found
        except BaseException:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that results were not asked for
                results = None  # an unfinished generator ends the work when it goes
                self._drop()
            raise

    def _joblib(self, jobs: int) -> Any:
        """joblib's object for so many jobs; it is kept, as Ray starts its actors with it."""
        from joblib import Parallel, parallel_config

        backend = self._ready()
        if self._parallel is None or self._parallel_jobs != jobs:
            self._drop()
            with parallel_config(**backend.settings(jobs)):
                self._parallel = Parallel(
                    return_as="generator_unordered" if backend.streams else "list",
                    batch_size=1,
                    max_nbytes=None,  # arrays that a worker gets are its own
                    # more wait than are worked on, so that no worker does; a lesser number is a bound to that
                    pre_dispatch="all" if self._whole(jobs) else jobs,
                )
                self._parallel.__enter__()
            self._parallel_jobs = jobs
        return self._parallel

    def _whole(self, jobs: int) -> bool:
        """Whether as many items are worked on as joblib's backend can."""
        return jobs >= self._ready().number() if self._remote else jobs > 1

    def _send(self, given: Given[Any]) -> Sent:
        if id(given) not in self._sent:
            data = given.to_bytes(given.value)
            sent = self._ready().send(hashlib.sha256(data).hexdigest(), data, given.from_bytes)
            self._sent[id(given)] = (given, sent)  # held, so that no other has its id
        return self._sent[id(given)][1]

    def _ready(self) -> Backend:
        if self._backend is None:
            self._backend = self._make()
        return self._backend

    def _drop(self) -> None:
        if self._parallel is not None:
            parallel, self._parallel = self._parallel, None
            parallel.__exit__(None, None, None)
