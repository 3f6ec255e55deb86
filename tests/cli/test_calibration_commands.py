"""`train --calibrate`, `evaluate --reliability` and `tag --nbest`: how sure a model is, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import DATA, Run, left_over

TRAIN, DEV, TEST = (DATA / f"menu/{name}.jsonl" for name in ("train", "dev", "test"))
SURE = ("--features", "minimal", "--c1", "0", "--c2", "0.001", "--iterations", "60")


def test_calibration_is_told_kept_and_changes_scores_only(crfner: Run, tmp_path: Path) -> None:
    plain, calibrated = tmp_path / "plain", tmp_path / "calibrated"
    assert crfner("train", TRAIN, "--dev", DEV, "-o", plain, *SURE).code == 0
    done = crfner("train", TRAIN, "--dev", DEV, "--calibrate", "-o", calibrated, *SURE)
    assert done.code == 0, done.err
    (line,) = [line for line in done.out.splitlines() if line.startswith("temperature")]
    told = json.loads(crfner("info", calibrated, "--json").out)
    error = told["scores"]["calibration"]
    assert told["settings"]["temperature"] > 1 and error["after"] < error["before"]
    assert f"{100 * error['after']:.2f} in place of {100 * error['before']:.2f}" in line
    found = [json.loads(crfner("evaluate", path, DEV, "--json", "--reliability").out) for path in (plain, calibrated)]
    before, after = (scores.pop("reliability") for scores in found)
    assert found[0] == found[1]
    assert before["error"] == pytest.approx(error["before"], abs=1e-3) and after["error"] < before["error"]
    assert before["count"] == error["spans"] == sum(each["count"] for each in before["bins"])


def test_calibration_goes_with_a_split_and_with_thresholds(crfner: Run, tmp_path: Path) -> None:
    done = crfner("train", TRAIN, "--split", "0.6", "--recall", "2", "--calibrate", "-o", tmp_path / "model", *SURE)
    assert done.code == 0, done.err
    assert "thresholds with the best F2" in done.out and "expected calibration error" in done.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "--calibrate fits scores on what is not learnt from; give --dev or --split"),
        (("--dev", DEV, "--mine-rules"), "--calibrate fits the scores of a CRF alone"),
        (("--dev", DEV, "--recipe", "auto"), "--calibrate fits the scores of a CRF alone"),
        (("--split", "0.95"), "a temperature is fitted on 50 entities or more, and there are"),
    ],
)
def test_calibration_that_cannot_be_is_refused_and_no_model_is_written(
    options: tuple[object, ...], message: str, crfner: Run, tmp_path: Path
) -> None:
    done = crfner("train", TRAIN, "--calibrate", *options, "-o", tmp_path / "model", *SURE)
    assert done.code == 2 and message in done.err and len(done.errors) == 1
    assert not (tmp_path / "model").exists()


def test_reliability_follows_the_other_tables_and_is_drawn(crfner: Run, model: Path, tmp_path: Path) -> None:
    plain, more = crfner("evaluate", model, TEST), crfner("evaluate", model, TEST, "--modes", "--reliability")
    assert more.out.startswith(plain.out.rstrip("\n"))
    assert "scores" in more.out and "expected calibration error" in more.out.splitlines()[-2]
    drawn = crfner("evaluate", model, TEST, "--plot", tmp_path / "page.html")
    assert (drawn.code, drawn.out) == (0, plain.out) and "wrote" in drawn.err
    page = (tmp_path / "page.html").read_text()
    assert "<svg" in page and "Naeini" in page and "test.jsonl" in page and str(DATA) not in page
    assert not left_over(tmp_path)


def test_a_plot_does_not_replace_what_is_read(crfner: Run, model: Path, tmp_path: Path) -> None:
    done = crfner("evaluate", model, TEST, "--plot", model)
    assert done.code == 2 and "would be replaced" in done.err
    missing = crfner("evaluate", model, TEST, "--plot", tmp_path / "none" / "page.html")
    assert missing.code == 2 and len(missing.errors) == 1


def test_reliability_of_what_has_no_scores_is_told_of(crfner: Run, model: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"text": "Nothing.", "spans": []}\n')
    page = tmp_path / "page.html"
    done = crfner("evaluate", model, gold, "--json", "--reliability", "--plot", page)
    assert done.code == 0 and "there is no reliability to tell of" in done.err
    assert json.loads(done.out)["reliability"]["bins"] == []
    assert "Nothing that was found has a score" in page.read_text()


def test_the_best_analyses_of_each_sentence_are_written(crfner: Run, model: Path, tmp_path: Path) -> None:
    text = "Two samosas, please. I had tea."
    out = tmp_path / "out.jsonl"
    assert crfner("tag", model, "--nbest", "3", "-o", out, stdin=f"{text}\n\n".encode()).code == 0
    record = json.loads(out.read_text().splitlines()[0])
    assert record["text"] == text and "spans" not in record and "tokens" not in record
    sentences = record["nbest"]
    assert [text[s["start"] : s["end"]] for s in sentences] == ["Two samosas, please.", "I had tea."]
    tagged = json.loads(crfner("tag", model, stdin=text.encode()).out)
    best = [{k: s[k] for k in ("start", "end", "label")} for s in tagged["spans"]]
    assert [span for s in sentences for span in s["analyses"][0]["spans"]] == best
    for sentence in sentences:
        probabilities = [analysis["probability"] for analysis in sentence["analyses"]]
        assert len(probabilities) == 3 and probabilities == sorted(probabilities, reverse=True)
        assert len({json.dumps(analysis["spans"]) for analysis in sentence["analyses"]}) == 3
    read_back = crfner("convert", out, "-", "--to", "jsonl")
    assert read_back.code == 0 and json.loads(read_back.out.splitlines()[0])["nbest"] == sentences


def test_fields_of_the_input_stay_beside_the_analyses(crfner: Run, model: Path) -> None:
    line = b'{"id": "a", "text": "tea \\ud83d\\ude00", "spans": [], "meta": {"ward": 3}}\n'
    record = json.loads(crfner("tag", model, "-", "--nbest", "1", stdin=line).out)
    assert (record["id"], record["text"], record["meta"]) == ("a", "tea 😀", {"ward": 3})
    assert len(record["nbest"]) == 1


def test_analyses_are_refused_in_other_formats_and_of_other_models(crfner: Run, model: Path, tmp_path: Path) -> None:
    table = crfner("tag", model, "--nbest", "2", "--format", "table", stdin=b"tea\n")
    assert table.code == 2 and "--nbest writes JSON lines" in table.err
    conll = crfner("tag", model, "--nbest", "2", "-o", tmp_path / "out.conll", stdin=b"tea\n")
    assert conll.code == 2 and not (tmp_path / "out.conll").exists()
    rules = tmp_path / "rules.crfner"
    assert crfner("rules", "pack", DATA / "menu/rules.yaml", "-o", rules).code == 0
    other = crfner("tag", rules, "--nbest", "2", stdin=b"tea\n")
    assert other.code == 2 and "what a CRF alone can tell" in other.err
    assert crfner("tag", model, "--nbest", "0", stdin=b"tea\n").code == 2
