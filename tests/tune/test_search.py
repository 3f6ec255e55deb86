"""The search, with a stand-in for the processes that train: it scores settings by a formula, at once."""

import pytest

from crfner import Document, Span
from crfner.errors import CrfnerError, InputError, SettingError
from crfner.tune import search, to_page, to_text, tune
from crfner.tune.space import config_of, preset_point
from crfner.tune.tables import values_of, verdict
from crfner.tune.workers import Scored
from features import Gazetteer

optuna = pytest.importorskip("optuna")

DOCUMENTS = [Document(f"Tea number {n} is good .", spans=(Span(0, 3, "DRINK"),)) for n in range(12)]
GOLD = 1000  # entities that each document is taken to have


def less_c1(config, fold):
    """The less c1, the better, and the bag is bad."""
    return 0.8 - 0.3 * config["c1"] - (0.1 if "bag" in config["features"] else 0)


def default_is_best(config, fold):
    return 0.9 if config == config_of(preset_point("default")) else 0.5


def trainings(monkeypatch, quality, answers=10**9):
    """Let `quality` decide how good settings are; after so many answers comes Ctrl-C. Gives what was asked."""
    asked = []

    class StandIn:
        def __init__(self, pool, jobs, lexicons, bar):
            self.interrupted = False
            self.jobs = jobs or 1

        def scores(self, work, until):
            found = []
            for config, fold in work:
                asked.append(config)
                self.interrupted = len(asked) > answers
                tp = round(GOLD * quality(config, fold))
                units = ((tp, 0, GOLD - tp),) * len(fold.test)
                found.append(None if self.interrupted else Scored(units, 0.001))
            return found

    monkeypatch.setattr(search, "Workers", StandIn)
    return asked


def run(**settings):
    return tune(DOCUMENTS, **{"jobs": 2, "trials": 30, **settings})


