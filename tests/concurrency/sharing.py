"""Recognisers of every kind for threads and processes to share, and what each finds when it is alone.

Public names: `KINDS`, `made`, `texts`, `found`, `Found`, `made_restless`.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from processes import one_process

from crfner import CRFRecognizer, Document, EnsembleRecognizer, HybridRecognizer, Recognizer, read
from crfner.rules import Context, DictionaryRule, RegexRule, RuleRecognizer, RuleSet, TokenRule
from crfner.transfer import ExtendedRecognizer
from features import Gazetteer

CLINIC = Path(__file__).parents[2] / "data" / "clinic"

Found = list[tuple[tuple[int, int, str, float | None, str | None], ...]]


def _training() -> list[Document]:
    return list(read(CLINIC / "train.jsonl"))[:40]


def _crf() -> Recognizer:
    crf = CRFRecognizer("minimal", iterations=8).fit(_training())
    crf.set_thresholds({"DOSE": 0.2})
    crf.set_temperature(1.3)
    return crf


def _staged() -> CRFRecognizer:
    """One with all that looks at a text beside the words."""
    terms = Gazetteer.from_lines((CLINIC / "medicines.txt").read_text(encoding="utf-8").splitlines())
    features = {"word": {"window": 1}, "shape": {}, "gazetteers": {}}
    return CRFRecognizer(features, lexicons={"terms": terms}, stages=2, seen=True, iterations=10)


def _rules() -> RuleRecognizer:
    rules = (
        DictionaryRule("misspelt", "MEDICINE", terms=("paracetamol", "ibuprofen", "co-codamol"), edits=2, plural=True),
        RegexRule("number", "DOSE", pattern=r"\d+", priority=-1),
        TokenRule("any", "PERSON", alternatives=(({"IS_TITLE": True},),), context=Context(left=({"LIKE_NUM": False},))),
    )
    return RuleRecognizer(RuleSet(rules))


def _hybrid() -> HybridRecognizer:
    training = _training()
    return HybridRecognizer(CRFRecognizer("minimal", iterations=8), _rules().rules).fit(training, dev=training[:10])


def _extended() -> ExtendedRecognizer:
    doses = [document.with_spans(span for span in document.spans if span.label == "DOSE") for document in _training()]
    base = CRFRecognizer("minimal", iterations=8).fit(_training()[:20])
    return ExtendedRecognizer(base, CRFRecognizer("minimal", iterations=8)).fit(doses[20:])


KINDS: dict[str, Callable[[], Recognizer]] = {
    "crf": _crf,
    "stages, seen and lexicons": lambda: _staged().fit(_training()),
    "ensemble": lambda: EnsembleRecognizer(_staged(), 2).fit(_training()),
    "rules": _rules,
    "hybrid": _hybrid,
    "extended": _extended,
}


@cache
def made(kind: str) -> Recognizer:
    """The recogniser, trained once."""
    with warnings.catch_warnings(action="ignore"), one_process():
        return KINDS[kind]()


@cache
def texts() -> tuple[Document, ...]:
    """What is tagged: no gold spans, some long documents among many short ones."""
    short = [document.with_spans(()) for document in read(CLINIC / "dev.jsonl")][:24]
    together = "\n".join(document.text for document in short[:10])
    return (*short, Document(together, id="long"))


def found(documents: Iterable[Document]) -> Found:
    """The spans with all that they hold."""
    return [tuple((s.start, s.end, s.label, s.score, s.source) for s in document.spans) for document in documents]


_SMALL = {
    "crfner.crf.emissions._TABLE_SIZE": 40,
    "features.channels.CACHE_SIZE": 20,
    "crfner.hints.seen._TOLD": 5,
    "crfner.rules.matching.edits._CACHED": 5,
    "crfner.rules.matching.tokens._CACHED": 20,
    "crfner.rules.matching.dictionary._CACHED": 20,
}
"""Bounds of caches, and what they are where threads are restless."""


@contextmanager
def made_restless() -> Iterator[None]:
    """Threads that take turns all the time, and caches so small that they are emptied all the time."""
    before = sys.getswitchinterval()
    with pytest.MonkeyPatch.context() as patch:
        for place, size in _SMALL.items():
            patch.setattr(place, size)
        sys.setswitchinterval(5e-5)
        try:
            yield
        finally:
            sys.setswitchinterval(before)
