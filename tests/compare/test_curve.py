"""Learning curves: what learns gets better with more sentences, and the same seed draws the same ones."""

from __future__ import annotations

import pytest
from contestants import DRINKS, GREEDY, LEARNT, REFUSING, corpus, document
from processes import one_process

from crfner.compare.curve import learning_curves, parse_sizes
from crfner.errors import SettingError
from crfner.splits import Fold, make_folds

TEST = (document(*DRINKS), document("tea", "milk"))
FOLD = Fold(tuple(corpus(12)), TEST, (0, 1))


def test_sizes_are_numbers_or_all() -> None:
    assert parse_sizes("50, 100,all") == [50, 100, None]
    for text in ("", "0", "-5", "ten", "5,,6", "٣", "9" * 5000):
        with pytest.raises(SettingError, match="sizes such as 50,100,200,all"):
            parse_sizes(text)


def test_what_learns_gets_better_and_what_does_not_stays() -> None:
    with one_process():
        found = learning_curves([LEARNT, GREEDY], [FOLD], [2, None], draws=2)
    points = {(point.system, point.sentences): point for point in found}
    assert points["greedy", 2].f1 == (1.0, 1.0)
    assert 0 < points["learnt", 2].mean < points["learnt", 24].mean == 1.0


def test_all_sentences_of_a_single_fold_are_drawn_once_and_more_than_all_are_all() -> None:
    with one_process():
        points = learning_curves([LEARNT], [FOLD], [2, 1000, None], draws=2)
    assert [(point.sentences, len(point.f1)) for point in points] == [(2, 2), (24, 1)]


def test_draws_go_round_the_folds() -> None:
    points = learning_curves([LEARNT], make_folds(corpus(12), 3), [None], draws=3)
    assert [(point.sentences, len(point.f1)) for point in points] == [(16, 3)]


def test_a_sample_that_a_system_cannot_learn_from_gives_it_0() -> None:
    with one_process():
        (point,) = learning_curves([REFUSING], [FOLD], [2], draws=1)
    assert point.f1 == (0.0,)


def test_no_draw_is_refused() -> None:
    with pytest.raises(SettingError, match="at least 1 draw"):
        learning_curves([LEARNT], [FOLD], [2], draws=0)
