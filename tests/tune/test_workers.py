"""Trainings in processes of their own: what is done in time is given, what is not is ended, and errors come through."""

from time import monotonic

import pytest
from tqdm import tqdm

from crfner import Document, Span
from crfner.errors import CrfnerError
from crfner.parallel import Workers as Asked
from crfner.parallel import using
from crfner.splits import make_folds
from crfner.tune.workers import Workers

TEA = [Document(f"Tea number {n} is good .", spans=(Span(0, 3, "DRINK"),)) for n in range(6)]
QUICK = {"features": "minimal", "iterations": 5}
ENDLESS = {"features": "minimal", "algorithm": "ap", "iterations": 2_000_000}


def test_what_is_not_done_in_time_is_ended_and_the_next_work_goes_on():
    folds = make_folds(TEA, 2)
    with tqdm(disable=True) as bar, using(Asked(1)) as pool:
        workers = Workers(pool, None, {}, bar)
        (done,) = workers.scores([(QUICK, folds[0])], monotonic() + 300)
        assert done is not None and sum(tp + fn for tp, _, fn in done.units) == len(folds[0].test)
        assert workers.scores([(ENDLESS, folds[0])] * 3, monotonic() + 0.2) == [None] * 3
        assert workers.scores([(QUICK, folds[0])], monotonic() + 300)[0].units == done.units
        with pytest.raises(CrfnerError, match="no labelled span"):
            workers.scores([(QUICK, make_folds([Document("Tea"), Document("Milk")], 2)[0])], monotonic() + 300)