@pytest.fixture(scope="module")
def searched():
    """A search of 40 trials, which finds that less c1 and no bag are best."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        trainings(monkeypatch, less_c1)
        return run(trials=40)


def test_the_default_is_tried_first_and_the_other_presets_before_anything_else(monkeypatch):
    trainings(monkeypatch, less_c1)
    tuned = run(trials=5)
    assert [trial.point for trial in tuned.trials] == [
        preset_point(name) for name in ("default", "minimal", "rich", "social", "biomedical")
    ]
    assert tuned.default == tuned.trials[0]


def test_the_search_finds_better_settings_and_confirms_them_on_other_folds(searched):
    tuned = searched
    assert len(tuned.trials) == 40
    assert tuned.best.f1 > tuned.default.f1 and tuned.confirmation is not None
    assert tuned.confirmation.difference > 0 and tuned.confirmation.p < 0.05
    assert tuned.config == config_of(tuned.best.point)
    assert tuned.config["c1"] < 0.05 and "bag" not in tuned.config["features"]
    assert next(iter(tuned.shares)) in ("bag", "c1") and sum(tuned.shares.values()) == pytest.approx(1)


def test_poor_settings_are_given_up_after_the_first_fold(searched):
    poor = [trial for trial in searched.trials if not trial.complete]
    assert poor and all(len(trial.outcomes) == 1 for trial in poor)


def test_one_seed_tries_the_same_points_and_another_others(monkeypatch):
    trainings(monkeypatch, less_c1)
    first, again, other = run(trials=14), run(trials=14, jobs=4), run(trials=14, seed=1)
    assert first.trials == again.trials
    assert [trial.point for trial in first.trials] != [trial.point for trial in other.trials]


def test_where_nothing_beats_the_default_that_is_said_and_kept(monkeypatch):
    trainings(monkeypatch, default_is_best)
    tuned = run(trials=8)
    assert not tuned.better and tuned.confirmation is None
    assert tuned.config == config_of(preset_point("default"))
    assert verdict(tuned) == "Not better: of 8 trials, none beats the default settings; keep them."


def test_a_search_of_one_trial_says_that_there_was_no_other(monkeypatch):
    trainings(monkeypatch, less_c1)
    assert verdict(run(trials=1)).startswith("Nothing but the default settings was tried")


def test_what_is_better_on_the_folds_of_the_search_alone_is_not_chosen(monkeypatch):
    asked = trainings(monkeypatch, lambda config, fold: less_c1(config, fold) if len(asked) <= 3 * 5 else 0.5)
    tuned = run(trials=5)  # not one is given up so early, so what is asked after is the confirmation
    assert tuned.best.f1 > tuned.default.f1 and tuned.confirmation.difference == 0
    assert tuned.config == config_of(preset_point("default"))
    assert "Not better, keep the default: " in verdict(tuned)


def test_ctrl_c_keeps_the_best_so_far(monkeypatch):
    trainings(monkeypatch, less_c1, answers=30)
    tuned = run()
    assert tuned.interrupted and tuned.confirmation is None
    assert tuned.config == config_of(max(tuned.trials, key=lambda trial: trial.f1).point)
    assert "Perhaps better" in to_text(tuned) and "the search was stopped" in to_text(tuned)


def test_ctrl_c_before_anything_is_known_is_passed_on(monkeypatch):
    trainings(monkeypatch, less_c1, answers=1)
    with pytest.raises(KeyboardInterrupt):
        run()


def test_a_study_goes_on_from_its_file(monkeypatch, tmp_path):
    trainings(monkeypatch, less_c1)
    begun = run(trials=9, study=tmp_path / "trials.log")
    asked = trainings(monkeypatch, less_c1)
    more = run(trials=12, study=tmp_path / "trials.log")
    assert more.trials[:9] == begun.trials and len(more.trials) == 12
    assert more.default == begun.default
    assert len(asked) <= 3 * 3 + 6  # three trials and the confirmation


def test_a_study_that_was_stopped_half_way_makes_up_for_what_was_lost(monkeypatch, tmp_path):
    trainings(monkeypatch, less_c1, answers=2)
    with pytest.raises(KeyboardInterrupt):
        run(study=tmp_path / "trials.log")
    trainings(monkeypatch, less_c1)
    tuned = run(trials=3, study=tmp_path / "trials.log")
    assert tuned.default.point == preset_point("default") and len(tuned.trials) == 3


@pytest.mark.parametrize(
    "other", [{"folds": 4}, {"seed": 1}, {"data": DOCUMENTS[1:]}, {"lexicons": {"drinks": Gazetteer(["tea"])}}]
)
def test_a_study_of_something_else_is_refused(other, monkeypatch, tmp_path):
    trainings(monkeypatch, less_c1)
    run(trials=1, study=tmp_path / "trials.log")
    settings = {"trials": 2, "jobs": 1, "study": tmp_path / "trials.log", **other}
    with pytest.raises(InputError, match=f"trials.log: the study was made with other {next(iter(other))}"):
        tune(settings.pop("data", DOCUMENTS), **settings)


@pytest.mark.parametrize("content", [b"no study\nat all\n", b'{"a": 1}\n', b"[]\n[]\n", b'"text"\n', b"\xff\xfe\n\n"])
def test_a_file_that_is_no_study_is_refused_and_left_as_it_is(content, tmp_path):
    path = tmp_path / "trials.log"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"trials\.log: this file holds no study"):
        run(study=path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("wrong", [{"minutes": 0}, {"minutes": float("nan")}, {"trials": 0}, {"jobs": 0}, {"folds": 1}])
def test_parameters_without_sense_are_refused(wrong):
    with pytest.raises(SettingError, match=f"{next(iter(wrong))} must be"):
        run(**wrong)


def test_more_folds_than_sentences_are_refused():
    with pytest.raises(CrfnerError, match="9 folds need as many different documents"):
        tune(DOCUMENTS[:1], folds=9)


def test_values_share_the_trials_among_them(searched):
    for name in searched.best.point:
        assert sum(len(group.f1) for group in values_of(searched, name)) == 40
    on, off = (next(g for g in values_of(searched, "bag") if g.value == value) for value in ("on", "off"))
    assert off.mean > on.mean


def test_text_and_page_show_the_trials_what_mattered_and_the_verdict(searched):
    text, page = to_text(searched), to_page(searched)
    for shown in (
        "40 trials on 12 documents in 3 folds",
        "the default settings",
        "bag off",
        "Better: ",
        "On folds cut anew",
    ):
        assert shown in text and shown in page
    assert page.count('class="plot"') == 1 + 5 and "<script" not in page and "http://" not in page
    assert page == to_page(searched)
