"""Requests that wait are tagged together, and what fails in a batch fails alone."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Iterator
from typing import Any, cast

import pytest
import serving  # noqa: F401 - skips all this where the extra is missing
from hypothesis import given
from hypothesis import strategies as st

from crfner import Document, Span
from crfner.serve.answering import utf16_offsets
from crfner.serve.asking import Asked
from crfner.serve.batching import BATCH, Batcher
from crfner.serve.models import Loaded
from crfner.serve.refusals import Refusal


class Words:
    """Finds the first character of each text, remembers its batches, and fails where it is told to."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.batches: list[list[str]] = []
        self.seconds = seconds

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        documents = list(documents)
        self.batches.append([document.text for document in documents])
        time.sleep(self.seconds)
        for document in documents:
            if document.text == "fail":
                raise RuntimeError("secret")
            yield document.with_spans([Span(0, 1, "A")] if document.text else [])


def loaded(recognizer: Words, name: str = "m") -> Loaded:
    return Loaded(name, "0", 0.0, cast(Any, recognizer))


def run(requests: list[tuple[Asked, Loaded]], **options: Any) -> list[Any]:
    """The answers to requests that are made at the same time: JSON, or what was raised."""

    async def all_of_them() -> list[Any]:
        batcher = Batcher(options.get("queue", 1000), options.get("processing", 30.0), lambda model, documents: None)
        found = await asyncio.gather(*(batcher.tag(*one) for one in requests), return_exceptions=True)
        assert batcher.waiting == 0
        batcher.stop()
        return [json.loads(one) if isinstance(one, bytes) else one for one in found]

    return asyncio.run(all_of_them())


def test_requests_that_wait_together_are_tagged_in_one_call() -> None:
    recognizer = Words()
    model = loaded(recognizer)
    answers = run([(Asked([f"text {number}"], single=True), model) for number in range(40)])
    assert recognizer.batches == [[f"text {number}" for number in range(40)]]
    assert [len(answer["entities"]) for answer in answers] == [1] * 40


def test_a_request_of_many_texts_lets_others_through() -> None:
    recognizer = Words()
    model = loaded(recognizer)
    long, short = Asked(["x" * (BATCH // 4)] * 20), Asked(["short"], single=True)
    answers = run([(long, model), (short, model)])
    assert [number for number, batch in enumerate(recognizer.batches) if "short" in batch] == [1]
    assert len(recognizer.batches) > 4
    assert len(answers[0]["documents"]) == 20


def test_a_batch_holds_the_requests_of_several_models_apart() -> None:
    first, second = Words(), Words()
    models = [loaded(first, "first"), loaded(second, "second")]
    answers = run([(Asked([f"{number}"], single=True), models[number % 2]) for number in range(6)])
    assert (first.batches, second.batches) == ([["0", "2", "4"]], [["1", "3", "5"]])
    assert [answer["model"] for answer in answers] == ["first", "second"] * 3


def test_what_fails_in_a_batch_fails_alone() -> None:
    model = loaded(Words())
    answers = run([(Asked([text], single=True), model) for text in ("a", "fail", "b")])
    assert isinstance(answers[1], RuntimeError)
    assert [len(answers[0]["entities"]), len(answers[2]["entities"])] == [1, 1]


def test_a_full_queue_refuses_and_time_runs_out() -> None:
    model = loaded(Words(seconds=0.3))
    answers = run([(Asked(["a"]), model)] * 4, queue=3, processing=0.05)
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == ["timed_out"] * 3 + ["overloaded"]


@given(st.text(), st.data())
def test_utf16_offsets_are_those_of_the_encoded_text(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    units = len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2
    assert utf16_offsets(text)(offset) == units


def test_a_fault_is_answered_and_logged_without_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    from crfner.serve.guard import Guard
    from crfner.serve.metrics import Metrics

    text = " ".join(["mint", "tea"])

    async def faulty(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError(text)

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError

    guard = Guard(faulty, Metrics(), frozenset({"/"}), frozenset(), None, None)
    scope: Any = {"type": "http", "method": "POST", "path": "/", "headers": [(b"x-request-id", b"id-1")]}
    asyncio.run(guard(scope, receive, send))
    assert sent[0]["status"] == 500
    error = json.loads(sent[1]["body"])["error"]
    assert (error["code"], error["request_id"]) == ("internal", "id-1")
    assert "id-1 failed: ValueError" in caplog.text and "in faulty" in caplog.text
    assert "mint tea" not in caplog.text
