"""Requests to an ASGI application in this process, from bytes that look like HTTP.

A line with method and target, headers, an empty line, the body; what is left out or odd is filled in or kept.

Public names: `Client`.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import unquote

from fuzz.outcome import Broken


class Client:
    """Sends requests to an application, in an event loop of its own.

    headers  of every request, unless it has them itself
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, app: Any, **headers: str) -> None:
        self._loop = loop
        self._app = app
        self._headers = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}

    def send(self, data: bytes) -> int:
        """The status of the answer.

        Raises Broken for a fault of the server, for an answer that is not whole, and for a refusal that is not JSON.
        """
        scope, body = self._parsed(data)
        status, headers, answer = self._loop.run_until_complete(self._asked(scope, body))
        if not 200 <= status < 500:
            raise Broken(f"status {status} for {scope['method']} {scope['path'][:60]!r}")
        if status >= 400 or headers.get(b"content-type") == b"application/json":
            try:
                json.loads(answer or b"{}" if scope["method"] == "HEAD" else answer)
            except ValueError:
                raise Broken(f"status {status} without JSON: {answer[:100]!r}") from None
        return status

    def _parsed(self, data: bytes) -> tuple[dict[str, Any], bytes]:
        head, _, body = data.partition(b"\n\n")
        first, *lines = head.split(b"\n")
        method, target = [*first.split(b" "), b"", b""][:2]
        raw, _, query = target.decode("ascii", "replace").replace("\ufffd", "%FF").encode().partition(b"?")
        pairs = [line.partition(b": ")[::2] for line in lines]
        headers = [(name.strip().lower(), value.strip()) for name, value in pairs]
        given = {name for name, _ in headers}
        headers += [pair for pair in self._headers.items() if pair[0] not in given]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method.decode("ascii", "replace") or "GET",
            "scheme": "http",
            "path": unquote(raw.decode("ascii")) or "/",
            "raw_path": raw,
            "query_string": query,
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "extensions": {"crfner.whole": lambda: True},
        }
        return scope, body

    async def _asked(self, scope: dict[str, Any], body: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
        half = len(body) // 2
        waiting = [
            {"type": "http.request", "body": body[:half], "more_body": True},
            {"type": "http.request", "body": body[half:], "more_body": False},
        ]
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return waiting.pop(0) if waiting else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        if not sent or sent[-1].get("more_body") or sent[0]["type"] != "http.response.start":
            raise Broken("the answer is not whole")
        answer = b"".join(message.get("body", b"") for message in sent[1:])
        return sent[0]["status"], dict(sent[0].get("headers", ())), answer
