"""Commands that are stopped half way: their exit codes, and what they leave behind.

These run in processes of their own. None of them waits a fixed time: a signal is sent when the command has shown that
it is where the test wants it.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from running import COMMAND, DATA, ENVIRONMENT, left_over

from crfner import CRFRecognizer, Document

TRAIN = DATA / "menu" / "train.jsonl"
LONG = ("--features", "minimal", "--iterations", "2000000", "--algorithm", "ap")  # never ends by itself
LINE = json.dumps({"text": "Tea with milk, please", "spans": [{"start": 0, "end": 3, "label": "DRINK"}]}) + "\n"
MANY = 2000  # of these lines are far more than a pipe holds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where temporary files of the commands go too, so that none can hide."""
    (tmp_path / "tmp").mkdir()
    return tmp_path


def start(folder: Path, *arguments: Any, **options: Any) -> subprocess.Popen[str]:
    """Start a command that answers to Ctrl-C as in a terminal."""
    environment = {**ENVIRONMENT, "TMPDIR": str(folder / "tmp")}
    options = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, **options}

    def interruptible() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in jobs of the background

    arguments = (*COMMAND, *map(str, arguments))
    return cast(
        "subprocess.Popen[str]", subprocess.Popen(arguments, env=environment, preexec_fn=interruptible, **options)
    )


