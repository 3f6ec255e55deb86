"""Predictions of other systems are matched to the tested documents, or refused with the first that differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from crfner import Document, InputError, Span
from crfner.compare import Predictions, read_predictions

GOLD = [Document("Li sees Bo.", id="a"), Document("Tea,\nwith  milk")]


def predictions(*documents: Document) -> Predictions:
    return Predictions("other.jsonl", documents)


def test_spans_of_the_same_texts_are_taken_as_they_are() -> None:
    spans = (Span(8, 10, "PER", 0.5, "bert"),)
    found = predictions(Document("Li sees Bo.", spans=spans), Document("Tea,\nwith  milk")).spans_for(GOLD)
    assert found == [spans, ()]
    assert (found[0][0].score, found[0][0].source) == (0.5, "bert")


def test_spans_find_their_characters_where_white_space_differs() -> None:
    guess = Document("Tea , with milk", spans=(Span(0, 5, "X"), Span(5, 6, "BLANK"), Span(10, 15, "Y")))
    (_, found) = predictions(Document("Li sees Bo ."), guess).spans_for(GOLD)
    assert [(GOLD[1].text[span.start : span.end], span.label) for span in found] == [("Tea,", "X"), ("milk", "Y")]


def test_the_first_document_that_differs_is_named() -> None:
    with pytest.raises(InputError) as error:
        predictions(GOLD[1], GOLD[0]).spans_for(GOLD)
    assert str(error.value).startswith("other.jsonl: document 1 (a) is not the tested one: it has 'Tea,withmilk'")


def test_a_document_too_few_is_told_of() -> None:
    with pytest.raises(InputError, match=r"other.jsonl: there are predictions for 1 documents, but 2 are tested"):
        predictions(GOLD[0]).spans_for(GOLD)


def test_any_labelled_format_is_read(tmp_path: Path) -> None:
    path = tmp_path / "other.conll"
    path.write_text("Li B-PER\nsees O\nBo B-PER\n. O\n", encoding="utf-8")
    found = read_predictions(str(path), "other.conll").spans_for(GOLD[:1])
    assert found == [(Span(0, 2, "PER"), Span(8, 10, "PER"))]
