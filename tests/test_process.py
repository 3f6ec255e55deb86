"""Work in a process of its own: what comes back, what its failures become, and that nothing is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import pytest

from crfner.errors import CrfnerError, InputError
from crfner.process import ProcessError, Stopped, isolated, peak_memory, stoppable


def add(first: int, second: int = 0) -> int:
    print("this would be in the way")
    warnings.warn("and so would this", stacklevel=1)
    return first + second


def refuse() -> None:
    raise InputError("the label is blank", "train.jsonl", 3)


def fail() -> None:
    raise ZeroDivisionError("a fault of the program")


def exhaust() -> None:
    raise MemoryError


def die() -> None:
    os.kill(os.getpid(), 9)


def leave() -> None:
    os._exit(7)


def own_id(folder: str) -> int:
    Path(tempfile.gettempdir(), "left").write_text("behind", encoding="utf-8")
    return os.getpid()


def grow(size: int) -> int:
    held = bytearray(os.urandom(1)) * size
    return (peak_memory() or 0) + 0 * len(held)


def test_the_value_comes_back(capfd: pytest.CaptureFixture[str]) -> None:
    assert isolated(add, 1, second=2) == 3
    assert capfd.readouterr() == ("", "")


def test_it_is_another_process_whose_temporary_files_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert isolated(own_id, str(tmp_path)) != os.getpid()
    assert os.listdir(tmp_path) == []


def test_an_error_that_the_user_can_mend_is_passed_on_as_it_is() -> None:
    with pytest.raises(InputError) as error:
        isolated(refuse)
    assert (str(error.value), error.value.line) == ("train.jsonl:3: the label is blank", 3)


def test_want_of_memory_is_passed_on() -> None:
    with pytest.raises(MemoryError):
        isolated(exhaust)


def test_a_fault_comes_with_the_childs_traceback() -> None:
    with pytest.raises(ProcessError, match=r"(?s)in fail.*ZeroDivisionError: a fault of the program"):
        isolated(fail)


def test_a_child_that_is_killed_is_told_of() -> None:
    with pytest.raises(CrfnerError, match="ended by signal 9; if there was not enough memory"):
        isolated(die)


def test_a_child_that_leaves_early_is_told_of() -> None:
    with pytest.raises(CrfnerError, match="exit code 7"):
        isolated(leave)


def test_work_without_a_name_cannot_be_sent() -> None:
    with pytest.raises(CrfnerError, match="functions of a module's top level"):
        isolated(lambda: 1)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell a program's own peak")
def test_the_peak_is_the_childs_own() -> None:
    held = bytearray(b"x") * 200_000_000  # what the parent has is not counted
    small, large = isolated(grow, 1), isolated(grow, 150_000_000)
    assert small < 150_000_000 < large - small + 10_000_000
    assert len(held)


def test_ctrl_c_leaves_no_child_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[subprocess.Popen[bytes]] = []

    class Interrupted(subprocess.Popen[bytes]):
        def wait(self, timeout: float | None = None) -> int:
            if self not in children:
                children.append(self)
                signal.setitimer(signal.ITIMER_REAL, 0.1)  # while it waits
            return super().wait(timeout)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("crfner.process.subprocess.Popen", Interrupted)
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            isolated(time.sleep, 60)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert [child.returncode for child in children] == [-signal.SIGKILL]
    assert not list(tmp_path.iterdir())


def test_work_that_is_to_stop_is_ended_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        stoppable(stop, time.sleep, 600)
    assert os.listdir(tmp_path) == []
    assert stoppable(threading.Event(), add, 1, second=2) == 3
