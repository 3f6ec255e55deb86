"""Self-training: what a model is sure of in unlabelled text is learnt from, beside the labelled text, and so on.

The method is old (Scudder 1965; Yarowsky 1995) and can do harm: a model repeats its mistakes, and what it is sure of
tells it little. So only sentences are taken whose whole reading is probable, the labelled text weighs more than they
do, and a round is kept only when it is better on text that was held out.

Public names: `self_train`, `SelfTrained`, `Round`.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from tqdm import tqdm

from crfner.crf import CRFRecognizer
from crfner.crf.readings import readings
from crfner.document import Document, Offsets
from crfner.errors import SettingError
from crfner.evaluation import Score, evaluate
from crfner.evaluation.values import summed
from crfner.parts import apart
from crfner.splits import make_folds
from crfner.tokenize import tokenized

Fit = Callable[[Sequence[Document]], CRFRecognizer]
"""Trains a new CRF on documents."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round learnt from besides the labelled text, and how good it was on the text that was held out.

    In the folds of cross-validation the counts are their sum. Round 0 learns from the labelled text alone.
    """

    number: int
    sentences: int
    entities: int
    f1: float


@dataclass(frozen=True, slots=True)
class SelfTrained:
    """The outcome.

    recognizer  the CRF of the best round
    documents   what it learnt from: the labelled documents, repeated by their weight, and the sure sentences
    rounds      every round that was tried, from round 0 on
    best        the number of the best round; 0 when the unlabelled text was of no use
    """

    recognizer: CRFRecognizer
    documents: tuple[Document, ...]
    rounds: tuple[Round, ...]
    best: int


@dataclass(frozen=True, slots=True)
class _Step:
    """A CRF, and what it learnt from."""

    recognizer: CRFRecognizer
    documents: tuple[Document, ...]
    sure: tuple[Document, ...]


def self_train(
    fit: Fit,
    documents: Sequence[Document],
    unlabelled: Sequence[Document],
    *,
    dev: Sequence[Document] = (),
    threshold: float = 0.7,
    rounds: int = 1,
    weight: int = 3,
    most: int = 4,
    folds: int = 3,
    seed: int = 0,
    progress: bool = False,
) -> SelfTrained:
    """Learn from labelled documents and from the sentences of unlabelled ones that the last round is sure of.

    dev        labelled documents that a round is judged by; without any, cross-validation over the labelled ones
    threshold  the probability of a sentence's whole reading from which it is taken, with its entities or without any
    rounds     at most so many; they end before, when a round gains nothing or finds nothing new
    weight     how often each labelled document counts, once there are sure sentences beside them
    most       at most so many sure sentences for each labelled one, drawn at random, as the surest are the shortest
    folds, seed  of the cross-validation; `seed` also of the draw

    Spans that the unlabelled documents have are not looked at. Raises SettingError for a parameter without sense,
    CrfnerError when there are fewer sentences than folds, and what `fit` raises.
    """
    _check(threshold, rounds, weight, most)
    if dev:
        trials = [(tuple(documents), tuple(dev))]
    else:
        trials = [(fold.train, fold.test) for fold in make_folds(apart(documents, 2 * folds), folds, seed)]

    def steps(labelled: tuple[Document, ...]) -> Iterator[_Step]:
        limit = most * sum(len(tokenized(document).sentences) for document in labelled)
        step = _Step(fit(labelled), labelled, ())
        yield step
        for _ in range(rounds):
            sure = tuple(_sure(step.recognizer, unlabelled, threshold, limit, seed))
            if not sure or sure == step.sure:
                return
            training = (*(labelled * weight), *sure)
            step = _Step(fit(training), training, sure)
            yield step

    runs = [steps(labelled) for labelled, _ in trials]
    tried: list[Round] = []
    last: list[_Step] = []
    best: list[_Step] = []
    with (
        tqdm(desc="self-training", unit=" rounds", disable=None if progress else True) as bar,
        warnings.catch_warnings(),
    ):
        if not dev:
            warnings.simplefilter("ignore")  # of labels that are rare in a fold
        for number in range(rounds + 1):
            found = [next(run, None) for run in runs]
            if not any(found):
                break
            last = [step or last[place] for place, step in enumerate(found)]
            scores = [_score(step, test) for step, (_, test) in zip(last, trials, strict=True)]
            sure = [document for step in last for document in step.sure]
            sentences = sum(len(document.sentences) for document in sure)
            tried.append(Round(number, sentences, sum(len(document.spans) for document in sure), summed(scores).f1))
            bar.update()
            if number and tried[-1].f1 <= tried[-2].f1:
                break
            best = last
    number = len(tried) - 1 if best is last else len(tried) - 2
    if not dev:
        *_, chosen = islice(steps(tuple(documents)), number + 1)
        return SelfTrained(chosen.recognizer, chosen.documents, tuple(tried), number)
    return SelfTrained(best[0].recognizer, best[0].documents, tuple(tried), number)


def _check(threshold: float, rounds: int, weight: int, most: int) -> None:
    if not 0 < threshold <= 1:
        raise SettingError(f"the threshold of self-training is a probability above 0, not {threshold!r}")
    for name, value in (("rounds", rounds), ("weight", weight), ("most", most)):
        if value < 1:
            raise SettingError(f"{name} of self-training must be a whole number, 1 or more, not {value!r}")


def _score(step: _Step, test: Sequence[Document]) -> Score:
    return evaluate(test, step.recognizer.recognize(test), samples=1).micro


def _sure(
    crf: CRFRecognizer, unlabelled: Sequence[Document], threshold: float, limit: int, seed: int
) -> Iterator[Document]:
    """The documents with the sentences only that the CRF is sure of, drawn at random until there are enough."""
    drawn = random.Random(seed).sample(unlabelled, len(unlabelled))
    for reading in readings(crf, drawn):
        sure = [number for number, probability in enumerate(reading.probabilities) if probability >= threshold]
        if sure:
            yield _of_sentences(reading.document, sure[:limit])
        limit -= len(sure)
        if limit <= 0:  # what is left need not be read
            return


def _of_sentences(document: Document, numbers: Sequence[int]) -> Document:
    """The document with these sentences only: its text and offsets are as before, but no token is between them."""
    ranges = [document.sentences[number] for number in numbers]
    kept = [token for first, last in ranges for token in range(first, last)]
    sentences: list[Offsets] = []
    for first, last in ranges:
        start = sentences[-1][1] if sentences else 0
        sentences.append((start, start + last - first))
    tokens = tuple(document.tokens[token] for token in kept)
    starts = {start for start, _ in tokens}
    meta = dict(document.meta)
    if "columns" in meta:
        meta["columns"] = tuple(tuple(column[token] for token in kept) for column in meta["columns"])
    spans = tuple(span for span in document.spans if span.start in starts)
    return replace(document, tokens=tokens, sentences=tuple(sentences), spans=spans, meta=meta)
