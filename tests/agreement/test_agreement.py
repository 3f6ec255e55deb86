"""Agreement as others compute it, and what must hold of any two annotators."""

from __future__ import annotations

import math
import random
from dataclasses import astuple

import pytest
from annotated import document, pairs
from hypothesis import given, settings

from crfner import Document, Span
from crfner.agreement import Agreement, agreement, kappa
from crfner.agreement.pairing import common_tokens
from crfner.evaluation import evaluate
from crfner.schemes import encode

Pairs = list[tuple[Document, Document]]


def token_labels(one: Document, tokens: tuple) -> list[str]:
    """The label of each token, O for none, by characters."""
    of = {place: span.label for span in one.spans for place in range(span.start, span.end)}
    return [of.get(start, "O") for start, _ in tokens]


def same(ours: float | None, theirs: float) -> bool:
    """Equal, where the peer's NaN is our None."""
    return math.isnan(theirs) if ours is None else ours == pytest.approx(theirs)


def without_intervals(found: Agreement) -> list:
    spans = [found.spans, *found.labels.values()]
    kappas = [found.marked_kappa, *(one.kappa for one in spans)]
    return [list(found.labels), [one.f1 for one in spans], kappas]


# Oracles


@pytest.mark.filterwarnings("ignore")
def test_kappa_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import cohen_kappa_score

    rng = random.Random(1960)
    for _ in range(40):
        first, second = (rng.choices("OAB"[: rng.randint(1, 3)], k=rng.randint(1, 12)) for _ in range(2))
        second = [rng.choice([a, b]) for a, b in zip(first, second * 12, strict=False)]
        counts = {pair: list(zip(first, second, strict=True)).count(pair) for pair in zip(first, second, strict=True)}
        assert same(kappa(counts), cohen_kappa_score(first, second))


@pytest.mark.filterwarnings("ignore")
def test_kappas_of_documents_are_those_of_their_tokens() -> None:
    from sklearn.metrics import cohen_kappa_score

    first = [document(("Ann Lee", "PER"), ("Oslo", "LOC")), document(("Bo", "PER"), ("New York", "LOC"))]
    second = [document(("Ann", "PER"), ("Oslo", "ORG"), ("Bo", "PER")), document(("York", "LOC"), ("flew", "ORG"))]
    found = agreement(zip(first, second, strict=True))
    words = []
    for a, b in zip(first, second, strict=True):
        tokens = common_tokens(a, b)
        words += zip(token_labels(a, tokens), token_labels(b, tokens), strict=True)
    marked = [pair for pair in words if pair != ("O", "O")]
    assert (found.tokens, found.marked) == (len(words), len(marked))
    assert found.spans.kappa == pytest.approx(cohen_kappa_score(*zip(*words, strict=True)))
    assert found.marked_kappa == pytest.approx(cohen_kappa_score(*zip(*marked, strict=True)))
    for label, one in found.labels.items():
        sides = [[word == label for word in side] for side in zip(*words, strict=True)]
        assert one.kappa == pytest.approx(cohen_kappa_score(*sides))


@settings(max_examples=40, deadline=None)
@given(pairs())
def test_f1_is_that_of_an_evaluation(given_: Pairs) -> None:
    found = agreement(given_, samples=20)
    evaluation = evaluate(*([pair[side] for pair in given_] for side in (0, 1)), samples=20)
    assert set(found.labels) == set(evaluation.labels)
    scores = [
        (found.spans, evaluation.micro),
        *((found.labels[name], evaluation.labels[name]) for name in found.labels),
    ]
    for ours, theirs in scores:
        assert (ours.both, ours.only_first, ours.only_second) == (theirs.tp, theirs.fn, theirs.fp)
        assert (ours.f1 or 0.0) == theirs.f1
    if len(given_) > 1 and all(first.spans or second.spans for first, second in given_):
        assert found.spans.interval == evaluation.interval


@pytest.mark.filterwarnings("ignore")
def test_f1_is_that_of_seqeval() -> None:
    seqeval = pytest.importorskip("seqeval.metrics")
    rng = random.Random(2005)
    for _ in range(20):
        sides = []
        for _ in range(2):
            starts = sorted(rng.sample(range(0, 12, 2), 4))
            sides.append([(start, start + rng.randint(1, 2), rng.choice("AB")) for start in starts])
        first, second = (
            Document("a " * 12, spans=tuple(Span(2 * s, 2 * e - 1, label) for s, e, label in side)) for side in sides
        )
        expected = seqeval.f1_score(*([encode(side, 12, "IOB2")] for side in sides))
        assert agreement([(first, second)], samples=1).spans.f1 == pytest.approx(expected)


