"""Folds are apart, even and repeatable; a test part that was learnt from is noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner import CrfnerError, Document, Span, read
from crfner.splits import Fold, leaks, make_folds

DATA = Path(__file__).parents[1] / "data"
CLINIC = list(read(DATA / "clinic" / "train.jsonl"))


def document(number: int, labels: dict[str, int]) -> Document:
    """A text of its own with so many spans of each label."""
    names = [label for label, count in labels.items() for _ in range(count)]
    text = f"{number:06}" + "x" * len(names)
    return Document(text, spans=tuple(Span(6 + at, 7 + at, label) for at, label in enumerate(names)))


def entities(documents: Sequence[Document]) -> Counter[str]:
    return Counter(span.label for document in documents for span in document.spans)


def test_each_document_is_tested_once_and_learnt_from_in_all_other_folds() -> None:
    folds = make_folds(CLINIC, 5)
    assert sorted(place for fold in folds for place in fold.places) == list(range(len(CLINIC)))
    for fold in folds:
        assert fold.test == tuple(CLINIC[place] for place in fold.places)
        assert fold.train == tuple(CLINIC[place] for place in range(len(CLINIC)) if place not in fold.places)


def test_every_fold_has_nearly_its_share_of_each_label_and_of_the_documents() -> None:
    total = entities(CLINIC)
    for fold in make_folds(CLINIC, 5):
        found = entities(fold.test)
        for label, count in total.items():
            assert abs(found[label] - count / 5) <= max(2, 0.05 * count / 5), label
        assert abs(len(fold.test) - len(CLINIC) / 5) <= 0.1 * len(CLINIC) / 5


@given(st.lists(st.integers(0, 9), min_size=5, max_size=40), st.integers(2, 5), st.integers(0, 3))
@settings(deadline=None)
def test_a_single_label_differs_between_folds_by_no_more_than_one_document_has(
    counts: list[int], k: int, seed: int
) -> None:
    folds = make_folds([document(number, {"A": count}) for number, count in enumerate(counts)], k, seed)
    numbers = [entities(fold.test)["A"] for fold in folds]
    assert max(numbers) - min(numbers) <= max(counts)
    assert all(fold.test for fold in folds)


def test_a_rare_label_is_spread_over_as_many_folds_as_it_has_documents() -> None:
    documents = [document(number, {"COMMON": 3}) for number in range(40)]
    documents += [document(number, {"COMMON": 3, "RARE": 1}) for number in range(40, 44)]
    for seed in range(10):
        assert [entities(fold.test)["RARE"] for fold in make_folds(documents, 4, seed)] == [1, 1, 1, 1]


def test_documents_without_entities_are_spread_evenly_too() -> None:
    folds = make_folds([document(number, {}) for number in range(23)], 5)
    assert sorted(len(fold.test) for fold in folds) == [4, 4, 5, 5, 5]


def test_documents_of_one_text_are_never_parted() -> None:
    documents = [document(number % 10, {"A": 1}) for number in range(30)]
    for fold in make_folds(documents, 3):
        assert not {document.text for document in fold.train} & {document.text for document in fold.test}


def test_the_seed_decides() -> None:
    assert make_folds(CLINIC, 5, seed=1) == make_folds(CLINIC, 5, seed=1)
    assert make_folds(CLINIC, 5, seed=1) != make_folds(CLINIC, 5, seed=2)


def test_more_folds_than_different_documents_are_refused() -> None:
    with pytest.raises(CrfnerError, match="5 folds need as many different documents, but there are only 3"):
        make_folds([document(number % 3, {"A": 1}) for number in range(9)], 5)


def test_one_fold_is_refused() -> None:
    with pytest.raises(CrfnerError, match="at least 2, not 1"):
        make_folds(CLINIC, 1)


# Leaks


def test_a_test_sentence_that_was_learnt_from_is_counted_and_shown() -> None:
    train = Document("Ramipril was stopped on Monday. See above.")
    test = Document("ramipril  was stopped\ton monday. See above. She takes aspirin twice a day.")
    (warning,) = leaks([Fold((train,), (test,), (0,))])
    assert "1 of 2 test sentences of 5 tokens or more" in warning
    assert "'ramipril was stopped on monday.'" in warning


def test_a_clean_split_has_no_warning() -> None:
    train, test = Document("Ramipril was stopped on Monday."), Document("Aspirin was stopped on Monday.")
    assert leaks([Fold((train,), (test,), (0,))]) == []


def test_leaks_are_counted_over_all_folds() -> None:
    documents = [Document(f"Case {number}. It was seen here before."[: None if number else -1]) for number in range(4)]
    (warning,) = leaks(make_folds(documents, 2))
    assert "of 4 test sentences" in warning
