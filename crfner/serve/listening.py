"""The sockets that a server listens on.

Public names: `listeners`.
"""

from __future__ import annotations

import socket

from crfner.errors import CrfnerError
from crfner.serve.settings import Settings


def listeners(settings: Settings) -> list[socket.socket]:
    """A bound socket for each worker, all of the same address.

    Raises CrfnerError when the address cannot be had. That another server has the port is found out by a socket that
    would not share it: those that follow would, and take half of its connections.
    """
    host = settings.host
    try:
        family, *_, address = socket.getaddrinfo(host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
            0
        ]
        with _bound(family, address, shared=False) as first:
            address = first.getsockname()
        return [_bound(family, address, shared=True) for _ in range(settings.workers)]
    except OSError as error:
        reason = error.strerror or str(error)
        raise CrfnerError(
            f"cannot listen on {host}, port {settings.port} ({reason}); choose another --port or --host"
        ) from None


def _bound(family: int, address: tuple[object, ...], shared: bool) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made
