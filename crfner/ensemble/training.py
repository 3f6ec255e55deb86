"""The members of an ensemble, each in a process of its own, and the threshold of their vote.

Votes help as far as members err apart. Members that learn from samples of the documents know too little of what is
rare: five of them were worse than a single CRF. These all learn from all of the text, but in different tagging schemes
(Shen and Sarkar 2005), and each without a share of the attributes, so that no single strong one keeps the weights of
others low (Bryll, Gutierrez-Osuna and Quek 2003; feature bagging of Sutton, Sindelar and McCallum 2006).

Public names: `member_parameters`, `train_members`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import cycle, islice
from typing import Any

from tqdm import tqdm

from crfner import store
from crfner.crf import CRFRecognizer
from crfner.crf.learning import learn_hints, lexicons_within
from crfner.crf.model_file import Shared, weight_parts
from crfner.crf.settings import with_hits_read
from crfner.document import Document
from crfner.parallel import Given, pool
from crfner.parts import apart, sample
from crfner.splits import make_folds

LEFT_OUT = 0.3
"""The share of the attributes that a member does not learn from."""

_SCHEMES = ("IOB2", "BIOES", "IO")  # IOB1 differs from IO in too little, BILOU from BIOES in its letters only
_FOLDS = 5
_JUDGED = 3000  # sentences that half of F1 is found on: it is not much higher with more


def member_parameters(crf: CRFRecognizer, size: int) -> list[dict[str, Any]]:
    """The parameters of each member: those of the CRF, but for scheme, seed and the attributes that are left out."""
    schemes = [crf.scheme, *(scheme for scheme in _SCHEMES if scheme != crf.scheme)][: len(_SCHEMES)]
    common = {**crf.get_params(), "left_out": LEFT_OUT, "stages": 1, "seen": False, "progress": False}
    if crf.stages > 1 or crf.seen:  # that is learnt once for all of them, and they read it
        common["features"] = with_hits_read(crf.features)
    return [
        {**common, "scheme": scheme, "seed": crf.seed + number}
        for number, scheme in enumerate(islice(cycle(schemes), size))
    ]


def train_members(
    crf: CRFRecognizer, size: int, documents: Sequence[Document], held_out: bool
) -> tuple[list[CRFRecognizer], CRFRecognizer | None, tuple[Document, ...]]:
    """The members, each trained by a worker (see `crfner.parallel`); they share their lexicons and hinters.

    held_out  whether a further CRF is wanted that has not seen a fifth of the documents; that and these come with them.
              There is none where there are too few sentences for it, or they hold all entities

    Raises what `CRFRecognizer.fit` raises.
    """
    told, learnt = learn_hints(crf, documents)
    documents = list(told)
    lexicons = lexicons_within(crf.lexicons or {}, documents)  # each process has its own; large ones are slow to send
    parameters = [{**each, "lexicons": lexicons} for each in member_parameters(crf, size)]
    work = [(each, False) for each in parameters]
    learning, test = _parts(documents, crf.seed) if held_out else ((), ())
    if test:
        work.append(({**parameters[0], "declared_labels": None}, True))
    given = Shared(crf.lexicons or {}, crf.hinters or {})
    shared = Shared(given.lexicons, {**given.hinters, **learnt})
    # what is held out has been told already what other documents show: the further CRF must not learn it from itself
    kinds = [*[shared] * size, given]
    with pool() as workers:
        done = workers.ordered(_learnt, work, Given((documents, learning)), usual=len(work), apart=True)
        bar = tqdm(done, "ensemble", len(work), unit=" CRFs", disable=None if crf.progress else True)
        found = [
            CRFRecognizer.from_stored(store.from_bytes(data, "a member"), "a member", crf.functions, kind)
            for data, kind in zip(bar, kinds, strict=False)
        ]
    return found[:size], found[size] if test else None, test


def _parts(documents: Sequence[Document], seed: int) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    """Documents to learn from, and the fifth that is held out, of all or of so many sentences.

    Nothing where one of the two would have no entity.
    """
    drawn = random.Random(seed).sample(list(documents), len(documents))
    cut = apart(sample(drawn, _JUDGED), 2 * _FOLDS)
    if len({document.text for document in cut}) < _FOLDS:
        return (), ()
    fold = make_folds(cut, _FOLDS, seed)[0]
    sound = all(any(document.spans for document in part) for part in (fold.train, fold.test))
    return (fold.train, fold.test) if sound else ((), ())


def _learnt(given: tuple[Sequence[Document], Sequence[Document]], work: tuple[dict[str, Any], bool]) -> bytes:
    """What a CRF learns of all documents or of the fewer, as a model file without what members share."""
    parameters, fewer = work
    fitted = CRFRecognizer(**parameters).fit(given[1] if fewer else given[0]).fitted_
    return store.to_bytes(fitted.manifest, weight_parts(fitted))
