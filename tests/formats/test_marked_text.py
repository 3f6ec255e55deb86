"""Entities marked in the text, as links and as tags: what people write by hand is understood or refused by its line."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_round_trips import documents

from crfner import formats
from crfner.document import Document, Span
from crfner.errors import CrfnerError, InputError

GOLDEN = Path(__file__).parent / "golden"


def read(tmp_path: Path, content: str, format: str, **options: bool) -> list[Document]:
    path = tmp_path / "input"
    path.write_bytes(content.encode())
    return list(formats.read(path, format, **options))


def refusal(tmp_path: Path, content: str, format: str) -> str:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content, format)
    return str(caught.value).removeprefix(str(tmp_path / "input"))


@pytest.mark.parametrize(("name", "format"), [("companies.md", "inline"), ("companies.markup", "markup")])
def test_the_golden_files_are_read_by_their_ending_and_written_as_they_are(
    tmp_path: Path, name: str, format: str
) -> None:
    plain = [Document(document.text, spans=document.spans) for document in formats.read(GOLDEN / "companies.jsonl")]
    assert formats.sniff(GOLDEN / name) == format
    assert list(formats.read(GOLDEN / name)) == plain
    formats.write(plain, tmp_path / "out", format)
    assert (tmp_path / "out").read_text() == (GOLDEN / name).read_text()


@settings(deadline=None, max_examples=80)
@given(st.lists(documents(), min_size=1, max_size=3), st.sampled_from(["inline", "markup"]))
def test_texts_and_spans_come_back_whatever_characters_they_hold(made: list[Document], format: str) -> None:
    made = [document for document in made if document.text.strip() and not document.text.startswith("\ufeff")]
    if not made:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x")
        formats.write(made, path, format)
        assert list(formats.read(path, format)) == [Document(document.text, spans=document.spans) for document in made]


@pytest.mark.parametrize(
    ("line", "text", "spans"),
    [
        ("[Apple](ORG) [1] has [2](X) (see [3])", "Apple [1] has 2 (see [3])", ["Apple", "2"]),
        (r"\[Apple](ORG)", "[Apple](ORG)", []),
        (r"[a\]b\[c](X)", "a]b[c", ["a]b[c"]),
        ("a [b [c](X)", "a [b c", ["c"]),
        ("a] [c](X)", "a] c", ["c"]),
        (r"C:\new [c](X)", r"C:\new c", ["c"]),
        ("f[i](x(y))", "f[i](x(y))", []),
        ("[Apple] (ORG)", "[Apple] (ORG)", []),
    ],
)
def test_brackets_are_entities_only_where_a_label_follows(
    tmp_path: Path, line: str, text: str, spans: list[str]
) -> None:
    (document,) = read(tmp_path, line, "inline")
    assert document.text == text
    assert [text[span.start : span.end] for span in document.spans] == spans


def test_a_backslash_at_a_lines_end_is_a_line_break_of_the_text(tmp_path: Path) -> None:
    assert [d.text for d in read(tmp_path, "a\\\nb\r\n\nc\\\\\nd\\", "inline")] == ["a\nb", "c\\", "d\\"]
    (document,) = read(tmp_path, "[New\\\r\nYork](LOC)", "inline")
    assert document == Document("New\r\nYork", spans=(Span(0, 9, "LOC"),))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("a\n[Apple]()", ":2: the label of span 1 (0..5) is blank"),
        ("a\\\nb\n[](ORG)", ":3: there is nothing between the brackets before (ORG)"),
        ("[[a](X) b](Y)", ":1: the spans 0..1 X 'a' and 0..3 Y 'a b' overlap; keep one of them"),
    ],
)
def test_a_mistake_in_brackets_is_refused_with_its_line(tmp_path: Path, content: str, complaint: str) -> None:
    assert refusal(tmp_path, content, "inline").startswith(complaint)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("a < b & c > d", "a < b & c > d"),
        ("I <3 <you> not</you>, x<y", "I <3  not, x<y"),
        ("AT&amp;T &lt;b&gt; &#65;&#x42; &unknown; &", "AT&T <b> AB &unknown; &"),
        ("&#10;&#1114112;&#xFFFFFF;", "\n&#1114112;&#xFFFFFF;"),
        ("<!-- no tag --> <?xml?> < b>", "<!-- no tag --> <?xml?> < b>"),
    ],
)
def test_signs_that_can_be_no_tag_are_text(tmp_path: Path, line: str, text: str) -> None:
    (document,) = read(tmp_path, line, "markup")
    assert document.text == text


def test_labels_that_cannot_name_a_tag_are_spelt_as_xml_spells_them(tmp_path: Path) -> None:
    labels = ["work of art", "B-X", "2nd", "_x0020_", "_x0041 b", "É-ß", "<&>"]
    made = [Document("a b", spans=(Span(0, 1, label),)) for label in labels]
    formats.write(made, tmp_path / "x.markup")
    assert (tmp_path / "x.markup").read_text().startswith("<work_x0020_of_x0020_art>a</work_x0020_of_x0020_art> b\n")
    assert [document.spans[0].label for document in formats.read(tmp_path / "x.markup")] == labels


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("<ORG>Apple", "<ORG> is not closed in this line; add </ORG>, or write &lt; where < is text"),
        ("Apple</ORG>", "</ORG> closes nothing: no <ORG> is open in this line; mend the tags"),
        ("<A>x<B>y</A>z</B>", "</A> closes nothing: </B> should come first; mend the tags"),
        ("<ORG></ORG>", "there is nothing between <ORG> and </ORG>; put the entity there"),
        ("<ORG> </ORG>", "span 1 (0..1, ORG) covers only white space"),
        ('<ENAMEX TYPE="ORG">Apple</ENAMEX>', "the tag '<ENAMEX TYPE=\"ORG\">' has attributes or no end"),
        ("one<br/>two", "the tag '<br/>' has attributes or no end, which are not read"),
        ("<A><B>x</B>y</A>", "the spans 0..1 B 'x' and 0..2 A 'xy' overlap; keep one of them"),
        ("<_xD800_>x</_xD800_>", "the label of span 1 (0..1) holds half of a surrogate pair"),
        ("a&#0;b", "the text holds a NUL character at 1"),
    ],
)
def test_a_mistake_in_tags_is_refused_with_its_line(tmp_path: Path, line: str, complaint: str) -> None:
    assert refusal(tmp_path, f"fine\n{line}\n", "markup").startswith(f":2: {complaint}")


def test_tags_may_be_nested_where_overlaps_are_asked_for(tmp_path: Path) -> None:
    line = "<ORG>Bank of <LOC><X>Spain</X></LOC></ORG> and <X>x</X>\n"
    (document,) = read(tmp_path, line, "markup", overlaps=True)
    assert document == Document(
        "Bank of Spain and x", spans=(Span(0, 13, "ORG"), Span(8, 13, "LOC"), Span(8, 13, "X"), Span(18, 19, "X"))
    )
    formats.write([document], tmp_path / "out.markup")
    assert (tmp_path / "out.markup").read_text() == line
    with pytest.raises(CrfnerError, match=r"the spans 0\.\.2 X 'ab' and 1\.\.3 Y 'bc' cross, which tags cannot show"):
        formats.write([Document("abc", spans=(Span(0, 2, "X"), Span(1, 3, "Y")))], tmp_path / "out.markup")


@pytest.mark.parametrize("format", ["inline", "markup"])
def test_blank_texts_are_counted_as_they_are_not_read_again(tmp_path: Path, format: str) -> None:
    notes = formats.Notes()
    formats.write([Document(""), Document("a")], tmp_path / "x", format, notes=notes)
    assert (tmp_path / "x").read_text() == "\na\n"
    assert notes == {"blank texts written as blank lines, which are passed over when they are read": 1}
