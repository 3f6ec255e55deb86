"""A disk that is full while a command writes: one sentence, exit code 2, and the old file is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from crashing import DATA, OLD, Killed, Place
from test_kills import small_model

TRAIN = DATA / "menu" / "train.jsonl"
COMMANDS = {
    "tag": ("tag", "m.crfner", TRAIN, "-o"),
    "augment": ("augment", TRAIN, "-o"),
    "convert": ("convert", TRAIN),
    "suggest": ("suggest", "m.crfner", DATA / "menu" / "unlabelled.jsonl", "-n", "300", "-o"),
    "explain": ("explain", "m.crfner", "--output"),
    "check": ("check", TRAIN, "--no-model", "--fix"),
    "train": ("train", TRAIN, "--features", "minimal", "--iterations", "5", "-o"),
}
ENDINGS = {"train": "crfner", "explain": "html"}

pytestmark = pytest.mark.skipif(
    not shutil.which("mount") or os.geteuid() != 0, reason="needs root, to mount a small disk"
)


@contextmanager
def disk(folder: Path) -> Iterator[Path]:
    """A folder that holds 16 KiB."""
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)]
    if subprocess.run(options, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("place") / "work", small_model(tmp_path_factory.mktemp("model")))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_named_and_costs_no_file(command: str, place: Place, tmp_path: Path) -> None:
    with disk(tmp_path / "disk") as folder:
        out = folder / f"out.{ENDINGS.get(command, 'jsonl')}"
        out.write_bytes(OLD)
        code, _, err = place.run((*map(str, COMMANDS[command]), str(out)), Killed())
        said = err.decode().splitlines()[-1]
        assert (code, said) == (
            2, f"error: {out}: cannot be written: the disk is full; free some room or choose another place"
        )  # fmt: skip
        assert out.read_bytes() == OLD
        assert os.listdir(folder) == [out.name]
