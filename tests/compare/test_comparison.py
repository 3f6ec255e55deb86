"""The whole comparison: identical splits, scores, tests between systems, and warnings about the data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from contestants import DRINKS, GREEDY, LEARNT, SHY, corpus, document
from processes import one_process

from crfner import CrfnerError, Document, InputError
from crfner.compare import Comparison, Predictions, System, SystemResult, compare, cross_validate
from crfner.compare.values import Costs
from crfner.errors import SettingError

TRAIN = corpus(8)
TEST = [document(drink, f"other{number}") for number, drink in enumerate(DRINKS)]
QUICK: dict[str, Any] = {"samples": 200}


def predictions(documents: list[Document]) -> Predictions:
    return Predictions("other.jsonl", tuple(documents))


@pytest.fixture(scope="module")
def by_files() -> Comparison:
    """A training part that shares sentences with the test part."""
    systems = [GREEDY, SHY, System("twin", SHY.train), predictions(TEST)]
    with one_process():
        return compare(TEST[:2] + TRAIN, TEST, systems, data=["train.jsonl", "test.jsonl"], **QUICK)


@pytest.fixture(scope="module")
def by_folds() -> Comparison:
    return folds_again()


def folds_again() -> Comparison:
    systems = [LEARNT, predictions(TRAIN)]
    with one_process():
        return cross_validate(TRAIN, 2, systems, seed=1, curve=[2, None], draws=2, **QUICK)


def result(comparison: Comparison, name: str) -> SystemResult:
    return next(system for system in comparison.systems if system.name == name)


def test_two_identical_systems_do_not_differ(by_files: Comparison) -> None:
    (pair,) = (pair for pair in by_files.pairs if (pair.first, pair.second) == ("shy", "twin"))
    assert (pair.difference, pair.interval) == (0.0, (0.0, 0.0))
    assert (pair.p_randomisation, pair.p_bootstrap, pair.p_holm) == (1.0, 1.0, 1.0)


def test_every_two_systems_are_tested_and_corrected_for_their_number(by_files: Comparison) -> None:
    assert [f"{pair.first}, {pair.second}" for pair in by_files.pairs] == [
        "greedy, shy",
        "greedy, twin",
        "greedy, other.jsonl",
        "shy, twin",
        "shy, other.jsonl",
        "twin, other.jsonl",
    ]
    assert by_files.pairs[0].difference == 0.5
    assert all(pair.p_randomisation <= pair.p_holm <= 6 * pair.p_randomisation for pair in by_files.pairs)


def test_a_system_has_scores_in_all_the_ways_of_counting(by_files: Comparison) -> None:
    shy = result(by_files, "shy")
    assert shy.evaluation.micro.recall == 1 / 3
    assert set(shy.modes.overall) == {"strict", "exact", "partial", "type"}
    assert shy.breakdowns["seen in training"]["seen"].support == 6
    assert [document.spans for document in shy.predicted] == [TEST[0].spans, TEST[1].spans, (), (), (), ()]
    assert shy.costs.training_seconds is not None


def test_predictions_take_part_without_costs(by_files: Comparison) -> None:
    other = result(by_files, "other.jsonl")
    assert (other.evaluation.micro.f1, other.costs) == (1.0, Costs())


def test_a_leaked_split_is_warned_of(by_files: Comparison) -> None:
    (warning,) = by_files.warnings
    assert warning.startswith("8 of 12 test sentences of 5 tokens or more are found in the training part")
    assert "the first being 'We like some tea today.'" in warning


def test_it_says_what_it_rests_on(by_files: Comparison) -> None:
    assert by_files.data == ("train.jsonl", "test.jsonl")
    assert (by_files.split.method, by_files.split.train_documents, by_files.split.test_sentences) == ("files", 10, 12)
    assert {"crfner", "python", "numpy"} <= set(by_files.versions)
    assert by_files.curve == ()


def test_each_document_is_predicted_once_in_the_order_of_the_data(by_folds: Comparison) -> None:
    assert [document.text for document in by_folds.gold] == [document.text for document in TRAIN]
    for system in by_folds.systems:
        assert [document.text for document in system.predicted] == [document.text for document in TRAIN]
    assert result(by_folds, "other.jsonl").evaluation.micro.f1 == 1.0  # its file is in that order too
    assert by_folds.split.method == "2-fold"
    assert (by_folds.split.train_documents, by_folds.split.test_documents) == (8, 8)
    assert by_folds.split.test_entities == {"DRINK": 8}


def test_the_learning_curve_is_of_the_systems_that_are_trained(by_folds: Comparison) -> None:
    assert [(point.system, point.sentences) for point in by_folds.curve] == [("learnt", 2), ("learnt", 8)]


def test_the_same_seed_gives_the_same_numbers(by_folds: Comparison) -> None:
    def numbers(comparison: Comparison) -> Comparison:
        """Without what is measured, which is never the same twice."""
        return replace(comparison, systems=tuple(replace(system, costs=Costs()) for system in comparison.systems))

    assert numbers(folds_again()) == numbers(by_folds)


def test_what_was_seen_in_training_is_judged_fold_by_fold() -> None:
    documents = [document("tea", "one"), document("tea", "two"), document("milk", "three")]
    (system,) = cross_validate(documents, 3, [predictions(documents)], **QUICK).systems
    seen = system.breakdowns["seen in training"]
    assert (seen["seen"].support, seen["unseen"].support) == (2, 1)


def test_a_label_that_is_tested_but_never_learnt_is_warned_of() -> None:
    bare, test = [document.with_spans(()) for document in corpus(2)], [document("soda")]
    warnings = compare(bare, test, [predictions(test)], **QUICK).warnings
    assert warnings == ("no example to learn from for entities that are tested: DRINK",)


# What is refused, before anything is trained


def no_training(train: object) -> Any:
    raise AssertionError("training has begun")


NEVER = System("never", no_training)


def test_predictions_for_other_documents_are_refused() -> None:
    with pytest.raises(InputError, match=r"other.jsonl: document 1 is not the tested one"):
        compare(TRAIN, TEST, [NEVER, predictions(TEST[::-1])], **QUICK)


def test_test_documents_without_entities_are_refused() -> None:
    with pytest.raises(CrfnerError, match="the test documents hold no entity"):
        compare(TRAIN, [document("nothing")], [NEVER], **QUICK)


def test_two_systems_of_one_name_are_refused() -> None:
    with pytest.raises(SettingError, match="two systems are named 'never'"):
        compare(TRAIN, TEST, [NEVER, NEVER], **QUICK)


def test_no_system_is_refused() -> None:
    with pytest.raises(SettingError, match="no system to compare"):
        compare(TRAIN, TEST, [], **QUICK)
