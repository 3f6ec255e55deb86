"""Rows of tokens and tags: numbers never go without their names, and Parquet is as the Hugging Face hub has it."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_round_trips import documents, tokenised_documents, words

from crfner import formats
from crfner.document import Document, Span
from crfner.errors import CrfnerError, InputError
from crfner.formats import hf_parquet

GOLDEN = Path(__file__).parent / "golden"
NAMES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
ROW = {"tokens": ["Ann", "Li", "left", "Rome"], "ner_tags": ["B-PER", "I-PER", "O", "B-LOC"]}
NUMBERED = {"tokens": ROW["tokens"], "ner_tags": [1, 2, 0, 3]}
ANN = Document(
    "Ann Li left Rome",
    ((0, 3), (4, 6), (7, 11), (12, 16)),
    ((0, 4),),
    (Span(0, 6, "PER"), Span(12, 16, "LOC")),
)
INFO = {
    "features": {
        "tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"},
        "ner_tags": {"feature": {"names": NAMES, "_type": "ClassLabel"}, "_type": "Sequence"},
    }
}


def read(tmp_path: Path, content: Any, format: str | None = None, **options: Any) -> list[Document]:
    path = tmp_path / "rows"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return list(formats.read(path, format, **options))


def refusal(tmp_path: Path, content: Any, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content, "hf-jsonl", **options)
    return str(caught.value).removeprefix(str(tmp_path / "rows"))


@pytest.mark.parametrize(
    "content",
    [
        ROW,
        [ROW],
        {"data": [ROW]},
        json.dumps([ROW], indent=2),
        json.dumps({"version": "1", "data": [ROW]}, indent=2),
        {"words": ROW["tokens"], "labels": ROW["ner_tags"]},
        {"tokens": ROW["tokens"], "tags": ROW["ner_tags"]},
        {"data": [NUMBERED], **INFO},
    ],
)
def test_every_spelling_in_use_is_known_by_its_content(tmp_path: Path, content: Any) -> None:
    assert read(tmp_path, content) == [ANN]


def test_tags_of_any_scheme_are_read_alike(tmp_path: Path) -> None:
    for tags in (["I-PER", "I-PER", "O", "I-LOC"], ["B-PER", "L-PER", "O", "U-LOC"], ["B-PER", "E-PER", "O", "S-LOC"]):
        assert read(tmp_path, {**ROW, "ner_tags": tags}) == [ANN]


def test_the_golden_file_is_read_and_written_as_it_is(tmp_path: Path) -> None:
    for name, format in (("companies.hf.jsonl", "hf-jsonl"), ("companies.hf.json", "hf-json")):
        assert formats.sniff(GOLDEN / name) == format
        formats.write(formats.read(GOLDEN / name), tmp_path / "out", format)
        assert (tmp_path / "out").read_text() == (GOLDEN / name).read_text()


def test_other_json_is_not_taken_for_rows_of_tokens(tmp_path: Path) -> None:
    for name, format in (("companies.jsonl", "jsonl"), ("companies.json", "spacy-json")):
        assert formats.sniff(GOLDEN / name) == format
    (tmp_path / "x").write_text('{"text": "a b", "tokens": [[0, 1], [2, 3]], "labels": [[0, 1, "X"]]}')
    assert not formats.sniff(tmp_path / "x").startswith("hf-")
    (tmp_path / "x").write_text('[{"text": "a b", "label": [[0, 1, "X"]]}]')
    assert not formats.sniff(tmp_path / "x").startswith("hf-")


def test_numbers_without_names_are_refused_with_the_remedy(tmp_path: Path) -> None:
    assert refusal(tmp_path, NUMBERED) == (
        ":1: the tags under 'ner_tags' are numbers, which mean nothing without their names; convert the file with "
        "crfner convert --tags O,B-PER,I-PER,... or --tags FILE, or put the data set's dataset_info.json beside it"
    )


def test_numbers_take_the_names_that_are_given(tmp_path: Path) -> None:
    assert read(tmp_path, NUMBERED, tags=NAMES) == [ANN]


@pytest.mark.parametrize(
    ("file", "info"),
    [
        ("dataset_info.json", INFO),
        ("dataset_infos.json", {"default": {"description": "", **INFO}, "small": INFO}),
        ("dataset_info.json", {"features": {"ner_tags": [{"names": NAMES, "_type": "ClassLabel"}]}}),
    ],
)
def test_numbers_take_the_names_of_the_data_sets_description_beside_the_file(
    tmp_path: Path, file: str, info: dict[str, Any]
) -> None:
    (tmp_path / file).write_text(json.dumps(info))
    assert read(tmp_path, NUMBERED) == [ANN]


def test_configurations_that_differ_name_nothing(tmp_path: Path) -> None:
    other = {"features": {"ner_tags": {"feature": {"names": NAMES[::-1], "_type": "ClassLabel"}}}}
    (tmp_path / "dataset_infos.json").write_text(json.dumps({"a": INFO, "b": other}))
    assert "mean nothing without their names" in refusal(tmp_path, NUMBERED)


def test_names_without_prefixes_are_labels_and_neighbours_are_joined(tmp_path: Path) -> None:
    notes = formats.Notes()
    (document,) = read(tmp_path, NUMBERED, tags=["O", "person", "person-x", "place"], notes=notes)
    assert [span.label for span in document.spans] == ["person", "person-x", "place"]
    assert notes == {"names of tags without a prefix (neighbours of one label are read as one span)": 3}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ([1], ":1: a row should be an object such as"),
        ({"tokens": ["a"]}, ":1: the row has no 'ner_tags', but 'tokens'; name the key 'ner_tags'"),
        ({"ner_tags": ["O"]}, ":1: the row has no 'tokens', but 'ner_tags'; name the key 'tokens'"),
        ({"tokens": ["a"], "ner_tags": []}, ":1: there are 1 tokens but 0 tags; give every token one"),
        ({"tokens": [1], "ner_tags": ["O"]}, ":1: token 1 should be a string, not 1"),
        ({"tokens": ["a"], "ner_tags": ["PER"]}, ":1: tag 1 is 'PER'; write O, or a prefix and a label such as B-PER"),
        ({"tokens": ["a"], "ner_tags": [True]}, ":1: tag 1 should be the name of a tag or its number, not True"),
        ({"tokens": ["a"], "ner_tags": [0.5]}, ":1: tag 1 should be the name of a tag or its number, not 0.5"),
        ({"tokens": ["a"], "ner_tags": ["B- "]}, ":1: the label of tag 1 is blank"),
        ({"tokens": [" "], "ner_tags": ["B-X"]}, ":1: what is tagged X is only white space; tag it O"),
        ({"tokens": ["a\0"], "ner_tags": ["O"]}, ":1: the text holds a NUL character at 1; remove it"),
        ({"tokens": ["a"], "ner_tags": ["O"], "id": []}, ":1: the id should be a string or a whole number, not []"),
        ({"data": [3], "features": {}}, ": row 1: a row should be an object such as"),
        ('{"tokens": ["a"], "ner_tags": ["O"]}\n{"tokens"', ":2: invalid JSON at column"),
        ("nothing", ":1: invalid JSON at column 1"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path: Path, row: Any, complaint: str) -> None:
    assert refusal(tmp_path, row).startswith(complaint)


def test_numbers_that_stand_for_padding_or_have_no_name_are_refused(tmp_path: Path) -> None:
    row = {"tokens": ["a"], "ner_tags": [-100]}
    assert "tag 1 is -100, but only 0 to 4 have names" in refusal(tmp_path, row, tags=NAMES)
    assert "the tag 'O' is named twice" in refusal(tmp_path, NUMBERED, tags=["O", "O"])
    assert "'PER' is not the name of a tag" in refusal(tmp_path, NUMBERED, tags=["O", "PER", "B-LOC"])


def test_empty_tokens_are_left_out_with_their_tags_and_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    row = {"tokens": ["", "Ann", "", "Li", ""], "ner_tags": ["B-X", "B-PER", "I-PER", "I-PER", "O"], "lang": "en"}
    (document,) = read(tmp_path, row, notes=notes)
    assert document == Document("Ann Li", ((0, 3), (4, 6)), ((0, 2),), (Span(0, 6, "PER"),))
    assert notes == {"empty tokens left out": 3, "fields left out ('lang')": 1}


def test_rows_with_the_same_id_are_the_sentences_of_one_document(tmp_path: Path) -> None:
    rows = "\n".join(json.dumps({"id": id, **ROW}) for id in (7, 7, "8"))
    first, second = read(tmp_path, rows)
    assert (first.id, len(first.sentences), first.text) == ("7", 2, f"{ANN.text}\n{ANN.text}")
    assert (second.id, second.spans) == ("8", ANN.spans)


def test_what_the_rows_cannot_hold_is_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    formats.write([Document("One. Two.", meta={"k": 1})], tmp_path / "x", "hf-jsonl", notes=notes)
    assert notes == {
        "documents whose meta is left out (a row of tags holds none)": 1,
        "documents without an id whose sentences are documents of their own when they are read": 1,
        "texts of which the tokens are kept alone (one space joins them when they are read)": 1,
    }
    with pytest.raises(CrfnerError, match="overlaps the one before it, which a row of tags cannot hold"):
        formats.write([Document("ab", spans=(Span(0, 2, "X"), Span(1, 2, "Y")))], tmp_path / "y", "hf-json")
    with pytest.raises(CrfnerError, match="unknown tagging scheme"):
        formats.write([ANN], tmp_path / "y", "hf-json", scheme="XY")


def labelled_words(document: Document) -> list[tuple[str, str]]:
    return [(document.text[span.start : span.end].strip(), span.label) for span in document.spans]


@settings(deadline=None, max_examples=40)
@example([Document("aa aa", ((2, 5),), spans=(Span(0, 3, "PER"),))], "hf-json")  # of the span, the token has a space
@given(st.lists(documents() | tokenised_documents(), min_size=1, max_size=3), st.sampled_from(["hf-json", "hf-jsonl"]))
def test_documents_come_back_as_their_tokens_and_then_stay_as_they_are(made: list[Document], format: str) -> None:
    made = [Document(d.text, d.tokens, d.sentences, d.spans, str(number)) for number, d in enumerate(made)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows")
        formats.write(made, path, format)
        once = list(formats.read(path, format))
        assert [document.id for document in once] == [document.id for document in made]
        assert [len(document.spans) for document in once] == [len(document.spans) for document in made]
        formats.write(once, path, format)
        assert list(formats.read(path, format)) == once


tags = st.sampled_from(["O", "O", *NAMES, "E-LOC", "S-PER"])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.tuples(words, tags), min_size=1, max_size=5), min_size=1, max_size=4))
def test_rows_keep_their_tokens_whatever_they_are(rows: list[list[tuple[str, str]]]) -> None:
    pytest.importorskip("pyarrow")
    lines = [json.dumps({"tokens": [w for w, _ in row], "ner_tags": [t for _, t in row]}) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        path, other = os.path.join(folder, "rows"), os.path.join(folder, "rows.parquet")
        Path(path).write_text("\n".join(lines))
        given = list(formats.read(path))
        assert [document.words() for document in given] == [[word for word, _ in row] for row in rows]
        formats.write(given, other)
        assert list(formats.read(other)) == given


def test_parquet_is_written_as_the_hub_has_it_and_read_back(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "x.parquet"
    formats.write([ANN], path)
    table = parquet.read_table(path)
    names = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
    assert table.to_pylist() == [{"id": None, "tokens": ROW["tokens"], "ner_tags": [3, 4, 0, 1]}]
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert list(features) == table.schema.names
    assert features["ner_tags"] == {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"}
    assert list(formats.read(path)) == [ANN]
    path.rename(tmp_path / "x")
    assert formats.sniff(tmp_path / "x") == "hf-parquet"


def test_parquet_numbers_by_given_names_so_that_parts_of_a_data_set_agree(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    formats.write([ANN], tmp_path / "x.parquet", tags=NAMES)
    assert parquet.read_table(tmp_path / "x.parquet")["ner_tags"].to_pylist() == [[1, 2, 0, 3]]
    with pytest.raises(CrfnerError, match="the tag 'B-LOC' is not among the names to number by; add it"):
        formats.write([ANN], tmp_path / "x.parquet", tags=["O", "B-PER", "I-PER"])


def by_pyarrow(path: Path, columns: dict[str, Any]) -> Path:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table(columns), path)
    return path


def test_parquet_of_other_programs_needs_names_or_has_them_as_strings(tmp_path: Path) -> None:
    path = by_pyarrow(tmp_path / "x.parquet", {"words": [ROW["tokens"]], "tags": [ROW["ner_tags"]], "lang": ["en"]})
    notes = formats.Notes()
    assert list(formats.read(path, notes=notes)) == [ANN]
    assert notes == {"columns left out ('lang')": 1}
    path = by_pyarrow(tmp_path / "x.parquet", {"tokens": [ROW["tokens"]], "ner_tags": [NUMBERED["ner_tags"]]})
    with pytest.raises(InputError, match=r"x\.parquet: row 1: the tags under 'ner_tags' are numbers"):
        list(formats.read(path))
    assert list(formats.read(path, tags=NAMES)) == [ANN]
    path = by_pyarrow(tmp_path / "x.parquet", {"text": ["a"]})
    with pytest.raises(InputError, match=r"x\.parquet: there is no column 'tokens', but 'text'; name the columns"):
        list(formats.read(path))


def test_damaged_and_oversized_parquet_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "x.parquet"
    for content in (b"nonsense", b"PAR1PAR1", b"PAR1" + bytes(50) + b"PAR1"):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"x\.parquet: this is not a Parquet file, or it is damaged"):
            list(formats.read(path))
    formats.write([ANN] * 3000, path)
    whole = path.read_bytes()
    monkeypatch.setattr(hf_parquet, "VALUES", 10_000)
    with pytest.raises(InputError, match="the file unpacks to more than"):
        list(formats.read(path))
    monkeypatch.undo()
    path.write_bytes(whole[:500] + bytes(200) + whole[700:])
    with pytest.raises(InputError, match=r"is damaged|mean nothing"):
        list(formats.read(path))


def test_where_pyarrow_is_missing_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(CrfnerError, match=r"run pip install 'crfner\[parquet\]'"):
        formats.write([ANN], tmp_path / "x.parquet")
