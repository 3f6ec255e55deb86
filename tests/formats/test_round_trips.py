"""Between all formats that hold spans, texts and spans come back as they were; sniffing knows each by its content."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crfner import formats
from crfner.document import Document, Span
from crfner.errors import CrfnerError, InputError

GOLDEN = Path(__file__).parent / "golden"
GOLDEN_FORMATS = {
    "companies.jsonl": "jsonl",
    "companies.json": "spacy-json",
    "companies.py.txt": "spacy-py",
    "companies.conll": "conll",
    "companies.txt": "text",
}
TOOLS = ("prodigy", "doccano", "labelstudio", "spans-csv", "spans-tsv")
HOLDING_SPANS = ("conll", "spacy-json", "spacy-jsonl", "spacy-py", "jsonl", *TOOLS)

characters = st.one_of(
    st.sampled_from("aB1 .-#[\"'\t\n\r\u00a0\u200b\u2028\u0301é🎉\\"), st.characters(exclude_categories=["Cs"])
)
texts = st.text(characters.filter(lambda mark: mark != "\0"), max_size=30)
labels = st.one_of(
    st.sampled_from(["PER", "B-X", "a b", "É-ß"]), st.text("AB-_ \u00a0", min_size=1, max_size=5)
).filter(lambda label: label == label.strip() and label != "")


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    ranges = [pair for pair in pairwise(cuts) if draw(st.booleans())]
    spans = tuple(Span(*pair, draw(labels)) for pair in ranges if not text[slice(*pair)].isspace())
    return Document(text, spans=spans, id=draw(st.none() | texts))


@st.composite
def tokenised_documents(draw: st.DrawFn) -> Document:
    document = draw(documents())
    cuts = sorted(draw(st.sets(st.integers(0, len(document.text)), max_size=8)))
    tokens = tuple(pair for pair in pairwise(cuts) if draw(st.booleans()))
    borders = sorted(draw(st.sets(st.integers(0, len(tokens)), max_size=4)))
    sentences = tuple(pair for pair in pairwise(borders) if draw(st.booleans()))
    return Document(document.text, tokens, sentences, document.spans, document.id)


def passed_through(given: list[Document], names: list[str], folder: str) -> list[Document]:
    for name in names:
        path = os.path.join(folder, "file")
        formats.write(given, path, name)
        given = list(formats.read(path, name))
    return given


def content(given: list[Document]) -> list[tuple[str, tuple[Span, ...]]]:
    return [(document.text, document.spans) for document in given]


@settings(deadline=None, max_examples=80)
@given(
    st.lists(documents() | tokenised_documents(), min_size=1, max_size=4),
    st.permutations(HOLDING_SPANS).map(lambda names: names[:5]),
)
def test_texts_and_spans_survive_every_chain_of_formats(given: list[Document], names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert content(passed_through(given, names, folder)) == content(given)


@settings(deadline=None, max_examples=80)
@given(st.lists(documents() | tokenised_documents(), min_size=1, max_size=4))
@example([Document("\ta", ((0, 1),))])  # a line can hold none of its tokens
@example([Document(" a", ((0, 1),), (), (Span(0, 2, "PER"),))])  # its only token is white space, the span is not
def test_json_lines_lose_nothing_and_conll_nothing_after_the_first_writing(given: list[Document]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert passed_through(given, ["jsonl"], folder) == given
        once = passed_through(given, ["conll"], folder)
        assert [document.id for document in once] == [document.id for document in given]
        assert passed_through(once, ["jsonl", "conll"], folder) == once


words = st.text(characters.filter(lambda mark: mark not in "\0\t\n\r "), min_size=1, max_size=6).filter(
    lambda word: not word.isspace()
)
tags = st.sampled_from(["O", "O", "B-X", "I-X", "I-Y", "E-X", "S-Y", "U-X", "L-Y"])


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.lists(st.tuples(words, words, tags), min_size=1, max_size=4), min_size=1, max_size=6),
    st.booleans(),
    st.sampled_from("\t "),
    st.sampled_from(["IOB1", "IOB2", "BIOES", "BILOU"]),
)
def test_columns_of_any_file_come_out_as_they_went_in(
    sentences: list[list[tuple[str, str, str]]], docstart: bool, separator: str, scheme: str
) -> None:
    lines = ["-DOCSTART- O\n\n" if docstart and index % 2 == 0 else "" for index in range(len(sentences))]
    rows = ["".join(separator.join(row) + "\n" for row in sentence) for sentence in sentences]
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "a.conll"), os.path.join(folder, "b.conll")
        Path(source).write_bytes("\n".join(map("".join, zip(lines, rows, strict=True))).encode())
        given = list(formats.read(source, block=2))
        if not any(
            row[0] in ("#", "-DOCSTART-") or row[0].startswith("\ufeff") for sentence in sentences for row in sentence
        ):
            assert [word for document in given for word in document.words()] == [
                row[0] for sentence in sentences for row in sentence
            ]
        formats.write(given, target, scheme=scheme)
        assert list(formats.read(target, block=2)) == given
        formats.write(given, os.path.join(folder, "c.jsonl"))
        assert list(formats.read(os.path.join(folder, "c.jsonl"))) == given


@pytest.mark.parametrize(("name", "format"), GOLDEN_FORMATS.items())
def test_a_file_is_known_by_its_content_whatever_its_name(tmp_path: Path, name: str, format: str) -> None:
    assert formats.sniff(GOLDEN / name) == format
    for other in ("x", "x.txt", "x.jsonl", "x.conll"):
        if format != "text":
            (tmp_path / other).write_bytes((GOLDEN / name).read_bytes())
            assert formats.sniff(tmp_path / other) == format


@pytest.mark.parametrize(
    ("content", "name", "format"),
    [
        ("Apple\nis\n", "x.conll", "conll"),
        ("Apple\nis\n", "x.txt", "text"),
        ("Apple\nis\n", "x", "text"),
        ("Vitamin O\n", "x", "text"),
        ("[ O\n[ B-X\n", "x", "conll"),
        ("{ not json }\n", "x", "text"),
        ("[Apple] is a company\n", "x.txt", "text"),
        ("a PERSON\nb O\nc PERSON\n", "x.conll", "conll"),
        ('["Apple", {"entities": []}]\n', "x.jsonl", "spacy-jsonl"),
        ("A = []\nTRAIN_DATA = [\n  (\n 'a', {}", "x", "spacy-py"),
        ('{\n  "annotations": []\n}', "x", "spacy-json"),
        ("x = 3\n", "x.py", "spacy-py"),
        ("a,b\n", "x.json", "spacy-json"),
    ],
)
def test_sniffing_goes_by_content_then_by_ending(tmp_path: Path, content: str, name: str, format: str) -> None:
    (tmp_path / name).write_text(content)
    assert formats.sniff(tmp_path / name) == format


@pytest.mark.parametrize("format", [None, *HOLDING_SPANS, "spacy", "text"])
def test_an_empty_file_is_refused_in_every_format(tmp_path: Path, format: str | None) -> None:
    path = tmp_path / "empty"
    path.touch()
    with pytest.raises(InputError, match="empty: the file is empty"):
        list(formats.read(path, format))
    with pytest.raises(InputError, match="the file is empty"):
        formats.sniff(path)


def test_reading_is_lazy(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "good"}\nbad\n')
    documents = formats.read(path)
    assert next(documents).text == "good"
    with pytest.raises(InputError, match=r"x\.jsonl:2: invalid JSON"):
        next(documents)


def test_standard_input_is_sniffed_without_losing_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Apple\tB-ORG\nis\tO\n")))
    (document,) = formats.read("-")
    assert document.words() == ["Apple", "is"]


def test_plain_text_is_a_document_a_line_and_drops_spans_aloud(tmp_path: Path) -> None:
    notes = formats.Notes()
    path = tmp_path / "x.txt"
    formats.write([Document(" a\tb ", spans=(Span(1, 2, "X"),)), Document("c\nd")], path, notes=notes)
    assert [document.text for document in formats.read(path)] == [" a\tb ", "c", "d"]
    assert notes == {"spans dropped (plain text holds none)": 1, "texts with line breaks written as several lines": 1}


def test_a_table_is_written_as_the_golden_file_and_cannot_be_read(tmp_path: Path) -> None:
    formats.write(formats.read(GOLDEN / "companies.jsonl"), tmp_path / "out", "table")
    assert (tmp_path / "out").read_text() == (GOLDEN / "companies.table").read_text()
    with pytest.raises(CrfnerError, match="cannot read the format"):
        list(formats.read(tmp_path / "out", "table"))


def test_a_table_has_a_row_a_span_whatever_the_text(tmp_path: Path) -> None:
    formats.write([Document("a\t\nb\\", spans=(Span(0, 5, "X", score=0.5),), id="i\tj")], tmp_path / "out", "table")
    assert (tmp_path / "out").read_text().splitlines()[1] == "i\\tj\t0\t5\tX\ta\\t\\nb\\\\\t0.5000"


def test_overlapping_spans_cannot_be_marked_inline(tmp_path: Path) -> None:
    with pytest.raises(CrfnerError, match="overlaps"):
        formats.write([Document("abc", spans=(Span(0, 2, "X"), Span(1, 3, "Y")))], tmp_path / "out", "inline")


def test_an_unknown_format_or_ending_is_refused_with_the_choice(tmp_path: Path) -> None:
    with pytest.raises(CrfnerError, match="unknown format 'xml'; choose one of conll, "):
        formats.write([], tmp_path / "x", "xml")
    with pytest.raises(CrfnerError, match="the ending does not tell the format"):
        formats.write([], tmp_path / "x.unknown")


@pytest.mark.parametrize(("target", "name"), [("x.py", "companies.py.txt"), ("x.json", "companies.json")])
def test_spacy_is_written_in_the_spelling_of_the_ending(tmp_path: Path, target: str, name: str) -> None:
    formats.write(formats.read(GOLDEN / "companies.jsonl"), tmp_path / target, "spacy")
    assert (tmp_path / target).read_text() == (GOLDEN / name).read_text()
