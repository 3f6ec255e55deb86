"""The annotation page and what it asks the session for, as an ASGI application.

Public names: `application`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from html import escape
from importlib.resources import files
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from crfner.annotate.exporting import FORMATS, exported
from crfner.annotate.findings import Finding
from crfner.annotate.proposals import Proposal
from crfner.annotate.security import Guard
from crfner.annotate.session import Session
from crfner.document import Span
from crfner.errors import CrfnerError
from crfner.tokenize import tokenized

_LARGEST = 4 << 20  # bytes of a request: the spans of one text
_LISTED = 100  # earlier examples in one answer
_DIGITS = 10  # of a number of an example
_SNIPPET = 90  # characters that stand for an example in a list
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]


def application(session: Session, title: str, guidelines: str = "", token: str | None = None) -> Starlette:
    """The application.

    title       what is labelled, such as the name of a file
    guidelines  HTML that is safe (see `guidelines.to_html`)
    token       that requests of the page carry; drawn when None
    """
    token = token or secrets.token_urlsafe(32)
    static = {name.name: name for name in files("crfner.annotate").joinpath("static").iterdir()}
    page = (
        static["index.html"]
        .read_text(encoding="utf-8")
        .replace("{{title}}", escape(title))
        .replace("{{token}}", escape(token))
        .replace("{{guidelines}}", guidelines)
    )

    async def index(request: Request) -> Response:
        return HTMLResponse(page)

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        kind = _TYPES.get(name[name.rfind(".") :])
        if name not in static or kind is None:
            return JSONResponse({"error": f"there is no file {name!r}"}, 404)
        return Response(static[name].read_bytes(), media_type=kind)

    return Starlette(
        routes=[
            Route("/", index),
            Route("/static/{name}", file),
            *_routes(session),
        ],
        middleware=[Middleware(Guard, token=token)],
        exception_handlers={HTTPException: _refused},
    )


def _routes(session: Session) -> list[Route]:
    def state() -> dict[str, Any]:
        return {
            "labels": session.labels(),
            "can_add": session.setup.labels is None,
            "progress": session.progress(),
            "formats": FORMATS,
        }

    def example(number: int | None) -> dict[str, Any] | None:
        return None if number is None else _example(session, number)

    async def get_state(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(state))

    async def get_next(request: Request) -> Response:
        number = await run_in_threadpool(session.next, _number(request, "after"))
        return JSONResponse({"example": await run_in_threadpool(example, number)})

    async def get_previous(request: Request) -> Response:
        number = await run_in_threadpool(session.previous, _number(request, "before"))
        return JSONResponse({"example": await run_in_threadpool(example, number)})

    async def get_example(request: Request) -> Response:
        number = _whole(request.path_params["number"])
        if number is None or number >= len(session.examples):
            raise CrfnerError("there is no such example; load the page again")
        return JSONResponse({"example": await run_in_threadpool(example, number)})

    async def get_history(request: Request) -> Response:
        numbers = await run_in_threadpool(session.history, request.query_params.get("answer") or None)
        return JSONResponse(
            {"total": len(numbers), "examples": [_line(session, number) for number in numbers[:_LISTED]]}
        )

    async def post_findings(request: Request) -> Response:
        body = await _body(request)
        found = await run_in_threadpool(session.findings, _of(body, "number", -1), body.get("spans", []))
        return JSONResponse({"findings": [_finding(finding) for finding in found]})

    async def post_answer(request: Request) -> Response:
        body = await _body(request)
        number, answer = _of(body, "number", -1), _of(body, "answer", "")
        await run_in_threadpool(session.answer, number, answer, body.get("spans", []))
        return JSONResponse({"progress": await run_in_threadpool(session.progress)})

    async def post_label(request: Request) -> Response:
        await run_in_threadpool(session.add_label, _of(await _body(request), "label", ""))
        return JSONResponse(await run_in_threadpool(state))

    async def post_train(request: Request) -> Response:
        await _body(request)
        if not await run_in_threadpool(session.train) and not session.trainer.is_running:
            raise CrfnerError("there is nothing to learn from yet: accept a text with an entity first")
        return JSONResponse({"progress": await run_in_threadpool(session.progress)})

    async def get_export(request: Request) -> Response:
        format = request.path_params["format"]
        content = await run_in_threadpool(exported, session.accepted(), format)
        return Response(content, media_type="application/octet-stream")

    return [
        Route("/api/state", _told(get_state)),
        Route("/api/next", _told(get_next)),
        Route("/api/previous", _told(get_previous)),
        Route("/api/examples/{number}", _told(get_example)),
        Route("/api/history", _told(get_history)),
        Route("/api/export/{format}", _told(get_export)),
        Route("/api/findings", _told(post_findings), methods=["POST"]),
        Route("/api/answers", _told(post_answer), methods=["POST"]),
        Route("/api/labels", _told(post_label), methods=["POST"]),
        Route("/api/train", _told(post_train), methods=["POST"]),
    ]


async def _refused(request: Request, error: Exception) -> Response:
    """What is said of a path or method that there is not, in the form of all refusals."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


