"""Which workers a command uses, said once for all that it calls.

Public names: `Workers`, `using`, `pool`, `BACKENDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from crfner.errors import SettingError
from crfner.parallel.backends import Backend, Dask, Loky, Ray
from crfner.parallel.rounds import Pool

BACKENDS = ("loky", "dask", "ray")
"""Processes of this machine, the workers of a Dask scheduler, the nodes of a Ray cluster."""

_pool: ContextVar[Pool | None] = ContextVar("pool", default=None)


@dataclass(frozen=True, slots=True)
class Workers:
    """Who does the work.

    jobs     how many parts of it are done at a time; None for what each use has by default on this machine, and for
             all that a cluster has
    backend  a name of `BACKENDS`
    address  of a cluster's scheduler, such as "tcp://10.0.0.1:8786" (Dask), "10.0.0.1:6379" or "auto" (Ray)

    Raises SettingError when these do not go together.
    """

    jobs: int | None = None
    backend: str = "loky"
    address: str | None = None

    def __post_init__(self) -> None:
        if self.backend not in BACKENDS:
            raise SettingError(f"unknown backend {self.backend!r}; known are {', '.join(BACKENDS)}")
        if self.jobs is not None and self.jobs < 1:
            raise SettingError(f"jobs must be a whole number, 1 or more, not {self.jobs!r}")
        if self.backend == "loky" and self.address is not None:
            raise SettingError(
                "an address is that of a cluster; name its kind with --backend dask or --backend ray, or leave it out"
            )
        if self.backend != "loky" and not self.address:
            raise SettingError(f"the backend {self.backend} is a cluster; give its address with --address")


@contextmanager
def using(workers: Workers) -> Iterator[Pool]:
    """Within the block, all work goes to these workers.

    Raises CrfnerError when a package is missing, or the cluster does not answer within ten seconds.
    """
    found = Pool(_maker(workers), workers.jobs, workers.backend != "loky")
    token = _pool.set(found)
    try:
        yield found
    finally:
        _pool.reset(token)
        found.close()


@contextmanager
def pool() -> Iterator[Pool]:
    """The workers of `using`; where it was not called, processes of this machine, for the block."""
    there = _pool.get()
    if there is not None:
        yield there
        return
    with using(Workers()) as found:
        yield found


def _maker(workers: Workers) -> Callable[[], Backend]:
    address = workers.address or ""
    if workers.backend == "loky":
        return Loky
    return (lambda: Dask(address)) if workers.backend == "dask" else (lambda: Ray(address))
