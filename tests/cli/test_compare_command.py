"""`crfner compare`: what it prints and writes, what it refuses before any work, and that Ctrl-C leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from processes import one_process
from running import COMMAND, DATA, ENVIRONMENT, Run, left_over

MENU = DATA / "menu"
RULES = '{"label": "DRINK", "pattern": "tea"}\n{"label": "DRINK", "pattern": "coffee"}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Small data and rules for it; temporary files of the commands go there too, so that none can hide."""
    (tmp_path / "tmp").mkdir()
    for name, part in (("train", 40), ("test", 20)):
        lines = (MENU / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (tmp_path / f"{name}.jsonl").write_text("".join(lines[:part]), encoding="utf-8")
    (tmp_path / "rules.jsonl").write_text(RULES, encoding="utf-8")
    return tmp_path


def test_the_table_is_printed_and_every_report_is_written(crfner: Run, folder: Path) -> None:
    reports = [folder / f"report{ending}" for ending in (".html", ".md", ".csv", ".tex", ".json")]
    outputs = [part for report in reports for part in ("-o", report)]
    files = (folder / "train.jsonl", "--test", folder / "test.jsonl", "--rules", folder / "rules.jsonl")
    other = ("--predictions", folder / "test.jsonl")
    with one_process():
        result = crfner("compare", *files, "--systems", "rules, mined", *other, *outputs)
    assert result.code == 0, result.err
    rows = [line.split("  ")[0] for line in result.out.splitlines()]
    assert {"rules", "mined rules", "test.jsonl"} <= set(rows)
    assert result.errors == [f"wrote {report}" for report in reports]
    assert all(report.stat().st_size > 100 for report in reports)
    content = json.loads(reports[-1].read_text(encoding="utf-8"))
    assert content["data"] == ["train.jsonl", "test.jsonl"]  # without the folder, which is the writer's own
    perfect = content["systems"][2]
    assert (perfect["name"], perfect["evaluation"]["micro"]["f1"]) == ("test.jsonl", 1.0)


def test_folds_and_a_learning_curve_of_standard_input(crfner: Run, folder: Path) -> None:
    given, out = (folder / "train.jsonl").read_bytes(), folder / "report.json"
    options = ("--folds", 2, "--systems", "mined", "--curve", "10,all", "--draws", 1)
    with one_process():
        result = crfner("compare", "-", *options, "-o", out, stdin=given)
    assert result.code == 0, result.err
    content = json.loads(out.read_text(encoding="utf-8"))
    assert (content["split"]["method"], content["split"]["test_documents"]) == ("2-fold", 40)
    assert [point["system"] for point in content["curve"]] == ["mined rules"] * 2


def test_dev_and_a_baseline_can_be_named(crfner: Run, folder: Path) -> None:
    files = (folder / "train.jsonl", "--test", folder / "test.jsonl", "--dev", folder / "train.jsonl")
    options = ("--rules", folder / "rules.jsonl", "--systems", "rules,mined", "--baseline", "rules")
    with one_process():
        result = crfner("compare", *files, *options)
    assert result.code == 0, result.err
    assert "Data: train.jsonl, test.jsonl, train.jsonl for settings" in result.out
    wrong = crfner("compare", *files, *options[:-1], "crf")
    assert wrong.code == 2
    assert "--baseline names one of the systems, rules, mined rules, not 'crf'" in wrong.err


def test_files_of_one_name_are_told_apart_by_their_folders(crfner: Run, folder: Path) -> None:
    (folder / "other").mkdir()
    copies = [folder / "test.jsonl", folder / "other" / "test.jsonl"]
    copies[1].write_bytes(copies[0].read_bytes())
    predictions = [part for copy in copies for part in ("--predictions", copy)]
    files = (folder / "train.jsonl", "--test", folder / "test.jsonl")
    with one_process():
        result = crfner("compare", *files, "--systems", "mined", *predictions)
    assert result.code == 0, result.err
    assert all(f"\n{copy} " in result.out for copy in copies)


WRONG: dict[str, tuple[Callable[[Path], list[object]], str]] = {
    "both ways to split": (lambda folder: ["--test", folder / "test.jsonl", "--folds", 3], "exclude each other"),
    "a report of no kind": (lambda folder: ["-o", folder / "report.pdf"], "report.pdf: a report's name ends in"),
    "no such folder": (lambda folder: ["-o", folder / "none" / "r.html"], "r.html: cannot be written: there is no"),
    "an input in the way": (
        lambda folder: ["--predictions", folder / "p.json", "-o", folder / "p.json"],
        "p.json: this file is read too",
    ),
    "rules for nothing": (
        lambda folder: ["--systems", "crf", "--rules", folder / "rules.jsonl"],
        "--rules are for the systems rules and hybrid only",
    ),
    "rules without rules": (lambda folder: ["--systems", "rules"], "the system 'rules' needs rules"),
    "an unknown system": (lambda folder: ["--systems", "crf,bert"], "unknown system 'bert'"),
    "no system": (lambda folder: ["--systems", ""], "unknown system ''"),
    "a size of no curve": (lambda folder: ["--curve", "10,many"], "'many' is none"),
    "rules that are missing": (lambda folder: ["--rules", folder / "no.yaml"], "no.yaml: cannot be read"),
    "too many folds": (lambda folder: ["--folds", 999], "999 folds need as many different documents"),
    "other predictions": (
        lambda folder: ["--predictions", folder / "test.jsonl"],
        "test.jsonl: document 1 (menu-",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_before_any_work(
    case: str, crfner: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "p.json").write_text('[["Tea", {"entities": [[0, 3, "DRINK"]]}]]', encoding="utf-8")
    monkeypatch.setattr("crfner.process.subprocess", None)  # no system may be run
    arguments, message = WRONG[case]
    result = crfner("compare", folder / "train.jsonl", *arguments(folder))
    assert (result.code, result.out) == (2, "")
    assert len(result.errors) == 1 and message in result.err, result.err


def test_the_help_has_an_example(crfner: Run) -> None:
    assert "crfner compare train.jsonl --test test.jsonl -o report.html" in crfner("compare", "--help").out


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_stop_ends_the_child_and_leaves_the_old_report(number: int, code: int, folder: Path) -> None:
    report = folder / "report.html"
    report.write_text("old", encoding="utf-8")

    def interruptible() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in jobs of the background

    files = [str(MENU / "train.jsonl"), "--test", str(MENU / "test.jsonl"), "-o", str(report)]
    process = subprocess.Popen(
        [*COMMAND, "compare", *files, "--systems", "hybrid:union"],
        env={**ENVIRONMENT, "TMPDIR": str(folder / "tmp")},
        preexec_fn=interruptible,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (children := psutil.Process(process.pid).children()):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    _, errors = process.communicate()
    assert (process.returncode, errors) == (code, "stopped\n" if code == 130 else "")
    assert psutil.wait_procs(children, timeout=30)[1] == []  # none is alive
    assert report.read_text(encoding="utf-8") == "old"
    if code > 0:
        assert left_over(folder) == os.listdir(folder / "tmp") == []
