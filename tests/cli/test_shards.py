"""`crfner tag --output-dir`: shards and a manifest, and work that goes on where it was stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from running import COMMAND, ENVIRONMENT, Run, left_over

LINES = [f"Order {number}: two samosas and a mint tea with milk, please.\n" for number in range(60)]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.txt"
    path.write_text("".join(LINES), encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def without_shards(folder: Path, kept: int) -> None:
    """Make the folder what it was when so many shards were finished."""
    data = manifest(folder)
    for shard in data["shards"][kept:]:
        (folder / shard["file"]).unlink()
    data["shards"], data["complete"] = data["shards"][:kept], False
    (folder / "manifest.json").write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize("options", [[], ["--nbest", "2"], ["--format", "conll"], ["--format", "inline"]])
def test_shards_in_order_hold_what_one_file_would(
    crfner: Run, model: Path, notes: Path, tmp_path: Path, options: list[str]
) -> None:
    out = tmp_path / "out"
    whole = crfner("tag", model, notes, *options).out
    result = crfner("tag", model, notes, "--output-dir", out, "--shard-tokens", 200, *options)
    assert result.code == 0, result.err
    shards = manifest(out)["shards"]
    assert manifest(out)["complete"] is True
    assert len(shards) > 2
    assert sum(shard["documents"] for shard in shards) == len(LINES)
    assert all(shard["tokens"] >= 200 for shard in shards[:-1])
    joined = "".join((out / shard["file"]).read_text(encoding="utf-8") for shard in shards)
    assert joined.split() == whole.split()  # CoNLL has blank lines between documents
    assert {*contents(out)} == {"manifest.json", *(shard["file"] for shard in shards)}


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_resumed_work_ends_in_the_same_bytes_and_leaves_finished_shards_alone(
    crfner: Run, model: Path, notes: Path, tmp_path: Path, kept: int
) -> None:
    out = tmp_path / "out"
    command = ("tag", model, notes, "--output-dir", out, "--shard-tokens", 200)
    crfner(*command)
    before = contents(out)
    without_shards(out, kept)
    finished = {path.name: path.stat().st_mtime_ns for path in out.glob("part-*")}
    assert crfner(*command).code == 2  # without --resume
    result = crfner(*command, "--resume")
    assert result.code == 0, result.err
    assert contents(out) == before
    assert {name: (out / name).stat().st_mtime_ns for name in finished} == finished
    assert len(finished) == kept


def test_finished_work_is_not_done_again(crfner: Run, model: Path, notes: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ("tag", model, notes, "--output-dir", out, "--resume")
    crfner(*command)
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert "1 shards, 1 of them there before" in crfner(*command).err
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("model", "made by another model"),
        ("size", "made by other inputs"),
        ("text", "the input does not begin with the text"),
        ("name", "made by other inputs"),
        ("option", "made by other options"),
        ("shard", "part-00000.jsonl: this is not what was written, or it is missing"),
        ("manifest", "this is not a manifest of shards, or it is damaged"),
        ("version", "made by another version of crfner"),
        ("stranger", "there is no manifest.json here to resume by"),
    ],
)
def test_what_does_not_fit_is_refused(
    crfner: Run, model: Path, notes: Path, tmp_path: Path, change: str, message: str
) -> None:
    out = tmp_path / "out"
    command: list[Any] = ["tag", model, notes, "--output-dir", out, "--shard-tokens", 200]
    crfner(*command)
    without_shards(out, 2)
    path = out / "manifest.json"
    if change == "model":
        model.write_bytes(model.read_bytes() + b"\0")
    elif change == "size":
        notes.write_text("".join(LINES[:-1]), encoding="utf-8")
    elif change == "text":
        notes.write_text("".join(LINES).replace("mint", "mild"), encoding="utf-8")
    elif change == "name":
        command[2] = notes.rename(tmp_path / "other.txt")
    elif change == "option":
        command += ["--format", "inline"]
    elif change == "shard":
        (out / "part-00000.jsonl").write_bytes(b"{}")
    elif change == "manifest":
        path.write_text("[]", encoding="utf-8")
    elif change == "version":
        path.write_text(path.read_text(encoding="utf-8").replace('"version": [1, "', '"version": [1, "0.'))
    else:
        path.rename(out / "letters.txt")
    before = contents(out)
    result = crfner(*command, "--resume")
    assert result.code == 2
    assert message in result.err
    assert len(result.errors) == 1
    assert contents(out) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--resume"], "name their folder with --output-dir"),
        (["--shard-tokens", 5], "name their folder with --output-dir"),
        (["--output-dir", "shards", "-o", "out.jsonl"], "leave out one of them"),
        (["--address", "tcp://127.0.0.1:1"], "an address is that of a cluster"),
        (["--backend", "dask"], "give its address with --address"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    crfner: Run, model: Path, notes: Path, arguments: list[Any], message: str
) -> None:
    result = crfner("tag", model, notes, *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_shards_are_not_written_into_the_folder_that_is_read(crfner: Run, model: Path, notes: Path) -> None:
    result = crfner("tag", model, notes.parent, "--output-dir", notes.parent / "out")
    assert result.code == 2
    assert "within one another" in result.err


def test_killed_work_goes_on_where_it_was(crfner: Run, model: Path, tmp_path: Path) -> None:
    """Killed with signal 9 while its input is still open; the same input then comes again, from a pipe."""
    out, undisturbed = tmp_path / "out", tmp_path / "undisturbed"
    text = "".join(LINES * 40).encode()
    command = ("tag", model, "-", "--shard-tokens", 4000, "--output-dir")
    arguments = [*COMMAND, *map(str, command), str(out)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, env=ENVIRONMENT, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        process.stdin.write(text)  # batches of it are tagged; the rest waits for more
        process.stdin.flush()
        while process.poll() is None and not (out / "part-00001.jsonl").exists():
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    finished = {shard["file"]: (out / shard["file"]).stat().st_mtime_ns for shard in manifest(out)["shards"]}
    assert finished
    assert manifest(out)["complete"] is False
    result = crfner(*command, out, "--resume", stdin=text)
    assert result.code == 0, result.err
    crfner(*command, undisturbed, stdin=text)
    assert contents(out) == contents(undisturbed)
    assert {name: (out / name).stat().st_mtime_ns for name in finished} == finished
    assert left_over(tmp_path) == []
    assert crfner(*command, tmp_path / "third", "--resume", stdin=text).code == 0  # nothing there yet