# What must hold


@settings(max_examples=40, deadline=None)
@given(pairs())
def test_who_is_named_first_makes_no_difference(given_: Pairs) -> None:
    found, back = agreement(given_, samples=20), agreement([(b, a) for a, b in given_], samples=20)
    assert without_intervals(found) == without_intervals(back)
    assert (found.tokens, found.marked, found.differing) == (back.tokens, back.marked, back.differing)
    assert found.confusion == {(b, a): times for (a, b), times in back.confusion.items()}
    assert sorted(found.kinds.values()) == sorted(back.kinds.values())


@settings(max_examples=40, deadline=None)
@given(pairs())
def test_the_same_documents_again_change_no_score(given_: Pairs) -> None:
    assert without_intervals(agreement(given_, samples=1)) == without_intervals(agreement(given_ * 3, samples=1))


@settings(max_examples=40, deadline=None)
@given(pairs())
def test_one_annotator_agrees_with_himself(given_: Pairs) -> None:
    found = agreement([(first, first) for first, _ in given_], samples=20)
    for one in (found.spans, *found.labels.values()):
        assert one.f1 in (1.0, None) and one.kappa in (1.0, None) and one.interval in ((1.0, 1.0), None)
    assert found.marked_kappa in (1.0, None)
    assert not any(found.kinds.values()) and found.differing == 0


def test_intervals_are_the_same_for_the_same_seed() -> None:
    given_ = [(document(("Oslo", "LOC")), document(("Oslo", label))) for label in ("LOC", "ORG", "LOC", "PER")]
    found = agreement(given_, seed=3)
    low, high = found.spans.interval
    assert low < found.spans.f1 < high
    assert astuple(found) == astuple(agreement(given_, seed=3))


# What is undefined


@pytest.mark.parametrize("given_", [[], [(document(), document())], [(Document("\n"), Document("\n"))]])
def test_without_spans_everything_is_undefined(given_: Pairs) -> None:
    found = agreement(given_)
    assert (found.spans.f1, found.spans.kappa, found.spans.interval, found.marked_kappa) == (None,) * 4
    assert found.labels == {}


def test_kappa_is_undefined_where_both_use_one_label_only() -> None:
    both = Document("Oslo", spans=(Span(0, 4, "LOC"),))
    found = agreement([(both, both)])
    assert (found.spans.f1, found.spans.kappa, found.marked_kappa) == (1.0, None, None)


def test_the_interval_of_one_sentence_is_undefined_and_that_of_one_document_is_by_sentence() -> None:
    assert agreement([(document(("Oslo", "LOC")), document())]).spans.interval is None
    text = "Ann left. Bo came. Lee slept."
    found = agreement([(document(("Ann", "PER"), ("Bo", "PER"), text=text), document(("Ann", "PER"), text=text))])
    assert found.spans.interval == (0.0, 1.0)


def test_documents_without_a_label_have_no_part_in_its_interval() -> None:
    rare = [(document(("Oslo", "LOC")), document(("Oslo", "LOC")))] * 2
    found = agreement([*rare, *[(document(("Bo", "PER")), document())] * 9])
    assert found.labels["LOC"].interval == (1.0, 1.0)


# Counts


def test_labels_of_the_same_borders_are_counted() -> None:
    first = document(("Ann Lee", "PER"), ("Oslo", "LOC"), ("York", "LOC"))
    second = document(("Ann Lee", "PER"), ("Oslo", "ORG"), ("New York", "LOC"))
    found = agreement([(first, second)])
    assert found.confusion == {("PER", "PER"): 1, ("LOC", "ORG"): 1}
    assert {kind: times for kind, times in found.kinds.items() if times} == {"label": 1, "border": 1}


def test_entities_side_by_side_differ_by_f1_and_not_by_kappa() -> None:
    found = agreement([(document(("Ann", "PER"), ("Lee", "PER")), document(("Ann Lee", "PER")))])
    assert (found.spans.f1, found.spans.kappa) == (0.0, 1.0)


def test_spans_that_overlap_or_come_twice_are_counted() -> None:
    nested = Document("a b", spans=(Span(0, 3, "X"), Span(0, 3, "X"), Span(2, 3, "Y")))
    found = agreement([(nested, Document("a b", spans=(Span(0, 3, "X"),)))])
    assert (found.spans.both, found.spans.only_first, found.labels["X"].kappa) == (1, 1, None)
