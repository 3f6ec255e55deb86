"""DocBin files: spaCy itself is the oracle, both ways, and what it would choke on is refused in one sentence."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_round_trips import documents, tokenised_documents

from crfner import formats
from crfner.document import Document, Span
from crfner.errors import CrfnerError, InputError
from crfner.formats import docbin

spacy = pytest.importorskip("spacy")
from spacy.tokens import Doc, DocBin  # noqa: E402
from srsly import msgpack  # noqa: E402

APPLE = Document("Apple  is (very) big.\nBerlin too.", spans=(Span(0, 5, "ORG"), Span(11, 15, "HOW")), id="a 1")


def by_spacy(path: Path, *docs: Doc, **settings: Any) -> Path:
    DocBin(docs=docs, **settings).to_disk(path)
    return path


def pipeline(*, sentences: bool = True) -> Any:
    nlp = spacy.blank("en")
    if sentences:
        nlp.add_pipe("sentencizer")
    return nlp


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        list(formats.read(path))
    return str(caught.value).removeprefix(f"{path}: ")


def test_what_spacy_wrote_is_read_with_its_tokens_sentences_and_entities(tmp_path: Path) -> None:
    doc = pipeline()("Ms. Li's  tea.\nBerlin sleeps.")
    doc.ents = [doc.char_span(4, 6, "PER"), doc.char_span(15, 21, "LOC")]
    (document,) = formats.read(by_spacy(tmp_path / "x.spacy", doc))
    assert document.text == doc.text
    assert document.words() == [token.text for token in doc if not token.is_space]
    assert [words[0] for words in document.sentence_words()] == ["Ms.", "Berlin"]
    assert document.spans == (Span(4, 6, "PER"), Span(15, 21, "LOC"))


def test_without_sentences_there_are_none_and_without_spaces_words_are_joined(tmp_path: Path) -> None:
    (document,) = formats.read(by_spacy(tmp_path / "x.spacy", pipeline(sentences=False)("Li sleeps. So.")))
    assert document.sentences == ()
    (document,) = formats.read(by_spacy(tmp_path / "x.spacy", Doc(pipeline().vocab, words=["Li", "sleeps"])))
    assert document.text.rstrip() == "Li sleeps"


def test_spacy_reads_back_what_was_written(tmp_path: Path) -> None:
    formats.write([APPLE, Document("")], tmp_path / "x.spacy")
    doc, empty = DocBin().from_disk(tmp_path / "x.spacy").get_docs(spacy.blank("en").vocab)
    assert doc.text == APPLE.text
    assert [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents] == [(0, 5, "ORG"), (11, 15, "HOW")]
    assert [sentence.text for sentence in doc.sents] == ["Apple  is (very) big.\n", "Berlin too."]
    assert {token.ent_iob_ for token in doc} == {"O", "B"}  # spaCy learns from O, not from what is missing
    Doc.set_extension("id", default=None, force=True)
    assert doc._.id == "a 1"
    Doc.remove_extension("id")
    assert empty.text == ""


def test_a_file_without_the_ending_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    formats.write([APPLE], tmp_path / "x", "docbin")
    assert formats.sniff(tmp_path / "x") == "docbin"
    (document,) = formats.read(tmp_path / "x")
    assert (document.text, document.spans, document.id) == (APPLE.text, APPLE.spans, APPLE.id)


def trimmed(document: Document) -> tuple[str, tuple[Span, ...], str | None]:
    """What DocBin can hold: no entity begins or ends in white space."""
    spans = []
    for span in document.spans:
        covered = document.text[span.start : span.end]
        start = span.start + len(covered) - len(covered.lstrip())
        spans.append(Span(start, start + len(covered.strip()), span.label))
    return document.text, tuple(spans), document.id


@settings(deadline=None, max_examples=25)
@given(st.lists(documents() | tokenised_documents(), min_size=1, max_size=3))
@example([Document("aa a", ((2, 3),), spans=(Span(0, 3, "PER"),))])  # a token of white space at a span's end
@example([Document("aa a", ((0, 3),), spans=(Span(0, 3, "PER"),))])  # a token with white space at its end
@example([Document("aa\ta", ((0, 4),), spans=(Span(0, 2, "PER"),))])  # a span's end cuts such a token out of one
def test_texts_spans_and_ids_survive_but_for_white_space_at_the_ends_of_spans(made: list[Document]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.spacy")
        formats.write(made, path)
        once = list(formats.read(path))
        assert [(document.text, document.spans, document.id) for document in once] == list(map(trimmed, made))
        formats.write(once, path)
        assert list(formats.read(path)) == once


def test_a_span_group_stands_in_where_there_are_no_entities_and_may_overlap(tmp_path: Path) -> None:
    doc = pipeline()("Bank of Spain")
    doc.spans["sc"] = [doc.char_span(0, 13, "ORG"), doc.char_span(8, 13, "LOC")]
    doc.spans["other"] = [doc.char_span(0, 4, "X")]
    path = by_spacy(tmp_path / "x.spacy", doc)
    notes = formats.Notes()
    (document,) = formats.read(path, overlaps=True, notes=notes)
    assert document.spans == (Span(0, 13, "ORG"), Span(8, 13, "LOC"))
    assert notes == {
        "documents whose spans are those of the span group 'sc' (they have no entities)": 1,
        "span groups other than 'sc' left out": 1,
    }
    assert "document 1: the spans 0..13 ORG 'Bank of Spain' and 8..13 LOC 'Spain' overlap" in refusal(path)
    with pytest.raises(CrfnerError, match="overlaps the one before it, which DocBin cannot hold"):
        formats.write([document], tmp_path / "out.spacy")
    assert not (tmp_path / "out.spacy").exists()


def test_entities_go_before_span_groups_and_several_groups_need_a_choice(tmp_path: Path) -> None:
    doc = pipeline()("Bank of Spain")
    doc.spans["a"] = [doc.char_span(0, 4, "X")]
    doc.spans["b"] = [doc.char_span(0, 4, "Y")]
    assert "document 1: there are no entities but the span groups 'a', 'b'; keep one" in refusal(
        by_spacy(tmp_path / "x.spacy", doc)
    )
    doc.ents = [doc.char_span(8, 13, "LOC")]
    notes = formats.Notes()
    (document,) = formats.read(by_spacy(tmp_path / "x.spacy", doc), notes=notes)
    assert document.spans == (Span(8, 13, "LOC"),)
    assert notes == {"span groups left out (of documents that have entities)": 2}


def test_ids_are_read_from_user_data_and_other_user_data_is_counted(tmp_path: Path) -> None:
    docs = [pipeline()("a"), pipeline()("b"), pipeline()("c")]
    docs[0].user_data["id"] = 7
    docs[1].user_data["source"] = "x"
    notes = formats.Notes()
    read = list(formats.read(by_spacy(tmp_path / "x.spacy", *docs, store_user_data=True), notes=notes))
    assert [document.id for document in read] == ["7", None, None]
    assert notes == {"documents whose user data is left out": 1}


def test_text_between_tokens_becomes_tokens_and_is_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    formats.write([Document("x (y) z", ((0, 1), (6, 7)), meta={"k": 1})], tmp_path / "x.spacy", notes=notes)
    (document,) = formats.read(tmp_path / "x.spacy")
    assert document.words() == ["x", "(y)", "z"]
    assert notes == {
        "tokens added (spaCy's tokens cover the whole text)": 1,
        "documents whose meta is left out (DocBin holds none)": 1,
    }


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 a zip", b"\x00", zlib.compress(b"hello"), zlib.compress(msgpack.packb({"version": "0.1"})), b"x\x9c"],
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.spacy").write_bytes(content)
    assert refusal(tmp_path / "x.spacy").startswith("this is not a DocBin file of spaCy, or it is damaged; write it")


def test_an_empty_file_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.spacy").touch()
    assert refusal(tmp_path / "x.spacy") == "the file is empty; give one that holds labelled text"
    assert "there is no such file" in refusal(tmp_path / "missing.spacy")


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_no_damage_ends_in_anything_but_a_sentence(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.spacy")
        formats.write([APPLE, APPLE], path)
        whole = path.read_bytes()
        if data.draw(st.booleans(), "cut"):
            path.write_bytes(whole[: data.draw(st.integers(1, len(whole) - 1))])
        else:
            unpacked = bytearray(zlib.decompress(whole))
            for _ in range(data.draw(st.integers(1, 4))):
                unpacked[data.draw(st.integers(0, len(unpacked) - 1))] = data.draw(st.integers(0, 255))
            path.write_bytes(zlib.compress(bytes(unpacked)))
        try:
            list(formats.read(path))
        except InputError as error:
            assert str(error).startswith(f"{path}: ")


def test_a_file_that_swells_beyond_the_limit_is_refused_before_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docbin, "UNPACKED_LIMIT", 1 << 20)
    (tmp_path / "x.spacy").write_bytes(zlib.compress(bytes(1 << 22)))
    assert refusal(tmp_path / "x.spacy") == "the file unpacks to more than the 1 MiB that are read at once; split it"
    monkeypatch.setattr(docbin, "PACKED_LIMIT", 100)
    assert "the file is larger than" in refusal(tmp_path / "x.spacy")


def test_where_spacy_is_missing_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy.tokens", None)
    with pytest.raises(CrfnerError, match=r"which is not installed; run pip install 'crfner\[spacy\]'"):
        formats.write([APPLE], tmp_path / "x.spacy")
    assert not (tmp_path / "x.spacy").exists()


def test_the_standard_streams_take_binary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written))
    formats.write([APPLE], "-", "docbin")
    (doc,) = DocBin().from_bytes(written.getvalue()).get_docs(spacy.blank("en").vocab)
    assert doc.text == APPLE.text
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(written.getvalue())))
    assert [document.id for document in formats.read("-", "docbin")] == [APPLE.id]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"nonsense")))
    with pytest.raises(InputError, match="<stdin>: this is not a DocBin file"):
        list(formats.read("-", "docbin"))
