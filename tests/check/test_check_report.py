"""The findings as text, JSON and HTML: the same in all of them, in their order, whatever the text holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crfner.check.report import Report, check_ending, to_dict, to_text, write
from crfner.check.values import Finding, Place, place_of
from crfner.document import Document, Span
from crfner.errors import CrfnerError

TEXT = "Anna Berg left <b>Oslo</b>.\nBerg is back."
DOCUMENT = Document(TEXT, spans=(Span(0, 9, "PER"), Span(28, 32, "LOC")), id="letter-1")
UNNAMED = Document("Oslo is far.", spans=(Span(0, 4, "LOC"),))


def place(start: int, end: int, label: str | None, number: int = 0, other: bool = False) -> Place:
    return place_of((DOCUMENT, UNNAMED)[number], number, start, end, label, other)


@pytest.fixture
def report() -> Report:
    """Four findings: one with evidence, one to be fixed, one of the other data, one about the data as a whole."""
    conflict = Finding(
        "conflict",
        "warning",
        0.875,
        "Berg is PER elsewhere",
        place(28, 32, "LOC"),
        (place(0, 9, "PER"), *[place(0, 4, "LOC", 1)] * 6),
        (Span(28, 32, "PER"),),
    )
    missing = Finding("missing", "info", 0.25, "Oslo is LOC elsewhere", place(18, 22, None), (), (Span(18, 22, "LOC"),))
    leak = Finding("leak", "error", 1.0, "the sentence is in both", place(0, 12, None, 1, other=True))
    gone = Finding("overlap", "error", 0.5, "covered", place(0, 9, "PER"), (), (), safe=True)
    rare = Finding("rare", "info", 0.1, "LOC has 2 examples")
    return Report("train.jsonl", (DOCUMENT, UNNAMED), (leak, conflict, gone, missing, rare), "test.jsonl")


def test_the_text_counts_and_lists_findings_with_context_and_evidence(report: Report) -> None:
    lines = to_text(report).split("\n")
    assert lines[0] == (
        "train.jsonl, against test.jsonl: 2 documents, 3 entities; 5 findings (2 error, 1 warning, 2 info)"
    )
    assert lines[2].split() == ["kind", "error", "warning", "info", "what", "it", "is"]
    start = lines.index("0.88 warning conflict: letter-1, characters 28-32")
    assert lines[start + 1 : start + 5] == [
        "  Anna Berg left <b>Oslo</b>. [Berg LOC] is back.",
        "  Berg is PER elsewhere",
        "  instead: [Berg PER]",
        "  see letter-1: [Anna Berg PER] left <b>Oslo</b>. Berg is back.",
    ]
    assert "  and 2 more places" in lines
    assert "  instead: no entity (--fix does it)" in lines
    assert "1.00 error leak: document 2 of test.jsonl, characters 0-12" in lines
    assert lines[-2:] == ["0.10 info rare", "  LOC has 2 examples"]


def test_what_is_beyond_the_limit_is_counted(report: Report) -> None:
    assert to_text(report, 2).endswith("\n\n3 more, less likely or less grave.")
    assert len(to_dict(report, 2)["findings"]) == 2


def test_json_has_every_offset_and_the_text_of_suggestions(report: Report) -> None:
    content = json.loads(json.dumps(to_dict(report)))
    assert content["severities"] == {"info": 2, "warning": 1, "error": 2}
    conflict = content["findings"][1]
    assert conflict["place"]["start"] == 28 and len(conflict["evidence"]) == 7
    assert conflict["suggestion"] == [{"start": 28, "end": 32, "label": "PER", "text": "Berg"}]
    assert content["findings"][2]["suggestion"] == []
    assert content["findings"][4]["place"] is None and content["findings"][4]["suggestion"] is None


@pytest.mark.parametrize(("ending", "start"), [("html", "<!DOCTYPE html>"), ("json", "{"), ("txt", "train.jsonl")])
def test_the_ending_says_what_is_written(ending: str, start: str, report: Report, tmp_path: Path) -> None:
    path = tmp_path / f"report.{ending}"
    write(report, path)
    once = path.read_text(encoding="utf-8")
    write(report, path)
    assert once.startswith(start) and once.endswith("\n") and path.read_text(encoding="utf-8") == once


def test_another_ending_is_refused() -> None:
    with pytest.raises(CrfnerError, match=r"report.pdf: .* ends in .html, .json or .txt"):
        check_ending("report.pdf")


def test_the_page_shows_text_as_text_and_needs_nothing_else(report: Report, tmp_path: Path) -> None:
    write(report, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<b>Oslo" not in page and "&lt;b&gt;" in page
    assert "http:" not in page and "https:" not in page and " src=" not in page
    assert page.count('class="case"') == 5
    assert 'data-errors="warning.conflict.' in page and 'data-errors="info.rare.-"' in page
    assert "5 of 5 findings" in page and "and 2 more places" in page


def test_a_page_of_no_findings_says_so(tmp_path: Path) -> None:
    write(Report("train.jsonl", (DOCUMENT,), ()), tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "0 findings" in page and "<table" not in page
    assert to_text(Report("train.jsonl", (DOCUMENT,), ())).endswith("0 findings (0 error, 0 warning, 0 info)")
