"""Paired tests: they agree with the definitions worked out in plain Python, and identical systems do not differ."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crfner.document import Document, Span
from crfner.evaluation import Outcome, bootstrap, evaluate, holm, randomisation, unit_outcomes
from crfner.evaluation import significance as module
from crfner.tokenize import tokenized

System = list[Outcome]


def systems(seed: int, units: int, *, entities: int = 4, better: float = 0.2) -> tuple[System, System]:
    """Outcomes of two systems on the same units; the first finds more of the gold entities."""
    rng = random.Random(seed)
    pair: tuple[System, System] = ([], [])
    for _ in range(units):
        gold = rng.randint(0, entities)
        for system, recall in zip(pair, (0.6 + better, 0.6), strict=True):
            tp = sum(rng.random() < recall for _ in range(gold))
            system.append((tp, rng.choice([0, 0, 1]), gold - tp))
    return pair


# The plain definitions


def f1(units: System) -> Fraction:
    tp, fp, fn = (sum(column) for column in zip(*units, strict=True))
    return Fraction(2 * tp, 2 * tp + fp + fn) if tp else Fraction(0)


def difference(first: System, second: System) -> Fraction:
    return f1(first) - f1(second)


def swapped(first: System, second: System, swaps: tuple[bool, ...]) -> Fraction:
    chosen = [(b, a) if swap else (a, b) for a, b, swap in zip(first, second, swaps, strict=True)]
    return difference([a for a, _ in chosen], [b for _, b in chosen])


def exact_randomisation(first: System, second: System) -> float:
    """Over all 2^n ways to swap, none left to chance."""
    observed = abs(difference(first, second))
    ways = list(product([False, True], repeat=len(first)))
    return sum(abs(swapped(first, second, way)) >= observed for way in ways) / len(ways)


def plain_randomisation(first: System, second: System, samples: int, rng: random.Random) -> float:
    observed = abs(difference(first, second))
    extreme = 0
    for _ in range(samples):
        extreme += abs(swapped(first, second, tuple(rng.random() < 0.5 for _ in first))) >= observed
    return (extreme + 1) / (samples + 1)


def resampled(first: System, second: System, drawn: tuple[int, ...]) -> Fraction:
    return difference([first[unit] for unit in drawn], [second[unit] for unit in drawn])


def exact_bootstrap(first: System, second: System) -> tuple[float, list[Fraction]]:
    """Over all n^n ways to draw n units: the p-value, and all differences, sorted."""
    observed = difference(first, second)
    found = sorted(resampled(first, second, way) for way in product(range(len(first)), repeat=len(first)))
    return sum(abs(one - observed) >= abs(observed) for one in found) / len(found), found


def plain_bootstrap(
    first: System, second: System, samples: int, rng: random.Random
) -> tuple[float, tuple[float, float]]:
    observed = difference(first, second)
    units = range(len(first))
    found = sorted(resampled(first, second, tuple(rng.choices(units, k=len(units)))) for _ in range(samples))
    extreme = sum(abs(one - observed) >= abs(observed) for one in found)
    interval = float(found[int(0.025 * samples)]), float(found[int(0.975 * samples)])
    return (extreme + 1) / (samples + 1), interval


def chance(p: float, samples: int) -> float:
    """Four standard errors of a p-value that is estimated from so many samples."""
    return 4 * sqrt(p * (1 - p) / samples) + 1 / samples


@pytest.mark.parametrize("seed", range(12))
def test_randomisation_comes_near_to_all_ways_to_swap(seed: int) -> None:
    first, second = systems(seed, units=9)
    exact = exact_randomisation(first, second)
    found = randomisation(first, second, samples=100_000, seed=seed)
    assert found == pytest.approx(exact, abs=chance(exact, 100_000))


@pytest.mark.parametrize("seed", range(6))
def test_bootstrap_comes_near_to_all_ways_to_draw(seed: int) -> None:
    first, second = systems(seed, units=5)
    exact, found = exact_bootstrap(first, second)
    p, (low, high) = bootstrap(first, second, seed=seed)
    assert p == pytest.approx(exact, abs=chance(exact, 10_000))
    for bound, part in ((low, 0.025), (high, 0.975)):
        below = sum(one < bound - 1e-9 for one in found) / len(found)
        up_to = sum(one <= bound + 1e-9 for one in found) / len(found)
        assert below - chance(part, 10_000) <= part <= up_to + chance(part, 10_000)


@pytest.mark.parametrize(
    ("seed", "entities"),
    [(1, 1), (2, 1), (3, 12), (4, 12)],
    ids=["few kinds of units", "few kinds", "many kinds of units", "many kinds"],
)
def test_both_agree_with_plain_resampling_of_a_larger_corpus(seed: int, entities: int) -> None:
    first, second = systems(seed, units=120, entities=entities, better=0.05)
    samples = 1000
    p = plain_randomisation(first, second, samples, random.Random(seed))
    error = chance(p, samples) + chance(p, 10_000)
    assert randomisation(first, second, seed=seed) == pytest.approx(p, abs=error)
    p, interval = plain_bootstrap(first, second, samples, random.Random(seed))
    found, bounds = bootstrap(first, second, seed=seed)
    assert found == pytest.approx(p, abs=chance(p, samples) + chance(p, 10_000))
    assert bounds == pytest.approx(interval, abs=0.01 + 0.1 * (interval[1] - interval[0]))


# What must hold


@pytest.mark.parametrize("seed", range(5))
def test_identical_systems_have_p_1_and_no_difference(seed: int) -> None:
    same, _ = systems(seed, units=40)
    assert randomisation(same, list(same), samples=500) == 1.0
    assert bootstrap(same, list(same), samples=500) == (1.0, (0.0, 0.0))


def test_systems_of_one_f1_have_p_1_however_they_come_by_it() -> None:
    first, second = [(1, 0, 0), (0, 0, 1), (3, 1, 0)], [(0, 0, 1), (1, 0, 0), (3, 1, 0)]
    assert randomisation(first, second, samples=500) == 1.0
    assert bootstrap(first, second, samples=500)[0] == 1.0


def test_no_units_and_no_entities_have_p_1() -> None:
    for nothing in ([], [(0, 0, 0)] * 3):
        assert randomisation(nothing, nothing, samples=10) == 1.0
        assert bootstrap(nothing, nothing, samples=10) == (1.0, (0.0, 0.0))


def test_ties_count_as_extreme_although_fractions_are_rounded() -> None:
    """Some swaps give the observed difference from other values of F1, and so one that is rounded otherwise."""
    first = [(1, 0, 0), (1, 1, 0), (2, 0, 0), (0, 1, 0), (1, 0, 0)]
    second = [(1, 0, 0), (0, 0, 1), (1, 1, 1), (0, 0, 0), (0, 1, 1)]
    exact = exact_randomisation(first, second)
    assert exact == 0.375
    assert randomisation(first, second) == pytest.approx(exact, abs=chance(exact, 10_000))


def test_p_is_never_below_one_in_the_samples_and_small_where_systems_differ_everywhere() -> None:
    first, second = [(1, 0, 0)] * 50, [(0, 0, 1)] * 50
    assert randomisation(first, second, samples=999) == 1 / 1000
    assert bootstrap(first, second, samples=999) == (1 / 1000, (1.0, 1.0))


def test_systems_that_differ_by_chance_alone_are_seldom_significant() -> None:
    corpora = 300
    by_chance = [systems(seed, units=40, better=0.0) for seed in range(corpora)]
    for test in (randomisation, lambda *pair, **settings: bootstrap(*pair, **settings)[0]):
        significant = sum(test(*pair, samples=300) <= 0.05 for pair in by_chance)
        assert 3 <= significant <= 30


@pytest.mark.parametrize("entities", [1, 12])
def test_results_depend_on_the_seed_but_not_on_the_order_of_units_or_the_size_of_chunks(
    entities: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = systems(7, units=120, entities=entities, better=0.03)

    def results(seed: int) -> tuple:
        return randomisation(first, second, seed=seed), bootstrap(first, second, seed=seed)

    before = results(1)
    assert results(1) == before != results(2)
    monkeypatch.setattr(module, "CELLS", 1000)
    assert results(1) == before
    order = random.Random(0).sample(range(120), 120)
    first, second = [first[unit] for unit in order], [second[unit] for unit in order]
    assert results(1) == before


def test_the_interval_turns_round_with_the_systems() -> None:
    first, second = systems(3, units=200)
    low, high = bootstrap(first, second)[1]
    assert 0 < low < difference(first, second) < high
    assert bootstrap(second, first)[1] == pytest.approx((-high, -low), abs=0.01)


def test_outcomes_of_different_units_are_refused() -> None:
    with pytest.raises(ValueError, match="on the same units, but one has 2, the other 1"):
        randomisation([(1, 0, 0), (1, 0, 0)], [(1, 0, 0)])
    with pytest.raises(ValueError, match="unit 2 has 1 gold entities for one, 3 for the other"):
        bootstrap([(1, 0, 0), (1, 0, 0)], [(1, 0, 0), (1, 0, 2)])
    with pytest.raises(ValueError, match="at least 1 sample, not 0"):
        randomisation([], [], samples=0)


# Holm


def test_holm_multiplies_by_the_number_of_tests_that_are_left() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.3, 0.7]) == pytest.approx([0.6, 0.7])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


@given(p_values=st.lists(st.floats(0, 1), min_size=1))
def test_holm_keeps_the_order_and_lies_between_no_correction_and_bonferronis(p_values: list) -> None:
    corrected = holm(p_values)
    by_rank = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert [corrected[place] for place in by_rank] == sorted(corrected)
    for p, better in zip(p_values, corrected, strict=True):
        assert p <= better <= min(1.0, len(p_values) * p)
    assert max(corrected) <= 1.0


@given(p_values=st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_rejects_what_the_step_down_procedure_rejects(p_values: list) -> None:
    level = 0.05
    rejected = set()
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if (len(p_values) - rank) * p_values[place] > level:
            break
        rejected.add(place)
    assert {place for place, p in enumerate(holm(p_values)) if p <= level} == rejected


# Units

SENTENCES = "Omar left. Amal took aspirin. Then Omar slept."
GOLD = Document(SENTENCES, spans=(Span(0, 4, "PER"), Span(11, 15, "PER"), Span(21, 28, "DRUG"), Span(35, 39, "PER")))
GUESS = GOLD.with_spans([GOLD.spans[0], Span(21, 28, "FOOD"), Span(30, 34, "PER"), GOLD.spans[3]])


def test_units_are_documents_in_order() -> None:
    nothing = GOLD.with_spans([])
    assert unit_outcomes([GOLD, nothing, GOLD], [GUESS, GOLD, GOLD]) == [(2, 2, 2), (0, 4, 0), (4, 0, 0)]
    assert unit_outcomes([], []) == []


@pytest.mark.parametrize("gold", [GOLD, tokenized(GOLD)], ids=["not tokenised", "tokenised"])
def test_units_of_a_single_document_are_its_sentences(gold: Document) -> None:
    units = unit_outcomes([gold], [GUESS])
    assert units == [(1, 0, 0), (0, 1, 2), (1, 1, 0)]
    micro = evaluate([gold], [GUESS]).micro
    assert tuple(map(sum, zip(*units, strict=True))) == (micro.tp, micro.fp, micro.fn)


def test_units_do_not_depend_on_how_the_prediction_is_tokenised() -> None:
    whole = Document(SENTENCES, tokens=((0, len(SENTENCES)),), sentences=((0, 1),), spans=GUESS.spans)
    assert unit_outcomes([GOLD], [whole]) == unit_outcomes([GOLD], [GUESS])
