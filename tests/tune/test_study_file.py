"""The file of a study, after a process that wrote it was killed, and while one writes it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("optuna", reason="needs the extra tune: pip install 'crfner[tune]'")

from crfner.errors import CrfnerError, InputError
from crfner.tune.study import Study


def tried(path: Path, number: int) -> list[int]:
    """The trials of the study, after so many more."""
    with Study(path, {"data": "x"}, 0) as study:
        for trial, _ in study.ask(number):
            study.tell(trial, [(1, 1, 1)], 1.0, complete=True)
        return [trial.number for trial in study.trials()]


def test_a_line_that_was_cut_short_anywhere_costs_no_finished_trial(tmp_path: Path) -> None:
    whole = tmp_path / "whole.log"
    assert tried(whole, 1) == [0]
    before = len(whole.read_bytes())
    assert tried(whole, 1) == [0, 1]
    content = whole.read_bytes()
    cuts = [*range(before, len(content), 37), len(content) - 1]
    for cut in cuts:
        path = tmp_path / "cut.log"
        path.write_bytes(content[:cut])
        tried(path, 1)
        assert 0 in tried(path, 0) and len(tried(path, 0)) in (2, 3)


def test_a_first_line_that_was_cut_short_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "trials.log"
    for start in (b"{", b'{"op_code":0,"wor', b""):
        path.write_bytes(start)
        assert tried(path, 1) == [0]


def test_a_file_that_is_no_study_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    for content in (b"my notes", b"{\n1", b'{"text": "a"}\n{"te'):
        path.write_bytes(content)
        with pytest.raises(InputError, match="holds no study"):
            Study(path, {}, 0)
        assert path.read_bytes() == content


@pytest.mark.parametrize("folder", ["", "sub"])
def test_the_lock_of_a_process_that_was_killed_is_no_obstacle(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path(folder, "trials.log")
    path.parent.mkdir(exist_ok=True)
    assert tried(path, 1) == [0]
    os.symlink(path, f"{path}.lock")  # as Optuna's own lock is left
    assert tried(path, 1) == [0, 1]


def test_a_study_that_another_process_has_open_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trials.log"
    with Study(path, {}, 0), pytest.raises(CrfnerError, match="another crfner tune has this study"):
        Study(path, {}, 0)
    Study(path, {}, 0).close()


def test_nothing_but_the_file_is_left(tmp_path: Path) -> None:
    tried(tmp_path / "trials.log", 1)
    assert os.listdir(tmp_path) == ["trials.log"]
    shutil.copy(tmp_path / "trials.log", tmp_path / "copy.log")
    assert tried(tmp_path / "copy.log", 0) == [0]