@contextlib.contextmanager
def training(folder: Path, *arguments: Any) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A training that has reached its first iterations, with the terminal that its progress is shown on."""
    terminal, side = pty.openpty()
    termios.tcsetwinsize(side, (24, 100))
    process = start(folder, "train", *arguments, *LONG, stderr=side)
    os.close(side)
    shown = b""
    try:
        while b"/2000000 [" not in shown.rpartition(b"training")[2] or b"| 0/" in shown.rpartition(b"training")[2]:
            shown += os.read(terminal, 1 << 12)
        yield process, terminal
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
        if process.stdout is not None:
            process.stdout.close()


def rest(terminal: int) -> str:
    """What the terminal shows until the command ends."""
    shown = b""
    with contextlib.suppress(OSError):  # the other side is closed
        while more := os.read(terminal, 1 << 12):
            shown += more
    return shown.decode()


# Ctrl-C


def test_ctrl_c_while_training_keeps_a_usable_model(folder: Path) -> None:
    model = folder / "m.crfner"
    with training(folder, TRAIN, "-o", model) as (process, terminal):
        process.send_signal(signal.SIGINT)
        shown = rest(terminal)
        out = process.stdout.read() if process.stdout else ""
        process.wait()
    assert process.returncode == 130
    assert "making the model of iteration" in shown and "Traceback" not in shown
    assert f"wrote {model}" in out and "stopped after" in out
    recognizer = CRFRecognizer.load(model)
    assert recognizer.labels == ("DIET", "DRINK", "FOOD")
    assert list(recognizer.recognize([Document("A pint of Guinness.")]))
    assert left_over(folder) == os.listdir(folder / "tmp") == []


def test_ctrl_c_while_reading_leaves_no_model(folder: Path) -> None:
    model = folder / "m.crfner"
    process = start(folder, "train", "-", "-o", model, *LONG, stdin=subprocess.PIPE)
    fill(process)  # once the pipe is full and read again, the command is surely at it
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert (process.returncode, errors) == (130, "stopped\n")
    assert not model.exists()
    assert left_over(folder) == os.listdir(folder / "tmp") == []


def test_ctrl_c_while_tagging_leaves_the_old_output(folder: Path, model: Path) -> None:
    out = folder / "out.jsonl"
    out.write_text("old", encoding="utf-8")
    process = start(folder, "tag", model, "-", "-o", out, stdin=subprocess.PIPE)
    fill(process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert (process.returncode, errors) == (130, "stopped\n")
    assert out.read_text(encoding="utf-8") == "old"
    assert left_over(folder) == []


def fill(process: subprocess.Popen[str]) -> None:
    """Write more than a pipe holds, so that the command must have read some of it."""
    assert process.stdin is not None
    process.stdin.write(LINE * MANY)
    process.stdin.flush()


# SIGTERM and SIGKILL


ENDING = pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["SIGTERM", "SIGHUP"]
)


@ENDING
def test_a_signal_while_training_leaves_nothing_behind(number: signal.Signals, code: int, folder: Path) -> None:
    model = folder / "m.crfner"
    with training(folder, TRAIN, "-o", model) as (process, terminal):
        process.send_signal(number)
        shown = rest(terminal)
        process.wait()
    assert process.returncode == code
    assert "Traceback" not in shown
    assert not model.exists()
    assert left_over(folder) == os.listdir(folder / "tmp") == []


@ENDING
def test_a_signal_while_tagging_leaves_the_old_output_and_no_temporary_file(
    number: signal.Signals, code: int, folder: Path, model: Path
) -> None:
    out = folder / "out.jsonl"
    out.write_text("old", encoding="utf-8")
    process = start(folder, "tag", model, "-", "-o", out, stdin=subprocess.PIPE)
    fill(process)
    process.send_signal(number)
    _, errors = process.communicate()
    assert (process.returncode, errors) == (code, "")
    assert out.read_text(encoding="utf-8") == "old"
    assert left_over(folder) == []


def test_nohup_lets_a_command_go_on(folder: Path, model: Path) -> None:
    out = folder / "out.jsonl"
    previous = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # which a child inherits
    try:
        process = start(folder, "tag", model, "-", "-o", out, stdin=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGHUP, previous)
    fill(process)
    process.send_signal(signal.SIGHUP)
    assert (process.communicate()[1], process.returncode) == ("", 0)
    assert len(out.read_text(encoding="utf-8").splitlines()) == MANY


def test_a_kill_leaves_no_half_file_under_the_final_name(folder: Path, model: Path) -> None:
    old, new = folder / "old.jsonl", folder / "new.jsonl"
    old.write_text("old", encoding="utf-8")
    for out in (old, new):
        process = start(folder, "tag", model, "-", "-o", out, stdin=subprocess.PIPE)
        fill(process)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    assert old.read_text(encoding="utf-8") == "old"
    assert not new.exists()


# Streams that are closed


@pytest.mark.parametrize("command", ["tag", "convert", "features", "help"])
def test_a_reader_that_leaves_ends_the_command_with_141_and_in_silence(command: str, folder: Path, model: Path) -> None:
    data = folder / "long.jsonl"
    data.write_text(LINE * MANY, encoding="utf-8")
    arguments: dict[str, list[Any]] = {
        "tag": ["tag", model, data],
        "convert": ["convert", data, "-", "--to", "inline"],
        "features": ["features", "tea " * 20000],
        "help": ["--help"],
    }
    reading, writing = os.pipe()
    os.close(reading)
    process = start(folder, *arguments[command], stdout=writing)
    os.close(writing)
    assert (process.communicate()[1], process.returncode) == ("", 141)


def test_the_first_line_arrives_before_the_reader_leaves(folder: Path, model: Path) -> None:
    data = folder / "long.jsonl"
    data.write_text(LINE * MANY, encoding="utf-8")
    process = start(folder, "tag", model, data)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["text"] == "Tea with milk, please"
    process.stdout.close()
    assert process.stderr is not None
    assert (process.stderr.read(), process.wait()) == ("", 141)
    process.stderr.close()


@pytest.mark.parametrize(("command", "code"), [("tag", 2), ("features", 2), ("info", 0)])
def test_a_closed_standard_output_is_no_reason_for_a_traceback(
    command: str, code: int, folder: Path, model: Path
) -> None:
    arguments = {"tag": ["tag", model, TRAIN], "features": ["features", "tea"], "info": ["info", model]}[command]
    shell = ["sh", "-c", '"$@" >&-', "sh", *COMMAND, *map(str, arguments)]
    done = subprocess.run(shell, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    expected = "error: standard output is closed; name a file to write to\n" if code else ""
    assert (done.returncode, done.stderr) == (code, expected)


@pytest.mark.parametrize("command", ["evaluate", "rules"])
def test_a_closed_standard_error_does_not_end_the_command(command: str, model: Path, tmp_path: Path) -> None:
    mined = tmp_path / "mined.yaml"
    arguments = {"evaluate": ["evaluate", model, TRAIN], "rules": ["rules", "mine", TRAIN, "-o", mined]}[command]
    done = subprocess.run(["sh", "-c", '"$@" 2>&-', "sh", *COMMAND, *map(str, arguments)], env=ENVIRONMENT)
    assert done.returncode == 0
    assert command == "evaluate" or mined.read_text(encoding="utf-8").endswith("\n")


def test_a_closed_standard_input_is_named(model: Path) -> None:
    shell = ["sh", "-c", '"$@" <&-', "sh", *COMMAND, "tag", str(model)]
    done = subprocess.run(shell, env=ENVIRONMENT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "error: <stdin>: standard input is closed; name a file\n")
