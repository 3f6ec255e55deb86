"""Self-training: only what a model is sure of is learnt from, and only as long as that helps."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

from crfner import CRFRecognizer, read
from crfner.crf.readings import readings
from crfner.document import Document
from crfner.errors import SettingError
from crfner.selftrain import self_train
from crfner.tokenize import tokenized

CLINIC = Path(__file__).parents[1] / "data" / "clinic"
LABELLED = list(read(CLINIC / "train.jsonl"))[:40]
UNLABELLED = [document.with_spans(()) for document in read(CLINIC / "train.jsonl")][100:200]
DEV = list(read(CLINIC / "dev.jsonl"))[:60]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Few examples are what self-training is for."""
    with warnings.catch_warnings(action="ignore"):
        yield


def fit(documents: Sequence[Document]) -> CRFRecognizer:
    return CRFRecognizer("minimal", iterations=20).fit(documents)


def test_a_single_document_is_enough() -> None:
    text = " ".join(document.text for document in LABELLED)
    starts = [sum(len(document.text) + 1 for document in LABELLED[:number]) for number in range(len(LABELLED))]
    spans = [
        replace(span, start=span.start + start, end=span.end + start)
        for document, start in zip(LABELLED, starts, strict=True)
        for span in document.spans
    ]
    trained = self_train(fit, [Document(text, spans=tuple(spans))], UNLABELLED[:20])
    assert trained.rounds[0].f1 > 0


# Readings


def test_a_readings_probability_is_its_share_of_all_tag_sequences() -> None:
    crf = fit(LABELLED)
    document = tokenized(Document("50 mg aspirin"))
    (reading,) = readings(crf, [document])
    tagger = crf.tagger()
    emissions, _ = tagger.emissions([document])
    chain = tagger.chain
    sums = []
    for path in product(range(len(tagger.tags)), repeat=3):
        steps = sum(chain.transitions[a, b] for a, b in pairwise(path))
        sums.append(chain.initial[path[0]] + steps + chain.final[path[-1]] + sum(emissions[range(3), path]))
    shares = np.exp(np.array(sums) - max(sums))
    assert reading.probabilities == pytest.approx([1 / shares.sum()])


def test_the_spans_of_a_reading_are_those_of_tagging() -> None:
    crf = fit(LABELLED)
    given = [*DEV, Document(""), Document("x")]
    read_ = list(readings(crf, given))
    assert [reading.document.spans for reading in read_] == [document.spans for document in crf.recognize(given)]
    assert all(len(reading.probabilities) == len(reading.document.sentences) for reading in read_)


# What is learnt from


def test_sure_sentences_stand_beside_the_labelled_documents_which_count_by_their_weight() -> None:
    learnt_from: list[Sequence[Document]] = []

    def recorded(documents: Sequence[Document]) -> CRFRecognizer:
        learnt_from.append(documents)
        return fit(documents)

    found = self_train(recorded, LABELLED, UNLABELLED, dev=DEV, threshold=0.8, weight=2, most=1)
    first, second = learnt_from
    assert list(first) == LABELLED and list(second[: 2 * len(LABELLED)]) == LABELLED * 2
    sure = second[2 * len(LABELLED) :]
    probable = {
        (reading.document.text, reading.document.tokens[start])
        for reading in readings(fit(LABELLED), UNLABELLED)
        for (start, _), probability in zip(reading.document.sentences, reading.probabilities, strict=True)
        if probability >= 0.8
    }
    taken = [(document.text, document.tokens[start]) for document in sure for start, _ in document.sentences]
    assert set(taken) <= probable
    assert 0 < len(taken) == found.rounds[1].sentences <= sum(len(tokenized(d).sentences) for d in LABELLED)
    for document in sure:
        starts, ends = zip(*document.tokens, strict=True)
        assert all(span.start in starts and span.end in ends for span in document.spans)


def test_gold_spans_of_unlabelled_documents_are_not_looked_at() -> None:
    gold = list(read(CLINIC / "train.jsonl"))[100:130]
    bare = [document.with_spans(()) for document in gold]
    few = LABELLED[:10]
    assert (
        self_train(fit, few, gold, dev=DEV, threshold=0.5).documents
        == self_train(fit, few, bare, dev=DEV, threshold=0.5).documents
    )


# When it ends


def test_a_round_that_gains_nothing_is_not_kept() -> None:
    found = self_train(fit, LABELLED, UNLABELLED, dev=LABELLED, rounds=2)
    assert all(one.f1 < other.f1 for one, other in zip(found.rounds, found.rounds[1 : found.best + 1], strict=False))
    assert found.best in (len(found.rounds) - 1, len(found.rounds) - 2)
    assert found.recognizer.score(LABELLED) == found.rounds[found.best].f1 == max(one.f1 for one in found.rounds)


def test_where_it_is_sure_of_nothing_the_labelled_text_alone_is_learnt_from() -> None:
    found = self_train(fit, LABELLED, [Document(" ")], dev=DEV)
    assert (found.best, found.documents, len(found.rounds)) == (0, tuple(LABELLED), 1)


def test_without_dev_the_folds_decide_and_one_seed_gives_one_outcome() -> None:
    first, second = (self_train(fit, LABELLED[:20], UNLABELLED[:30], folds=2, seed=3) for _ in range(2))
    assert first.rounds == second.rounds and first.documents == second.documents
    assert [d.spans for d in first.recognizer.recognize(DEV)] == [d.spans for d in second.recognizer.recognize(DEV)]


@pytest.mark.parametrize(
    ("setting", "said"), [({"threshold": 0.0}, "a probability above 0"), ({"rounds": 0}, "rounds of self-training")]
)
def test_a_parameter_without_sense_is_refused(setting: dict[str, int], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        self_train(fit, LABELLED, UNLABELLED, **setting)  # type: ignore[arg-type]
