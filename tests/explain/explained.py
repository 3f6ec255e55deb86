"""Small models to be explained, made once, and CRFsuite's own reading of one of them.

Public names: `orders`, `long_entity`, `crf`, `free_crf`, `crfsuite`, `rules`.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pycrfsuite

from crfner import CRFRecognizer, Document, read
from crfner.crf.weights import read_weights
from crfner.rules.values import DictionaryRule, RegexRule, RuleSet, TokenRule

MENU = Path(__file__).parents[2] / "data" / "menu"


@cache
def orders() -> list[Document]:
    """Documents with gold spans, of several sentences some of them."""
    return list(read(MENU / "train.jsonl"))[:150]


@cache
def crf() -> CRFRecognizer:
    """Its scheme, IOB2, forbids an I without what it goes on with."""
    return CRFRecognizer("default", iterations=20).fit(orders())


def long_entity() -> Document:
    """An order in which `crf` finds an entity of several tokens, with what it finds there."""
    found = crf().recognize(orders())
    return next(order for order in found if any(last - first > 1 for first, last, _ in order.chunks()))


@cache
def free_crf() -> CRFRecognizer:
    """Its scheme, IO, forbids nothing, just as CRFsuite itself forbids nothing."""
    return _free()[0]


@cache
def _free() -> tuple[CRFRecognizer, bytes]:
    """The CRF, and the file that CRFsuite wrote of it."""
    with patch("crfner.crf.engines.read_weights", wraps=read_weights) as reading:
        crf = CRFRecognizer("minimal", engine="crfsuite", iterations=20, scheme="IO").fit(orders())
    return crf, reading.call_args.args[0]


@cache
def crfsuite() -> pycrfsuite.Tagger:
    """CRFsuite's own tagger with the weights of `free_crf`."""
    tagger = pycrfsuite.Tagger()
    with tempfile.NamedTemporaryFile() as file:
        file.write(_free()[1])
        file.flush()
        tagger.open(file.name)
    return tagger


def rules() -> RuleSet:
    """One rule of each kind; two of them find words of the same dish."""
    return RuleSet(
        (
            DictionaryRule("dishes", "FOOD", precision=0.9, coverage=0.25, terms=("fish and chips", "soup")),
            RegexRule("bottles", "DRINK", precision=0.6, pattern=r"bottle of (\w+)", group=1),
            TokenRule("fried", "FOOD", alternatives=(({"LOWER": "chips"},), ({"LOWER": "fries", "OP": "+"},))),
        )
    )
