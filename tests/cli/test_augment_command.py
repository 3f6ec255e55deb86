"""`crfner augment` writes more labelled text, says what it made, and reads and writes streams."""

from __future__ import annotations

from pathlib import Path

from running import DATA, Run

from crfner import read

CLINIC = DATA / "clinic" / "train.jsonl"


def test_the_new_sentences_follow_the_old_ones(crfner: Run, tmp_path: Path) -> None:
    result = crfner("augment", CLINIC, "-o", tmp_path / "more.jsonl")
    assert result.code == 0
    old, found = list(read(CLINIC)), list(read(tmp_path / "more.jsonl"))
    assert found[: len(old)] == old
    assert result.errors[0].startswith(f"{len(found) - len(old)} new sentences -> {tmp_path / 'more.jsonl'}: ")
    assert any(line.split()[:2] == ["DEVICE", "23"] for line in result.errors)


def test_only_the_new_ones_go_to_standard_output_from_standard_input(crfner: Run, tmp_path: Path) -> None:
    result = crfner("augment", "-", "--only-new", "--method", "typos", "--target", 30, stdin=CLINIC.read_bytes())
    assert result.code == 0
    lines = result.out.splitlines()
    assert result.errors[0] == f"{len(lines)} new sentences -> standard output: {len(lines)} by typos"
    assert all('"method": "typos"' in line for line in lines)


def test_terms_of_a_lexicon_are_given_with_their_label(crfner: Run, tmp_path: Path) -> None:
    (tmp_path / "devices.txt").write_text("hoverchair\n", encoding="utf-8")
    lexicon = f"DEVICE={tmp_path / 'devices.txt'}"
    result = crfner("augment", CLINIC, "--only-new", "--method", "mentions", "--lexicon", lexicon, "--to", "inline")
    assert "[hoverchair](DEVICE)" in result.out
    refused = crfner("augment", CLINIC, "--lexicon", tmp_path / "devices.txt")
    assert (refused.code, len(refused.errors)) == (2, 1)
    assert "give --lexicon LABEL=" in refused.err


def test_text_without_labels_is_refused(crfner: Run) -> None:
    result = crfner("augment", "-", stdin=b"some plain text\n")
    assert result.code == 2
    assert result.errors == ["error: <stdin>: there is no labelled span to make others of; annotate some first"]


def test_when_there_is_nothing_to_do_it_says_why(crfner: Run) -> None:
    result = crfner("augment", CLINIC, "--target", 1)
    assert result.code == 0
    assert result.errors == [
        "no new sentence: every label has its target already; give a higher --target, or other methods"
    ]
