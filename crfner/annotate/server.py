"""Serving the page to this machine, until Ctrl-C.

Public names: `serve`, `bound`.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from crfner.annotate.application import application
from crfner.annotate.session import Session
from crfner.errors import CrfnerError
from crfner.files import reason

if TYPE_CHECKING:
    import uvicorn

HOST = "127.0.0.1"
_PATIENCE = 2  # seconds that requests have to end, after Ctrl-C


def bound(port: int) -> socket.socket:
    """A socket of this machine's loopback address. Raises CrfnerError when the port is taken or may not be used."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that was just left can be had again
    try:
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise CrfnerError(
            f"port {port} cannot be used: {reason(error)}; name another with --port, or 0 for any that is free"
        ) from error
    return listening


def serve(
    session: Session, listening: socket.socket, title: str, guidelines: str, begun: Callable[[str], None]
) -> None:
    """Answer requests until SIGINT, SIGTERM or SIGHUP, then end a training that is under way.

    begun  is told the address of the page when it can be opened, and signals are heeded
    """
    import uvicorn

    class Announced(uvicorn.Server):
        # not before: Ctrl-C while uvloop is imported would be lost
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            begun(f"http://{HOST}:{listening.getsockname()[1]}/")

    config = uvicorn.Config(
        application(session, title, guidelines),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    server = Announced(config)
    try:
        with _ended_by_hangup(server):
            server.run(sockets=[listening])
    finally:
        session.trainer.stop()


@contextmanager
def _ended_by_hangup(server: uvicorn.Server) -> Iterator[None]:
    """Within, a terminal that is closed ends the server as SIGTERM does, which uvicorn sees to itself."""
    number = getattr(signal, "SIGHUP", None)  # there is none on Windows
    before = None if number is None else signal.getsignal(number)
    if number is None or before is signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        yield
        return
    came = False

    def end(number: int, frame: Any) -> None:
        nonlocal came
        server.should_exit = came = True

    signal.signal(number, end)
    try:
        yield
    finally:
        signal.signal(number, before)
    if came:
        signal.raise_signal(number)
