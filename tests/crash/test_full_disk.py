"""A disk that is full while a command writes: one sentence, exit code 2, and the old file is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from answering import Page, address_of
from crashing import DATA, OLD, Killed, Place
from test_kills import small_model

from crfner import read
from crfner.annotate import AnswerLog, Decision, read_log

TRAIN, DEV = DATA / "menu" / "train.jsonl", DATA / "menu" / "dev.jsonl"
TUNE = ("tune", "menu-dev.jsonl", "--trials", "1", "--folds", "2", "--jobs", "1", "-o")
COMMANDS = {  # the file on the disk comes last
    "agree": ("agree", TRAIN, TRAIN, "-o"),
    "annotate": ("annotate", "-o", "answers.jsonl", "--export"),
    "augment": ("augment", TRAIN, "-o"),
    "check": ("check", TRAIN, "--no-model", "--fix"),
    "clusters": ("clusters", TRAIN, "--method", "morphological", "-o"),
    "compare": ("compare", TRAIN, "--test", DEV, "--systems", "mined", "-o"),
    "convert": ("convert", TRAIN),
    "evaluate": ("evaluate", "m.crfner", DEV, "--reliability", "--plot"),
    "explain": ("explain", "m.crfner", "--output"),
    "rules mine": ("rules", "mine", TRAIN, "-o"),
    "rules pack": ("rules", "pack", "DISH=rules.txt", "-o"),
    "suggest": ("suggest", "m.crfner", DATA / "menu" / "unlabelled.jsonl", "-n", "300", "-o"),
    "tag": ("tag", "m.crfner", TRAIN, "-o"),
    "train": ("train", TRAIN, "--features", "minimal", "--iterations", "5", "-o"),
    "tune": (*TUNE, "best.json", "--plot"),
}
ENDINGS = {"train": "crfner", "explain": "html", "rules mine": "yaml", "rules pack": "crfner",
           "agree": "json", "evaluate": "html", "compare": "html", "tune": "html"}  # fmt: skip
NEEDS = {"annotate": "markdown_it", "tune": "optuna"}

pytestmark = pytest.mark.skipif(
    not shutil.which("mount") or os.geteuid() != 0, reason="needs root, to mount a small disk"
)


@contextmanager
def disk(folder: Path) -> Iterator[Path]:
    """A folder that has 4 KiB of room."""
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)]
    if subprocess.run(options, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        (folder / "full").write_bytes(bytes(12 << 10))
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("place") / "work", small_model(tmp_path_factory.mktemp("model")))
    (place.folder / "rules.txt").write_text("".join(f"dish number {n * n}\n" for n in range(5000)), encoding="utf-8")
    with AnswerLog(place.folder / "answers.jsonl") as log:
        log.append([Decision(document, "accept", "anna", "now") for document in read(TRAIN)])
    return place


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_named_and_costs_no_file(command: str, place: Place, tmp_path: Path) -> None:
    if command in NEEDS:
        pytest.importorskip(NEEDS[command])
    with disk(tmp_path / "disk") as folder:
        out = folder / f"out.{ENDINGS.get(command, 'jsonl')}"
        out.write_bytes(OLD)
        code, _, err = place.run((*map(str, COMMANDS[command]), str(out)), Killed())
        assert (code, errors(err)) == (2, [full(out)])
        assert out.read_bytes() == OLD
        assert sorted(os.listdir(folder)) == ["full", out.name]


def test_a_study_on_a_full_disk_is_named(place: Place, tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    with disk(tmp_path / "disk") as folder:
        code, out, err = place.run((*TUNE, "best.json", "--study", str(folder / "trials.log")), Killed())
        assert (code, out) == (2, b"")
        assert errors(err) == [full(folder / "trials.log")]


def test_answers_on_a_full_disk_are_refused_and_those_before_are_kept(place: Place, tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    with disk(tmp_path / "disk") as folder:
        answers = folder / "answers.jsonl"
        process = place.start(("annotate", "menu-train.jsonl", "-o", str(answers), "--port", "0"), Killed())
        found = address_of(place, process)
        assert found is not None
        page = Page(found)
        codes = [page.post("/api/answers", {"number": number, "answer": "accept", "spans": []}) for number in range(40)]
        process.kill()
        process.join()
        saved = codes.index(400)
        assert codes == [200] * saved + [400] * (40 - saved) and saved > 0
        assert len(read_log(answers)) == saved


def full(file: Path) -> str:
    return f"error: {file}: cannot be written: the disk is full; free some room or choose another place"


def errors(err: bytes) -> list[str]:
    """Without what joblib says in a process that was forked: it could not clean up at its end as it would have."""
    return [line for line in err.decode().splitlines() if line.startswith(("error", "Traceback"))]
