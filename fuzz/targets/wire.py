"""The server's HTTP protocol: an input is what comes over one connection, in pieces that end where "\\x00|" stands."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from fuzz.outcome import Broken
from fuzz.targets import serve
from fuzz.targets.serve import LIMITS, built

import uvicorn  # isort: skip - after the application, which says where figures are kept
from uvicorn.server import ServerState  # isort: skip

from crfner.serve.protocol import protocol

_CUT = b"\x00|"
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")

WORDS = (
    *serve.WORDS,
    *(
        _CUT,
        b"\r\n",
        b"\r\n\r\n",
        b"HTTP/1.1",
        b"HTTP/1.0",
        b"HTTP/2.0",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT ",
    ),
    *(b"transfer-encoding: chunked\r\n", b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"expect: 100-continue\r\n"),
    *(b"upgrade: websocket\r\nconnection: upgrade\r\n", b"connection: keep-alive\r\n", b"content-length: -1\r\n"),
)


def seeds() -> list[bytes]:
    """Requests of every kind, with a body of known length, in chunks, one after the other, and in pieces."""
    post = b"POST /v1/entities HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
    body = b'{"text": "Two samosas"}'
    known = post + b"content-length: %d\r\n\r\n" % len(body) + body
    chunked = post + b"transfer-encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    get = b"GET /v1/models HTTP/1.1\r\nhost: a\r\n\r\n"
    last = b"GET /healthz HTTP/1.0\r\n\r\n"
    waiting = post + b"expect: 100-continue\r\ncontent-length: %d\r\n\r\n" % len(body) + _CUT + body
    return [known, chunked, get, last, waiting, get * 3, known + get, known[:40] + _CUT + known[40:]]


def prepared() -> Callable[[bytes], object]:
    """Hands what comes over a connection to a protocol of its own."""
    loop, app = built()
    failed: list[Any] = []
    loop.set_exception_handler(lambda _, context: failed.append(context.get("exception") or context["message"]))
    config = uvicorn.Config(app, http=protocol(LIMITS), ws="none", lifespan="off", log_config=None, access_log=False)
    config.load()
    state = ServerState()
    sound = seeds()

    def run(data: bytes) -> None:
        failed.clear()
        sent = loop.run_until_complete(_talked(lambda: protocol(LIMITS)(config, state, {}), data.split(_CUT)))
        if failed:
            raise failed[0] if isinstance(failed[0], BaseException) else Broken(str(failed[0]))
        _checked(sent)
        if data in sound and not sent:
            raise Broken("a sound request is not answered")

    return run


class _Transport(asyncio.Transport):
    """What a client gets to see."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 80)})
        self.sent = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.sent += b"" if self.closed else data

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


async def _talked(connected: Callable[[], Any], pieces: list[bytes]) -> bytes:
    connection = connected()  # which takes the event loop that runs
    transport = _Transport()
    connection.connection_made(transport)
    for piece in pieces:
        if piece and not transport.closed:
            connection.data_received(piece)
            await asyncio.sleep(0)
    for _ in range(200):  # answers take some milliseconds
        if transport.closed or connection.cycle is None or connection.cycle.response_complete:
            break
        if not connection._whole:  # the rest does not come
            break
        await asyncio.sleep(0.001)
    connection.connection_lost(None)
    await asyncio.sleep(0)
    return transport.sent


def _checked(sent: bytes) -> None:
    """Raise Broken for what is not a row of answers, or tells of a fault."""
    while sent:
        if sent.startswith(b"HTTP/1.1 100 Continue\r\n\r\n"):
            sent = sent[25:]
            continue
        head, _, rest = sent.partition(b"\r\n\r\n")
        status = _STATUS.match(head)
        if status is None:
            raise Broken(f"no answer: {sent[:60]!r}")
        if int(status[1]) >= 500:
            raise Broken(f"status {status[1].decode()}")
        length = _LENGTH.search(head)
        size = int(length[1]) if length and not rest.startswith(b"HTTP/1.1 ") else 0  # an answer to HEAD has no body
        if int(status[1]) >= 400 and len(rest) >= size > 0:
            try:
                json.loads(rest[:size])
            except ValueError:
                raise Broken(f"status {status[1].decode()} without JSON") from None
        sent = rest[size:]
