"""Where work goes: processes of this machine, a Dask cluster, a Ray cluster; each connects, sends and ends.

Public names: `Backend`, `Loky`, `Dask`, `Ray`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from crfner.errors import CrfnerError
from crfner.parallel.work import Sent, begin
from crfner.version import __version__

_PATIENCE = 10.0  # seconds that a scheduler may take to answer, and a worker to be there


class Backend(Protocol):
    """A way to run joblib's work.

    streams  whether results come as they are done, or all of a round together
    broken   what is raised where a worker was ended from outside
    tries    how many such ends that stands for, at least
    """

    streams: bool
    tries: int
    broken: tuple[type[BaseException], ...]

    def settings(self, jobs: int) -> dict[str, Any]:
        """What `joblib.parallel_config` is to be told."""
        ...

    def number(self) -> int:
        """How many items can be worked on at a time."""
        ...

    def send(self, digest: str, data: bytes, from_bytes: Callable[[bytes], Any]) -> Sent:
        """Make the bytes known to all workers, those included that come later."""
        ...

    def close(self) -> None:
        """Take back what was sent, and go."""
        ...


class Loky:
    """Processes of this machine."""

    streams = True
    tries = 1

    def __init__(self) -> None:
        from joblib.externals.loky.process_executor import BrokenProcessPool, ShutdownExecutorError

        self.broken: tuple[type[BaseException], ...] = (BrokenProcessPool, ShutdownExecutorError)
        self._folder = tempfile.TemporaryDirectory(prefix="crfner-")

    def settings(self, jobs: int) -> dict[str, Any]:
        """One process is no process of its own for joblib; of two, one has nothing to do (see `Pool`).

        Each begins before it waits for work: one whose parent was killed meanwhile would wait on.
        """
        return {"backend": "loky", "n_jobs": max(jobs, 2), "initializer": begin, "initargs": (os.getpid(),)}

    def number(self) -> int:
        """The processors that this process may use."""
        import joblib

        number: int = joblib.cpu_count()
        return number

    def send(self, digest: str, data: bytes, from_bytes: Callable[[bytes], Any]) -> Sent:
        """A file in a folder that only this user can read."""
        path = os.path.join(self._folder.name, digest)
        with open(path, "wb") as file:
            file.write(data)
        return Sent(digest, from_bytes, path, os.getpid())

    def close(self) -> None:
        """End the processes, which joblib would keep for five minutes; they hold this command's output open."""
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor(kill_workers=True).shutdown(wait=True, kill_workers=True)
        self._folder.cleanup()


class Dask:
    """The workers of a Dask scheduler. Raises CrfnerError where it, or a worker, is not there in time."""

    streams = True
    tries = 2  # the scheduler tries work three times more by itself

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ImportError:
            raise CrfnerError("--backend dask needs the package distributed; pip install 'crfner[dask]'") from None
        from distributed.scheduler import KilledWorker

        from crfner.parallel.told import CLOSED

        self.broken: tuple[type[BaseException], ...] = (KilledWorker, *CLOSED)
        self._sent: list[str] = []
        try:
            self.client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise CrfnerError(
                f"no Dask scheduler answers at {address!r} ({error}); start one with: dask scheduler, and workers "
                "with: dask worker tcp://HOST:8786"
            ) from None
        try:
            self.client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            self.client.close()
            raise CrfnerError(
                f"the Dask scheduler at {address!r} has no worker; start some with: dask worker {address}"
            ) from None
        _check_versions(self.client.run(version, on_error="return"), address, self.client.close)

    def settings(self, jobs: int) -> dict[str, Any]:
        """joblib's backend for Dask takes all cores that the cluster has."""
        from crfner.parallel.told import ToldDask

        return {"backend": ToldDask(client=self.client), "n_jobs": -1}

    def number(self) -> int:
        """The threads of all workers; those of one process take turns."""
        cores: int = sum(self.client.ncores().values())
        return max(cores, 1)

    def send(self, digest: str, data: bytes, from_bytes: Callable[[bytes], Any]) -> Sent:
        """Once to each worker, and to each that comes later or is started again."""
        from crfner.parallel.told import Sending

        self.client.register_plugin(Sending(digest, data), name=f"crfner-{digest}")
        self._sent.append(digest)
        return Sent(digest, from_bytes)

    def close(self) -> None:
        """Let workers forget what they were sent, as far as they can be reached."""
        try:
            for digest in self._sent:
                self.client.unregister_worker_plugin(f"crfner-{digest}")
        except Exception:  # the scheduler is gone, and its workers with it
            pass
        self.client.close()


class Ray:
    """The nodes of a Ray cluster; "auto" is the one that this machine is a part of."""

    streams = False
    tries = 1

    def __init__(self, address: str) -> None:
        try:
            import ray
            from ray.util.joblib import register_ray
        except ImportError:
            raise CrfnerError("--backend ray needs the package ray; pip install 'crfner[ray]'") from None
        from ray.exceptions import RayError

        self.broken: tuple[type[BaseException], ...] = (RayError,)
        self._ray = ray
        _reach(address)
        try:
            ray.init(address=address, log_to_driver=False, logging_level="ERROR", configure_logging=False)
        except Exception as error:  # whatever it is that Ray cannot connect for
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise CrfnerError(
                f"no Ray cluster answers at {address!r} ({first}); start one with: ray start --head"
            ) from None
        register_ray()
        remote = ray.remote(version)
        _check_versions({address: ray.get(remote.remote())}, address, ray.shutdown)

    def settings(self, jobs: int) -> dict[str, Any]:
        """As many actors as there are jobs; joblib would do the work of a single one here, in place of there."""
        return {"backend": "ray", "n_jobs": max(jobs, 2)}

    def number(self) -> int:
        """The processors of all nodes."""
        return max(int(self._ray.cluster_resources().get("CPU", 1)), 1)

    def send(self, digest: str, data: bytes, from_bytes: Callable[[bytes], Any]) -> Sent:
        """Into Ray's store, from which each node fetches it once."""
        return Sent(digest, from_bytes, reference=self._ray.put(data))

    def close(self) -> None:
        """Leave the cluster."""
        self._ray.shutdown()


def version() -> str:
    """Of crfner, where this is called."""
    return __version__


def _check_versions(found: dict[str, Any], address: str, close: Callable[[], None]) -> None:
    """Raise CrfnerError where a worker has no crfner, or another one."""
    for worker, one in found.items():
        if one != __version__:
            close()
            raise CrfnerError(
                f"the worker {worker} of {address!r} has not crfner {__version__} ({one}); install the same version on "
                "all machines"
            )


def _reach(address: str) -> None:
    """Raise CrfnerError where nothing listens: Ray itself would try for minutes."""
    import socket

    if address == "auto":
        return
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    try:
        host, port = parts.hostname or "", parts.port or 0
        with socket.create_connection((host, port), _PATIENCE):
            pass
    except (OSError, ValueError) as error:
        raise CrfnerError(
            f"no Ray cluster answers at {address!r} ({error}); start one with: ray start --head, and give HOST:6379"
        ) from None
