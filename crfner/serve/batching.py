"""Tagging in one thread, for all requests that wait together.

A recogniser tags thirty short texts in little more time than three, and must not be used by two threads. So requests
queue up; the thread takes as many as make a batch, tags them in one call, and hands all answers back at once. A request
of many texts is cut over several batches with others in between, so that it does not hold them up. If a batch fails,
its requests are tagged one by one, and only the one that is at fault is told so.

Public names: `Batcher`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby

from crfner.document import Document
from crfner.serve.answering import answer
from crfner.serve.asking import Asked
from crfner.serve.models import Loaded
from crfner.serve.refusals import Refusal

BATCH = 32_000
"""Characters that are tagged together, some 6,000 tokens: a quarter of a second at most, for usual models."""

# Answers go out together, and so the next requests come in together. Tagging begins when none has come for a moment:
# were it to begin with the first, the others would come in slowly beside it, and the batches be small.
_MOMENT = 0.001  # seconds
_MOMENTS = 20  # at most

Observer = Callable[[Loaded, Sequence[Document]], None]
"""Told of each batch: the model and the tagged documents."""


@dataclass(slots=True, eq=False)
class _Job:
    """A request in the queue: what is asked, of which model, and what has been tagged so far."""

    asked: Asked
    model: Loaded
    future: asyncio.Future[bytes]
    done: list[Document] = field(default_factory=list)
    given_up: bool = False  # nobody waits for the answer any more

    def whole(self) -> bool:
        return len(self.done) == len(self.asked.texts)


@dataclass(slots=True)
class _Piece:
    """Some texts of one request within a batch."""

    job: _Job
    documents: list[Document]


class Batcher:
    """The queue and its thread. Everything but the thread's own work is called in the event loop."""

    def __init__(self, queue: int, processing: float, observe: Observer) -> None:
        self.waiting = 0
        """Requests that wait or are being tagged."""
        self.busy_since: float | None = None
        """When the batch that is being tagged was begun, by the monotonic clock; None between batches."""
        self._queue = queue
        self._processing = processing
        self._observe = observe
        self._loop = asyncio.get_running_loop()
        self._jobs: deque[_Job] = deque()  # appending and popping are atomic
        self._go = threading.Event()
        self._gathering = 0  # moments so far; 0 when nobody waits for others to come
        self._arrived = 0  # requests before this moment
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="tagging", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread lives, and is not stuck in one batch."""
        since = self.busy_since
        return self._thread.is_alive() and (since is None or time.monotonic() - since < 10 * self._processing)

    @property
    def full(self) -> bool:
        """Whether no further request is taken."""
        return self.waiting >= self._queue

    async def tag(self, asked: Asked, model: Loaded) -> bytes:
        """The answer. Raises Refusal when the queue is full or time runs out."""
        if self.full:
            raise Refusal("overloaded", "too many requests are waiting; try again soon", headers={"retry-after": "1"})
        job = _Job(asked, model, self._loop.create_future())
        self.waiting += 1
        self._jobs.append(job)
        if not self._gathering and self.busy_since is None:
            self._gather()
        deadline = self._loop.call_later(self._processing, self._expire, job)
        try:
            return await job.future
        finally:
            deadline.cancel()
            job.given_up = True
            self.waiting -= 1

    def stop(self) -> None:
        """Let the thread end."""
        self._stopped = True
        self._go.set()

    def _gather(self) -> None:
        """Let the thread begin, if no request has come since the last moment."""
        size = len(self._jobs)
        if size and (size == self._arrived or self._gathering == _MOMENTS):
            self._gathering = self._arrived = 0
            self.busy_since = time.monotonic()
            self._go.set()
        elif size:
            self._gathering += 1
            self._arrived = size
            self._loop.call_later(_MOMENT, self._gather)
        else:
            self._gathering = self._arrived = 0

    def _expire(self, job: _Job) -> None:
        if not job.future.done():
            message = f"tagging took longer than {self._processing:g} seconds; send less text at a time"
            job.future.set_exception(Refusal("timed_out", message))

    def _deliver(self, answers: Sequence[tuple[_Job, bytes | Exception]]) -> None:
        for job, found in answers:
            if job.future.done():
                continue
            if isinstance(found, Exception):
                job.future.set_exception(found)
            else:
                job.future.set_result(found)
        self.busy_since = None
        if not self._gathering:
            self._gather()

    # what follows runs in the thread

    def _work(self) -> None:
        while not self._stopped:
            self._go.wait()
            self._go.clear()
            pieces = self._taken()
            answers = [found for _, group in groupby(pieces, _model_of) for found in self._tagged(list(group))]
            with suppress(RuntimeError):  # the loop has been closed, and nobody waits any more
                self._loop.call_soon_threadsafe(self._deliver, answers)

    def _taken(self) -> list[_Piece]:
        """The next batch; what does not fit of a request goes to the end of the queue."""
        pieces: list[_Piece] = []
        size = 0
        rest: list[_Job] = []
        while size < BATCH and self._jobs:
            job = self._jobs.popleft()
            if job.given_up:
                continue
            documents = []
            for text in job.asked.texts[len(job.done) :]:
                documents.append(Document(text))
                size += len(text) + 20  # a text of no length is work too
                if size >= BATCH:
                    break
            pieces.append(_Piece(job, documents))
            if len(job.done) + len(documents) < len(job.asked.texts):
                rest.append(job)
        self._jobs.extend(rest)
        return sorted(pieces, key=_model_of)

    def _tagged(self, pieces: Sequence[_Piece]) -> list[tuple[_Job, bytes | Exception]]:
        """Tag pieces of one model; the answers of the requests that this completes."""
        model = pieces[0].job.model
        try:
            documents = list(model.recognizer.recognize(doc for piece in pieces for doc in piece.documents))
            self._observe(model, documents)
        except Exception as error:  # whatever it is, it must not end the thread
            if len(pieces) > 1:
                return [found for piece in pieces for found in self._tagged([piece])]
            pieces[0].job.given_up = True
            return [(pieces[0].job, error)]
        answers: list[tuple[_Job, bytes | Exception]] = []
        start = 0
        for piece in pieces:
            job = piece.job
            end = start + len(piece.documents)
            job.done += documents[start:end]
            start = end
            if job.whole():
                answers.append((job, _answer(job)))
        return answers


def _model_of(piece: _Piece) -> int:
    return id(piece.job.model)


def _answer(job: _Job) -> bytes | Exception:
    try:
        return answer(job.asked, job.done, job.model)
    except Exception as error:
        return error
