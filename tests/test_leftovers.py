"""Temporary files that a killed process left are removed by the next output in that folder, and no others."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import pytest

from crfner import leftovers
from crfner.files import atomic_folder, atomic_output

HOUR = 3600


def aged(path: Path) -> Path:
    os.utime(path, (time.time() - HOUR, time.time() - HOUR))
    return path


def left(folder: Path) -> Path:
    """A temporary file as a killed process leaves it."""
    path = Path(leftovers.temporary_name(str(folder)))
    path.write_text("half", encoding="utf-8")
    return aged(path)


def written(folder: Path) -> None:
    with atomic_output(folder / "out") as stream:
        stream.write("whole")


def test_what_was_left_goes_with_the_next_output(tmp_path: Path) -> None:
    file, parts = left(tmp_path), Path(leftovers.temporary_name(str(tmp_path)))
    parts.mkdir()
    (parts / "one.ann").write_text("half", encoding="utf-8")
    aged(parts)
    written(tmp_path)
    assert not file.exists() and not parts.exists()
    assert (tmp_path / "out").read_text(encoding="utf-8") == "whole"


def test_a_folder_that_is_written_removes_what_was_left_too(tmp_path: Path) -> None:
    file = left(tmp_path)
    with atomic_folder(tmp_path / "out") as folder:
        Path(folder, "one.txt").write_text("whole", encoding="utf-8")
    assert os.listdir(tmp_path) == ["out"] and not file.exists()


def test_what_another_process_writes_stays_however_long_that_takes(tmp_path: Path) -> None:
    with atomic_output(tmp_path / "slow") as stream:
        stream.write("slow")
        stream.flush()
        (temporary,) = tmp_path.glob(".crfner-*")
        aged(temporary)
        written(tmp_path)
        assert temporary.exists()
    assert (tmp_path / "slow").read_text(encoding="utf-8") == "slow"


def test_what_was_made_just_now_stays_as_it_may_not_be_locked_yet(tmp_path: Path) -> None:
    file = left(tmp_path)
    os.utime(file)
    written(tmp_path)
    assert file.exists()


@pytest.mark.parametrize(
    "name", [".crfner-elsewhere-0123456789abcdef.tmp", ".crfner-notes.tmp", "crfner.tmp", ".crfner-0123456789abcdef"]
)
def test_what_has_another_name_or_is_of_another_machine_stays(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    aged(tmp_path / name)
    written(tmp_path)
    assert (tmp_path / name).exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    os.symlink("mine", leftovers.temporary_name(str(tmp_path)))
    aged(tmp_path / "mine")
    written(tmp_path)
    assert (tmp_path / "mine").exists()


def test_where_files_cannot_be_locked_output_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no locks available")

    file = left(tmp_path)
    monkeypatch.setattr(fcntl, "flock", refuse)
    written(tmp_path)
    assert file.exists() and (tmp_path / "out").exists()
