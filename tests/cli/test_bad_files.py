"""Files and folders that are not there, are closed or are full: named before any work, and nothing is replaced."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from bad_input import COMMANDS, EVERY, GOOD, OLD, QUICK, Maker, refused
from running import COMMAND, ENVIRONMENT, Run, left_over


@pytest.mark.parametrize("command", EVERY)
def test_a_missing_input_is_named(command: str, crfner: Run, model: Path, output: Path) -> None:
    path = model.parent / "nothing.jsonl"
    assert f"{path}: cannot be read: there is no such file" in refused(crfner(*COMMANDS[command](model, path)))


@pytest.mark.parametrize("command", [command for command in EVERY if command not in ("tag", "suggest")])
def test_a_folder_in_place_of_a_file_is_named(command: str, crfner: Run, model: Path, output: Path) -> None:
    path = model.parent / "folder"
    path.mkdir()
    sentence = refused(crfner(*COMMANDS[command](model, path)))
    assert f"{path}: cannot be read: this is a folder; name a file" in sentence


@pytest.mark.parametrize("command", ["tag", "suggest"])
def test_an_empty_folder_holds_nothing_to_read(command: str, crfner: Run, model: Path, output: Path) -> None:
    path = model.parent / "folder"
    path.mkdir()
    assert f"{path}: this folder holds no file" in refused(crfner(*COMMANDS[command](model, path)))


def test_no_text_has_no_features(crfner: Run) -> None:
    assert "there is no text" in refused(crfner("features", " "))


def test_one_bad_file_among_many_is_named(crfner: Run, model: Path, output: Path) -> None:
    folder = model.parent / "mixed"
    folder.mkdir()
    (folder / "1 good.txt").write_text("Tea\n", encoding="utf-8")
    (folder / "2 bad.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    assert f"{folder / '2 bad.png'}:3: this is a binary file" in refused(crfner(*COMMANDS["tag"](model, folder)))


@contextmanager
def without_privileges(path: Path) -> Iterator[None]:
    """Be somebody whom permissions bind. Root becomes nobody, for whom the folders above the path are opened."""
    if os.geteuid() != 0:
        yield
        return
    needed = {folder: 0o077 if folder == path.parent else 0o055 for folder in path.parents}
    opened = [(folder, mode) for folder in needed if (mode := folder.stat().st_mode) & needed[folder] != needed[folder]]
    for folder, mode in opened:
        folder.chmod(mode | needed[folder])
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for folder, mode in opened:
            folder.chmod(mode)


WRITING: dict[str, Maker] = {
    "train": lambda model, out: ["train", model.parent / "good.jsonl", *QUICK, "-o", out],
    "tag": lambda model, out: ["tag", model, model.parent / "good.jsonl", "-o", out, "--format", "jsonl"],
    "convert": lambda model, out: ["convert", model.parent / "good.jsonl", out, "--to", "jsonl"],
}


@pytest.fixture
def folder(model: Path) -> Path:
    """A folder with a good input and the model."""
    (model.parent / "good.jsonl").write_text(GOOD * 12, encoding="utf-8")
    return model.parent


@pytest.mark.parametrize("command", WRITING)
def test_a_missing_output_folder_is_named_before_any_work(command: str, crfner: Run, model: Path, folder: Path) -> None:
    out = folder / "missing" / "out"
    result = crfner(*WRITING[command](model, out))
    assert f"{out}: cannot be written: there is no such file or folder" in refused(result)
    assert result.out == ""
    assert not out.parent.exists()


@pytest.mark.parametrize("command", WRITING)
def test_a_folder_as_output_is_named(command: str, crfner: Run, model: Path, folder: Path) -> None:
    out = folder / "out"
    out.mkdir()
    assert f"{out}: cannot be written: this is a folder" in refused(crfner(*WRITING[command](model, out)))
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("command", EVERY)
def test_an_input_without_permission_is_named(command: str, crfner: Run, model: Path, folder: Path) -> None:
    path = folder / "secret.jsonl"
    path.write_text(GOOD, encoding="utf-8")
    assert crfner(*COMMANDS[command](model, path)).code == 0  # all is imported now that nobody might not be able to
    (folder / "out").write_bytes(OLD)
    (folder / "out").chmod(0o666)  # so that the input is all that is forbidden
    path.chmod(0)
    with without_privileges(path):
        assert f"{path}: cannot be read: permission denied" in refused(crfner(*COMMANDS[command](model, path)))
    assert (folder / "out").read_bytes() == OLD
    assert left_over(folder) == []


@pytest.mark.parametrize("command", WRITING)
def test_an_output_without_permission_is_named(command: str, crfner: Run, model: Path, folder: Path) -> None:
    out = folder / "closed" / "out"
    out.parent.mkdir(mode=0o555)
    assert crfner(*WRITING[command](model, folder / "out")).code == 0
    with without_privileges(out.parent):
        assert f"{out}: cannot be written: permission denied" in refused(crfner(*WRITING[command](model, out)))
    assert list(out.parent.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")
@pytest.mark.parametrize("command", WRITING)
def test_a_full_disk_is_named(command: str, crfner: Run, model: Path, folder: Path) -> None:
    sentence = refused(crfner(*WRITING[command](model, Path("/dev/full"))))
    assert "/dev/full: cannot be written: the disk is full" in sentence


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")
@pytest.mark.parametrize("command", ["tag", "evaluate", "info", "features", "convert"])
def test_a_full_disk_behind_standard_output_is_named(command: str, model: Path, folder: Path) -> None:
    arguments = {
        "tag": ["tag", model, folder / "good.jsonl"],
        "evaluate": ["evaluate", model, folder / "good.jsonl"],
        "info": ["info", model],
        "features": ["features", "Tea with milk"],
        "convert": ["convert", folder / "good.jsonl", "-", "--to", "conll"],
    }[command]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)], env=ENVIRONMENT, stdout=full, stderr=subprocess.PIPE, text=True
        )
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert last == "error: <stdout>: cannot be written: the disk is full; free some room or choose another place"


@pytest.mark.parametrize("command", WRITING)
def test_a_disk_that_fills_up_half_way_leaves_what_was_there(command: str, model: Path, folder: Path) -> None:
    """A limit on the size of files stands for the disk: the write fails in its midst."""
    (folder / "good.jsonl").write_text(GOOD * (100 if command == "train" else 3000), encoding="utf-8")
    out = folder / "out"
    out.write_bytes(OLD)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        size = 500 if command == "train" else 100_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    arguments = [*COMMAND, *map(str, WRITING[command](model, out))]
    done = subprocess.run(arguments, env=ENVIRONMENT, capture_output=True, text=True, preexec_fn=limit)
    assert done.returncode == 2, done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in done.stderr
    assert out.read_bytes() == OLD
    assert left_over(folder) == []


@pytest.mark.parametrize("name", ["", "-"])
def test_a_model_needs_a_file_of_its_own(name: str, crfner: Run, model: Path, folder: Path) -> None:
    assert "a model is written to a file of its own" in refused(crfner(*WRITING["train"](model, Path()), "-o", name))


@pytest.mark.parametrize("role", ["TRAIN", "--dev", "--gazetteer", "--features", "MODEL", "one of two"])
def test_an_input_is_never_replaced_by_the_output(role: str, crfner: Run, model: Path, folder: Path) -> None:
    good, other = folder / "good.jsonl", folder / "other.jsonl"
    other.write_text(GOOD, encoding="utf-8")
    link = folder / "link"
    link.symlink_to(model if role == "MODEL" else other)
    arguments: dict[str, list[Any]] = {
        "TRAIN": ["train", other, *QUICK],
        "MODEL": ["tag", model, good],
        "one of two": ["tag", model, good, other],
    }
    before = {path: path.read_bytes() for path in (good, other, model)}
    result = crfner(*arguments.get(role, ["train", good, *QUICK, role, other]), "-o", link)
    assert f"{link}: this file is read too, and would be replaced" in refused(result)
    assert before == {path: path.read_bytes() for path in before}
