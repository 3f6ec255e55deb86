"""The HTTP API, in this process: an input is a request as `fuzz.asgi` reads it."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="crfner-fuzz-")  # before it is imported

from crfner import CRFRecognizer, read
from crfner.serve.app import application
from crfner.serve.batching import Batcher
from crfner.serve.metrics import Metrics
from crfner.serve.models import Models
from crfner.serve.settings import Limits, Settings
from fuzz.asgi import Client

_DATA = Path(__file__).parents[2] / "data" / "menu"
LIMITS = Limits(body=50_000, texts=20, characters=5_000)

WORDS = (
    *(
        b"GET ",
        b"POST ",
        b"HEAD ",
        b"OPTIONS ",
        b"/v1/entities",
        b"/v1/models",
        b"/metrics",
        b"/healthz",
        b"/readyz",
        b"/docs",
    ),
    *(b"content-type: application/json\n", b"content-length: 99999999999\n", b"content-encoding: gzip\n", b"\n\n"),
    *(b"x-request-id: ", b"authorization: Bearer ", b"connection: close\n", b"%00", b"%2e%2e%2f", b"/assets/", b"?a=b"),
    *(
        b'{"text": "',
        b'"texts": [',
        b'"documents": [{"id": "a", "text": "b"}]',
        b'"model": ',
        b'"min_score": ',
        b"utf16",
    ),
    *(
        b'"offsets": ',
        b"characters",
        b"\\ud83d",
        b"\\u0000",
        b"\xf0\x9f\x99\x82",
        b"\xcc\x81",
        b"1e400",
        b"-0.0",
        b"NaN",
    ),
)


def seeds() -> list[bytes]:
    """Requests of every kind."""
    head = b"POST /v1/entities\ncontent-type: application/json\n\n"
    bodies = (
        b'{"text": "Two samosas and a mango lassi \xf0\x9f\x99\x82, please.", "offsets": "utf16", "min_score": 0.1}',
        b'{"texts": ["Tea.", "", "Two samosas"], "model": "menu"}',
        b'{"documents": [{"id": "a", "text": "A mango lassi"}]}',
    )
    pages = (b"/", b"/docs", b"/openapi.json", b"/v1/models", b"/healthz", b"/readyz", b"/metrics", b"/assets/try.js")
    return [*(head + body for body in bodies), *(b"GET " + page + b"\naccept: */*\n\n" for page in pages)]


def built() -> tuple[asyncio.AbstractEventLoop, Any]:
    """An event loop, and the application with a tiny model in it."""
    logging.getLogger("crfner.serve").setLevel(logging.CRITICAL)
    path = Path(tempfile.mkdtemp(prefix="crfner-fuzz-")) / "menu.crfner"
    with warnings.catch_warnings(action="ignore"):
        CRFRecognizer("minimal", iterations=5).fit(list(read(_DATA / "dev.jsonl"))[:30]).save(path)
    models = Models()
    models.prepare("menu", str(path), 0.0)
    models.use("menu")
    loop = asyncio.new_event_loop()

    async def begun() -> Batcher:
        return Batcher(LIMITS.queue, LIMITS.processing, counts.tagged)

    counts = Metrics()
    settings = Settings({"menu": str(path)}, limits=LIMITS)
    app = application(settings, models, loop.run_until_complete(begun()), counts, lambda: False, lambda line: None)
    return loop, app


def prepared() -> Callable[[bytes], object]:
    """Hands requests over."""
    return Client(*built()).send
