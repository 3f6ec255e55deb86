"""A request's body, read within its bounds of size and time.

Public names: `received`, `drained`, `Gone`, `WHOLE`, `LINGER`, and ASGI's types `Scope`, `Message`, `Receive`, `Send`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, TypeAlias

from crfner.serve.refusals import Refusal
from crfner.serve.settings import Limits

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


WHOLE = "crfner.whole"
"""The ASGI extension by which the protocol says whether a body is there already: a timer for each would cost time."""


LINGER = 3.0
"""Seconds in which the rest of a refused body is dropped."""


class Gone(Exception):
    """The client has left before it was done; there is nobody to answer."""


async def received(scope: Scope, receive: Receive, limits: Limits) -> bytes:
    """The body, which has to be JSON by its content type.

    Raises Refusal, "not_json", "too_large" (as soon as that is known) or "too_slow", and `Gone`.
    """
    length = _checked_head(scope["headers"])
    if length > limits.body:
        raise _too_large(limits)
    if scope["extensions"][WHOLE]():
        return await _read(receive, limits)
    try:
        async with asyncio.timeout(limits.receiving):
            return await _read(receive, limits)
    except TimeoutError:
        raise Refusal(
            "too_slow",
            f"the body did not arrive within {limits.receiving:g} seconds",
            headers={"connection": "close"},
        ) from None


async def _read(receive: Receive, limits: Limits) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        if size > limits.body:
            raise _too_large(limits)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def drained(scope: Scope, receive: Receive) -> None:
    """Drop what is left of a body, for a moment, where the connection ends with the answer.

    To close it while the client still sends would reset it, and the client would never see why it is refused. Other
    connections go on after the answer, and the protocol drops the rest.
    """
    if scope["extensions"][WHOLE]() or not _is_last(scope):
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            while (message := await receive())["type"] == "http.request" and message.get("more_body", False):
                pass


def _is_last(scope: Scope) -> bool:
    """Whether the client has said that this is its last request on the connection."""
    if scope["http_version"] == "1.0":
        return True
    return any(name == b"connection" and b"close" in value.lower() for name, value in scope["headers"])


def _checked_head(headers: list[tuple[bytes, bytes]]) -> int:
    """The length that the body is said to have, or 0. Raises Refusal when it is not plain JSON."""
    kind, encoding, length = b"", b"identity", 0
    for name, value in headers:
        if name == b"content-type":
            kind = value
        elif name == b"content-encoding":
            encoding = value
        elif name == b"content-length" and value.isdigit():
            length = int(value[:20])
    if kind.partition(b";")[0].strip().lower() != b"application/json":
        raise Refusal("not_json", "send JSON, with the header Content-Type: application/json")
    if encoding.strip().lower() not in (b"", b"identity"):
        raise Refusal("not_json", "the body is compressed, which is not read here; send it as it is")
    return length


def _too_large(limits: Limits) -> Refusal:
    return Refusal("too_large", f"the body has more than {limits.body} bytes; send several requests")
