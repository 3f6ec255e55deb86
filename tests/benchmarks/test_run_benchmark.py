"""`benchmarks/run.py` from the corpus to the table, on a few sentences; and how its figures are made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from crfner import Document, read
from crfner.formats import write
from crfner.tokenize import tokenized

ROOT = Path(__file__).parents[2]
pytest.importorskip("psutil")


@pytest.fixture(autouse=True)
def _benchmarks_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpora")
    (folder / "few").mkdir()
    for part in ("train", "dev"):
        documents = map(tokenized, islice(read(ROOT / "data" / "clinic" / f"{part}.jsonl"), 25))
        write(documents, folder / "few" / f"{part}.conll", "conll")
    return folder


def run(corpora: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "benchmarks" / "run.py"), "--corpora", str(corpora), "--corpus", "few"]
    places = ["--results", str(folder / "run.json"), "--report", str(folder / "RESULTS.md")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([*command, *places, *arguments], env=environment, capture_output=True, text=True)


@pytest.mark.long
def test_measures_are_made_kept_and_shown_with_their_requirements(corpora: Path, tmp_path: Path) -> None:
    done = run(corpora, tmp_path, "--only", "training", "--rounds", "1")
    assert done.returncode in (0, 1), done.stderr
    kept = json.loads((tmp_path / "run.json").read_text())["measures"]["training"]
    for side in ("ours", "ours, same penalties", "nltk perceptron", "nltk crf", "sklearn-crfsuite"):
        (figures,) = kept["runs"][side]
        assert figures["seconds"] > 0 and figures["memory"] > 10 and figures["bytes"] > 0 and 0 <= figures["f1"] <= 100
    page = (tmp_path / "RESULTS.md").read_text()
    assert done.stdout in page
    assert "| training | memory, same penalties " in page and "<= 0.5" in page
    assert str(corpora) not in page
    missed = "MISSED" in done.stdout
    assert done.returncode == (1 if missed else 0)

    again = run(corpora, tmp_path, "--only", "training", "--rounds", "1", "--resume")
    assert again.stdout == done.stdout  # every round was there, so nothing was measured


def test_an_unknown_measure_and_no_measure_are_refused(corpora: Path, tmp_path: Path) -> None:
    unknown = run(corpora, tmp_path, "--only", "speed")
    assert unknown.returncode == 2 and "there is no measure 'speed'" in unknown.stderr
    none = run(corpora, tmp_path)
    assert none.returncode == 2 and "--all" in none.stderr


def test_what_was_not_measured_meets_no_requirement() -> None:
    values = import_module("measures.values")
    limit = values.Limit("<=", 0.4)
    row = values.Row("training", "s", 2.0, "peer", 10.0, limit)
    assert row.compared == pytest.approx(0.2) and row.passed
    assert not replace(row, ours=5.0).passed
    assert not replace(row, ours=None).passed
    assert not replace(row, theirs=None).passed
    assert replace(row, ours=None, limit=None).passed
    assert values.Row("F1", "points", 89.95, "peer", 90.0, values.Limit(">=", -0.1), "difference").passed
    assert not values.Row("start", "s", 0.25, limit=values.Limit("<", 0.25), by="itself").passed


def test_medians_are_taken_over_rounds() -> None:
    middle = import_module("measures.values").middle
    results = {"tagging": {"ours": [{"speed": 5.0}, {"speed": 1.0}, {"speed": 2.0}]}}
    assert middle(results, "tagging", "ours", "speed") == 2.0
    assert middle(results, "tagging", "spacy", "speed") is None
    assert middle(results, "growth", "ours", "speed") is None


def test_growth_finds_the_exponent_and_new_words_at_twice_the_size(corpora: Path, tmp_path: Path) -> None:
    growth = import_module("measures.growth")
    setup = import_module("measures.values").Setup(corpora, "few", tmp_path, tmp_path, 5)

    def square(learnt: list[Document], passes: int) -> dict[str, Any]:
        tokens = sum(len(document.tokens) for document in learnt)
        return {"seconds": passes * tokens**2 * 1e-6, "iterations": passes, "memory": 100.0 + tokens, "held": 100.0}

    figures = growth._sizes(square, setup)
    assert figures["pass_seconds_exponent"] == pytest.approx(2.0)
    assert figures["memory_exponent"] == pytest.approx(1.0)
    assert figures["tokens"] == sorted(set(figures["tokens"])) and figures["tokens"][-1] == 2 * figures["tokens"][-2]
    grown, grown_before = (figures["types"][-1 - back] / figures["types"][-2 - back] for back in (0, 1))
    assert grown == pytest.approx(grown_before, rel=0.02)


def test_changed_words_keep_text_tokens_and_spans_in_place(corpora: Path) -> None:
    changed = import_module("measures.changed")
    document = next(one for one in read(corpora / "few" / "train.conll", "conll") if one.spans)
    word = document.words()[0]
    new = changed.with_changed(document, {word: "#" * len(word)})
    assert len(new.text) == len(document.text) and new.spans == document.spans
    assert new.words()[0] == "#" * len(word) and new.words()[-1] == document.words()[-1]


def test_a_stream_is_compared_by_minutes_and_its_slope_is_per_minute() -> None:
    stream = import_module("measures.stream")
    rising = [100 + second / 60 for second in range(300)]
    assert stream._slope(rising) == pytest.approx(1.0)
    early, late = stream._minutes(rising)
    assert early == pytest.approx(101.5, abs=0.02) and late == pytest.approx(104.5, abs=0.02)


def test_streams_hold_ever_new_words() -> None:
    stream = import_module("measures.stream")
    sentences = [[["Ann", "went", "to", "Oslo", "in", "May", "2020", "."] * 5]]
    pieces = list(islice(stream._text(sentences), 20))
    assert all(tokens == 40 for tokens, _ in pieces)
    assert len({word for _, piece in pieces for word in piece.split()}) > 20
    _, columns = next(stream._columns(sentences))
    assert columns.endswith(" O\n\n") and "DOCSTART" not in columns
