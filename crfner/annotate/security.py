"""What keeps other pages in the browser, and other names of this machine, away from the annotation page.

A page of any origin can send requests to a port of this machine, and by a name that it lets point here (DNS rebinding)
even read the answers. So a request has to name this machine as the loopback address, must not come from another
origin, and, but for the page itself and its files, carries a token that only the page knows. The page may load
nothing from elsewhere and run nothing that is not in its files.

Public names: `Guard`, `HEADERS`, `TOKEN_HEADER`, `is_loopback`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "x-crfner-token"

_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_FROM_HERE = frozenset({"same-origin", "none"})  # "none" is an address that the user typed

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Sent with every response."""


class Guard:
    """Refuses what does not come from the page; an ASGI middleware.

    app    what answers requests that are let through
    token  that requests for paths below `guarded` have to carry
    """

    def __init__(self, app: ASGIApp, token: str, guarded: str = "/api/") -> None:
        self._app = app
        self._token = token
        self._guarded = guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = self._refusal(Headers(scope=scope), scope["path"])
        if refusal is None:
            await self._app(scope, receive, send_with_headers)
        else:
            await JSONResponse({"error": refusal}, 403)(scope, receive, send_with_headers)

    def _refusal(self, headers: Headers, path: str) -> str | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not is_loopback(hosts[0]):
            return "this page is served to this machine only, as localhost or 127.0.0.1"
        if any(not _is_same(origin, hosts[0]) for origin in headers.getlist("origin")):
            return "this request comes from another page"
        if path.startswith(self._guarded):
            if not _all_from_here(headers.getlist("sec-fetch-site")):
                return "this request comes from another page"
            if not secrets.compare_digest(headers.get(TOKEN_HEADER, "").encode(), self._token.encode()):
                return "the server was started anew since this page was loaded; load the page again"
        return None


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine by its loopback address, with any port.

    >>> is_loopback("127.0.0.1:8790"), is_loopback("[::1]"), is_loopback("localhost.example.org")
    (True, True, False)
    """
    try:
        parts = urlsplit(f"//{host}")
        return parts.hostname in _NAMES and parts.netloc == host and "@" not in host and (parts.port or 1) > 0
    except ValueError:
        return False


def _is_same(origin: str, host: str) -> bool:
    return origin == f"http://{host}"


def _all_from_here(sites: Iterable[str]) -> bool:
    return all(site in _FROM_HERE for site in sites)
