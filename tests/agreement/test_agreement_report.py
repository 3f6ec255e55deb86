"""Agreement as it is read: conflicts that come again, tables, and both versions in one file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from annotated import document, pairs
from hypothesis import given, settings

from crfner import Document, read
from crfner.agreement import agreement, disputed, pair, versions
from crfner.agreement.recurring import recurring
from crfner.agreement.report import Report, to_dict, to_text
from crfner.errors import CrfnerError
from crfner.formats import write

FIRST = [
    document(("Ann Lee", "PER"), ("Oslo", "LOC"), id="1"),
    document(("OSLO", "LOC"), text="To OSLO.", id="2"),
    document(("Bo", "PER"), text="Bo.\u202e", id="3"),
]
SECOND = [
    document(("Lee", "PER"), ("Oslo", "ORG"), id="1"),
    document(("OSLO", "ORG"), text="To OSLO.", id="2"),
    document(("Bo", "PER"), text="Bo.\u202e", id="3"),
]


def report(first: list[Document], second: list[Document]) -> Report:
    found = pair(first, second)
    return Report(agreement(found.pairs, ("ann", "bo")), recurring(found.pairs), found.notes(("ann", "bo")))


def test_what_comes_again_is_first_whatever_its_case() -> None:
    groups = recurring(pair(FIRST, SECOND).pairs)
    assert [(group.kind, [place.text for place in group.places]) for group in groups] == [
        ("label", ["Oslo", "OSLO"]),
        ("border", ["Ann Lee"]),
    ]


def test_the_text_has_tables_and_conflicts_in_context() -> None:
    text = to_text(report(FIRST, SECOND))
    assert text.startswith("ann and bo: 3 documents, 17 tokens, 5 of them marked; 2 documents differ\n")
    assert "ann, then bo  LOC  ORG  PER\nLOC             0    2    0\n" in text
    assert "label, 2 times: 1, characters 18-22\n  Ann Lee flew from [Oslo] to New York with Bo.\n" in text
    assert "  ann: [Oslo LOC]\n  bo:  [Oslo ORG]\n  also in 2" in text
    assert text.endswith("border: 1, characters 0-7\n  [Ann Lee] flew from Oslo to New York with Bo.\n"
                         "  ann: [Ann Lee PER]\n  bo:  [Lee PER]")  # fmt: skip


def test_the_list_of_conflicts_may_be_cut() -> None:
    assert to_text(report(FIRST, SECOND), 1).endswith("\n\n1 conflicts more; --top N lists more of them.")


def test_what_is_undefined_is_called_so() -> None:
    none = [Document("a"), Document("b")]
    text = to_text(report(none, none))
    assert text.count("undefined") == 5 and "nan" not in text.lower()
    scores = to_dict(report(none, none), pair(none, none))
    assert json.loads(json.dumps(scores, allow_nan=False))["spans"]["f1"] is None


@settings(max_examples=40)
@given(pairs())
def test_any_report_can_be_written(given_: list[tuple[Document, Document]]) -> None:
    found = report([first for first, _ in given_], [second for _, second in given_])
    assert "nan" not in to_text(found).lower()
    json.dumps(to_dict(found, pair([], [])), allow_nan=False)


def test_both_versions_come_back_from_a_file(tmp_path: Path) -> None:
    target = tmp_path / "decide.jsonl"
    write(disputed(zip(FIRST, SECOND, strict=True), ("ann", "bo")), target)
    back = list(read(target))
    assert [(one.id, len(one.spans)) for one in back] == [("1", 0), ("2", 0)]
    for number, one in enumerate(back):
        assert versions(one) == ((FIRST[number], SECOND[number]), ("ann", "bo"))


@pytest.mark.parametrize(
    "broken", [1, [], [{}, {}], [{"annotator": "a", "spans": [{"start": 0, "end": 99, "label": "X"}]}] * 2]
)
def test_broken_versions_are_refused(broken: object) -> None:
    with pytest.raises(CrfnerError, match="the two versions of the document '7' cannot be read"):
        versions(Document("text", id="7", meta={"versions": broken}))


def test_other_documents_have_no_versions() -> None:
    assert versions(Document("text")) is None
