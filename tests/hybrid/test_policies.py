"""Who decides when rules and CRF disagree, on evidence made by hand."""

from collections.abc import Iterable

import pytest

from crfner.document import Span
from crfner.hybrid.evidence import Evidence, Labelled
from crfner.hybrid.policies import NEVER, Fallback, Override


def crf(start: int, end: int, label: str, score: float) -> Span:
    return Span(start, end, label, score, "crf")


def hit(start: int, end: int, label: str, precision: float | None = 0.9) -> Span:
    return Span(start, end, label, precision, "a rule")


def evidence(spans: Iterable[Span], hits: Iterable[Span]) -> Evidence:
    found = tuple(hits)
    return Evidence(tuple(spans), found, (0.1,) * len(found))


def apart(hits: Iterable[Span]) -> list[Span]:
    """The first of those that overlap."""
    kept: list[Span] = []
    for one in hits:
        if not any(one.overlaps(other) for other in kept):
            kept.append(one)
    return kept


def decided(policy: Fallback | Override, spans: Iterable[Span], hits: Iterable[Span]) -> list[tuple[int, int, str]]:
    return [(s.start, s.end, s.source or "") for s in policy.decide(evidence(spans, hits), apart)]


def test_fallback_lets_rules_speak_where_the_crf_is_silent() -> None:
    assert decided(Fallback(), [crf(0, 4, "X", 0.2)], [hit(0, 9, "X"), hit(10, 12, "X")]) == [
        (0, 4, "crf"),
        (10, 12, "a rule"),
    ]


def test_fallback_lets_rules_replace_what_the_crf_is_less_sure_of_than_the_labels_confidence() -> None:
    unsure = [crf(0, 4, "Y", 0.4), crf(5, 9, "Y", 0.3)]
    assert decided(Fallback({"X": 0.5}), unsure, [hit(2, 7, "X")]) == [(2, 7, "a rule")]
    assert decided(Fallback({"X": 0.35}), unsure, [hit(2, 7, "X")]) == [(0, 4, "crf"), (5, 9, "crf")]


def test_a_rule_less_precise_than_its_label_asks_for_does_not_speak() -> None:
    assert decided(Fallback({}, {"X": 0.95}), [], [hit(0, 4, "X", 0.9), hit(5, 9, "Y", 0.1)]) == [(5, 9, "a rule")]
    assert decided(Fallback({}, {"X": NEVER}), [], [hit(0, 4, "X", None)]) == []


def test_override_lets_precise_rules_win_over_the_surest_crf_and_drops_all_others() -> None:
    sure = [crf(0, 4, "Y", 1.0), crf(6, 9, "Y", 1.0)]
    assert decided(Override(0.9), sure, [hit(0, 5, "X", 0.95), hit(6, 9, "X", 0.8), hit(20, 21, "X", 0.5)]) == [
        (0, 5, "a rule"),
        (6, 9, "crf"),
    ]


def test_a_span_that_both_find_stays_the_crfs() -> None:
    assert decided(Override(0.5), [crf(0, 4, "X", 0.3)], [hit(0, 4, "X")]) == [(0, 4, "crf")]


def documents(count: int, spans: list[Span], hits: list[Span], gold: list[Span]) -> list[Labelled]:
    return [Labelled(evidence(spans, hits), frozenset(gold)) for _ in range(count)]


@pytest.mark.parametrize("policy", [Fallback, Override])
def test_rules_that_are_right_are_given_the_word(policy: type[Fallback] | type[Override]) -> None:
    labelled = documents(20, [], [hit(0, 4, "X")], [Span(0, 4, "X")])
    chosen = policy.choose(labelled, apart)
    assert decided(chosen, [], [hit(3, 9, "X")]) == [(3, 9, "a rule")]


@pytest.mark.parametrize("policy", [Fallback, Override])
def test_rules_that_are_wrong_are_not(policy: type[Fallback] | type[Override]) -> None:
    labelled = documents(20, [crf(0, 4, "X", 0.6)], [hit(0, 5, "X"), hit(6, 9, "X")], [Span(0, 4, "X")])
    chosen = policy.choose(labelled, apart)
    assert decided(chosen, [], [hit(3, 9, "X")]) == []


@pytest.mark.parametrize("policy", [Fallback, Override])
def test_one_lucky_hit_is_no_reason_to_listen(policy: type[Fallback] | type[Override]) -> None:
    labelled = documents(1, [], [hit(0, 4, "X")], [Span(0, 4, "X")])
    labelled += documents(1, [], [hit(0, 4, "X")], [])
    assert decided(policy.choose(labelled, apart), [], [hit(3, 9, "X")]) == []


def test_fallback_is_chosen_label_by_label() -> None:
    labelled = documents(20, [], [hit(0, 4, "X"), hit(5, 9, "Y")], [Span(0, 4, "X")])
    assert decided(Fallback.choose(labelled, apart), [], [hit(0, 4, "X"), hit(5, 9, "Y")]) == [(0, 4, "a rule")]


def test_the_confidence_is_the_one_below_which_the_crf_is_worse_than_the_rules() -> None:
    unsure = documents(20, [crf(0, 5, "X", 0.4)], [hit(0, 4, "X")], [Span(0, 4, "X")])
    sure = documents(20, [crf(0, 4, "X", 0.8)], [hit(0, 5, "X")], [Span(0, 4, "X")])
    chosen = Fallback.choose([*unsure, *sure], apart)
    assert 0.4 < chosen.confidence["X"] < 0.8


@pytest.mark.parametrize("policy", [Fallback, Override])
def test_a_span_more_pays_when_it_is_right_more_often_than_half_of_f1(policy: type[Fallback] | type[Override]) -> None:
    """F1 is between 0.6 and 0.75: hits that are right six times in ten raise it, those that are twice do not."""
    found = documents(80, [crf(0, 4, "X", 0.9)], [], [Span(0, 4, "X")])
    missed = documents(40, [], [], [Span(0, 4, "X")])

    def chosen(right: int) -> list[tuple[int, int, str]]:
        labelled = [*found, *missed]
        for number in range(100):
            gold = [Span(0, 4, "X")] if number % 5 < right else []
            labelled += documents(1, [], [hit(0, 4, "X")], gold)
        return decided(policy.choose(labelled, apart), [], [hit(3, 9, "X")])

    assert chosen(3)
    assert not chosen(1)


@pytest.mark.parametrize("policy", [Fallback, Override])
def test_of_precisions_that_do_equally_well_the_highest_is_asked_for(policy: type[Fallback] | type[Override]) -> None:
    """Nobody has seen what less precise rules do."""
    chosen = policy.choose(documents(20, [], [hit(0, 4, "X", 0.85)], [Span(0, 4, "X")]), apart)
    assert decided(chosen, [], [hit(0, 4, "X", 0.85)])
    assert not decided(chosen, [], [hit(0, 4, "X", 0.75)])
