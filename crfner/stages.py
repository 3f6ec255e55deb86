"""Two stages: a second CRF sees, beside the words, what a first one makes of the rest of the document.

The second has to learn how far the first is right, so what it is told of a training document comes from a first CRF
that has not learnt from that document (cross-fitting, as in stacking; Wolpert 1992). For new text, the first CRF is one
that has learnt from all of them. Both are in one recogniser and one file. After Krishnan and Manning (2006).

Public names: `fit_in_stages`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from joblib import Parallel, cpu_count, delayed
from tqdm import tqdm

from crfner.compare.parts import apart
from crfner.compare.process import isolated
from crfner.compare.splits import make_folds
from crfner.crf import CRFRecognizer
from crfner.crf.layout import hinted_by
from crfner.crf.settings import with_hits_read
from crfner.document import Document
from crfner.hints.stage import StageHints, Values

FIRST = "first"
"""The name of the first stage among the hinters."""


def fit_in_stages(crf: CRFRecognizer, documents: Sequence[Document], *, folds: int = 5) -> CRFRecognizer:
    """A recogniser of two stages, both with the parameters of the given one, which is not trained itself.

    folds  how many first CRFs are trained to tell the second one of documents that they have not learnt from, beside
           the first CRF that stays; as many at a time as there are processors

    Documents are cut into stretches where there are too few for folds. Ctrl-C leaves no model while a first CRF is
    trained; later it keeps the last finished iteration of the second. Raises CrfnerError when there are fewer sentences
    than folds, and what `CRFRecognizer.fit` raises.
    """
    prepared = apart([crf.prepared(document) for document in documents], 2 * folds)
    parameters = {**crf.get_params(), "progress": False}
    parts = make_folds(prepared, folds, crf.seed)
    work = [delayed(isolated)(_first, parameters, prepared)]
    work += [delayed(isolated)(_told, parameters, part.train, part.test) for part in parts]
    done = Parallel(n_jobs=min(cpu_count(), len(work)), backend="threading", return_as="generator")(work)
    first, *told = tqdm(done, "first stage", len(work), unit=" CRFs", disable=None if crf.progress else True)
    said: dict[int, Values] = {}
    for part, values in zip(parts, told, strict=True):
        said.update(zip(part.places, values, strict=True))
    second = CRFRecognizer(**{**crf.get_params(), "features": with_hits_read(crf.features)})
    second.fit(hinted_by(FIRST, document, said[number]) for number, document in enumerate(prepared))
    second.add_hinter(FIRST, StageHints(first))
    return second


def _first(parameters: dict[str, Any], documents: Sequence[Document]) -> CRFRecognizer:
    return CRFRecognizer(**parameters).fit(documents)


def _told(parameters: dict[str, Any], training: Sequence[Document], held_out: Sequence[Document]) -> list[Values]:
    """What a CRF that has learnt from the training documents says of those that were held out."""
    return StageHints(_first(parameters, training)).hints(held_out)
