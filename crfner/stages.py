"""Two stages: a second CRF sees, beside the words, what a first one makes of the rest of the document.

The second has to learn how far the first is right, so what it is told of a training document comes from a first CRF
that has not learnt from that document (cross-fitting, as in stacking; Wolpert 1992). For new text, the first CRF is one
that has learnt from all of them. Both are in one recogniser and one file, and read the same lexicons and the same hints
of what was seen elsewhere. After Krishnan and Manning (2006).

Public names: `first_stage`, `FIRST`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tqdm import tqdm

from crfner.crf import CRFRecognizer
from crfner.crf.hinting import hinted_by
from crfner.crf.learning import lexicons_within
from crfner.crf.settings import with_hits_read
from crfner.document import Document
from crfner.hints.stage import StageHints, Values
from crfner.parallel import Given, pool
from crfner.parts import apart
from crfner.splits import make_folds

FIRST = "first"
"""The name of the first stage among the hinters."""

_FOLDS = 3  # five cost twice as much and gain nothing


def first_stage(crf: CRFRecognizer, documents: Iterable[Document]) -> tuple[list[Document], StageHints]:
    """The documents with what first CRFs say of them that have not learnt from them, and the first CRF for new text.

    The first CRFs have the parameters of the given one, but for half the iterations. Workers train them, as many at a
    time as there are processors, unless `crfner.parallel.using` says otherwise. Documents are cut into stretches where
    there are too few for folds. Raises CrfnerError when there are fewer sentences than folds, and what
    `CRFRecognizer.fit` raises.
    """
    prepared = apart([crf.prepared(document) for document in documents], 2 * _FOLDS)
    lexicons = lexicons_within(crf.lexicons or {}, prepared)  # each process has its own; large ones are slow to send
    only = {
        "features": with_hits_read(crf.features),  # the documents have been told what was seen elsewhere
        "lexicons": lexicons,
        "iterations": -(-crf.iterations // 2),  # what it tells is graded: it need not be sharper
        "stages": 1,
        "seen": False,
        "consistency": 0.0,
        "declared_labels": None,
        "progress": False,
    }
    parameters = {**crf.get_params(), **only}
    parts = make_folds(prepared, _FOLDS, crf.seed)
    work = [None, *(part.places for part in parts)]
    with pool() as workers:
        done = workers.ordered(_learnt_or_told, work, Given((parameters, prepared)), usual=len(work), apart=True)
        learnt, *told = tqdm(done, "first stage", len(work), unit=" CRFs", disable=None if crf.progress else True)
    first = learnt.read_by(crf.lexicons)
    for part, values in zip(parts, told, strict=True):
        for number, said in zip(part.places, values, strict=True):
            prepared[number] = hinted_by(FIRST, prepared[number], said)
    return prepared, StageHints(first)


def _learnt_or_told(
    given: tuple[dict[str, Any], Sequence[Document]], held_out: tuple[int, ...] | None
) -> CRFRecognizer | list[Values]:
    """The CRF that learns from all documents, or what one says of those held out that learns from the others."""
    parameters, documents = given
    if held_out is None:
        return _first(parameters, documents)
    without = set(held_out)
    training = [document for number, document in enumerate(documents) if number not in without]
    return _told(parameters, training, [documents[number] for number in held_out])


def _first(parameters: dict[str, Any], documents: Sequence[Document]) -> CRFRecognizer:
    return CRFRecognizer(**parameters).fit(documents)


def _told(parameters: dict[str, Any], training: Sequence[Document], held_out: Sequence[Document]) -> list[Values]:
    """What a CRF that has learnt from the training documents says of those that were held out."""
    first = _first(parameters, training)
    return StageHints(first).hints([document.with_spans(()) for document in held_out])
