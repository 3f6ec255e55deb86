"""`crfner check`, end to end: what it prints, what it writes, and the exit code that a build can rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import Run, left_over

from crfner import read

CLEAN = [
    {"text": f"{name} left for {place} on day {day}.", "spans": [[0, len(name), "PER"]]}
    for day, (name, place) in enumerate([("Anna", "Oslo"), ("Bert", "Rome"), ("Carla", "Paris"), ("David", "Prague")])
]


def labelled(path: Path, records: list[dict[str, object]]) -> Path:
    """A file of these texts and spans, as JSON lines."""
    rows = [
        {"text": one["text"], "spans": [{"start": s, "end": e, "label": label} for s, e, label in one["spans"]]}  # type: ignore[attr-defined]
        for one in records
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four sentences; one entity has white space at its end, and one is marked twice with two labels."""
    records = [dict(record) for record in CLEAN]
    records[0]["spans"] = [[0, 5, "PER"]]
    records[1]["spans"] = [[0, 4, "PER"], [0, 4, "LOC"]]
    return labelled(tmp_path / "data.jsonl", records)


def test_findings_are_printed_with_their_context_and_errors_fail(crfner: Run, data: Path) -> None:
    result = crfner("check", data, "--no-model")
    assert result.code == 1
    assert result.out.startswith("data.jsonl: 4 documents, 5 entities; ")
    assert "error overlap: document 2, characters 0-4\n  [Bert LOC] left for Rome on day 1." in result.out.replace(
        "[Bert PER]", "[Bert LOC]"
    )
    assert result.errors == []


def test_the_exit_code_goes_by_fail_on(crfner: Run, tmp_path: Path) -> None:
    records = [dict(record) for record in CLEAN]
    records[3]["spans"] = [[0, 5, "PERS"]]
    slip = labelled(tmp_path / "slip.jsonl", records)
    assert crfner("check", slip, "--no-model").code == 0
    assert crfner("check", slip, "--no-model", "--fail-on", "warning").code == 1


def test_reports_are_written_by_their_endings(crfner: Run, data: Path, tmp_path: Path) -> None:
    page, content = tmp_path / "report.html", tmp_path / "report.json"
    result = crfner("check", data, "--no-model", "-o", page, "-o", content, "--top", 1)
    assert result.errors == [f"wrote {page}", f"wrote {content}"]
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    found = json.loads(content.read_text(encoding="utf-8"))
    assert len(found["findings"]) == 1 and sum(found["severities"].values()) > 1
    assert result.out.count(" overlap: ") + result.out.count(" whitespace: ") == 1
    assert left_over(tmp_path) == []


def test_fix_writes_a_copy_with_the_safe_corrections_only(crfner: Run, data: Path, tmp_path: Path) -> None:
    before = data.read_bytes()
    target = tmp_path / "fixed.jsonl"
    result = crfner("check", data, "--no-model", "--fix", target)
    assert result.errors == [f"fixed 1 whitespace; wrote {target}"]
    spans = [[(span.start, span.end) for span in document.spans] for document in read(target, overlaps=True)]
    assert spans[:2] == [[(0, 4)], [(0, 4), (0, 4)]]
    assert data.read_bytes() == before


def test_leaks_are_found_against_another_file(crfner: Run, tmp_path: Path) -> None:
    records = [
        {"text": "Anna Berg took the early train to the northern harbour again.", "spans": [[0, 9, "PER"]]},
        *[dict(record) for record in CLEAN],
    ]
    train = labelled(tmp_path / "train.jsonl", records)
    test = labelled(tmp_path / "test.jsonl", records[:1])
    result = crfner("check", train, "--against", test, "--no-model")
    assert "train.jsonl, against test.jsonl: 5 documents" in result.out and " leak: " in result.out
    assert "of test.jsonl" in result.out


def test_a_model_is_asked_unless_it_is_told_not_to(crfner: Run, tmp_path: Path) -> None:
    records = [dict(CLEAN[number % 4]) for number in range(12)]
    for number, record in enumerate(records):
        record["text"] = f"{record['text']} Letter {number} came."
    records[0]["spans"] = [[10, 13, "LOC"]]
    data = labelled(tmp_path / "data.jsonl", records)
    asked = "a model that has not seen it"
    assert asked in crfner("check", data, "--folds", 2).out
    assert asked not in crfner("check", data, "--no-model").out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-o", "report.pdf"), "error: report.pdf: the report of a check ends in .html, .json or .txt; choose one"),
        (("--fix", "fixed.doc"), "error: fixed.doc: the ending does not tell the format; name a file such as"),
    ],
)
def test_an_unknown_ending_is_refused_before_any_work(
    options: tuple[str, str], message: str, crfner: Run, data: Path
) -> None:
    result = crfner("check", data, *options)
    assert result.code == 2 and result.out == "" and result.errors[0].startswith(message)


def test_neither_input_is_written_over(crfner: Run, data: Path) -> None:
    before = data.read_bytes()
    result = crfner("check", data, "--fix", data)
    assert result.code == 2 and "would be replaced" in result.err and data.read_bytes() == before


def test_text_without_entities_is_refused(crfner: Run, tmp_path: Path) -> None:
    result = crfner("check", labelled(tmp_path / "none.jsonl", [{"text": "No one.", "spans": []}]))
    assert (result.code, len(result.errors)) == (2, 1) and "there is no entity to check" in result.err