def _told(handler: Handler) -> Handler:
    """The handler, whose CrfnerErrors the page can show."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except CrfnerError as error:
            return JSONResponse({"error": str(error)}, 400)

    return handle


async def _body(request: Request) -> dict[str, Any]:
    """The object that a request holds. Raises CrfnerError for anything else."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise CrfnerError("the request should be JSON")
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LARGEST:
            raise CrfnerError("the request is too large")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise CrfnerError("the request is not JSON") from None
    if not isinstance(body, dict) or not isinstance(body.get("spans", []), list):
        raise CrfnerError("the request should be an object")
    return body


def _of(body: dict[str, Any], name: str, default: T) -> T:
    """What the object has under the name, of the default's type."""
    value = body.get(name, default)
    if type(value) is not type(default):
        raise CrfnerError(f"the request has no {name!r} that could be used")
    return value


def _number(request: Request, name: str) -> int | None:
    return _whole(request.query_params.get(name, ""))


def _whole(digits: str) -> int | None:
    """The number that the digits stand for; None for anything else, and for what is too large to count texts."""
    return int(digits) if digits.isdecimal() and len(digits) < _DIGITS else None


def _example(session: Session, number: int) -> dict[str, Any]:
    example, decision = session.examples[number], session.decision(number)
    proposals, origin = session.shown(number)
    tokenizer = session.setup.work.settings.get("tokenizer", "default")
    return {
        "number": number,
        "id": example.document.id,
        "text": example.document.text,
        "tokens": tokenized(example.document, tokenizer).tokens,
        "spans": [_proposal(proposal) for proposal in proposals],
        "origin": origin,
        "answer": None if decision is None else decision.answer,
        "annotator": None if decision is None else decision.annotator,
        "versions": [
            {"name": version.name, "spans": [_span(span) for span in version.spans]} for version in example.versions
        ],
        "previous": session.previous(number) is not None,
    }


def _line(session: Session, number: int) -> dict[str, Any]:
    """An example in the list of earlier ones."""
    decision = session.decision(number)
    assert decision is not None
    text = " ".join(decision.document.text[: 2 * _SNIPPET].split())
    return {
        "number": number,
        "id": decision.document.id,
        "text": text if len(text) <= _SNIPPET else f"{text[:_SNIPPET]}…",
        "answer": decision.answer,
        "entities": len(decision.document.spans),
    }


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {**_span(proposal.span), "score": proposal.span.score, "sources": proposal.sources}


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "label": span.label}


def _finding(finding: Finding) -> dict[str, Any]:
    suggestion = finding.suggestion
    return {
        "kind": finding.kind,
        "message": finding.message,
        "start": finding.start,
        "end": finding.end,
        "score": finding.score,
        "suggestion": None if suggestion is None else [_span(span) for span in suggestion],
    }
