"""`crfner train` with what few sentences need: settings from a file, more text, an earlier model, thresholds."""

import json
from pathlib import Path

import pytest
from processes import one_process
from running import DATA, Run

TRAIN, DEV, TEXTS = (DATA / f"menu/{name}.jsonl" for name in ("train", "dev", "unlabelled"))
QUICK = ("--features", "minimal", "--iterations", "15")


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """The first eighty documents: enough where it does not matter how good the model is."""
    path = tmp_path / "few.jsonl"
    path.write_text("".join(TRAIN.read_text(encoding="utf-8").splitlines(keepends=True)[:80]), encoding="utf-8")
    return path


def settings(crfner: Run, model: Path) -> dict[str, object]:
    told = json.loads(crfner("info", model, "--json").out)["settings"]
    assert isinstance(told, dict)
    return told


def test_a_file_of_settings_is_used_and_options_go_before_it(few: Path, crfner: Run, tmp_path: Path) -> None:
    config, model = tmp_path / "best.json", tmp_path / "model"
    config.write_text(json.dumps({"features": {"lower": {}}, "c1": 0.5, "c2": 0.25, "iterations": 12}))

    done = crfner("train", few, "--config", config, "--c1", "0.01", "-o", model)

    assert done.code == 0, done.err
    told = settings(crfner, model)
    assert (told["c1"], told["c2"], told["iterations"], told["features"]) == (0.01, 0.25, 12, {"lower": {}})


def test_a_wrong_file_of_settings_is_named(crfner: Run, tmp_path: Path) -> None:
    config = tmp_path / "best.json"
    config.write_text('{\n  "c3": 1\n}')

    done = crfner("train", TRAIN, "--config", config, "-o", tmp_path / "model")

    assert done.code == 2 and f"{config}:2: there is no setting" in done.err and not (tmp_path / "model").exists()


def test_more_is_found_at_thresholds_that_weigh_recall(crfner: Run, tmp_path: Path) -> None:
    plain, eager = tmp_path / "plain", tmp_path / "eager"
    assert crfner("train", TRAIN, "--dev", DEV, "-o", plain, *QUICK).code == 0
    done = crfner("train", TRAIN, "--dev", DEV, "--recall", "2", "-o", eager, *QUICK)

    assert done.code == 0 and "thresholds with the best F2 on what was not learnt from" in done.out
    scores = [json.loads(crfner("info", path, "--json").out)["scores"]["dev"]["micro"] for path in (plain, eager)]
    assert scores[1]["recall"] > scores[0]["recall"]
    evaluated = json.loads(crfner("evaluate", eager, DEV, "--json").out)["micro"]
    assert evaluated["recall"] == pytest.approx(scores[1]["recall"])  # the thresholds are in the file


def test_clusters_of_unlabelled_text_are_learnt_in_the_same_step(few: Path, crfner: Run, tmp_path: Path) -> None:
    features = tmp_path / "features.json"
    features.write_text('{"base": "minimal", "clusters": {}}')
    done = crfner("train", few, "--unlabelled", TEXTS, "--features", features, "-o", tmp_path / "model")

    assert done.code == 0, done.err
    assert "cluster.learnt" in crfner("explain", tmp_path / "model").out


def test_a_model_of_two_stages_is_one_file_that_tags(few: Path, crfner: Run, tmp_path: Path) -> None:
    model = tmp_path / "model"
    with one_process():
        done = crfner("train", few, "--stages", "2", "-o", model, *QUICK)

    assert done.code == 0, done.err
    assert settings(crfner, model)["stages"] == 2
    assert crfner("evaluate", model, DEV).code == 0


def test_a_recipe_by_name_says_what_it_is(few: Path, crfner: Run, tmp_path: Path) -> None:
    done = crfner("train", few, "--recipe", "fast", "-o", tmp_path / "model", *QUICK)

    assert done.code == 0, done.err
    assert "recipe: " in done.out and "seen True" in done.out
    assert settings(crfner, tmp_path / "model")["seen"] is True


@pytest.mark.parametrize("options", [["--recall", "2"], ["--calibrate"]])
def test_what_is_tuned_on_one_crf_does_not_go_with_a_recipe(options: list[str], crfner: Run, tmp_path: Path) -> None:
    done = crfner("train", TRAIN, "--dev", DEV, "--recipe", "best", "-o", tmp_path / "model", *options)
    assert done.code == 2 and "leave out rules, --base" in done.err


