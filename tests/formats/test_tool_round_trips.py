"""Between the formats of annotation tools nothing moves: round trips, sniffing, and mistakes from the command line."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tools import GOLDEN, documents, named, texts

from crfner import formats
from crfner.cli import main
from crfner.cli.convert import convert
from crfner.document import Document, Span
from crfner.errors import CrfnerError

SNIFFED = {
    "brat": "brat",
    "brat/two.ann": "brat",
    "brat/two.txt": "brat",
    "labelstudio.json": "labelstudio",
    "labelstudio_completions.json": "labelstudio",
    "labelstudio_min.json": "labelstudio",
    "doccano.jsonl": "doccano",
    "doccano.json": "doccano",
    "doccano_relations.jsonl": "doccano",
    "prodigy.jsonl": "jsonl",
    "abstracts.pubtator": "pubtator",
    "spans.csv": "spans-csv",
    "spans.tsv": "spans-tsv",
}
EXACT = ("labelstudio", "doccano", "spans-csv", "spans-tsv", "brat")

lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=15)
abstracts = st.builds("{}\n{}".format, lines, lines) | lines


def passed(given: list[Document], format: str) -> list[Document]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        formats.write(given, path, format)
        return list(formats.read(path, format, overlaps=True))


@settings(deadline=None, max_examples=60)
@given(st.lists(documents(), min_size=1, max_size=4), st.sampled_from(EXACT))
def test_texts_spans_and_ids_survive_any_unicode_and_overlap(given: list[Document], format: str) -> None:
    assert sorted(passed(named(given), format), key=lambda document: document.id or "") == named(given)


@settings(deadline=None, max_examples=40)
@given(st.lists(documents(), min_size=1, max_size=4))
def test_prodigys_file_keeps_texts_spans_and_ids(given: list[Document]) -> None:
    again = passed(named(given), "prodigy")
    assert [(one.id, one.text, one.spans) for one in again] == [(one.id, one.text, one.spans) for one in named(given)]


@settings(deadline=None, max_examples=40)
@given(st.lists(documents(texts=abstracts), min_size=1, max_size=4))
def test_pubtator_keeps_texts_of_two_lines_exactly(given: list[Document]) -> None:
    assert passed(named(given), "pubtator") == named(given)


@settings(deadline=None, max_examples=60)
@given(documents(), st.none() | texts, st.sampled_from(["labelstudio", "doccano", "jsonl"]))
def test_any_id_survives_where_a_field_holds_it(given: Document, id: str | None, format: str) -> None:
    document = Document(given.text, spans=given.spans, id=id)
    assert passed([document], format) == [document]


@pytest.mark.parametrize(("name", "format"), SNIFFED.items())
def test_the_files_of_a_tool_are_known_by_what_is_in_them(tmp_path: Path, name: str, format: str) -> None:
    assert formats.sniff(GOLDEN / name) == format
    if (GOLDEN / name).is_file() and format != "brat":
        (tmp_path / "x").write_bytes((GOLDEN / name).read_bytes())
        assert formats.sniff(tmp_path / "x") == format


@pytest.mark.parametrize(
    ("content", "format"),
    [
        ('[{"data": {"text": "a"}}]', "labelstudio"),
        ('[{"id": 1, "annotations": [{"id": 1, "completed_by": 1, "result": [' + " " * 70_000, "labelstudio"),
        ('{"text": "a", "labels": []}', "doccano"),
        ('{"text": "a", "label": "news"}', "jsonl"),
        ('{"text": "a", "entities": [{"start": 0, "end": 1, "label": "X"}]}', "jsonl"),
        ('{"text": "a", "meta": {"data": {}, "completed_by": 1}}', "jsonl"),
        ('{"text": "' + "a" * 70_000 + '", "meta": {"completed_by": 1}}', "jsonl"),
        ("Document;Begin;End;Tag\n", "spans-csv"),
        ("text\tstart offset\tend-offset\tentity\n", "spans-tsv"),
        ("text,label\n", "text"),
        ("12|t|A title", "pubtator"),
    ],
)
def test_signs_of_a_tool_are_certain_ones(tmp_path: Path, content: str, format: str) -> None:
    (tmp_path / "x").write_text(content)
    assert formats.sniff(tmp_path / "x") == format


def test_a_text_with_its_annotations_beside_it_is_never_read_as_mere_text(tmp_path: Path) -> None:
    (document,) = formats.read(GOLDEN / "brat/letters/one.txt")
    assert len(document.spans) == 6


def test_nested_annotations_become_tags_when_asked(tmp_path: Path) -> None:
    runner = CliRunner()
    given = [str(GOLDEN / "brat"), str(tmp_path / "out.conll")]
    with pytest.raises(
        CrfnerError, match=r"zone\.ann:2: the spans .* overlap; keep one of them, or let 'crfner convert"
    ):
        runner.invoke(convert, given, catch_exceptions=False)
    with pytest.raises(CrfnerError, match="conll cannot hold spans that overlap"):
        runner.invoke(convert, [*given, "--overlaps", "keep"], catch_exceptions=False)
    result = runner.invoke(convert, [*given, "--overlaps", "longest"], catch_exceptions=False)
    assert "1 spans dropped that overlap a longer one" in result.stderr
    assert (tmp_path / "out.conll").read_text().count("B-Region") == 1


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("labelstudio.json", ("--annotator", "first"), "converted 2 documents with 2 spans"),
        ("labelstudio.json", ("--annotator", "1", "--predictions"), "converted 3 documents with 3 spans"),
        ("doccano.jsonl", ("--no-utf16",), "converted 2 documents with 3 spans"),
    ],
)
def test_options_of_reading_reach_the_reader(tmp_path: Path, name: str, options: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(convert, [str(GOLDEN / name), str(tmp_path / "out.jsonl"), *options])
    assert (result.exit_code, said in result.stderr) == (0, True)


def test_of_spans_that_overlap_the_longest_is_kept_and_of_equal_ones_the_first() -> None:
    from crfner.formats.apart import apart

    spans = (Span(0, 2, "A"), Span(0, 4, "B"), Span(3, 5, "C"), Span(5, 8, "D"), Span(6, 9, "E"), Span(9, 10, "F"))
    (document,) = apart([Document("0123456789", spans=spans)], formats.Notes())
    assert [span.label for span in document.spans] == ["B", "D", "F"]


@pytest.mark.parametrize(
    ("name", "content", "options", "complaint"),
    [
        ("x.ann", "T1\tX 0 9\tlonger\n", (), "x.txt: this text is missing beside its .ann file; put it there"),
        (
            "x.json",
            '[{"data": {"text": "ab"}, "annotations": [{"result": [{"type": "labels", '
            '"value": {"start": 0, "end": 1, "text": "b", "labels": ["X"]}}]}]}]',
            (),
            "x.json:1: task 1, result 1: span 1 (0..1) should be 'b' but the text has 'a' there",
        ),
        (
            "x.jsonl",
            '{"text": "a", "label": []}\n{"text": "a", "label": [[0, 3, "X"]]}',
            (),
            "x.jsonl:2: span 1 (0..3) is",
        ),
        ("x.pubtator", "1|t|a\n1\t0\t1\tb\tX\n", (), "x.pubtator:2: span 1 (0..1) should be 'b'"),
        (
            "x.csv",
            'text,start,end,label\n"a\nb",0,1,X\nc,0,1.5,X\n',
            (),
            "x.csv:4: the end should be a whole number, not '1.5'",
        ),
        ("x.csv", 'text,start,end,label\n"a,0,1,X\n', (), "x.csv:2: the quotes of this row are wrong"),
        ("x.csv", "text,begin,label\n", ("--from", "spans-csv"), "x.csv:1: the header has no column 'end', but"),
        ("x.json", '[{"data": {"text": "a"}}]', ("--utf16",), "--utf16 is for input of the format doccano"),
        ("x.jsonl", '{"text": "a"}', ("--annotator", "me"), "--annotator is for input of the format labelstudio"),
    ],
)
def test_bad_input_is_told_with_file_line_and_remedy(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: str,
    options: tuple[str, ...],
    complaint: str,
) -> None:
    (tmp_path / name).write_text(content)
    monkeypatch.setattr("sys.argv", ["crfner", "convert", str(tmp_path / name), str(tmp_path / "out.jsonl"), *options])
    with pytest.raises(SystemExit) as exit:
        main()
    error = capsys.readouterr().err
    assert exit.value.code == 2
    assert complaint in error and error.startswith("error: ") and error.count("\n") == 1
    assert not (tmp_path / "out.jsonl").exists()
