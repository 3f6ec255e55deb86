"""Scores by mode: what each mode forgives, how entities are paired, and that a corpus's size changes no score."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner.document import Document, Span
from crfner.evaluation import MODES, Modes, ModeScore, evaluate, modes, modes_dict, modes_table

TEXT = "Amal Haddad took aspirin in New York City. Then Omar left."
ENTITIES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(1, 5), st.sampled_from("AB")).map(lambda x: (x[0], x[0] + x[1], x[2])),
    max_size=6,
)


def document(*entities: tuple[int, int, str]) -> Document:
    return Document(TEXT, spans=tuple(Span(*entity) for entity in entities))


def found(*spans: tuple[str, str]) -> Document:
    """The first occurrence of each text as an entity."""
    return document(*((TEXT.index(words), TEXT.index(words) + len(words), label) for words, label in spans))


def fractions(result: Modes) -> dict:
    """Everything that does not depend on the size of the corpus."""
    places = {("", mode): score for mode, score in result.overall.items()}
    places |= {(label, mode): score for label, scores in result.labels.items() for mode, score in scores.items()}
    return {place: (score.precision, score.recall, score.f1) for place, score in places.items()}


def counts(mode: str, gold: list, predicted: list) -> tuple[int, int, int, int, int]:
    score = modes([document(*gold)], [document(*predicted)]).overall[mode]
    return score.correct, score.incorrect, score.partial, score.missed, score.spurious


GOLD = found(("Amal Haddad", "PER"), ("aspirin", "DRUG"), ("New York City", "LOC"), ("Omar", "PER"))


# What the modes forgive


def test_the_gold_itself_is_correct_in_every_mode() -> None:
    result = modes([GOLD], [GOLD])
    assert list(result.overall) == list(MODES) == ["strict", "exact", "partial", "type"]
    assert all(score == ModeScore(4, 0, 0, 0, 0) and score.f1 == 1.0 for score in result.overall.values())


def test_exact_forgives_a_label_type_forgives_borders_and_partial_forgives_both_at_a_price() -> None:
    guess = found(("Amal Haddad", "PER"), ("aspirin", "FOOD"), ("York City", "LOC"), ("left", "PER"))
    assert modes([GOLD], [guess]).overall == {
        "strict": ModeScore(correct=1, incorrect=2, partial=0, missed=1, spurious=1),
        "exact": ModeScore(correct=2, incorrect=1, partial=0, missed=1, spurious=1),
        "partial": ModeScore(correct=2, incorrect=0, partial=1, missed=1, spurious=1),
        "type": ModeScore(correct=2, incorrect=1, partial=0, missed=1, spurious=1),
    }


def test_a_partial_pair_earns_half_of_the_credit() -> None:
    score = ModeScore(correct=2, incorrect=0, partial=1, missed=1, spurious=3)
    assert (score.possible, score.actual) == (4, 6)
    assert (score.precision, score.recall, score.f1) == (2.5 / 6, 2.5 / 4, 0.5)


def test_fractions_of_nothing_are_zero() -> None:
    result = modes([], [])
    assert result.labels == {}
    assert set(fractions(result).values()) == {(0.0, 0.0, 0.0)}


def test_the_scores_of_a_label_know_no_other_label() -> None:
    result = modes([found(("aspirin", "DRUG"))], [found(("aspirin", "FOOD"))])
    assert list(result.labels) == ["DRUG", "FOOD"]
    for mode in MODES:
        assert result.labels["DRUG"][mode] == ModeScore(0, 0, 0, missed=1, spurious=0)
        assert result.labels["FOOD"][mode] == ModeScore(0, 0, 0, missed=0, spurious=1)
    assert result.overall["exact"].correct == 1


# Who is paired with whom: (correct, incorrect, partial, missed, spurious)


def test_of_two_predictions_within_one_gold_entity_the_second_is_spurious() -> None:
    gold, predicted = [(0, 10, "A")], [(0, 4, "A"), (5, 10, "A")]
    assert counts("strict", gold, predicted) == (0, 1, 0, 0, 1)
    assert counts("partial", gold, predicted) == (0, 0, 1, 0, 1)
    assert counts("type", gold, predicted) == (1, 0, 0, 0, 1)


def test_of_two_gold_entities_within_one_prediction_the_second_is_missed() -> None:
    assert counts("strict", [(0, 4, "A"), (5, 10, "A")], [(0, 10, "A")]) == (0, 1, 0, 1, 0)


def test_type_looks_for_its_own_label_first_and_then_for_the_nearest_borders() -> None:
    assert counts("type", [(0, 4, "B"), (5, 10, "A")], [(2, 10, "A")]) == (1, 0, 0, 1, 0)
    gold, predicted = [(0, 4, "A"), (5, 10, "A")], [(3, 10, "A")]
    assert counts("type", gold, predicted) == (1, 0, 0, 1, 0)
    # had the prediction taken the first of them, nothing were left for the one that overlaps only that
    assert counts("type", gold, [(0, 3, "A"), (3, 10, "A")]) == (2, 0, 0, 0, 0)


def test_entities_that_only_touch_are_not_paired() -> None:
    assert counts("type", [(0, 4, "A")], [(4, 8, "A")]) == (0, 0, 0, 1, 1)


def test_a_right_prediction_is_paired_before_one_to_its_left_that_is_not() -> None:
    gold, nested = [(5, 10, "A")], [(0, 10, "A"), (5, 10, "A")]
    assert counts("strict", gold, nested) == (1, 0, 0, 0, 1)
    assert counts("partial", [(5, 10, "B")], nested) == (1, 0, 0, 0, 1)
    assert counts("type", gold, nested) == (1, 0, 0, 0, 1)


def test_the_smallest_overlap_is_one_however_long_the_entity() -> None:
    text = "x" * 1000
    gold, guess = (Document(text, spans=(Span(*borders, "A"),)) for borders in ((0, 900), (899, 1000)))
    assert modes([gold], [guess]).overall["partial"] == ModeScore(0, 0, 1, 0, 0)


# Properties, also of entities that overlap within a side


@settings(deadline=None)
@given(gold=ENTITIES, predicted=ENTITIES)
def test_every_entity_is_counted_once_and_strict_is_the_exact_match(gold: list, predicted: list) -> None:
    truth, guess = document(*gold), document(*predicted)
    result = modes([truth], [guess])
    evaluation = evaluate([truth], [guess], samples=1)
    for score in result.overall.values():
        assert (score.possible, score.actual) == (len(set(gold)), len(set(predicted)))
    assert result.overall["strict"].correct == evaluation.micro.tp
    assert list(result.labels) == list(evaluation.labels)
    for label, score in evaluation.labels.items():
        strict = result.labels[label]["strict"]
        assert (strict.correct, strict.possible, strict.actual) == (score.tp, score.support, score.predicted)
        assert result.labels[label]["exact"] == strict
    assert result.overall["strict"].f1 <= result.overall["exact"].f1 <= result.overall["partial"].f1
    assert result.overall["strict"].f1 <= result.overall["type"].f1


@settings(deadline=None)
@given(pairs=st.lists(st.tuples(ENTITIES, ENTITIES), min_size=1, max_size=4), times=st.integers(2, 4))
def test_repeating_a_corpus_changes_no_score(pairs: list, times: int) -> None:
    gold, predicted = [document(*truth) for truth, _ in pairs], [document(*guess) for _, guess in pairs]
    assert fractions(modes(times * gold, times * predicted)) == fractions(modes(gold, predicted))


def test_half_credit_is_kept_when_documents_are_summed() -> None:
    guess = found(("York City", "LOC"))
    gold = found(("New York City", "LOC"))
    assert modes([gold], [guess]).overall["partial"].f1 == 0.5
    assert modes([gold, gold], [guess, guess]).overall["partial"].f1 == 0.5
    assert modes([gold, gold], [guess, guess]).labels["LOC"]["partial"].f1 == 0.5


def test_documents_that_do_not_pair_are_refused() -> None:
    with pytest.raises(ValueError, match="document 2 is among the gold ones, but there are only 1 predicted ones"):
        modes([GOLD, GOLD], [GOLD])
    with pytest.raises(ValueError, match="document 1 has different texts from character 0 on"):
        modes([GOLD], [Document("Omar")])


# Output


def test_the_table_of_modes_reads_as_follows() -> None:
    guess = found(("Amal Haddad", "PER"), ("aspirin", "FOOD"), ("York City", "LOC"), ("left", "PER"))
    assert modes_table(modes([GOLD], [guess])) == (
        "mode     precision  recall     f1  correct  incorrect  partial  missed  spurious\n"
        "strict       25.00   25.00  25.00        1          2        0       1         1\n"
        "exact        50.00   50.00  50.00        2          1        0       1         1\n"
        "partial      62.50   62.50  62.50        2          0        1       1         1\n"
        "type         50.00   50.00  50.00        2          1        0       1         1\n"
        "\n"
        "f1 by label  strict  partial    type\n"
        "DRUG           0.00     0.00    0.00\n"
        "FOOD           0.00     0.00    0.00\n"
        "LOC            0.00    50.00  100.00\n"
        "PER           50.00    50.00   50.00"
    )
    assert len(modes_table(modes([], [])).splitlines()) == 5


def test_the_dictionary_of_modes_is_json() -> None:
    read = json.loads(json.dumps(modes_dict(modes([GOLD], [found(("York City", "LOC"))]))))
    assert read["labels"]["LOC"]["partial"] == {
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
        "possible": 1,
        "actual": 1,
        "correct": 0,
        "incorrect": 0,
        "partial": 1,
        "missed": 0,
        "spurious": 0,
    }
    assert list(read["overall"]) == list(MODES)
