"""Reliability: scores against what becomes of them, whatever the order or the repetition of the documents."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner import Document, Span
from crfner.evaluation.calibration import reliability, reliability_dict, reliability_of, reliability_table

scored = st.lists(st.tuples(st.integers(0, 20).map(lambda n: n / 20), st.booleans()), max_size=60)


@given(scored, st.integers(1, 12))
def test_every_entity_is_in_one_bin_and_bins_are_in_order(pairs: list[tuple[float, bool]], bins: int) -> None:
    found = reliability_of(pairs, bins=bins)
    assert found.count == len(pairs) and len(found.bins) <= bins
    assert sum(each.correct for each in found.bins) == sum(right for _, right in pairs)
    assert all(before.high < after.low for before, after in zip(found.bins, found.bins[1:], strict=False))
    assert all(each.low <= each.mean <= each.high for each in found.bins)
    assert 0 <= found.error <= 1


@given(scored, st.integers(1, 12), st.randoms())
def test_neither_order_nor_repetition_changes_the_error(pairs: list[tuple[float, bool]], bins: int, chance) -> None:
    shuffled = [*pairs, *pairs]
    chance.shuffle(shuffled)
    once, twice = reliability_of(pairs, bins=bins), reliability_of(shuffled, bins=bins)
    assert twice.error == pytest.approx(once.error)
    assert [2 * each.count for each in once.bins] == [each.count for each in twice.bins]


@given(st.integers(1, 8), st.integers(1, 6), st.integers(0, 1000))
def test_distinct_scores_are_cut_as_numpy_would_cut_them(bins: int, each: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    scores, right = chance.permutation(bins * each) / (bins * each), chance.random(bins * each) < 0.5
    order = np.argsort(scores)
    gaps = [
        abs(scores[part].mean() - right[part].mean()) * len(part) for part in np.array_split(order, bins) if len(part)
    ]
    found = reliability_of(zip(scores.tolist(), right.tolist(), strict=True), bins=bins)
    assert found.error == pytest.approx(sum(gaps) / len(scores))


@given(st.lists(st.floats(0.05, 0.95), min_size=40, max_size=80), st.integers(0, 1000))
@settings(deadline=None, max_examples=20)
def test_chance_is_the_mean_error_of_scores_that_are_true(scores: list[float], seed: int) -> None:
    chance = np.random.default_rng(seed)
    drawn = chance.random((400, len(scores))) < np.array(scores)
    found = [reliability_of(zip(scores, right.tolist(), strict=True), bins=4) for right in drawn]
    assert np.mean([each.error for each in found]) == pytest.approx(found[0].chance, abs=0.015)


def test_scores_that_come_true_have_no_error() -> None:
    pairs = [(0.25, number == 0) for number in range(4)] + [(0.75, number > 0) for number in range(4)]
    assert reliability_of(pairs, bins=2).error == 0
    assert reliability_of([(1.0, False)]).error == 1 and reliability_of([]).error == 0


GOLD = [Document("Ann met Bo in Oslo", spans=(Span(0, 3, "PER"), Span(8, 10, "PER"), Span(14, 18, "LOC")))]
GUESS = [
    GOLD[0].with_spans(
        (Span(0, 3, "PER", 0.9), Span(0, 3, "PER", 0.8), Span(8, 10, "LOC", 0.4), Span(14, 18, "LOC"), Span(4, 7, "X"))
    )
]


def test_an_entity_is_right_by_borders_and_label_and_one_without_a_score_is_counted_apart() -> None:
    found = reliability(GOLD, GUESS, bins=2)
    assert [(each.count, each.correct, each.mean) for each in found.bins] == [(1, 0, 0.4), (1, 1, 0.9)]
    assert found.error == pytest.approx((0.4 + 0.1) / 2) and found.unscored == 2
    with pytest.raises(ValueError, match="different texts"):
        reliability(GOLD, [Document("Ann")])
    with pytest.raises(ValueError, match="1 bin or more, not 0"):
        reliability(GOLD, GUESS, bins=0)


def test_it_is_written_as_a_table_and_as_json() -> None:
    found = reliability(GOLD, GUESS, bins=2)
    lines = [" ".join(line.split()) for line in reliability_table(found).splitlines()]
    assert lines == [
        "scores mean precision difference entities",
        "40.00 to 40.00 40.00 0.00 -40.00 1",
        "90.00 to 90.00 90.00 100.00 +10.00 1",
        "",
        "expected calibration error 25.00",
        "by chance, were scores true 31.51",
        "entities without a score 2",
    ]
    told = json.loads(json.dumps(reliability_dict(found)))
    assert told["bins"][0] == {"low": 0.4, "mean": 0.4, "high": 0.4, "precision": 0.0, "count": 1, "correct": 0}
    assert (told["error"], told["count"], told["unscored"]) == (found.error, 2, 2)
