"""Whatever a stranger hands over is taken or refused: every input that ever broke this, and some new ones each time.

New ones run in a process of their own, which they may crash. `python -m fuzz.run` tries more of them.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

from fuzz.mutation import mutated  # noqa: E402
from fuzz.outcome import Broken, examined, memory_bound  # noqa: E402
from fuzz.run import fuzzed  # noqa: E402
from fuzz.targets import NAMES, named  # noqa: E402

INPUTS = Path(__file__).parent / "inputs"
NEEDED = {
    "binaries": ("pyarrow", "spacy"),
    "encoders": ("torch", "transformers"),
    "serve": ("orjson", "prometheus_client", "starlette"),
    "wire": ("httptools", "orjson", "prometheus_client", "starlette", "uvicorn"),
    "annotate": ("starlette",),
}
RUNS = {
    "encoders": 20,
    "binaries": 30,
    "serve": 50,
    "wire": 40,
    "annotate": 50,
    "models": 50,
    "rules": 60,
    "readers": 100,
}


def needing(target: str) -> None:
    for package in NEEDED.get(target, ()):
        pytest.importorskip(package)


@cache
def run_of(target: str) -> Any:
    return named(target).prepared()


@pytest.mark.parametrize(
    ("target", "name"), [(path.parent.name, path.name) for path in sorted(INPUTS.glob("*/*")) if path.is_file()]
)
def test_an_input_that_was_found_once_is_taken_or_refused(target: str, name: str) -> None:
    needing(target)
    assert examined(run_of(target), (INPUTS / target / name).read_bytes()) is None


@pytest.mark.parametrize("target", NAMES)
def test_changes_of_sound_input_are_taken_or_refused(target: str, tmp_path: Path) -> None:
    needing(target)
    result = fuzzed(target, "hypothesis", 0, RUNS[target], 1, tmp_path)
    assert result.runs >= RUNS[target]
    assert [path.name for path in result.findings] == []


# The harness itself: it would be of no use if it saw nothing


def test_errors_time_and_memory_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from fuzz import outcome

    def broken(data: bytes) -> None:
        raise Broken("status 500")

    def large(data: bytes) -> None:
        bytearray(b"x") * (memory_bound(len(data)) + (32 << 20))

    def slow(data: bytes) -> None:
        monkeypatch.setattr(outcome, "SECONDS", -1.0)

    found = [examined(run, b"data") for run in (broken, large, slow)]
    assert [one.kind if one else None for one in found] == ["error", "memory", "time"]


def test_a_refusal_in_one_sentence_is_no_finding_and_one_of_several_lines_is() -> None:
    from crfner.errors import CrfnerError

    def refused(data: bytes) -> None:
        raise CrfnerError(data.decode())

    assert examined(refused, b"the label is blank") is None
    assert examined(refused, b"the label\nis blank") is not None


def test_a_crash_of_native_code_is_written_down_with_its_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import types, sys, ctypes\n"
        "module = types.ModuleType('fuzz.targets.text')\n"
        "module.WORDS, module.seeds = (), lambda: [b'sound']\n"
        "def run(data):\n"
        "    if data != b'sound': ctypes.string_at(0)\n"
        "module.prepared = lambda: run\n"
        "sys.modules['fuzz.targets.text'] = module\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    result = fuzzed("text", "hypothesis", 0, 3, 1, tmp_path / "findings")
    assert result.findings and all(path.name.startswith("crash-") for path in result.findings)
    assert result.findings[0].read_bytes() != b"sound"


def test_changes_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    from hypothesis import Phase, given, seed, settings

    def drawn() -> list[bytes]:
        found: list[bytes] = []
        options = settings(max_examples=20, database=None, deadline=None, phases=[Phase.generate])
        seed(5)(options(given(mutated([b"one 1", b"two 2"], [b"word"]))(lambda data: found.append(data))))()
        return found

    assert drawn() == drawn()
