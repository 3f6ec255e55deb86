"""One system on one fold: what comes back, what it is handed, and what it costs."""

from __future__ import annotations

import pytest
from contestants import FAILING, GREEDY, LEARNT, REFUSING, SHY, corpus, document
from processes import one_process

from crfner import CrfnerError, Span
from crfner.compare.costs import joined_costs
from crfner.compare.running import Outcome, run
from crfner.process import ProcessError
from crfner.splits import Fold

FOLD = Fold(tuple(corpus(4)), (document("tea"), document("soda")), (0, 1))


def test_the_spans_of_each_test_document_come_back() -> None:
    with one_process():
        assert run(SHY, FOLD).spans == ((Span(13, 16, "DRINK"),), ())
        assert run(LEARNT, FOLD).spans == ((Span(13, 16, "DRINK"),), ())  # no soda in training


def test_time_memory_and_the_size_of_a_model_that_can_be_saved_are_measured() -> None:
    learnt, greedy = run(LEARNT, FOLD), run(GREEDY, FOLD)
    assert learnt.model_size == len("coffee\nmilk\ntea\nwater")
    assert greedy.model_size is None
    for outcome in (learnt, greedy):
        assert outcome.training_seconds >= 0
        assert outcome.tagging_seconds > 0
        assert outcome.tagged_tokens % 12 == 0 and outcome.tagged_tokens > 12
        assert outcome.peak_memory is None or outcome.peak_memory > 1_000_000


def test_an_error_of_training_names_the_system() -> None:
    with pytest.raises(CrfnerError, match=r"^refusing: there is too little to learn from; give more$"):
        run(REFUSING, FOLD)


def test_a_fault_of_a_system_is_no_error_of_the_user() -> None:
    with pytest.raises(ProcessError, match="ZeroDivisionError: a fault"):
        run(FAILING, FOLD)


def test_costs_are_joined_over_folds() -> None:
    outcomes = [
        Outcome((), 1.0, tagged_tokens=300, tagging_seconds=1.0, peak_memory=5, model_size=10),
        Outcome((), 3.0, tagged_tokens=100, tagging_seconds=1.0, peak_memory=7, model_size=21),
    ]
    costs = joined_costs(outcomes)
    assert (costs.training_seconds, costs.tokens_per_second, costs.peak_memory, costs.model_size) == (2.0, 200.0, 7, 16)


def test_what_could_not_be_measured_is_none() -> None:
    costs = joined_costs([Outcome((), 1.0, 0, 0.0, None, None)])
    assert (costs.tokens_per_second, costs.peak_memory, costs.model_size) == (None, None, None)
