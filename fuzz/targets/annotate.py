"""The annotation page's application, in this process: an input is a request as `fuzz.asgi` reads it.

Requests carry the token, as a stranger's page could not; nothing is trained.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from crfner.annotate import AnswerLog, Example, Session, Setup
from crfner.annotate.application import application
from crfner.document import Document, Span
from fuzz.asgi import Client

_TOKEN = "t" * 20

WORDS = (
    *(
        b"GET ",
        b"POST ",
        b"/api/state",
        b"/api/next?after=",
        b"/api/previous?before=",
        b"/api/examples/",
        b"/api/history",
    ),
    *(
        b"/api/findings",
        b"/api/answers",
        b"/api/labels",
        b"/api/train",
        b"/api/export/",
        b"jsonl",
        b"conll",
        b"?answer=",
    ),
    *(b"content-type: application/json\n", b"host: ", b"origin: null\n", b"sec-fetch-site: cross-site\n", b"/static/"),
    *(
        b'"number": ',
        b'"answer": "accept"',
        b'"spans": [',
        b'{"start": 0, "end": 5, "label": "ORG"}',
        b'"label": "',
        b"\n\n",
    ),
    *(b"9" * 5000, b"\xd9\xa1", b"%D9%A1", b"%00", b"..%2f", b"\\ud800"),
)


def seeds() -> list[bytes]:
    """Requests of every kind that the page sends."""
    head = b"content-type: application/json\n\n"
    spans = b'"spans": [{"start": 0, "end": 5, "label": "ORG"}]'
    return [
        *(
            b"GET /" + path + b"\n\n"
            for path in (b"", b"static/main.js", b"api/state", b"api/next?after=0", b"api/history")
        ),
        *(
            b"GET /api/" + path + b"\n\n"
            for path in (b"previous?before=1", b"examples/1", b"export/jsonl", b"export/conll")
        ),
        b"POST /api/findings\n" + head + b'{"number": 0, ' + spans + b"}",
        b"POST /api/answers\n" + head + b'{"number": 0, "answer": "accept", ' + spans + b"}",
        b"POST /api/answers\n" + head + b'{"number": 1, "answer": "skip"}',
        b"POST /api/labels\n" + head + b'{"label": "PER"}',
        b"POST /api/train\n" + head + b"{}",
    ]


def prepared() -> Callable[[bytes], object]:
    folder = Path(tempfile.mkdtemp(prefix="crfner-fuzz-"))
    texts = ("Apple is in Cork.", "Nothing here.", "Ünïcode 🙂 and\nlines", "")
    examples = [
        Example(Document(text, spans=(Span(0, 5, "ORG"),) if number == 0 else ())) for number, text in enumerate(texts)
    ]
    session = Session(examples, AnswerLog(folder / "answers.jsonl"), Setup("me", retrain_after=0))
    session.train = lambda: False  # type: ignore[method-assign]
    app = application(session, "title", token=_TOKEN)
    return Client(asyncio.new_event_loop(), app, host="localhost", x_crfner_token=_TOKEN).send
