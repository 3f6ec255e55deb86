"""`crfner agree`, end to end: what it prints and writes, and the exit code that a script can rely on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from running import DATA, Run, left_over

from crfner import read
from crfner.formats import write

DEV = DATA / "menu/dev.jsonl"


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The shipped data as someone else marked it: in another order, without drinks, and without the last document."""
    documents = [one.with_spans(span for span in one.spans if span.label != "DRINK") for one in read(DEV)]
    write(reversed(documents[:-1]), tmp_path / "bo.jsonl")
    return tmp_path / "bo.jsonl"


def test_tables_are_printed_and_documents_of_one_side_are_told(crfner: Run, second: Path) -> None:
    result = crfner("agree", DEV, second, "--top", 1)
    assert result.code == 0
    assert result.out.startswith("dev and bo: 52 documents")
    assert "\nDRINK    0.00" in result.out and "\nFOOD   100.00" in result.out
    assert result.out.count("only dev, 2 times: menu-") == 1
    assert result.errors == ["1 documents of dev only"]


def test_json_has_what_the_tables_have(crfner: Run, second: Path, tmp_path: Path) -> None:
    printed = json.loads(crfner("agree", DEV, second, "--json", "--top", 2, "--names", "ann", "bo").out)
    assert printed["names"] == ["ann", "bo"] and printed["labels"]["FOOD"]["f1"] == 1
    assert len(printed["conflicts"]) == 2 and len(printed["only_first"]) == 1
    result = crfner("agree", DEV, second, "-o", tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert sum(one["count"] for one in written["conflicts"]) == written["kinds"]["only first"] > 2
    assert result.errors[-1] == f"wrote {tmp_path / 'out.json'}" and left_over(tmp_path) == []


def test_documents_that_differ_are_written_with_both_versions(crfner: Run, second: Path, tmp_path: Path) -> None:
    target = tmp_path / "decide.jsonl"
    result = crfner("agree", DEV, second, "--conflicts", target)
    written = list(read(target))
    assert result.errors[-1] == f"wrote {target}: {len(written)} documents"
    assert written and all(len(one.meta["versions"]) == 2 for one in written)


@pytest.mark.parametrize(("least", "code"), [("0.7", 0), ("0.99", 1)])
def test_the_exit_code_tells_when_f1_is_below(least: str, code: int, crfner: Run, second: Path) -> None:
    result = crfner("agree", DEV, second, "--fail-under", least)
    assert result.code == code and ("below 0.99" in result.err) == bool(code)


def test_undefined_f1_is_below_anything(crfner: Run, tmp_path: Path) -> None:
    plain = tmp_path / "plain.txt"
    plain.write_text("No one.\n")
    result = crfner("agree", plain, plain, "--fail-under", 0)
    assert result.code == 1 and result.errors == ["F1 of all spans is undefined, as neither marks anything"]


def test_one_of_them_may_be_standard_input_in_another_format(crfner: Run, tmp_path: Path) -> None:
    write(read(DEV), tmp_path / "dev.conll")
    result = crfner("agree", "-", tmp_path / "dev.conll", stdin=DEV.read_bytes())
    assert result.code == 0 and result.out.startswith("<stdin> and dev: 53 documents")
    assert "; 0 documents differ\n" in result.out


def test_columns_without_their_text_are_compared_all_the_same(crfner: Run, tmp_path: Path) -> None:
    write(read(DEV), tmp_path / "dev.conll")
    own = re.sub(r"# id.*\n(# .*\n)+", "-DOCSTART- O\n\n", (tmp_path / "dev.conll").read_text(encoding="utf-8"))
    (tmp_path / "bare.conll").write_text(own, encoding="utf-8")
    result = crfner("agree", DEV, tmp_path / "bare.conll")
    assert result.out.startswith("dev and bare: 53 documents") and "; 0 documents differ\n" in result.out
    assert "bare's spans were moved" in result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-", "-"), "error: only one of the two can be standard input; name a file for the other"),
        ((DEV, DATA / "menu/test.jsonl"), "have no text in common; give two annotations of the same documents"),
        ((DEV, DEV, "--conflicts", "decide.conll"), "only JSON lines hold two versions; name a file such as"),
        ((DEV, "nothing.jsonl"), "nothing.jsonl: cannot be read"),
        ((DEV, DEV, "-o", "nowhere/out.json"), "nowhere/out.json: cannot be written"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple, message: str, crfner: Run) -> None:
    result = crfner("agree", *arguments)
    assert (result.code, result.out, len(result.errors)) == (2, "", 1) and message in result.err


def test_neither_input_is_written_over(crfner: Run, second: Path) -> None:
    before = second.read_bytes()
    result = crfner("agree", DEV, second, "--conflicts", second)
    assert result.code == 2 and "would be replaced" in result.err and second.read_bytes() == before
