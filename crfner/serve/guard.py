"""What surrounds every request: its id, the token, the log, the count, and the net that catches what should not
happen.

Public names: `Guard`.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
import time
import traceback
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import orjson

from crfner.serve.metrics import Metrics
from crfner.serve.receiving import Gone, Message, Receive, Scope, Send, drained
from crfner.serve.refusals import Refusal, body_of

LOG = logging.getLogger("crfner.serve")

App = Callable[[Scope, Receive, Send], Awaitable[None]]

_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Guard:
    """An ASGI application around another.

    paths   those that are counted by name; all others are "other"
    closed  those that need the token
    write   takes a line of the access log; None for no log
    """

    def __init__(
        self,
        app: App,
        metrics: Metrics,
        paths: frozenset[str],
        closed: frozenset[str],
        token: str | None,
        write: Callable[[bytes], Any] | None,
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._paths = paths
        self._closed = closed
        self._expected = None if token is None else b"Bearer " + token.encode("ascii")
        self._write = write
        self._series = secrets.token_hex(4)
        self._numbers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # websockets are refused by uvicorn, and nothing else comes
            return
        began = time.perf_counter()
        request_id = self._request_id(scope["headers"])
        named = (b"x-request-id", request_id.encode("ascii"))
        status = 0
        size = 0

        async def sending(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), named]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            if self._expected is not None and scope["path"] in self._closed:
                self._check(scope["headers"])
            await self._app(scope, receive, sending)
        except Refusal as refusal:
            if refusal.code != "too_slow":
                await drained(scope, receive)
            await _refuse(refusal, request_id, sending)
        except Gone:
            status = 499  # as nginx has it; nobody sees it but the log
        except Exception as error:
            # no message and no values: they may hold what the client sent
            frames = "".join(traceback.format_tb(error.__traceback__))
            LOG.error("request %s failed: %s\n%s", request_id, type(error).__name__, frames)
            if status:
                raise  # an answer has begun and cannot be taken back; uvicorn closes the connection
            fault = Refusal("internal", "this is a fault of the server, which has logged it")
            await _refuse(fault, request_id, sending)
        finally:
            seconds = time.perf_counter() - began
            path = scope["path"] if scope["path"] in self._paths else "other"
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.answered(path, method, status, seconds)
            if self._write is not None:
                self._write(_line(scope, request_id, status, size, seconds))

    def _request_id(self, headers: list[tuple[bytes, bytes]]) -> str:
        for name, value in headers:
            if name == b"x-request-id" and _ID.fullmatch(value):
                return value.decode("ascii")
        return f"{self._series}-{next(self._numbers):x}"

    def _check(self, headers: list[tuple[bytes, bytes]]) -> None:
        given = next((value for name, value in headers if name == b"authorization"), b"")
        if self._expected is not None and not hmac.compare_digest(given, self._expected):
            raise Refusal(
                "unauthorized",
                "send the token of this server, with the header Authorization: Bearer TOKEN",
                headers={"www-authenticate": "Bearer"},
            )


async def _refuse(refusal: Refusal, request_id: str, send: Send) -> None:
    body = body_of(refusal, request_id)
    headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in refusal.headers.items()]
    headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode("ascii"))]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _line(scope: Scope, request_id: str, status: int, size: int, seconds: float) -> bytes:
    """A line of the access log; the query is left out, as someone may put a text there."""
    client = scope.get("client")
    return orjson.dumps(
        {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "client": client[0] if client else None,
            "method": scope["method"],
            "path": scope["path"][:200],
            "status": status,
            "bytes": size,
            "milliseconds": round(1000 * seconds, 2),
            "request_id": request_id,
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )
