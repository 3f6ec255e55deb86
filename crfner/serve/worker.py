"""A worker: a process with models of its own, an event loop that talks HTTP, and a thread that tags.

It is started by `crfner.serve.supervisor` with two open sockets, whose numbers are its arguments: one to listen on, and
one to the master, which tells it what to do. It ends, after the requests in flight, on SIGTERM or when the master is
gone; Ctrl-C is the master's business.

Public names: `main`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
import uvloop

from crfner.errors import CrfnerError
from crfner.serve.app import application
from crfner.serve.batching import Batcher
from crfner.serve.control import Message, packed, unpacked
from crfner.serve.metrics import Metrics
from crfner.serve.models import Models
from crfner.serve.protocol import protocol
from crfner.serve.settings import Limits, Settings

LOG = logging.getLogger("crfner.serve")


def main(listening: int, control: int) -> int:
    """Serve until told to stop; the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s crfner worker %(process)d: %(message)s"
    )
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(socket.socket(fileno=listening), socket.socket(fileno=control)))


async def _serve(listening: socket.socket, control: socket.socket) -> int:
    reader, writer = await asyncio.open_connection(sock=control, limit=1 << 20)
    start = unpacked(await reader.readline())
    settings = _settings(start["settings"])
    models = Models()
    try:
        for revision in start["models"]:
            _prepare(models, revision)
            models.use(revision["name"])
    except CrfnerError as error:
        writer.write(packed({"did": "failed", "error": str(error)}))
        await writer.drain()
        return 2

    gc.collect()
    gc.freeze()  # the models stay: looking through them again and again would be in vain
    counts = Metrics()
    batcher = Batcher(settings.limits.queue, settings.limits.processing, counts.tagged)
    write = _access_log(settings.access_log)
    app = application(settings, models, batcher, counts, lambda: server.should_exit, write)
    server = _server(app, settings)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)

    async def obey() -> None:
        while line := await reader.readline():
            reply = await _obey(unpacked(line), models)
            if reply:
                writer.write(packed(reply))
        server.stop()  # the master is gone

    obeying = asyncio.create_task(obey())
    server.on_start = lambda: writer.write(packed({"did": "started"}))
    await server.serve(sockets=[listening])
    obeying.cancel()
    batcher.stop()
    return 0


async def _obey(message: Message, models: Models) -> Message | None:
    """Do what the master says; what to answer."""
    what, name = message["do"], message["name"]
    if what == "use":
        models.use(name)
    elif what == "drop":
        models.drop(name)
    elif what == "prepare":
        try:
            await asyncio.to_thread(_prepare, models, message["revision"])
        except CrfnerError as error:
            return {"did": "prepared", "name": name, "error": str(error)}
        return {"did": "prepared", "name": name, "error": None}
    return None


def _prepare(models: Models, revision: Message) -> None:
    """Load a revision. Raises CrfnerError that names the user's own file when it is refused, for whatever reason."""
    try:
        models.prepare(revision["name"], revision["path"], revision["since"])
    except CrfnerError as error:
        raise CrfnerError(str(error).replace(revision["path"], revision["source"])) from None
    except Exception as error:  # a forged file may fail in ways of its own, and the old model has to stay
        source = revision["source"]
        raise CrfnerError(f"{source}: the model cannot be used ({type(error).__name__}); train it again") from error


class _Server(uvicorn.Server):
    """uvicorn's server, which leaves signals to us and says when it has started."""

    on_start: Callable[[], Any]

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_start()

    def stop(self) -> None:
        """End, after the requests in flight."""
        self.should_exit = True


def _server(app: Any, settings: Settings) -> _Server:
    limits = settings.limits
    config = uvicorn.Config(
        app,
        http=protocol(limits),
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=limits.idle,  # type: ignore[arg-type]  # any number of seconds does
        timeout_graceful_shutdown=limits.shutdown,  # type: ignore[arg-type]
    )
    return _Server(config)


def _settings(data: Message) -> Settings:
    return Settings(**{**data, "limits": Limits(**data["limits"])})


def _access_log(path: str | None) -> Callable[[bytes], Any] | None:
    """What writes a line; whole lines, though several processes write."""
    if path is None:
        return None
    number = 1 if path == "-" else os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)

    def write(line: bytes) -> None:
        with contextlib.suppress(OSError):  # a full disk is no reason not to answer
            os.write(number, line)

    return write


if __name__ == "__main__":
    code = main(int(sys.argv[1]), int(sys.argv[2]))
    sys.stderr.flush()
    os._exit(code)  # a batch that nobody waits for need not be finished
