"""Candidates by workers: each reads a batch of documents with a recogniser that it was sent once.

Public names: `Task`, `worked_out`.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from crfner.batches import batches
from crfner.document import Document
from crfner.parallel import Given, pool
from crfner.recognizer import Recognizer
from crfner.suggest.candidates import candidates
from crfner.suggest.reading import reader_for
from crfner.suggest.strategies import STRATEGIES
from crfner.suggest.values import Candidate

if TYPE_CHECKING:
    from crfner.models import Model

_BATCH = 16384  # tokens that a worker is sent together, about
_CHARACTERS = 5  # of a token, about


@dataclass(frozen=True, slots=True)
class Task:
    """What is done with each document; see `crfner.suggest.suggest`."""

    recognizer: Recognizer
    rules: Recognizer | None
    strategy: str
    unit: str
    min_tokens: int
    max_tokens: int | None
    seed: int

    def candidates(self, documents: Iterable[Document], first: int = 1) -> Iterator[Candidate]:
        """The candidates of the documents, of which the first has this number."""
        reader = reader_for(self.recognizer, self.rules)
        for one in candidates(reader, documents, STRATEGIES[self.strategy], self.unit, self.seed, first):
            if self.min_tokens <= one.tokens and (self.max_tokens is None or one.tokens <= self.max_tokens):
                yield one


def worked_out(task: Task, documents: Iterable[Document]) -> Iterator[Candidate]:
    """The candidates of the documents, in order; by this process, unless `crfner.parallel.using` says otherwise."""
    with pool() as workers:
        if workers.here(usual=1):
            yield from task.candidates(documents)
            return
        given = Given(task, _packed, _unpacked)
        for found in workers.ordered(_candidates, _batches(documents), given, usual=1, told=_named):
            yield from found


def _batches(documents: Iterable[Document]) -> Iterator[tuple[int, list[Document]]]:
    first = 1
    for batch in batches(documents, lambda document: len(document.text) // _CHARACTERS, _BATCH):
        if batch:
            yield first, batch
            first += len(batch)


def _named(work: tuple[int, list[Document]]) -> str:
    first, documents = work
    return f"documents {first} to {first + len(documents) - 1} of the input"


def _candidates(task: Task, work: tuple[int, list[Document]]) -> list[Candidate]:
    return [*task.candidates(work[1], work[0])]


def _packed(task: Task) -> bytes:
    """Recognisers as what their files would hold, as not every kind can be pickled."""
    from crfner.models import model_to_bytes

    models = [one and model_to_bytes(cast("Model", one)) for one in (task.recognizer, task.rules)]
    return pickle.dumps((models, replace(task, recognizer=cast("Recognizer", None), rules=None)))


def _unpacked(data: bytes) -> Task:
    from crfner.models import model_from_bytes

    models: list[Any]
    task: Task
    models, task = pickle.loads(data)
    recognizer, rules = (one and model_from_bytes(one, "the model") for one in models)
    return replace(task, recognizer=recognizer, rules=rules)
