"""doccano's exports in all their shapes; what an offset counts is proved or asked, never guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tools import GOLDEN, read_text, refusal, written

from crfner import formats
from crfner.document import Document, Span

TEXT = "🎉 Bo met Cy"
BO, CY = Span(2, 4, "PER"), Span(9, 11, "PER")


def line(*spans: list[Any], text: str = TEXT, **fields: Any) -> str:
    return json.dumps({"text": text, "label": spans} | fields) + "\n"


@pytest.mark.parametrize("name", ["doccano.jsonl", "doccano.json"])
def test_triples_are_read_from_lines_and_from_a_list(name: str) -> None:
    document = next(formats.read(GOLDEN / name))
    assert (document.id, document.text) == ("3", "Ana met Bo in Ulm.")
    assert document.spans == (Span(0, 3, "PER"), Span(8, 10, "PER"), Span(14, 17, "CITY"))


@pytest.mark.parametrize(
    "record",
    [
        {"labels": [[0, 3, "PER"]]},
        {"label": [{"start_offset": 0, "end_offset": 3, "label": "PER", "id": 1}]},
        {"entities": [{"start_offset": 0, "end_offset": 3, "label": "PER", "id": 1}], "relations": []},
        {"entities": [[0, 3, "PER"]], "label": []},
    ],
)
def test_every_shape_of_spans_is_read(tmp_path: Path, record: dict[str, Any]) -> None:
    (document,) = read_text(tmp_path, json.dumps({"text": "Ana"} | record), "doccano")
    assert document.spans == (Span(0, 3, "PER"),)


def test_relations_come_out_as_they_went_in(tmp_path: Path) -> None:
    source = GOLDEN / "doccano_relations.jsonl"
    notes = formats.Notes()
    (document,) = formats.read(source, notes=notes)
    assert notes == {"relations left out (kept for doccano output)": 1}
    again = json.loads(written(tmp_path, [document], "doccano"))
    assert again == json.loads(source.read_text()) | {"id": "3"}
    notes.clear()
    without = json.loads(written(tmp_path, [document.with_spans(document.spans[:1])], "doccano", notes=notes))
    assert (without["relations"], len(without["entities"])) == ([], 1)
    assert notes == {"relations between spans that are no longer there dropped": 1}


def test_relations_that_are_no_list_are_a_field_like_others(tmp_path: Path) -> None:
    (document,) = read_text(tmp_path, line([0, 2, "X"], text="Bo", relations=True))
    assert document.meta == {"other fields": {"relations": True}}


def test_a_span_beyond_the_text_in_characters_proves_utf16_for_the_file(tmp_path: Path) -> None:
    notes = formats.Notes()
    documents = read_text(tmp_path, line([3, 5, "PER"]) + line([10, 12, "PER"]), notes=notes)
    assert [document.spans for document in documents] == [(BO,), (CY,)]
    assert notes == {"spans whose offsets counted UTF-16 units, turned into characters": 2}


def test_a_border_within_an_emoji_proves_characters_for_the_file(tmp_path: Path) -> None:
    documents = read_text(tmp_path, line([2, 4, "PER"]) + line([0, 1, "PARTY"]))
    assert [document.spans for document in documents] == [(BO,), (Span(0, 1, "PARTY"),)]


def test_a_file_that_only_looks_like_utf16_is_refused_until_the_unit_is_named(tmp_path: Path) -> None:
    content = line([3, 5, "PER"], text="🎉 Bo met Cy.")
    assert refusal(tmp_path, content).startswith(
        ":1: offsets after an emoji fit words as UTF-16 units and not as characters (1 borders within a word"
    )
    assert read_text(tmp_path, content, utf16=True)[0].spans == (BO,)
    assert read_text(tmp_path, content, utf16=False)[0].spans == (Span(3, 5, "PER"),)


def test_words_that_fit_as_characters_are_characters_and_what_tells_nothing_is_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    (document,) = read_text(tmp_path, line([2, 4, "PER"], text="🎉 Bo met Cy."), notes=notes)
    assert (document.spans, notes) == ((BO,), {})
    (document,) = read_text(tmp_path, line([2, 3, "X"], text="🎉 - - -"), notes=notes)
    assert document.spans == (Span(2, 3, "X"),)
    assert notes == {"spans after an emoji taken to count characters, as nothing tells (utf16 reads UTF-16 units)": 1}


def test_spans_before_the_first_emoji_are_the_same_in_both_units(tmp_path: Path) -> None:
    notes = formats.Notes()
    read_text(tmp_path, line([0, 2, "PER"], text="Bo 🎉"), notes=notes)
    assert notes == {}


@pytest.mark.parametrize("utf16", [True, False])
def test_what_is_written_says_what_it_counts_and_comes_back(tmp_path: Path, utf16: bool) -> None:
    given = [Document(TEXT, spans=(BO, CY)), Document("Bo", spans=(Span(0, 2, "PER"),))]
    content = written(tmp_path, given, "doccano", utf16=utf16)
    first, second = map(json.loads, content.splitlines())
    assert (first["label"][0][0], first["offsets"]) == ((3, "utf-16") if utf16 else (2, "characters"))
    assert second == {"text": "Bo", "label": [[0, 2, "PER"]]}
    assert list(formats.read(tmp_path / "output")) == given


def test_offsets_said_to_be_utf16_are_not_read_as_our_own(tmp_path: Path) -> None:
    content = written(tmp_path, [Document(TEXT, spans=(BO,))], "doccano")
    assert "read this as doccano" in refusal(tmp_path, content, "jsonl")


def test_reading_is_lazy_until_the_unit_matters(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(line([0, 2, "X"], text="Bo") + "bad\n")
    documents = formats.read(tmp_path / "x", "doccano")
    assert next(documents).text == "Bo"
    with pytest.raises(formats.InputError, match=r"x:2: invalid JSON"):
        next(documents)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (line([0, 9, "X"], text="Bo"), ":1: span 1 (0..9) is outside the text of 2 characters"),
        ('{"text": "a", "annotations": [{"label": 3}]}', ":1: this export has numbers for labels, under 'annotations'"),
        ('{"data": {"x": 1}}', ":1: the object has no 'text', but 'data'"),
        ('[{"text": "a"},\n3]', ":2: a document should be"),
        (line([0, 99, "X"]), ":1: span 1 (0..99) is outside the text"),
        (line([2, "x", "X"]) + line([3, 12, "X"]), ":1: the end of span 1 should be a whole number"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, content: str, complaint: str) -> None:
    assert refusal(tmp_path, content, "doccano").startswith(complaint)


def test_a_unit_that_cannot_be_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, line([0, 1, "X"]), "doccano", utf16=True).startswith(
        ":1: span 1 (0, 1) has a border within a"
    )
    assert "beyond the text of 12 UTF-16 units" in refusal(tmp_path, line([3, 13, "X"]), "doccano", utf16=True)
