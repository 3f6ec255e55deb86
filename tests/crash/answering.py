"""`crfner annotate` that is killed while someone answers as quickly as can be, and models are trained.

Public names: `Page`, `address_of`, `reference`, `killed_while_answering`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from crashing import OLD, PATIENCE, Killed, Place, Reference, orphans, send

from crfner import load_model, read
from crfner.annotate import read_log

ARGUMENTS = ("annotate", "menu-train.jsonl", "-o", "answers.jsonl", "--save-model", "new.crfner", "--retrain-after",
             "20", "--config", "quick.json", "--port", "0")  # fmt: skip
KNOWN = {"answers.jsonl", "new.crfner", "exported.jsonl", "quick.json"}


class Page:
    """The page's side of a server: it has its token."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(address, timeout=PATIENCE)
        self._headers = {"content-type": "application/json", "origin": f"http://{address}"}
        self._connection.request("GET", "/")
        found = re.search(r'name="crfner-token" content="([^"]+)"', self._connection.getresponse().read().decode())
        assert found
        self._headers["x-crfner-token"] = found[1]

    def post(self, path: str, body: Any) -> int:
        self._connection.request("POST", path, json.dumps(body), self._headers)
        response = self._connection.getresponse()
        response.read()
        return response.status

    def state(self) -> dict[str, Any]:
        self._connection.request("GET", "/api/state", headers=self._headers)
        state: dict[str, Any] = json.loads(self._connection.getresponse().read())
        return state


@contextmanager
def serving(place: Place, killed: Killed) -> Iterator[tuple[BaseProcess, str | None]]:
    """The server and its address; None where it ended before it had one."""
    process = place.start(ARGUMENTS, killed)
    try:
        yield process, address_of(place, process)
    finally:
        process.kill()
        process.join()


def address_of(place: Place, process: BaseProcess) -> str | None:
    """Where `crfner annotate` can be reached, when it can; None where it ends before."""
    found = None
    while found is None and process.is_alive():
        time.sleep(0.01)
        found = re.search(rb"open http://([\d.:]+)/", place.printed("err"))
    return found[1].decode() if found else None


def _interrupt(process: BaseProcess) -> None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGINT)
    process.join(PATIENCE)
    assert process.exitcode == 0


def _ready(folder: Path, model: bytes) -> Place:
    place = Place(folder, model)
    settings = {"features": "minimal", "iterations": 10}
    (folder / "quick.json").write_text(json.dumps(settings), encoding="utf-8")
    return place


def _answer_all(place: Place, address: str, confirmed: list[int]) -> None:
    """Accept every text as it is labelled; those whose answer was confirmed are added to the list."""
    page = Page(address)
    for number, document in enumerate(read(place.folder / "menu-train.jsonl")):
        spans = [{"start": span.start, "end": span.end, "label": span.label} for span in document.spans]
        if page.post("/api/answers", {"number": number, "answer": "accept", "spans": spans}) == 200:
            confirmed.append(number)
        if number % 20 == 19:
            while page.state()["progress"]["training"]["running"]:  # so that models are written among the answers
                time.sleep(0.02)


def reference(folder: Path, model: bytes) -> Reference:
    """How many moments it has and how long it takes when all is answered and nobody kills it."""
    place = _ready(folder, model)
    with serving(place, Killed()) as (process, address):
        assert address is not None
        begun, confirmed = time.monotonic(), list[int]()
        _answer_all(place, address, confirmed)
        seconds = time.monotonic() - begun
        _interrupt(process)
    assert len(confirmed) == 40
    return Reference({}, b"", place.moments(), seconds)


def killed_while_answering(folder: Path, model: bytes, killed: Killed, old: bool) -> bool:
    """Kill it, look, and start it again; whether it was killed before all was answered. Raises AssertionError."""
    place = _ready(folder, model)
    if old:
        (folder / "new.crfner").write_bytes(OLD)
    known = {*(path.name for path in folder.iterdir()), *KNOWN}
    documents = list(read(folder / "menu-train.jsonl"))
    confirmed: list[int] = []
    with serving(place, killed) as (process, address):
        if address is not None:
            after = killed.after if killed.after is not None else PATIENCE
            timer = threading.Timer(after, send, (process, killed.by))
            timer.start()
            with suppress(OSError, HTTPException):
                _answer_all(place, address, confirmed)
            early = timer.is_alive() and len(confirmed) == len(documents)  # the moment has not come
            timer.cancel()
            if killed.by != signal.SIGKILL:
                if early:
                    send(process, killed.by)
                process.join(PATIENCE)
                assert process.exitcode == killed.code, (process.exitcode, place.printed("err").decode())
    assert not orphans(place.mark)
    assert not (files := place.strangers(known, killed.by)), files
    kept = place.holds("new.crfner")
    if kept is not None and kept != (OLD if old else b""):
        assert load_model(folder / "new.crfner").labels
    if confirmed:
        saved = {decision.document.text: decision for decision in read_log(folder / "answers.jsonl")}
        for number in confirmed:
            assert saved[documents[number].text].document.spans == documents[number].spans, "an answer is lost"
    with serving(place, Killed()) as (process, address):
        assert address is not None
        page = Page(address)
        assert page.state()["progress"]["answers"]["accept"] >= len(confirmed)
        last = len(documents) - 1
        assert page.post("/api/answers", {"number": last, "answer": "accept", "spans": []}) == 200
        _interrupt(process)
    code, _, err = place.run(("annotate", "-o", "answers.jsonl", "--export", "exported.jsonl"), Killed())
    assert code == 0, err.decode()
    assert len(list(read(folder / "exported.jsonl"))) > len(confirmed) - 1
    return len(confirmed) < len(documents)
