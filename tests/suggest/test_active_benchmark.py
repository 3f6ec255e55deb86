"""The simulation of active learning counts what it says: rounds up to a target, from one draw for both sides."""

from __future__ import annotations

import json
import warnings
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from crfner import read
from crfner.formats import write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def active(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return import_module("active")


def test_the_tokens_needed_lie_where_the_line_between_two_rounds_crosses_the_target(active: ModuleType) -> None:
    assert active._needed([(100, 9, 50.0), (200, 15, 60.0)], 57.5) == 175
    assert active._needed([(100, 9, 50.0)], 50.0) == 100
    assert active._needed([(100, 9, 50.0), (200, 15, 55.0)], 57.5) is None


@pytest.mark.filterwarnings("ignore:labels with fewer")
def test_both_sides_start_alike_and_a_run_that_is_there_is_not_made_again(
    active: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "menu"
    folder.mkdir()
    write(list(read(ROOT / "data/menu/train.jsonl"))[:60], folder / "train.conll")
    write(list(read(ROOT / "data/menu/dev.jsonl"))[:20], folder / "dev.conll")
    results = tmp_path / "active.jsonl"
    monkeypatch.setattr(active, "_START", 200)
    options = ["--corpora", tmp_path, "--results", results, "--corpus", "menu", "--seeds", 2, "--iterations", 8]
    with warnings.catch_warnings(action="ignore"):
        done = CliRunner().invoke(active.main, list(map(str, options)))
    assert done.exit_code in (0, 1), done.output
    runs = [json.loads(line) for line in results.read_text().splitlines()]
    assert [(run["strategy"], run["seed"]) for run in runs] == [
        ("full", 0),
        ("sequence", 0),
        ("random", 0),
        ("sequence", 1),
        ("random", 1),
    ]
    target = active.ENOUGH * runs[0]["curve"][0][2]
    for ours, other in (runs[1:3], runs[3:5]):
        assert ours["curve"][0] == other["curve"][0]
        for run in (ours, other):
            assert all(f1 < target for *_, f1 in run["curve"][:-1])
            assert run["curve"][-1][2] >= target
            tokens = [point[0] for point in run["curve"]]
            assert all(after >= before * 1.49 for before, after in pairwise(tokens[:-1]))
    again = CliRunner().invoke(active.main, list(map(str, options)))
    assert len(results.read_text().splitlines()) == len(runs)
    assert again.output.splitlines()[-3:] == done.output.splitlines()[-3:]
