"""What Dask needs: joblib's backend, told of work that was given up, and how bytes are sent ahead of it.

Imported only where distributed is installed, and by the workers of a cluster.

Public names: `ToldDask`, `Sending`, `CLOSED`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any

from distributed import WorkerPlugin
from distributed.client import FutureCancelledError
from joblib._dask import DaskDistributedBackend

from crfner.parallel.work import drop, keep

CLOSED: tuple[type[BaseException], ...] = (FutureCancelledError, CancelledError)


class ToldDask(DaskDistributedBackend):  # type: ignore[misc]  # joblib has no types
    """joblib's, but that work ends where the scheduler gives it up; joblib (1.6) would wait for it for ever."""

    def effective_n_jobs(self, n_jobs: int) -> int:
        """All cores, and never one: joblib would do the work of a single one here, in place of there."""
        cores: int = sum(self.client.ncores().values())
        return max(cores, 2)

    def submit(self, func: Any, callback: Callable[[Any], Any] | None = None) -> Any:
        """As joblib's, with the callback called for what failed, too."""
        future = super().submit(func, callback)

        def tell(done: Future[Any]) -> None:
            if callback is not None and not done.cancelled() and done.exception() is not None:
                callback(done)

        future.add_done_callback(tell)
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        """What the work returned. Raises what it, or the scheduler, raised."""
        if isinstance(out, Future):
            out = out.exception()
        if isinstance(out, BaseException):
            raise out
        return super().retrieve_result_callback(out)


class Sending(WorkerPlugin):  # type: ignore[misc]  # distributed has no types
    """Bytes for each worker process, as it starts or at once."""

    def __init__(self, digest: str, data: bytes) -> None:
        self.digest = digest
        self.data = data

    def setup(self, worker: Any) -> None:
        """Called in the worker's process."""
        keep(self.digest, self.data)

    def teardown(self, worker: Any) -> None:
        """Called in the worker's process."""
        drop(self.digest)
