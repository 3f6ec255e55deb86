"""Tagging by workers: texts go out in batches, spans come back in order, and few batches are under way at a time.

The model goes to each worker once, as the bytes of its file. Of a document a worker is sent what a model reads, and
what comes back are the spans alone, so that little is packed and unpacked.

Public names: `tagged`, `Tagged`, `model_given`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crfner.batches import batches
from crfner.document import Document, Span
from crfner.parallel import Given, Pool

if TYPE_CHECKING:
    from crfner.models import Model

_BATCH = 16384  # tokens that a worker is sent together, about; twice what a model tags together
_CHARACTERS = 5  # of a token, about
_COLUMNS = "columns"  # what models read of `meta`


@dataclass(frozen=True, slots=True)
class Tagged:
    """What became of a document.

    given     as it was read
    document  the same with the spans that were found; with `whole`, with the model's tokens and sentences too
    tokens    how many the model made of it
    analyses  where the n best were asked for, those of each sentence, as plain data (`crfner.crf.alternatives.to_data`)
    """

    given: Document
    document: Document
    tokens: int
    analyses: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class _Batch:
    """Documents for a worker, the first of them being number `first` of all, from 1."""

    first: int
    documents: tuple[Document, ...]
    nbest: int | None
    whole: bool


_Found = tuple[Any, int]


def model_given(path: str) -> Given[Model]:
    """The model of the file, for workers. Raises CrfnerError when it cannot be opened."""
    from crfner.models import load_model

    return Given(load_model(path), lambda _: Path(path).read_bytes(), _opened)


def tagged(
    documents: Iterable[Document],
    model: Given[Model],
    pool: Pool,
    *,
    nbest: int | None = None,
    whole: bool = False,
) -> Iterator[Tagged]:
    """The documents in their order, each with what the model finds in it.

    nbest  the n best analyses in place of spans; the model is a CRF alone then
    whole  keep the tokens and sentences that the model made

    One process of this machine does the work where nobody has asked for more. Raises CrfnerError, naming documents,
    when workers end over them again and again.
    """
    if pool.here(usual=1):
        yield from _one_by_one(documents, model.value, nbest, whole)
        return
    waiting: deque[Sequence[Document]] = deque()

    def work() -> Iterator[_Batch]:
        first = 1
        for batch in batches(documents, lambda document: len(document.text) // _CHARACTERS, _BATCH):
            if batch:
                waiting.append(batch)
                yield _Batch(first, tuple(map(_needed, batch)), nbest, whole)
                first += len(batch)

    for found in pool.ordered(_found, work(), model, usual=1, told=_named):
        for given, (what, tokens) in zip(waiting.popleft(), found, strict=True):
            if nbest is not None:
                yield Tagged(given, given, tokens, what)
            elif whole:
                yield Tagged(given, replace(what, id=given.id, meta={**given.meta, **what.meta}), tokens)
            else:
                yield Tagged(given, given.with_spans(Span(*span) for span in what), tokens)


def _one_by_one(documents: Iterable[Document], model: Any, nbest: int | None, whole: bool) -> Iterator[Tagged]:
    waiting: deque[Document] = deque()

    def remembered() -> Iterator[Document]:
        for document in documents:
            waiting.append(document)
            yield document

    if nbest is not None:
        from crfner.crf.alternatives import to_data

        for analyses in model.nbest(remembered(), nbest):
            given = waiting.popleft()
            yield Tagged(given, given, len(analyses.document.tokens), to_data(analyses))
        return
    for found in model.recognize(remembered()):
        given = waiting.popleft()
        yield Tagged(given, found if whole else given.with_spans(found.spans), len(found.tokens))


def _needed(document: Document) -> Document:
    """What a model reads of a document."""
    columns = document.meta.get(_COLUMNS)
    return replace(document, spans=(), id=None, meta={} if columns is None else {_COLUMNS: columns})


def _named(batch: _Batch) -> str:
    last = batch.first + len(batch.documents) - 1
    return f"documents {batch.first} to {last} of the input"


# In a worker


def _opened(data: bytes) -> Model:
    from crfner.models import model_from_bytes

    return model_from_bytes(data, "the model")


def _found(model: Any, batch: _Batch) -> list[_Found]:
    """Of each document what was found, packed small, and its number of tokens."""
    found = _one_by_one(batch.documents, model, batch.nbest, batch.whole)
    if batch.nbest is not None:
        return [(one.analyses, one.tokens) for one in found]
    if batch.whole:
        return [(one.document, one.tokens) for one in found]
    return [
        ([(span.start, span.end, span.label, span.score, span.source) for span in one.document.spans], one.tokens)
        for one in found
    ]
