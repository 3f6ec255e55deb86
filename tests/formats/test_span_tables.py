"""Tables of spans: headers of many hands, quoted line breaks, and the numbers that pandas makes of missing ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import GOLDEN, read_text, refusal, written

from crfner import formats
from crfner.document import Document, Span


@pytest.mark.parametrize(("name", "format"), [("spans.csv", "spans-csv"), ("spans.tsv", "spans-tsv")])
def test_a_table_comes_out_as_it_went_in(tmp_path: Path, name: str, format: str) -> None:
    documents = list(formats.read(GOLDEN / name))
    assert [document.id for document in documents] == ["a", "b", "3"]
    assert documents[1].text == 'Amal, or "Am", met Ünal\nin Köln 🎉.'
    assert (documents[0].spans[0].score, documents[0].spans[0].source) == (0.5, "rules")
    assert written(tmp_path, documents, format) == (GOLDEN / name).read_bytes().decode()


@pytest.mark.parametrize(
    "content",
    [
        "text,start,end,label\nBo met Cy,0,2,PER\nBo met Cy,7,9,PER\n",
        "Label;Document;Begin;End\r\nPER;Bo met Cy;0;2\r\nPER;Bo met Cy;7;9\r\n",
        "doc-id\tcontent\tstart offset\tend_offset\tentity\n1\tBo met Cy\t0\t2\tPER\n1\t\t7\t9\tPER\n",
        "\ufefftext,entity,start_char,end_char,tag\nBo met Cy,Bo,0,2,PER\nBo met Cy,Cy,7,9,PER\n",
        ",text,start,end,label,note\n0,Bo met Cy,0.0,2.0,PER,x\n1,Bo met Cy,7.0,9.0,PER\n",
        '"text","start","end","label"\n\n"Bo met Cy","0","2","PER"\n"Bo met Cy","7","9","PER"',
    ],
)
def test_headers_and_separators_of_many_hands_are_known(tmp_path: Path, content: str) -> None:
    (document,) = read_text(tmp_path, content)
    assert (document.text, document.spans) == ("Bo met Cy", (Span(0, 2, "PER"), Span(7, 9, "PER")))


@pytest.mark.parametrize("missing", [",,", "nan,NaN,nan", "None,None,None"])
def test_a_document_without_spans_has_empty_cells_or_what_pandas_writes(tmp_path: Path, missing: str) -> None:
    first, second = read_text(tmp_path, f"text,start,end,label\nNothing,{missing}\nBo,0.0,2.0,PER\n")
    assert (first.spans, second.spans) == ((), (Span(0, 2, "PER"),))


def test_a_text_may_be_longer_than_the_csv_module_allows(tmp_path: Path) -> None:
    (document,) = read_text(tmp_path, "text,start,end,label\n" + "a" * 200_000 + ",0,1,X\n")
    assert len(document.text) == 200_000


def test_offsets_of_utf16_units_are_told_by_the_mention(tmp_path: Path) -> None:
    notes = formats.Notes()
    (document,) = read_text(tmp_path, "text,start,end,label,mention\n🎉 Bo,3,5,PER,Bo\n", notes=notes)
    assert document.spans == (Span(2, 4, "PER"),)
    assert notes == {"spans whose offsets counted UTF-16 units, turned into characters": 1}


def test_documents_that_look_alike_stay_apart_when_written(tmp_path: Path) -> None:
    notes = formats.Notes()
    given = [Document("a"), Document("a"), Document("a", id="2"), Document("a", id="")]
    written(tmp_path, given, "spans-csv", notes=notes)
    again = list(formats.read(tmp_path / "output"))
    assert [(document.id, document.text) for document in again] == [("1", "a"), ("2", "a"), ("2-2", "a"), ("4", "a")]
    assert notes == {"ids changed, as each has to be there once": 2}


@pytest.mark.parametrize("format", ["spans-csv", "spans-tsv"])
def test_an_empty_text_with_an_id_of_white_space_is_no_empty_row(tmp_path: Path, format: str) -> None:
    path = tmp_path / "table"
    formats.write([Document("", id="\t")], path, format)
    assert [document.id for document in formats.read(path, format)] == ["\t"]


def test_the_table_without_texts_is_still_written_and_not_mistaken_for_one_with_texts(tmp_path: Path) -> None:
    content = written(tmp_path, [Document("Bo", spans=(Span(0, 2, "PER"),))], "table")
    assert content == "id\tstart\tend\tlabel\ttext\tscore\n1\t0\t2\tPER\tBo\t\n"
    assert refusal(tmp_path, content).startswith(":1: this is a table of spans without their texts")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("text,start,end\na,0,1\n", ":1: the header has no column 'label', but 'text', 'start', 'end'"),
        ("text,start,end,label\na,0,x,X\n", ":2: the end should be a whole number, not 'x'"),
        ('text,start,end,label\n"a\nb",0,9,X\n', ":2: span 1 (0..9) is outside the text of 3 characters"),
        ("text,start,end,label\na,,,X\n", ":2: the label 'X' has no start and end"),
        ("text,start,end,label\na,0,1,\n", ":2: the label of span 1 (0..1) is blank"),
        ("text,start,end,label,score\na,0,1,X,high\n", ":2: the score should be a number, not 'high'"),
        ("text,start,end,label,mention\nab,0,1,X,b\n", ":2: span 1 (0..1) should be 'b' but the text has 'a' there"),
        ("id,text,start,end,label\n1,a,0,1,X\n1,b,0,1,X\n", ":3: the text of the id '1' is another one than in line 2"),
        ("id,text,start,end,label\n1,a,0,1,X\n2,b,,,\n1,a,,,\n", ":4: rows with the id '1' began in line 2"),
        ("text,start,end,label\na,0,1,X\na,0,1,Y\n", ":3: the spans 0..1 X 'a' and 0..1 Y 'a' overlap"),
        ('text,start,end,label\n"a"b,0,1,X\n', ":2: the quotes of this row are wrong"),
    ],
)
def test_mistakes_are_named_with_the_line_their_row_begins_in(tmp_path: Path, content: str, complaint: str) -> None:
    assert refusal(tmp_path, content, "spans-csv").startswith(complaint)
