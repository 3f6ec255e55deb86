"""`crfner tune` with real trainings, in processes of their own."""

import pytest
from running import DATA, left_over

from crfner import CRFRecognizer
from crfner.tune import read_config

pytest.importorskip("optuna")


@pytest.fixture
def data(tmp_path):
    """A few documents, which are trained on at once."""
    path = tmp_path / "train.jsonl"
    lines = (DATA / "menu" / "train.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:24]), encoding="utf-8")
    return path


def test_tune_writes_settings_that_train_takes_and_a_page(crfner, data, tmp_path):
    config, page, study = (tmp_path / name for name in ("best.json", "tuning.html", "trials.log"))
    run = ("tune", data, "-o", config, "--trials", "2", "--folds", "2", "--jobs", "1", "--study", study, "--minutes", 5)
    result = crfner(*run, "--plot", page)
    assert (result.code, result.err) == (0, "")
    assert "2 trials on 24 documents in 2 folds" in result.out and f"wrote {config}" in result.out
    CRFRecognizer(**read_config(config)).check()
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "-"), "each need a file of their own"),
        (("--plot", "best.json", "-o", "best.json"), "each need a file of their own"),
        (("--minutes", "0"), "minutes must be a number above 0"),
        (("-o", "nowhere/best.json"), "nowhere/best.json: cannot be written"),
    ],
)
def test_wrong_options_are_refused_before_the_search(arguments, message, crfner, data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = crfner("tune", data, *arguments)
    assert result.code == 2 and message in result.err


def test_the_data_is_not_overwritten(crfner, data):
    result = crfner("tune", data, "-o", data)
    assert result.code == 2 and "this file is read too" in result.err
