"""The master: starts workers, replaces those that die, and has all of them change to a new model file, or none.

It loads no model itself. What workers load are copies that it makes of the model files, in a temporary folder: so all
of them have the same one whatever happens to the file in the meantime, and a worker that is replaced gets what the
others have, even if the file has been damaged since.

Every worker has a listening socket of its own on the same port (SO_REUSEPORT), over which Linux spreads connections
evenly. The master keeps them open, so that connections to a worker that has died wait for its successor.

Public names: `Supervisor`.
"""

from __future__ import annotations

import logging
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from crfner.errors import CrfnerError
from crfner.serve.control import Message, Revision, packed, unpacked
from crfner.serve.listening import listeners
from crfner.serve.metrics import Metrics, forget
from crfner.serve.models import fingerprint
from crfner.serve.settings import Settings

LOG = logging.getLogger("crfner.serve")

_TICK = 1.0  # seconds between two looks at the model files
_YOUNG = 10.0  # seconds; a worker that dies younger is replaced only after a pause, which doubles up to
_LONGEST_PAUSE = 30.0
_AFTER_GRACE = 5.0  # seconds that a worker has beyond the limit for requests in flight before it is killed


@dataclass(slots=True, eq=False)
class _Worker:
    """A place for a worker, and the process that has it."""

    listening: socket.socket
    process: subprocess.Popen[bytes] | None = None
    control: socket.socket | None = None
    unread: bytes = b""
    ready: bool = False
    begun: float = 0.0
    deaths: int = 0  # young ones, one after the other
    not_before: float = 0.0


@dataclass(slots=True)
class _Change:
    """A new file of a model, and the workers that have yet to say whether they could load it."""

    revision: Revision
    awaited: set[int]
    refusals: list[str] = field(default_factory=list)


