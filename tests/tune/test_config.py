"""Files of settings: what `tune` writes is what `train` takes, and what is wrong with one is named with its place."""

import json

import pytest

from crfner import CRFRecognizer
from crfner.errors import InputError
from crfner.tune import read_config, write_config


def test_what_is_written_is_read_again_and_makes_a_recogniser(tmp_path):
    config = {"features": {"base": "minimal", "length": {}}, "c1": 0.03, "c2": 0.2, "min_freq": 2}
    write_config(config, tmp_path / "best.json")
    assert read_config(tmp_path / "best.json") == config
    CRFRecognizer(**read_config(tmp_path / "best.json")).check()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"c1": 0.1,\n "c9": 1}',
            "best.json:2: there is no setting 'c9'; known are features, engine, algorithm, c1, c2,",
        ),
        ('{"lexicons": {}}', "best.json:1: there is no setting 'lexicons'"),
        ('{\n"min_freq": -1}', "best.json:2: the setting 'min_freq' cannot be used: min_freq must be a whole number"),
        ('{"min_freq": 1,\n\n"features": {"wrod": {}}}', "best.json:3: the setting 'features' cannot be used: unknown"),
        ('{"features": {"base": "grand"}}', "there is no preset 'grand'"),
        ('{"features": 3}', "best.json:1: the setting 'features' cannot be used"),
        ('{"c1": "much"}', "best.json: c1 must be a number"),
        ('{"algorithm": "ap", "c1": 0.1}', "best.json: the algorithm ap has no c1"),
        ('["c1"]', "best.json: a file of settings holds an object"),
        ("c1: 0.1", "best.json:1: invalid JSON at column 1"),
        ('{"c1": NaN}', "best.json:1: invalid JSON"),
        ("[" * 100_000, "best.json:1: the JSON is nested too deeply"),
        ("", "best.json:1: invalid JSON"),
    ],
)
def test_a_wrong_file_is_named_with_line_and_key(text, message, tmp_path):
    path = tmp_path / "best.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_config(path)
    assert message in str(error.value).removeprefix(f"{tmp_path}/")


def test_penalties_of_another_algorithm_are_judged_by_that_algorithm(tmp_path):
    path = tmp_path / "best.json"
    path.write_text(json.dumps({"c2": 0.1, "algorithm": "l2sgd"}), encoding="utf-8")
    assert read_config(path) == {"c2": 0.1, "algorithm": "l2sgd"}


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.json: cannot be read"):
        read_config(tmp_path / "nowhere.json")
