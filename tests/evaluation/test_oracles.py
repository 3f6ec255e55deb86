"""The scores are exactly those of seqeval and of nervaluate, on a thousand random prediction sets each."""

from __future__ import annotations

import random

import pytest

from crfner.document import Chunk, Document, Span
from crfner.evaluation import MODES, ModeScore, Score, evaluate, evaluate_tags, modes
from crfner.schemes import decode, encode

SETS = 1000
LABELS = "ABC"
ROUNDING = 1e-12  # the others make F1 of two rounded fractions


def entities(rng: random.Random, length: int = 24) -> list[Chunk]:
    """Entities that do not overlap, in order: what both peers assume of a side."""
    found = []
    start = 0
    while True:
        start += rng.choice([0, 0, 1, 2])
        end = start + rng.randint(1, 5)
        if end > length:
            return found
        if rng.random() < 0.8:
            found.append((start, end, rng.choice(LABELS)))
        start = end


def document(found: list[Chunk]) -> Document:
    return Document("x" * 24, spans=tuple(Span(*entity) for entity in found))


# seqeval


def assert_as_seqeval(score: Score, report: dict) -> None:
    assert score.support == report["support"]
    fractions = (report["precision"], report["recall"], report["f1-score"])
    assert (score.precision, score.recall, score.f1) == pytest.approx(fractions, abs=ROUNDING)


@pytest.mark.filterwarnings("ignore")
def test_exact_scores_are_those_of_seqeval() -> None:
    seqeval = pytest.importorskip("seqeval.metrics")
    rng = random.Random(2018)
    for _ in range(SETS):
        sides: tuple[list, list] = ([], [])
        for _ in range(rng.randint(1, 4)):
            length = rng.randint(1, 15)
            for side in sides:
                side.append(encode(entities(rng, length), length, "IOB2"))
        report = seqeval.classification_report(*sides, output_dict=True, zero_division=0)
        by_tags = evaluate_tags(*sides, samples=1)
        texts = ["x" * len(sentence) for sentence in sides[0]]
        gold, predicted = (
            [
                Document(text, spans=tuple(Span(*chunk) for chunk in decode(tags, "IOB2")))
                for text, tags in zip(texts, side, strict=True)
            ]
            for side in sides
        )
        by_documents = evaluate(gold, predicted, samples=1)
        for evaluation in (by_tags, by_documents):
            assert set(evaluation.labels) == {name for name in report if name in LABELS}
            if not evaluation.labels:
                continue
            for label, score in evaluation.labels.items():
                assert_as_seqeval(score, report[label])
            assert_as_seqeval(evaluation.micro, report["micro avg"])
            macro = report["macro avg"]
            assert (evaluation.macro.precision, evaluation.macro.recall, evaluation.macro.f1) == pytest.approx(
                (macro["precision"], macro["recall"], macro["f1-score"]), abs=ROUNDING
            )


# nervaluate


def assert_as_nervaluate(score: ModeScore, peer: object) -> None:
    for name in ("correct", "incorrect", "partial", "missed", "spurious", "possible", "actual"):
        assert getattr(score, name) == getattr(peer, name), name
    fractions = (peer.precision, peer.recall, peer.f1)
    assert (score.precision, score.recall, score.f1) == pytest.approx(fractions, abs=ROUNDING)


def test_scores_by_mode_are_those_of_nervaluate_on_every_document() -> None:
    """Overall and by label. The generator keeps to three things that nervaluate needs:

    - one document at a time, as versions of it lose the credit for partial pairs when they merge documents;
    - no overlaps within a side, where its strict matches may be taken by an earlier near miss;
    - gold entities of less than 100 characters, as it overlooks an overlap with less than 1% of one.
    """
    nervaluate = pytest.importorskip("nervaluate")
    rng = random.Random(2013)
    for _ in range(SETS):
        gold, predicted = entities(rng), entities(rng)
        found = modes([document(gold)], [document(predicted)])
        dicts = [
            [[{"start": start, "end": end - 1, "label": label} for start, end, label in side]]
            for side in (gold, predicted)
        ]
        peer = nervaluate.Evaluator(*dicts, tags=list(LABELS), loader="dict").evaluate()
        assert set(found.labels) == set(peer["entities"])
        for mode in MODES:
            name = "ent_type" if mode == "type" else mode
            assert_as_nervaluate(found.overall[mode], peer["overall"][name])
            for label, scores in found.labels.items():
                assert_as_nervaluate(scores[mode], peer["entities"][label][name])
