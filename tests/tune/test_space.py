"""The space that is searched: every point of it stands for settings that a CRF takes, and the presets are in it."""

import pytest

from crfner import CRFRecognizer
from crfner.tune.space import GROUPS, PARAMETERS, config_of, differences, preset_point, suggest
from features.presets import PRESETS, resolve


@pytest.mark.parametrize("preset", PRESETS)
def test_the_point_of_a_preset_stands_for_exactly_that_preset(preset):
    config = config_of(preset_point(preset))
    assert config["features"] == resolve({"base": preset})
    assert (config["c1"], config["c2"], config["min_freq"]) == (0.1, 0.05, 0)


def test_every_point_stands_for_settings_that_a_recogniser_takes():
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for _ in range(40):
        point = suggest(study.ask())
        assert sorted(point) == sorted(PARAMETERS)
        CRFRecognizer(**config_of(point)).check()


def test_a_group_that_is_off_takes_its_features_away_and_no_others():
    whole = config_of(preset_point("default"))["features"]
    for group, names in GROUPS.items():
        without = config_of({**preset_point("default"), group: False})["features"]
        assert set(whole) - set(without) == set(names) & set(whole)


def test_with_every_group_off_the_word_itself_is_left():
    point = {**preset_point("minimal"), **dict.fromkeys(GROUPS, False)}
    assert "lower" in config_of(point)["features"]


def test_a_group_that_the_preset_lacks_is_taken_from_default_or_rich():
    features = config_of({**preset_point("minimal"), "pairs": True, "length": True})["features"]
    assert features["conjunctions"] == PRESETS["default"]["conjunctions"]
    assert features["length"] == {}


def test_the_window_widens_and_narrows_what_looks_around_and_nothing_else():
    wide = config_of({**preset_point("default"), "window": 1})["features"]
    narrow = config_of({**preset_point("default"), "window": -1})["features"]
    assert (wide["word"], narrow["word"]) == ({"window": 3}, {"window": 1})
    assert narrow["shape"] == {"window": 0}
    assert wide["prefix"] == narrow["prefix"] == PRESETS["default"]["prefix"]


def test_differences_name_what_is_unlike():
    point = {**preset_point("default"), "c1": 0.03, "bag": False, "window": 1}
    assert differences(point, preset_point("default")) == "c1 0.03, window +1, bag off"
    assert differences(point, point) == "no difference"
