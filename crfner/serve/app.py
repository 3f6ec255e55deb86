"""The application: what is at each path, put together from the other modules.

Public names: `application`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crfner.serve import metrics
from crfner.serve.asking import asked
from crfner.serve.batching import Batcher
from crfner.serve.docs_page import docs_page
from crfner.serve.guard import App, Guard
from crfner.serve.models import Models
from crfner.serve.openapi import specification
from crfner.serve.receiving import Receive, Scope, Send, received
from crfner.serve.refusals import Refusal
from crfner.serve.settings import Limits, Settings
from crfner.serve.try_page import STYLE_SHEET, try_page

_CLOSED = frozenset({"/v1/entities", "/v1/models", "/metrics"})
_STATIC = Path(__file__).parent / "static"
_PROTECTION = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


def application(
    settings: Settings,
    models: Models,
    batcher: Batcher,
    counts: metrics.Metrics,
    stopping: Callable[[], bool],
    write: Callable[[bytes], Any] | None,
) -> App:
    """The ASGI application of one worker.

    stopping  whether the worker is about to end
    write     takes a line of the access log; None for no log
    """
    spec = specification(settings.limits, settings.token is not None)
    pages = {
        "/": ("text/html; charset=utf-8", try_page()),
        "/docs": ("text/html; charset=utf-8", docs_page(spec)),
        "/openapi.json": ("application/json", orjson.dumps(spec)),
        "/assets/style.css": ("text/css; charset=utf-8", STYLE_SHEET.encode()),
        "/assets/try.js": ("text/javascript; charset=utf-8", (_STATIC / "try.js").read_bytes()),
    }

    async def list_models(_: Request) -> Response:
        described = [{**model.described(), "default": not number} for number, model in enumerate(models)]
        return _json({"models": described})

    async def health(_: Request) -> Response:
        return _health({"tagging": batcher.alive})

    async def readiness(_: Request) -> Response:
        return _health({"tagging": batcher.alive, "queue": not batcher.full, "running": not stopping()})

    async def measured(_: Request) -> Response:
        counts.waiting(batcher.waiting)
        return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)

    routes = [
        Route("/v1/entities", _Entities(settings.limits, models, batcher), methods=["POST"]),
        Route("/v1/models", list_models),
        Route("/healthz", health),
        Route("/readyz", readiness),
        Route("/metrics", measured),
        *(Route(path, _fixed(content, kind)) for path, (kind, content) in pages.items()),
    ]
    paths = frozenset(route.path for route in routes)
    return Guard(_routed(routes), counts, paths, _CLOSED, settings.token, write)


class _Entities:
    """`POST /v1/entities`; plain ASGI, as this is what most of the time goes to."""

    def __init__(self, limits: Limits, models: Models, batcher: Batcher) -> None:
        self._limits = limits
        self._models = models
        self._batcher = batcher

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = asked(await received(scope, receive, self._limits), self._limits)
        body = await self._batcher.tag(request, self._models.named(request.model))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _fixed(content: bytes, kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def page(_: Request) -> Response:
        return Response(content, media_type=kind, headers=_PROTECTION)

    return page


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def _health(checks: dict[str, bool]) -> Response:
    fine = all(checks.values())
    return _json({"status": "ok" if fine else "failing", "checks": checks}, 200 if fine else 503)


def _routed(routes: Sequence[Route]) -> App:
    """The routes as an application that leaves whatever is raised to who is around it.

    No path has a parameter, so that one look into a dictionary does what Starlette's router would search for.
    """
    by_path = {route.path: route for route in routes}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        route = by_path.get(scope["path"])
        if route is None:
            raise Refusal("not_found", "there is nothing at this path; /docs lists what there is")
        if route.methods is not None and scope["method"] not in route.methods:
            allowed = ", ".join(sorted(route.methods))
            raise Refusal("method_not_allowed", f"the methods allowed here: {allowed}", headers={"allow": allowed})
        await route.app(scope, receive, send)

    return app
