"""Serving the page to this machine, until Ctrl-C.

Public names: `serve`, `bound`.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from crfner.annotate.application import application
from crfner.annotate.session import Session
from crfner.errors import CrfnerError
from crfner.files import reason

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
    """Answer requests until SIGINT or SIGTERM, then end a training that is under way.

    begun  is told the address of the page when it can be opened
    """
    import uvicorn

    config = uvicorn.Config(
        application(session, title, guidelines),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    begun(f"http://{HOST}:{listening.getsockname()[1]}/")
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        session.trainer.stop()
