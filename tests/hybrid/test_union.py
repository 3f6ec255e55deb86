"""Spans compete by the probability that they are right, and the set that is worth most wins."""

from collections.abc import Iterable

from crfner.document import Span
from crfner.hybrid.evidence import Evidence, Labelled
from crfner.hybrid.union import Union


def apart(hits: Iterable[Span]) -> list[Span]:
    raise AssertionError("the union weighs all hits itself")


def said(spans: list[Span], hits: list[Span], probability: float = 0.3) -> Evidence:
    return Evidence(tuple(spans), tuple(hits), (probability,) * len(hits))


def test_unfitted_the_crfs_probability_competes_with_the_rules_precision() -> None:
    surer, less_sure = Span(0, 4, "X", 0.8, "crf"), Span(6, 9, "X", 0.6, "crf")
    hits = [Span(0, 5, "X", 0.7, "r"), Span(6, 10, "X", 0.9, "r"), Span(20, 22, "X", 0.4, "r")]
    decided = Union().decide(said([surer, less_sure], hits), apart)
    assert [(span.start, span.end, span.source) for span in decided] == [(0, 4, "crf"), (6, 10, "r")]


def test_it_learns_whom_to_believe() -> None:
    """Rules of precision 0.6 are always right here, of 0.9 never; the CRF is right when it is sure."""
    documents = []
    for _ in range(40):
        spans = [Span(0, 4, "X", 0.9, "crf"), Span(10, 14, "X", 0.5, "crf")]
        hits = [Span(20, 24, "X", 0.6, "a"), Span(30, 34, "X", 0.9, "b")]
        documents.append(Labelled(said(spans, hits), frozenset([Span(0, 4, "X"), Span(20, 24, "X")])))
    union = Union.choose(documents, apart)
    assert [(s.start, s.source) for s in union.decide(documents[0].evidence, apart)] == [(0, "crf"), (20, "a")]


def test_scores_are_probabilities() -> None:
    documents = [
        Labelled(said([Span(0, 4, "X", 0.9, "crf")], [Span(6, 9, "X", 0.7, "a")]), frozenset([Span(0, 4, "X")]))
        for _ in range(40)
    ]
    decided = Union.choose(documents, apart).decide(documents[0].evidence, apart)
    assert [round(span.score or 0, 1) for span in decided] == [1.0]


def test_with_too_little_to_learn_from_nothing_is_learnt() -> None:
    documents = [Labelled(said([Span(0, 4, "X", 0.9)], []), frozenset([Span(0, 4, "X")]))] * 40
    assert Union.choose(documents, apart) == Union()


def test_a_span_that_both_propose_is_proposed_once() -> None:
    both = said([Span(0, 4, "X", 0.6, "crf")], [Span(0, 4, "X", 0.7, "a"), Span(0, 4, "X", 0.8, "b")])
    assert [(span.start, span.score, span.source) for span in Union().decide(both, apart)] == [(0, 0.8, "crf")]


def test_the_threshold_falls_where_entities_are_hard_to_find() -> None:
    """Spans that are right four times in ten are worth taking when F1 is below 0.8, and not when it is near 1."""

    def chosen(sure: int) -> float:
        doubtful = [
            Labelled(said([Span(0, 4, "X", 0.4, "crf")], []), frozenset([Span(0, 4, "X")] if number % 5 < 2 else []))
            for number in range(100)
        ]
        certain = Labelled(said([Span(0, 4, "X", 0.999, "crf")], []), frozenset([Span(0, 4, "X")]))
        return Union.choose([*doubtful, *[certain] * sure], apart).threshold

    assert chosen(0) < 0.5
    assert chosen(2000) == 0.5
