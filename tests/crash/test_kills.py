"""A signal at any moment: no half file, nothing lost that was confirmed, and the next run goes well.

A few moments of each command; `CRFNER_LONG_TESTS=1 pytest tests/crash` tries 100 of each with SIGKILL, and
`python tests/crash/test_kills.py COMMAND NUMBER [SEED [SIGNAL]]` as many of one as you like, with SIGKILL, SIGTERM or
SIGHUP.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from answering import killed_while_answering
from answering import reference as answered
from crashing import COMMANDS, DATA, Killed, Reference, moments_of

from crfner import CRFRecognizer, read

LONG = os.environ.get("CRFNER_LONG_TESTS") == "1"
NUMBERS = {signal.SIGKILL: 100 if LONG else 2, signal.SIGTERM: 20 if LONG else 1, signal.SIGHUP: 20 if LONG else 0}
SEED = 0 if LONG else 1
NEEDS = {"tune": ("optuna",), "annotate": ("starlette", "uvicorn", "markdown_it")}

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="looks for processes in /proc")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return small_model(tmp_path_factory.mktemp("model"))


def small_model(folder: Path) -> bytes:
    CRFRecognizer("minimal", iterations=10).fit(list(read(DATA / "menu/train.jsonl"))[:60]).save(folder / "m.crfner")
    return (folder / "m.crfner").read_bytes()


def tried(name: str, folder: Path, model: bytes, numbers: dict[signal.Signals, int], seed: int) -> str:
    """Stop the command at so many moments by each signal; how it went.

    Raises AssertionError, naming the moment, where it did not go well.
    """
    if name == "annotate":
        reference, stop = answered(folder / "reference", model), killed_while_answering
    else:
        reference = COMMANDS[name].reference(folder / "reference", model)
        stop = partial(_killed, name, reference)
    return "\n".join(
        _tried(name, folder / by.name, model, reference, stop, moments_of(reference, number, seed, by))
        for by, number in numbers.items()
        if number
    )


def _tried(
    name: str, folder: Path, model: bytes, reference: Reference, stop: Callable[..., bool], moments: list[Killed]
) -> str:
    begun, early = time.monotonic(), 0
    for place, killed in enumerate(moments):
        try:
            early += stop(folder / str(place), model, killed, old=bool(place % 2))
        except AssertionError as error:
            raise AssertionError(f"{name}, {killed}: {error}") from error
    at = sum(bool(killed.at) for killed in moments)
    return (
        f"{name}: {len(moments)} times {moments[0].by.name}, {at} of them at calls (of {reference.moments}), "
        f"{early} before the end, {time.monotonic() - begun:.0f} s"
    )


def _killed(name, reference, folder, model, killed, old):  # type: ignore[no-untyped-def]
    return COMMANDS[name].killed(folder, model, reference, killed, old)


@pytest.mark.parametrize("name", [*COMMANDS, "annotate"])
def test_a_kill_at_any_moment_does_no_harm(name: str, tmp_path: Path, model: bytes) -> None:
    for package in NEEDS.get(name, ()):
        pytest.importorskip(package)
    print(tried(name, tmp_path, model, NUMBERS, SEED))


if __name__ == "__main__":
    name, number, *more = sys.argv[1:]
    seed, by = int(*more[:1] or [0]), signal.Signals[(more[1:] or ["SIGKILL"])[0]]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "model").mkdir()
        print(tried(name, folder, small_model(folder / "model"), {by: int(number)}, seed))
