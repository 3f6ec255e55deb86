"""`crfner evaluate --modes`: the scores that tell near misses, beside the exact ones."""

from __future__ import annotations

import json
from pathlib import Path

from running import DATA, Run

TEST = DATA / "menu" / "test.jsonl"


def test_modes_follow_the_table(crfner: Run, model: Path) -> None:
    plain, more = crfner("evaluate", model, TEST), crfner("evaluate", model, TEST, "--modes")
    assert (plain.code, more.code) == (0, 0)
    assert more.out.startswith(plain.out)
    lines = more.out.removeprefix(plain.out).splitlines()
    assert " ".join(lines[1].split()) == "mode precision recall f1 correct incorrect partial missed spurious"
    assert [line.split()[0] for line in lines[2:6]] == ["strict", "exact", "partial", "type"]


def test_modes_in_json_agree_with_the_exact_scores(crfner: Run, model: Path) -> None:
    plain = json.loads(crfner("evaluate", model, TEST, "--json").out)
    more = json.loads(crfner("evaluate", model, TEST, "--json", "--modes").out)
    modes = more.pop("modes")
    assert more == plain
    assert list(modes) == ["overall", "labels"]
    strict = modes["overall"]["strict"]
    assert {name: strict[name] for name in ("precision", "recall", "f1", "correct")} == {
        name: plain["micro"][name] for name in ("precision", "recall", "f1", "correct")
    }
    assert list(modes["labels"]) == list(plain["labels"])


def test_modes_of_a_pipe_are_those_of_the_file(crfner: Run, model: Path) -> None:
    piped = crfner("evaluate", model, "-", "--modes", stdin=TEST.read_bytes())
    assert piped.out == crfner("evaluate", model, TEST, "--modes").out


def test_modes_of_a_text_without_entities_are_there_all_the_same(crfner: Run, model: Path) -> None:
    result = crfner("evaluate", model, "-", "--json", "--modes", stdin=b"the O\nof O\n\n")
    assert result.code == 0
    assert json.loads(result.out)["modes"]["overall"]["strict"]["possible"] == 0