class Supervisor:
    """A server of so many workers. `folder` is an empty one for what it keeps while it runs."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._numbers = 0
        self._selector = selectors.DefaultSelector()
        self._signals: list[int] = []
        self._wakes = socket.socketpair()
        self._metrics = Metrics()
        self._revisions = {name: self._copied(name, path) for name, path in settings.models.items()}
        self._seen = {name: _state(path) for name, path in settings.models.items()}
        self._wanted: list[str] = []  # models to look at
        self._change: _Change | None = None
        self._workers = [_Worker(listening) for listening in listeners(settings)]
        self._announced = False

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT; the exit code. Raises CrfnerError when no worker can be started."""
        for end in self._wakes:
            end.setblocking(False)
        signal.set_wakeup_fd(self._wakes[1].fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda received, _: self._signals.append(received))
        self._selector.register(self._wakes[0], selectors.EVENT_READ, None)
        try:
            looked = time.monotonic()
            while True:
                self._start_missing()
                self._listen(_TICK / 4)
                if signal.SIGTERM in self._signals or signal.SIGINT in self._signals:
                    return self._stop()
                while signal.SIGHUP in self._signals:
                    self._signals.remove(signal.SIGHUP)  # not all of them: SIGTERM may have come just now
                    self._wanted = list(self._settings.models)
                if self._settings.watch and time.monotonic() - looked >= _TICK:
                    looked = time.monotonic()
                    self._look()
                self._begin_change()
        finally:
            self._end()

    # workers

    def _start_missing(self) -> None:
        if self._change:
            return  # it would begin with the old file, when the others may be about to use the new one
        for worker in self._workers:
            if worker.process is None and time.monotonic() >= worker.not_before:
                self._start(worker)

    def _start(self, worker: _Worker) -> None:
        ours, theirs = socket.socketpair()
        numbers = (worker.listening.fileno(), theirs.fileno())
        command = [sys.executable, "-m", "crfner.serve.worker", *map(str, numbers)]
        worker.process = subprocess.Popen(command, pass_fds=numbers, stdin=subprocess.DEVNULL)
        theirs.close()
        worker.control, worker.unread, worker.ready = ours, b"", False
        worker.begun = time.monotonic()
        self._selector.register(ours, selectors.EVENT_READ, worker)
        self._tell(worker, {"settings": asdict(self._settings), "models": list(self._revisions.values())})

    def _listen(self, seconds: float) -> None:
        """Handle what workers and signals say, for at most so long."""
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                self._wakes[0].recv(4096)
                continue
            worker: _Worker = key.data
            heard = _heard(worker)
            *lines, worker.unread = (worker.unread + heard).split(b"\n")
            for line in lines:
                self._heed(worker, unpacked(line))
            if not heard:
                self._bury(worker)

    def _heed(self, worker: _Worker, message: Message) -> None:
        if message["did"] == "failed":
            if not self._announced:
                raise CrfnerError(message["error"])
            LOG.error("%s", message["error"])
        elif message["did"] == "started":
            worker.ready = True
            if not self._announced and all(one.ready for one in self._workers):
                self._announced = True
                self._announce()
        elif message["did"] == "prepared" and self._change and message["name"] == self._change.revision.name:
            if message["error"] is not None:
                self._change.refusals.append(message["error"])
            self._change.awaited.discard(id(worker))
            self._end_change()

    def _bury(self, worker: _Worker) -> None:
        """Take leave of a worker that has ended, and say when there may be another."""
        process, control = worker.process, worker.control
        if process is None or control is None:
            return
        self._selector.unregister(control)
        control.close()
        code = process.wait()  # it has closed its socket, which it does at its end only
        forget(process.pid)
        worker.process, worker.control, worker.ready = None, None, False
        if not self._announced:
            raise CrfnerError(f"a worker ended with exit code {code} before it was ready; see what it printed")
        worker.deaths = worker.deaths + 1 if time.monotonic() - worker.begun < _YOUNG else 0
        pause = min(2.0 ** (worker.deaths - 1), _LONGEST_PAUSE) if worker.deaths else 0.0
        worker.not_before = time.monotonic() + pause
        LOG.error("worker %d ended with exit code %d and is replaced", process.pid, code)
        self._metrics.restarted()
        if self._change:
            self._change.awaited.discard(id(worker))
            self._end_change()

    def _tell(self, worker: _Worker, message: Message) -> None:
        if worker.control is not None:
            try:
                worker.control.sendall(packed(message))
            except OSError:
                return  # it has died, and its end of the socket will say so

    def _announce(self) -> None:
        host, port = self._workers[0].listening.getsockname()[:2]
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        models = ", ".join(self._settings.models)
        LOG.info("serving %s at %s; Ctrl-C stops", models, address)

    # models

    def _copied(self, name: str, source: str) -> Revision:
        """A copy of a model's file as it is now. Raises CrfnerError when it cannot be read."""
        self._numbers += 1
        path = str(self._folder / f"{self._numbers}.crfner")
        try:
            shutil.copyfile(source, path)
        except (OSError, shutil.SpecialFileError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CrfnerError(f"{source}: the model cannot be read ({reason}); check the name") from None
        return Revision(name, source, path, time.time())

    def _look(self) -> None:
        """Find model files that have changed; one that changed a moment ago may still be written to."""
        for name, path in self._settings.models.items():
            state = _state(path)
            if state is None or state == self._seen[name] or time.time() - state[1] / 1e9 < _TICK / 2:
                continue
            if name not in self._wanted:
                self._wanted.append(name)

    def _begin_change(self) -> None:
        """Have all workers load the next file that is new, if none is being loaded."""
        if self._change or not self._wanted or not all(worker.ready for worker in self._workers):
            return
        name = self._wanted.pop(0)
        source = self._settings.models[name]
        self._seen[name] = _state(source)
        try:
            revision = self._copied(name, source)
        except CrfnerError as error:
            self._refuse(name, str(error))
            return
        if fingerprint(revision.path) == fingerprint(self._revisions[name].path):
            os.unlink(revision.path)
            LOG.info("%s has not changed", source)
            return
        self._change = _Change(revision, {id(worker) for worker in self._workers})
        for worker in self._workers:
            self._tell(worker, {"do": "prepare", "name": name, "revision": revision})

    def _end_change(self) -> None:
        """When every worker has spoken, use the new file everywhere or nowhere."""
        change = self._change
        if change is None or change.awaited:
            return
        self._change = None
        revision = change.revision
        for worker in self._workers:
            if worker.ready:
                self._tell(worker, {"do": "drop" if change.refusals else "use", "name": revision.name})
        if change.refusals:
            os.unlink(revision.path)
            self._refuse(revision.name, change.refusals[0])
            return
        os.unlink(self._revisions[revision.name].path)
        self._revisions[revision.name] = revision
        self._metrics.reloaded(revision.name, "taken")
        LOG.info("%s is now in use", revision.source)

    def _refuse(self, name: str, reason: str) -> None:
        self._metrics.reloaded(name, "refused")
        LOG.error("%s; the model that was there stays in use", reason)

    # the end

    def _stop(self) -> int:
        LOG.info("stopping, after the requests in flight")
        self._signals.clear()
        deadline = time.monotonic() + self._settings.limits.shutdown + _AFTER_GRACE
        for worker in self._workers:
            worker.listening.close()
            if worker.process is not None:
                worker.process.terminate()
        while time.monotonic() < deadline and signal.SIGINT not in self._signals:  # a second Ctrl-C is in a hurry
            if all(worker.process is None or worker.process.poll() is not None for worker in self._workers):
                break
            time.sleep(0.02)
        return 0

    def _end(self) -> None:
        """No worker outlives the master."""
        processes = [worker.process for worker in self._workers if worker.process is not None]
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def _heard(worker: _Worker) -> bytes:
    if worker.control is None:
        return b""
    try:
        return worker.control.recv(1 << 16)
    except OSError:
        return b""


def _state(path: str) -> Sequence[int] | None:
    """What changes when a file does; None when it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)
