"""brat's folders: what becomes a span, what is kept beside them, and names of files that are safe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tools import GOLDEN

from crfner import formats
from crfner.document import Document, Span
from crfner.errors import CrfnerError, InputError


def pair(folder: Path, text: str | bytes, annotations: str) -> Path:
    (folder / "a.txt").write_bytes(text.encode() if isinstance(text, str) else text)
    (folder / "a.ann").write_bytes(annotations.encode())
    return folder / "a.ann"


def spans(path: Path, notes: formats.Notes | None = None) -> list[tuple[int, int, str]]:
    (document,) = formats.read(path, notes=notes, overlaps=True)
    return [(span.start, span.end, document.text[span.start : span.end]) for span in document.spans]


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        list(formats.read(path))
    return str(caught.value).removeprefix(f"{path.parent}/")


def test_a_folder_is_read_at_any_depth_with_names_as_ids() -> None:
    notes = formats.Notes()
    documents = list(formats.read(GOLDEN / "brat", notes=notes, overlaps=True))
    assert [document.id for document in documents] == ["letters/one", "two", "zone"]
    assert [span.label for span in documents[0].spans] == ["Person", "Move", "City", "City"] + ["Organisation"] * 2
    assert notes == {
        "brat relations left out (kept for brat output)": 2,
        "brat events left out (kept for brat output)": 1,
        "brat attributes left out (kept for brat output)": 1,
        "brat notes left out (kept for brat output)": 1,
        "discontinuous annotations taken from first start to last end (fragments kept for brat output)": 1,
    }


def test_a_folder_comes_out_as_it_went_in(tmp_path: Path) -> None:
    formats.write(formats.read(GOLDEN / "brat", overlaps=True), tmp_path / "out", "brat")
    for path in (GOLDEN / "brat").rglob("*.*"):
        again = (tmp_path / "out" / path.relative_to(GOLDEN / "brat")).read_bytes()
        lines = path.read_bytes().replace(b"\r\n", b"\n") if path.suffix == ".ann" else path.read_bytes()
        assert sorted(again.splitlines()) == sorted(lines.splitlines()) if path.suffix == ".ann" else again == lines


def test_the_way_through_json_lines_loses_nothing_of_brats(tmp_path: Path) -> None:
    formats.write(formats.read(GOLDEN / "brat", overlaps=True), tmp_path / "x.jsonl")
    formats.write(formats.read(tmp_path / "x.jsonl", overlaps=True), tmp_path / "out", "brat")
    assert list(formats.read(tmp_path / "out", overlaps=True)) == list(formats.read(GOLDEN / "brat", overlaps=True))


@pytest.mark.parametrize("name", ["two.ann", "two.txt"])
def test_one_file_of_a_pair_stands_for_both(name: str) -> None:
    (document,) = formats.read(GOLDEN / "brat" / name)
    assert (document.id, document.spans) == ("two", (Span(23, 27, "City"),))


def test_line_breaks_of_windows_are_two_characters(tmp_path: Path) -> None:
    assert spans(pair(tmp_path, "a\r\nOslo\r\n", "T1\tX 3 7\tOslo\r\n")) == [(3, 7, "Oslo")]


def test_offsets_that_count_a_windows_line_break_as_one_are_moved_and_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    path = pair(tmp_path, "a\r\nb\r\nOslo\r\n", "T1\tX 4 8\tOslo\nT2\tY 2 8\tb Oslo\n")
    assert spans(path, notes) == [(3, 10, "b\r\nOslo"), (6, 10, "Oslo")]
    assert notes == {"spans whose offsets counted a line break of two characters as one, turned into characters": 2}


@pytest.mark.parametrize(("annotation", "unit"), [("3 7", "UTF-16 units"), ("5 9", "bytes")])
def test_offsets_in_other_units_are_told_by_the_quoted_text(tmp_path: Path, annotation: str, unit: str) -> None:
    notes = formats.Notes()
    assert spans(pair(tmp_path, "🎉 Oslo", f"T1\tX {annotation}\tOslo\n"), notes) == [(2, 6, "Oslo")]
    assert notes == {f"spans whose offsets counted {unit}, turned into characters": 1}


@pytest.mark.parametrize(("offsets", "text"), [("3 7", "\ufeffa Oslo"), ("2 6", "a Oslo")])
def test_a_byte_order_mark_counts_unless_the_quoted_text_says_otherwise(
    tmp_path: Path, offsets: str, text: str
) -> None:
    (document,) = formats.read(pair(tmp_path, b"\xef\xbb\xbfa Oslo", f"T1\tX {offsets}\tOslo\n"))
    assert (document.text, document.text[slice(document.spans[0].start, document.spans[0].end)]) == (text, "Oslo")


def test_a_quote_with_a_raw_carriage_return_is_one_line(tmp_path: Path) -> None:
    assert spans(pair(tmp_path, "New\r\nYork", "T1\tX 0 9\tNew\r York\n")) == [(0, 9, "New\r\nYork")]


def test_fragments_follow_their_span_and_no_other(tmp_path: Path) -> None:
    (document,) = formats.read(pair(tmp_path, "aa bb cc", "T1\tX 0 2;6 8\taa cc\n"))
    formats.write([document], tmp_path / "same", "brat")
    assert (tmp_path / "same/a.ann").read_text() == "T1\tX 0 2;6 8\taa cc\n"
    formats.write([document.with_spans([Span(0, 5, "X")])], tmp_path / "other", "brat")
    assert (tmp_path / "other/a.ann").read_text() == "T2\tX 0 5\taa bb\n"


def test_what_is_about_a_removed_span_goes_with_it_and_is_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    (document,) = formats.read(GOLDEN / "brat/letters/one.ann")
    kept = [span for span in document.spans if span.label != "Move"]
    formats.write([document.with_spans(kept)], tmp_path / "out", "brat", notes=notes)
    lines = (tmp_path / "out/one.ann").read_text().splitlines()
    assert [line[:2] for line in lines if not line.startswith("T")] == [
        "R1",
        "#1",
        "*\t",
    ]  # E1, and A1 about it, are gone
    assert notes == {"lines about annotations that are no longer there dropped": 2}


def test_meta_that_a_stranger_wrote_is_passed_over(tmp_path: Path) -> None:
    meta = {"brat": {"spans": [[0, 1, "X", "T1\nT9"], [0, 1, "X", "T2", "fragments"], 3], "lines": ["R1\tx\nT5", 4]}}
    formats.write([Document("ab", spans=(Span(0, 1, "X"),), meta=meta)], tmp_path / "out", "brat")
    assert (tmp_path / "out/00001.ann").read_text() == "T1\tX 0 1\ta\n"


def test_ids_cannot_lead_out_of_the_folder_nor_meet_in_one_file(tmp_path: Path) -> None:
    notes = formats.Notes()
    ids = [
        "../../x",
        "/etc/x",
        "a/b",
        "A/B",
        "",
        ".",
        "..",
        "nul",
        "c:d",
        "a.txt/b",
        "a",
        "é" * 200,
        "line\nbreak",
        None,
    ]
    (tmp_path / "in").mkdir()
    given = [Document(str(number), id=id) for number, id in enumerate(ids)]
    formats.write(given, tmp_path / "in/out", "brat", notes=notes)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["out"]
    again = list(formats.read(tmp_path / "in/out"))
    assert sorted(document.text for document in again) == sorted(map(str, range(len(ids))))
    assert {"a/b", "a"} <= {document.id for document in again}
    assert notes["ids changed to name files"] == len(ids) - 3


def test_a_folder_that_holds_anything_is_never_written_to(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/precious").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    document = Document("a")
    with pytest.raises(CrfnerError, match="full: this folder is not empty; name a new one, or empty it"):
        formats.write([document], tmp_path / "full", "brat")
    with pytest.raises(CrfnerError, match="file: this is a file, and a folder is to be written"):
        formats.write([document], tmp_path / "file", "brat")
    with pytest.raises(CrfnerError, match="standard output cannot hold"):
        formats.write([document], "-", "brat")
    with pytest.raises(CrfnerError, match=r"x\.ann: brat's annotations are two files a document; name a folder"):
        formats.write([document], tmp_path / "x.ann")
    with pytest.raises(CrfnerError, match="cannot be written: there is no such file or folder"):
        formats.write([document], tmp_path / "no/out", "brat")
    formats.write([document], tmp_path / "empty", "brat")
    assert sorted(path.name for path in (tmp_path / "empty").iterdir()) == ["00001.ann", "00001.txt"]


def test_a_folder_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken() -> Iterator[Document]:
        yield Document("a")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        formats.write(broken(), tmp_path / "out", "brat")
    assert list(tmp_path.iterdir()) == []


def test_labels_with_blanks_and_scores_are_changed_aloud(tmp_path: Path) -> None:
    notes = formats.Notes()
    formats.write([Document("ab", spans=(Span(0, 1, "A B", 0.5),))], tmp_path / "out", "brat", notes=notes)
    assert (tmp_path / "out/00001.ann").read_text() == "T1\tA_B 0 1\ta\n"
    assert sum(notes.values()) == 2


def test_a_text_without_annotations_has_no_spans_and_is_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    (tmp_path / "a.txt").write_text("a")
    assert [document.text for document in formats.read(tmp_path, "brat", notes=notes)] == ["a"]
    assert notes == {"texts without an .ann file (read without spans)": 1}


@pytest.mark.parametrize(
    ("annotations", "complaint"),
    [
        ("T1\tX 0 2\tOs\nT2\tX 0 9\tOslo\n", "a.ann:2: span 2 (0..9) is outside the text of 4 characters"),
        ("T1\tX 0 3\tOsl\nT2\tX 1 3\tOs\n", "a.ann:2: span 2 (1..3) should be 'Os' but the text has 'sl' there"),
        ("T1\tX 2 2\t\n", "a.ann:1: span 1 starts at 2 and ends at 2"),
        ("T1\tX 0\tO\n", "a.ann:1: the line 'T1\\tX 0\\tO' should be T1, tab, label start end, tab, text"),
        ("T1 X 0 1 O\n", "a.ann:1: the line 'T1 X 0 1 O' should be"),
        ("T1\tX 0 1\tO\nT1\tY 1 2\ts\n", "a.ann:2: the id T1 was used in line 1; give this annotation another"),
        ("T1\tX 2 3;0 1\tl O\n", "a.ann:1: the fragments of T1 are out of order or overlap"),
        ("T1\tX 0 1;2 3\tO o\n", "a.ann:1: the fragments of T1 should be 'O o' but the text has 'O l' there"),
        ("\nhello\n", "a.ann:2: the line 'hello' begins with none of T, R, *"),
        ("T1\tX 0 2\tOs\nT2\tY 1 3\tsl\n", "a.ann:2: the spans 0..2 X 'Os' and 1..3 Y 'sl' overlap"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, annotations: str, complaint: str) -> None:
    assert refusal(pair(tmp_path, "Oslo", annotations)).startswith(complaint)
