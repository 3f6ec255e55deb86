"""`crfner resources` and `crfner clusters`: what they print and write."""

from __future__ import annotations

import json
from pathlib import Path

from running import Run

from features import Clusters


def test_resources_are_listed_with_what_is_absent(crfner: Run) -> None:
    result = crfner("resources", "es")
    assert result.code == 0
    assert "brown_es" in result.out and "brown_en" not in result.out
    assert crfner("resources", "xx").code == 2


def test_clusters_of_a_text_are_written_as_train_reads_them(crfner: Run, tmp_path: Path) -> None:
    text, output = tmp_path / "notes.txt", tmp_path / "clusters.tsv"
    text.write_text("the dose was low\nthe pain was bad\nthe dose was high\n" * 5)
    result = crfner("clusters", text, "-o", output, "--classes", "3")
    assert result.code == 0, result.err
    lines = output.read_text().splitlines()
    assert {tuple(line.split("\t")[1:]) for line in lines} >= {("the", "15"), ("dose", "10")}
    assert set(Clusters.from_lines(lines).paths) == {"the", "dose", "was", "low", "pain", "bad", "high"}
    assert "next: crfner train" in result.err


def test_clusters_do_not_replace_their_text(crfner: Run, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("the dose was low\n")
    assert crfner("clusters", text, "-o", text).code == 2
    assert text.read_text() == "the dose was low\n"


def test_each_method_writes_what_train_reads(crfner: Run, tmp_path: Path) -> None:
    text, model = tmp_path / "notes.jsonl", tmp_path / "m.crfner"
    text.write_text('{"text": "the dose was low", "spans": [{"start": 4, "end": 8, "label": "WORD"}]}\n' * 12)
    options: list[str | Path] = []
    for method, option in (("context", "--clusters"), ("morphological", "--clusters"), ("vectors", "--vectors")):
        output = tmp_path / f"{method}.tsv"
        result = crfner("clusters", text, "-o", output, "--method", method)
        assert result.code == 0, result.err
        assert f"next: crfner train TRAIN -o MODEL {option} {output}" in result.err
        options += [option, output]
    result = crfner("train", text, "-o", model, "--iterations", "5", *options)
    assert result.code == 0, result.err
    parts = json.loads(crfner("info", model, "--json").out)["parts"]
    assert {"clusters/context.txt", "clusters/morphological.txt", "vectors/vectors.txt"} <= set(parts)


def test_vectors_have_no_number_of_classes(crfner: Run, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("the dose was low\n" * 5)
    result = crfner("clusters", text, "-o", tmp_path / "v.tsv", "--method", "vectors", "--classes", "9")
    assert result.code == 2
    assert "leave out --classes" in result.err