def test_a_pruned_model_is_a_smaller_file(few: Path, crfner: Run, tmp_path: Path) -> None:
    sizes = []
    for prune in ("0", "0.2"):
        assert crfner("train", few, "--prune", prune, "-o", tmp_path / "model", *QUICK).code == 0
        assert settings(crfner, tmp_path / "model")["prune"] == float(prune)
        sizes.append((tmp_path / "model").stat().st_size)
    assert sizes[1] < 0.8 * sizes[0]
    refused = crfner("train", few, "--prune", "-1", "-o", tmp_path / "model", *QUICK)
    assert refused.code == 2 and "prune must be a weight, 0 or more" in refused.err


def test_an_ensemble_is_one_file_that_tags_and_tells_of_itself(few: Path, crfner: Run, tmp_path: Path) -> None:
    model = tmp_path / "model"
    with one_process():
        done = crfner("train", few, "--dev", DEV, "--ensemble", "2", "-o", model, *QUICK)

    assert done.code == 0, done.err
    assert "but that the threshold was chosen by" in done.out
    assert crfner("evaluate", model, DEV).code == 0
    told = crfner("info", model).out
    assert "ensemble.schemes " in told and '["IOB2", "BIOES"]' in told and " in 2 CRFs" in told
    refused = crfner("explain", model)
    assert refused.code == 2 and "this EnsembleRecognizer cannot be explained" in refused.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--ensemble", "0"], "an ensemble has 2 to 20 members, not 0"),
        (["--ensemble", "3", "--mine-rules"], "--ensemble votes alone"),
        (["--ensemble", "3", "--recipe", "auto"], "--ensemble votes alone"),
    ],
)
def test_an_ensemble_that_makes_no_sense_is_refused(
    options: list[str], message: str, crfner: Run, tmp_path: Path
) -> None:
    done = crfner("train", TRAIN, "-o", tmp_path / "model", *options, *QUICK)

    assert done.code == 2 and message in done.err and not (tmp_path / "model").exists()


def test_features_that_do_not_look_at_clusters_are_told_of(crfner: Run, tmp_path: Path) -> None:
    done = crfner("train", TRAIN, "--unlabelled", TEXTS, "-o", tmp_path / "model", *QUICK)

    assert done.code == 2 and "do not look at clusters" in done.err


def test_a_model_is_built_on_another_and_keeps_its_labels(few: Path, crfner: Run, tmp_path: Path) -> None:
    base, model = tmp_path / "clinic", tmp_path / "model"
    assert crfner("train", DATA / "clinic/train.jsonl", "-o", base, *QUICK).code == 0
    tested = DATA / "clinic/dev.jsonl"
    done = crfner("train", few, "--base", base, "--base-test", tested, "-o", model, *QUICK)

    assert done.code == 0, done.err
    assert "MEDICINE" in done.out and "change" in done.out
    told = json.loads(crfner("info", model, "--json").out)
    assert "FOOD" in told["labels"] and "MEDICINE" in told["extended"]["kept"]
    tagged = crfner("tag", model, "--format", "inline", stdin=b"Started ramipril 2.5 mg today.")
    assert tagged.code == 0 and "(MEDICINE)" in tagged.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--self-train",), "--self-train learns from unlabelled text; give --unlabelled"),
        (("--base-test", DEV), "--base-test is the test set of the model that --base names"),
        (("--recall", "2"), "is tuned on --dev or --split; give one"),
        (("--recall", "0", "--dev", DEV), "--recall takes a number above 0"),
        (("--recall", "2", "--dev", DEV, "--mine-rules"), "--recall sets thresholds of a CRF alone"),
        (("--augment", "magic"), "unknown method of augmentation 'magic'"),
        (("--resources", "xx"), "there are no resources for the language 'xx'"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    options: tuple[object, ...], message: str, crfner: Run, tmp_path: Path
) -> None:
    done = crfner("train", TRAIN, *options, "-o", tmp_path / "model")

    assert done.code == 2 and message in done.err and not (tmp_path / "model").exists()


def test_consistency_is_kept_in_the_model(few: Path, crfner: Run, tmp_path: Path) -> None:
    model = tmp_path / "model"
    done = crfner("train", few, "--consistency", "0.6", "-o", model, *QUICK)

    assert done.code == 0, done.err
    assert settings(crfner, model)["consistency"] == 0.6
    assert crfner("evaluate", model, DEV).code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--consistency", "-1"), "consistency must be a number, 0 or more, such as 0.6, not -1.0"),
        (("--consistency", "0.6", "--dev", DEV, "--recall", "2"), "--recall sets thresholds, with which consistency"),
    ],
)
def test_consistency_that_cannot_be_is_refused(
    options: tuple[object, ...], message: str, crfner: Run, tmp_path: Path
) -> None:
    done = crfner("train", TRAIN, *options, "-o", tmp_path / "model", *QUICK)

    assert done.code == 2 and message in done.err and len(done.errors) == 1
    assert not (tmp_path / "model").exists()
