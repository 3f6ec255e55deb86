"""Prodigy's token numbers: checked against the offsets, used in their place, and written, the last token included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tools import GOLDEN, read_text, refusal, written

from crfner import formats
from crfner.document import Document, Span

TOKENS = [{"start": start, "end": end, "id": id} for id, (start, end) in enumerate([(0, 3), (4, 7), (8, 10), (10, 11)])]


def line(*spans: dict[str, Any], **fields: Any) -> str:
    return json.dumps({"text": "Ana met Bo.", "tokens": TOKENS, "spans": spans} | fields)


def test_an_export_of_accepted_and_rejected_examples_is_read() -> None:
    notes = formats.Notes()
    (document,) = formats.read(GOLDEN / "prodigy.jsonl", "prodigy", notes=notes)
    assert document.spans == (Span(0, 3, "PER"), Span(8, 17, "LONG"))
    assert notes == {"examples skipped (their answer is reject)": 1}


def test_an_export_comes_out_as_it_went_in(tmp_path: Path) -> None:
    again = json.loads(written(tmp_path, list(formats.read(GOLDEN / "prodigy.jsonl")), "prodigy"))
    assert again == json.loads((GOLDEN / "prodigy.jsonl").read_text().splitlines()[0])


def test_token_numbers_stand_in_for_offsets_with_the_last_token_included(tmp_path: Path) -> None:
    (document,) = read_text(tmp_path, line({"token_start": 0, "token_end": 2, "label": "X"}))
    assert document.spans == (Span(0, 10, "X"),)


@pytest.mark.parametrize(
    ("span", "complaint"),
    [
        (
            {"start": 0, "end": 3, "token_start": 0, "token_end": 1},
            "span 1 is at 0..3, but its tokens 0 to 1, the last one",
        ),
        ({"token_start": 0, "token_end": 4}, "the token_end of span 1 should be the number of a token, 0 to 3, not 4"),
        ({"token_start": 1, "token_end": 0}, "span 1 begins with token 1 and ends with token 0"),
        ({"token_start": "a", "token_end": 0}, "the token_start of span 1 should be the number of a token"),
    ],
)
def test_token_numbers_that_disagree_are_refused(tmp_path: Path, span: dict[str, Any], complaint: str) -> None:
    assert refusal(tmp_path, line(span | {"label": "X"})).startswith(":1: " + complaint)


def test_token_numbers_without_tokens_need_offsets(tmp_path: Path) -> None:
    span = {"token_start": 0, "token_end": 0, "label": "X"}
    assert "given by its tokens, but there are no 'tokens'" in refusal(tmp_path, line(span, tokens=None))
    (document,) = read_text(tmp_path, line(span | {"start": 0, "end": 3}, tokens=None))
    assert document.spans == (Span(0, 3, "X"),)


def test_text_is_tokenised_and_tokens_are_split_where_spans_begin_or_end(tmp_path: Path) -> None:
    notes = formats.Notes()
    given = Document("Ana's cat", spans=(Span(0, 2, "X"), Span(6, 9, "Y")), id="7")
    record = json.loads(written(tmp_path, [given], "prodigy", notes=notes))
    assert [token["text"] for token in record["tokens"]] == ["An", "a", "'s", "cat"]
    assert [(span["token_start"], span["token_end"]) for span in record["spans"]] == [(0, 0), (3, 3)]
    assert (record["answer"], record["id"], record["tokens"][2]["ws"]) == ("accept", "7", True)
    assert notes == {"tokens split where a span begins or ends": 1}


def test_a_span_that_ends_in_white_space_has_no_token_numbers_and_is_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    record = json.loads(written(tmp_path, [Document("a b", spans=(Span(0, 2, "X"),))], "prodigy", notes=notes))
    assert record["spans"] == [{"start": 0, "end": 2, "label": "X"}]
    assert notes == {"spans written without token numbers (no token begins and ends with them)": 1}
