"""Everything that is found in one list, and what is safe to correct corrected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import marked

from crfner import Document, Span, read
from crfner.check import KINDS, Finding, Place, check
from crfner.check.fixing import fixed
from crfner.check.ranking import ranked

CLINIC = list(read(Path(__file__).parents[2] / "data" / "clinic" / "train.jsonl"))


def finding(kind: str, score: float, start: int, end: int, label: str | None = "A", **more: object) -> Finding:
    place = Place(0, None, start, end, label, "", "x" * (end - start), "")
    return replace(Finding(kind, "warning", score, kind, place), **more)  # type: ignore[arg-type]


# Ranking


def test_the_likeliest_mistake_comes_first() -> None:
    findings = [finding("border", 0.2, 0, 3), finding("conflict", 0.9, 5, 8), Finding("rare", "warning", 0.5, "rare")]
    assert [each.kind for each in ranked(findings)] == ["conflict", "rare", "border"]


def test_findings_about_one_entity_are_joined_and_speak_for_each_other() -> None:
    (one,) = ranked([finding("border", 0.5, 0, 3), finding("conflict", 0.6, 2, 8, severity="error")])
    assert (one.kind, one.severity, one.score) == ("conflict", "error", pytest.approx(0.8))
    assert one.message == "conflict; moreover, border"


def test_findings_of_one_kind_about_one_entity_count_once() -> None:
    (one,) = ranked([finding("border", 0.5, 0, 3), finding("border", 0.4, 0, 3)])
    assert (one.score, one.message) == (0.5, "border")


def test_what_is_safe_and_what_is_about_whole_sentences_stays_apart() -> None:
    safe = finding("border", 0.9, 0, 3, safe=True, suggestion=())
    whole = finding("duplicate", 0.1, 0, 30, None)
    assert len(ranked([finding("conflict", 0.5, 0, 3), safe, whole])) == 3


# Checking


def test_every_kind_of_a_rule_is_found_in_data_that_has_it() -> None:
    slip = marked("a [Lima Loc] and [Oslo LOCC]")
    spaced = Document("to  Rome (x)", spans=(Span(3, 8, "LOC"), Span(3, 8, "LOC"), Span(10, 12, "ORG")))
    documents = [*(marked(f"to [Rome LOC] and [the Hague LOC] no {number}") for number in range(40)), slip, slip]
    documents += [marked("to Rome and the [Hague LOC] no more"), marked("to [Rome ORG]"), marked("in [Ro LOC]me")]
    documents += [marked("[the B C D E F G H I J K Hague LOC]"), marked("[Acme ORG]"), spaced]
    others = [marked("to [Rome LOC] and [the Hague LOC] no 7"), *[marked("[Acme ORG] [Acme ORG] [Ann PER]")] * 30]
    long = "We went all of the long way from there to Rome on foot and by "
    found = {
        each.kind
        for each in check([*documents, marked(f"{long} train")], [*others, marked(f"{long} ship")], model=False)
    }
    model = {"mislabelled", "misplaced", "unlabelled", "doubtful"}
    assert found == set(KINDS) - model


def test_text_without_tokens_is_checked_and_nothing_is_found_in_nothing() -> None:
    assert check([], [], model=False) == []
    assert check([Document(""), Document(" \n")], [Document("")], model=False) == []
    assert {each.score <= 1 for each in check(CLINIC, CLINIC, model=False)} == {True}


# Fixing


@settings(max_examples=10, deadline=None)
@given(st.randoms())
def test_white_space_that_was_taken_in_is_given_back_and_copies_are_removed(random: Random) -> None:
    documents = CLINIC[:30]
    worse = [spoilt(document, random) for document in documents]
    copies = [document for document in worse if random.random() < 0.3]
    corrected, counts = fixed([*worse, *copies], check([*worse, *copies], model=False))
    assert corrected == documents
    assert counts["duplicate"] == len(copies)


def spoilt(document: Document, random: Random) -> Document:
    """With white space in some entities, and some marked twice."""
    spans = []
    for span in document.spans:
        before = span.start > 0 and document.text[span.start - 1] == " " and random.random() < 0.3
        spans += [Span(span.start - before, span.end, span.label)] * (1 + (random.random() < 0.2))
    return document.with_spans(spans)


def test_a_stray_mark_and_white_space_are_taken_off_in_one_go_and_what_is_unsafe_is_left() -> None:
    documents = [
        *(marked(f"[Corp{number} ORG], once") for number in range(6)),
        Document("go Acme, ", spans=(Span(2, 8, "ORG"),)),
    ]
    documents += [marked("[Corp1 LOC] once")]
    corrected, counts = fixed(documents, check(documents, model=False))
    assert corrected[6].spans == (Span(3, 7, "ORG"),)
    assert corrected[7] == documents[7]
    assert counts == {"border": 1, "whitespace": 1}


def test_findings_of_other_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="about document 0, but there are 0"):
        fixed([], [finding("border", 0.9, 0, 3, safe=True, suggestion=())])
