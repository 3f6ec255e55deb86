"""uvicorn's HTTP protocol, made safe against clients that are slow, endless or gone.

uvicorn waits for ever for the rest of a head, takes heads of any size, and for a client that does not read. Here a
head has to arrive in time and be of a bounded size; what is left of a refused body is read and thrown away for a
moment, as closing at once would reset the connection before the client has seen the refusal. The time of a body is
bounded where it is read (`crfner.serve.receiving`).

Public names: `protocol`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from crfner.serve.receiving import LINGER, WHOLE
from crfner.serve.refusals import Refusal, body_of
from crfner.serve.settings import Limits

MAX_HEAD = 32 << 10
"""Bytes of a request's line and headers."""


def protocol(limits: Limits) -> type[HttpToolsProtocol]:
    """The protocol's class under these limits, as uvicorn's `http` takes it."""

    class Guarded(_Guarded):
        receiving = limits.receiving
        most = limits.connections

    return Guarded


class _Guarded(HttpToolsProtocol):
    """One connection. `_timer` runs while the server waits for the client alone."""

    receiving: float
    most: int
    _timer: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None  # runs while the client does not read what it is sent
    _head: int | None = 0  # bytes of the head so far; None when it is whole
    _whole = True  # whether the body has been received

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self._refuse(Refusal("overloaded", "too many connections are open; try again soon"), "retry-after: 1\r\n")
            return
        self._wait(self.receiving, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._unset_keepalive_if_required()
        if self._unread is not None:
            self._unread.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._head is not None:
            self._head += len(data)
            if self._timer is None:  # an idle connection begins a request, or sends what is none
                self._wait(self.receiving, self._head_is_late)
        super().data_received(data)
        if self._head is not None and self._head > MAX_HEAD and not self.transport.is_closing():
            self._refuse(Refusal("headers_too_large", f"the head has more than {MAX_HEAD} bytes; send fewer headers"))

    def on_headers_complete(self) -> None:
        self._head = None
        self._whole = False
        self._stop_waiting()
        super().on_headers_complete()
        self.scope["extensions"] = {WHOLE: self._is_whole}  # type: ignore[dict-item]

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head is not None:  # and not one of the trailers after a body, which nobody reads
            super().on_header(name, value)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._head = 0
        self._whole = True
        if self.cycle.response_complete:  # the rest of a refused body has come: the next request may
            self._stop_waiting()
            self._keep_idle()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            if self.transport.get_write_buffer_size():
                self._wait(self.receiving, self.transport.abort)
        elif not self._whole and not self.pipeline:
            self._unset_keepalive_if_required()
            self._wait(LINGER, self.transport.close)

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size():  # it has not even read the last answer
            self.transport.abort()
        super().timeout_keep_alive_handler()

    def pause_writing(self) -> None:
        self._unread = self.loop.call_later(self.receiving, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.close()  # an answer is under way, and another would be taken for a part of it
            return
        self._refuse(Refusal("bad_request", "this is not an HTTP request that can be read"))

    def _is_whole(self) -> bool:
        return self._whole

    def _keep_idle(self) -> None:
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _head_is_late(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait(self.receiving, self._head_is_late)  # it is we who keep the client waiting
            return
        self._refuse(Refusal("too_slow", f"the head of the request did not arrive within {self.receiving:g} seconds"))

    def _refuse(self, refusal: Refusal, headers: str = "") -> None:
        """Answer without the application, and close."""
        self._stop_waiting()
        body = body_of(refusal)
        head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n{headers}\r\n"
        self.transport.write(STATUS_LINE[refusal.status] + head.encode() + body)
        self.transport.close()

    def _wait(self, seconds: float, action: Any) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(seconds, action)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
