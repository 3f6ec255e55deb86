"""`crfner resources` and `crfner clusters`: what they print and write."""

from __future__ import annotations

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
