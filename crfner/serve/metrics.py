"""What is counted, for Prometheus, over all workers together.

`prometheus_client` keeps the figures of each process in files of one folder, which whoever is asked adds up. It looks
for the folder in an environment variable when it is imported, so whoever imports this module has set it before. Counts
of a worker that has ended stay; what it had in hand does not.

Public names: `Metrics`, `exposition`, `forget`, `FOLDER_VARIABLE`, `CONTENT_TYPE`.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from crfner.document import Document
from crfner.serve.models import Loaded

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable that names the folder; set before this module is imported."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_TEXTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class Metrics:
    """The figures of one process; to be made once in it."""

    def __init__(self) -> None:
        own = CollectorRegistry()  # the values are in the folder; this keeps them out of the global registry
        self._requests = Counter(
            "crfner_requests", "Requests that were answered.", ["path", "method", "status"], registry=own
        )
        self._seconds = Histogram(
            "crfner_request_seconds",
            "From a request's head to the end of its answer.",
            ["path"],
            buckets=_SECONDS,
            registry=own,
        )
        self._texts = Counter("crfner_texts", "Texts that were tagged.", ["model"], registry=own)
        self._tokens = Counter("crfner_tokens", "Tokens of these texts.", ["model"], registry=own)
        self._characters = Counter("crfner_characters", "Characters of these texts.", ["model"], registry=own)
        self._entities = Counter("crfner_entities", "Entities that were found.", ["model", "label"], registry=own)
        self._batches = Histogram(
            "crfner_batch_texts", "Texts that were tagged together.", buckets=_TEXTS, registry=own
        )
        self._waiting = Gauge(
            "crfner_requests_waiting",
            "Requests that wait or are being tagged.",
            registry=own,
            multiprocess_mode="livesum",
        )
        self._reloads = Counter(
            "crfner_model_reloads", "New model files, by whether they were taken.", ["model", "outcome"], registry=own
        )
        self._restarts = Counter(
            "crfner_worker_restarts", "Workers that ended unasked and were replaced.", registry=own
        )
        # looking a child up by its labels costs as much as counting; no client can make more of them than there are
        self._request = lru_cache(1024)(self._requests.labels)
        self._path = lru_cache(64)(self._seconds.labels)

    def answered(self, path: str, method: str, status: int, seconds: float) -> None:
        """Count a request. Path and method come from a bounded set."""
        self._request(path, method, str(status)).inc()
        self._path(path).observe(seconds)

    def tagged(self, model: Loaded, documents: Sequence[Document]) -> None:
        """Count a batch."""
        name = model.name
        self._batches.observe(len(documents))
        self._texts.labels(name).inc(len(documents))
        self._tokens.labels(name).inc(sum(len(document.tokens) for document in documents))
        self._characters.labels(name).inc(sum(len(document.text) for document in documents))
        labels = Tally(span.label for document in documents for span in document.spans)
        for label, number in labels.items():
            self._entities.labels(name, label).inc(number)

    def waiting(self, number: int) -> None:
        """Say how many requests wait."""
        self._waiting.set(number)

    def reloaded(self, model: str, outcome: str) -> None:
        """Count a new file of a model, "taken" or "refused"."""
        self._reloads.labels(model, outcome).inc()

    def restarted(self) -> None:
        """Count a worker that had to be replaced."""
        self._restarts.inc()


def exposition() -> bytes:
    """The figures of all processes, in Prometheus's text format."""
    every = CollectorRegistry()
    MultiProcessCollector(every)  # type: ignore[no-untyped-call]
    return generate_latest(every)


def forget(process: int) -> None:
    """Take what a process that has ended had in hand out of the sums."""
    mark_process_dead(process)  # type: ignore[no-untyped-call]
