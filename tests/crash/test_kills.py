"""`kill -9` at any moment: no half file, nothing lost that was confirmed, and the next run goes well.

A few moments of each command; `CRFNER_LONG_TESTS=1 pytest tests/crash` tries 100 of each, and
`python tests/crash/test_kills.py COMMAND NUMBER [SEED]` as many of one as you like.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import pytest
from answering import killed_while_answering
from answering import reference as answered
from crashing import COMMANDS, DATA, moments_of

from crfner import CRFRecognizer, read

LONG = os.environ.get("CRFNER_LONG_TESTS") == "1"
NUMBER, SEED = (100, 0) if LONG else (2, 1)
NEEDS = {"tune": ("optuna",), "annotate": ("starlette", "uvicorn", "markdown_it")}

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="looks for processes in /proc")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return small_model(tmp_path_factory.mktemp("model"))


def small_model(folder: Path) -> bytes:
    CRFRecognizer("minimal", iterations=10).fit(list(read(DATA / "menu/train.jsonl"))[:60]).save(folder / "m.crfner")
    return (folder / "m.crfner").read_bytes()


def tried(name: str, folder: Path, model: bytes, number: int, seed: int) -> str:
    """Kill the command at so many moments; how it went. Raises AssertionError, naming the moment, where it did not."""
    begun = time.monotonic()
    if name == "annotate":
        reference, kill = answered(folder / "reference", model), killed_while_answering
    else:
        reference = COMMANDS[name].reference(folder / "reference", model)
        kill = partial(_killed, name, reference)
    early = 0
    moments = moments_of(reference, number, seed)
    for place, killed in enumerate(moments):
        try:
            early += kill(folder / str(place), model, killed, old=bool(place % 2))
        except AssertionError as error:
            raise AssertionError(f"{name}, killed at {killed}: {error}") from error
    at = sum(bool(killed.at) for killed in moments)
    return (
        f"{name}: {number} kills, {at} of them at calls (of {reference.moments}), {early} before the end, "
        f"{time.monotonic() - begun:.0f} s"
    )


def _killed(name, reference, folder, model, killed, old):  # type: ignore[no-untyped-def]
    return COMMANDS[name].killed(folder, model, reference, killed, old)


@pytest.mark.parametrize("name", [*COMMANDS, "annotate"])
def test_a_kill_at_any_moment_does_no_harm(name: str, tmp_path: Path, model: bytes) -> None:
    for package in NEEDS.get(name, ()):
        pytest.importorskip(package)
    print(tried(name, tmp_path, model, NUMBER, SEED))


if __name__ == "__main__":
    name, number, *seed = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "model").mkdir()
        print(tried(name, folder, small_model(folder / "model"), int(number), int(*seed or [0])))
