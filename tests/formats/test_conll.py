"""CoNLL columns: what is read comes out the same, and what columns cannot say is kept beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crfner import formats
from crfner.document import Document, Span
from crfner.errors import CrfnerError, InputError

GOLDEN = Path(__file__).parent / "golden"


def documents_in(tmp_path: Path, content: str, **options: Any) -> list[Document]:
    path = tmp_path / "in.conll"
    path.write_bytes(content.encode())
    return list(formats.read(path, "conll", **options))


def written(tmp_path: Path, documents: list[Document], **options: Any) -> str:
    path = tmp_path / "out.conll"
    formats.write(documents, path, **options)
    return path.read_bytes().decode()


def refusal(tmp_path: Path, content: str) -> str:
    with pytest.raises(InputError) as caught:
        documents_in(tmp_path, content)
    return str(caught.value).removeprefix(str(tmp_path / "in.conll"))


def labelled(document: Document) -> list[tuple[str, str]]:
    return [(document.text[span.start : span.end], span.label) for span in document.spans]


def test_columns_sentences_and_document_borders_are_read(tmp_path: Path) -> None:
    first, second = formats.read(GOLDEN / "newswire.conll")
    assert first.text == "EU rejects German call .\nPeter Blackburn"
    assert labelled(first) == [("EU", "ORG"), ("German", "MISC"), ("Peter Blackburn", "PER")]
    assert first.sentences == ((0, 5), (5, 7))
    assert first.meta["columns"][0] == ("NNP", "VBZ", "JJ", "NN", ".", "NNP", "NNP")
    assert first.meta["docstart"] == ("-X-", "O", "O")
    assert second.text == "BRUSSELS"


def test_a_file_is_written_as_the_golden_one(tmp_path: Path) -> None:
    documents = list(formats.read(GOLDEN / "newswire.conll"))
    assert written(tmp_path, documents) == (GOLDEN / "newswire.out.conll").read_text()
    assert list(formats.read(tmp_path / "out.conll")) == documents


def test_a_file_without_docstart_comes_in_blocks_and_gets_none(tmp_path: Path) -> None:
    documents = documents_in(tmp_path, "a B-X\n\n" * 5, block=2)
    assert [len(document.sentences) for document in documents] == [2, 2, 1]
    output = written(tmp_path, documents)
    assert output == "a\tB-X\n\n" * 5
    assert list(formats.read(tmp_path / "out.conll", block=2)) == documents


def test_only_tabs_and_spaces_separate(tmp_path: Path) -> None:
    content = 'a\u00a0b B-X\n" O\n| O\n\u200b O\n\u2028x O\n\x85 O\n\x0c O\n\u3000 O\n'
    words = ["a\u00a0b", '"', "|", "\u200b", "\u2028x", "\x85", "\x0c", "\u3000"]
    (document,) = documents_in(tmp_path, content)
    assert document.words() == words
    (document,) = documents_in(tmp_path, content.replace(" ", "\t") + "New York\tO\n")
    assert document.words() == [*words, "New York"]


def test_trailing_blanks_crlf_and_lone_carriage_returns_are_line_ends(tmp_path: Path) -> None:
    expected = documents_in(tmp_path, "a B-X\nb O\n\nc O\n")
    assert documents_in(tmp_path, "a B-X \t\r\nb  O\r\n \t\r\n\r\nc O") == expected
    assert documents_in(tmp_path, "a B-X\rb O\r\rc O\r") == expected
    assert documents_in(tmp_path, "\ufeffa B-X\nb O\n\nc O\n") == expected


def test_one_column_has_no_tags(tmp_path: Path) -> None:
    (document,) = documents_in(tmp_path, "# a comment here\nApple\n#fun\n#\n\nis\n")
    assert document.sentence_words() == [["Apple", "#fun", "#"], ["is"]]
    assert document.spans == ()


@pytest.mark.parametrize("scheme", ["IOB1", "IOB2", "BIOES", "BILOU"])
def test_every_scheme_is_written_and_read_alike(tmp_path: Path, scheme: str) -> None:
    documents = documents_in(tmp_path, "a B-X\nb I-X\nc B-X\nd O\ne B-Y\n")
    written(tmp_path, documents, scheme=scheme)
    assert list(formats.read(tmp_path / "out.conll")) == documents


def test_io_joins_neighbours_and_says_so(tmp_path: Path) -> None:
    notes = formats.Notes()
    assert "a\tI-X\nb\tI-X\n" in written(tmp_path, documents_in(tmp_path, "a B-X\nb B-X\n"), scheme="io", notes=notes)
    assert notes == {"spans joined with the one before them (scheme IO cannot tell them apart)": 1}


def test_a_comment_begins_a_sentence_and_cannot_be_a_token(tmp_path: Path) -> None:
    content = "# first line\n# O\nfoo B-X\n# O\n\n# id x\tdomain=en\n# B-Y\n"
    (document,) = documents_in(tmp_path, content)
    assert document.sentence_words() == [["#", "foo", "#"], ["#"]]
    assert document.meta["comments"] == ((0, "# first line"), (1, "# id x\tdomain=en"))
    (again,) = documents_in(tmp_path, written(tmp_path, [document]))
    assert (again.tokens, again.spans, again.sentences) == (document.tokens, document.spans, document.sentences)
    assert [line for _, line in again.meta["comments"]] == ["# first line", "# id x domain=en"]


def test_a_file_of_number_signs_holds_tokens(tmp_path: Path) -> None:
    assert documents_in(tmp_path, "# O\n\n# B-X\n")[0].words() == ["#", "#"]
    assert documents_in(tmp_path, "#\tO\n")[0].words() == ["#"]


def test_comments_of_other_programs_do_not_become_texts(tmp_path: Path) -> None:
    (document,) = documents_in(tmp_path, "# text = Apple is\n# id = 7\nApple\tB-X\nis\tO\n")
    assert document.text == "Apple is"
    assert document.id is None


def test_documents_without_sentences_keep_their_borders(tmp_path: Path) -> None:
    content = "-DOCSTART-\tO\n\n-DOCSTART-\n\na\tO\n\n-DOCSTART-\tX\tO\n\n"
    documents = documents_in(tmp_path, content)
    assert [document.text for document in documents] == ["", "a", ""]
    assert documents_in(tmp_path, written(tmp_path, documents)) == documents
    (only,) = documents_in(tmp_path, "-DOCSTART-\tX\tO\n")
    assert only.meta["docstart"] == ("X", "O")


def test_running_text_keeps_text_id_and_offsets(tmp_path: Path) -> None:
    documents = [
        Document("Dr. Li's\t\noffice", spans=(Span(4, 6, "PER"),), id="ä\n"),
        Document(""),
        Document(" \n "),
        Document("a a", id="b"),
        Document("a a", tokens=((2, 3),), sentences=((0, 1),), meta={"source": {"page": 3}}),
    ]
    written(tmp_path, documents)
    again = list(formats.read(tmp_path / "out.conll"))
    assert [(d.text, d.id, d.spans, d.meta) for d in again] == [(d.text, d.id, d.spans, d.meta) for d in documents]
    assert again[-1].tokens == ((2, 3),)


def test_a_span_off_the_token_borders_splits_the_token(tmp_path: Path) -> None:
    notes = formats.Notes()
    document = Document("anti-Apple", tokens=((0, 10),), sentences=((0, 1),), spans=(Span(5, 10, "ORG"),))
    assert "anti-\tO\nApple\tB-ORG\n" in written(tmp_path, [document], notes=notes)
    assert notes == {"spans off the token borders (tokens were split where they cut one)": 1}


def test_a_span_keeps_the_white_space_at_its_edges_while_its_tags_stand(tmp_path: Path) -> None:
    document = Document("to  Apple !", spans=(Span(2, 10, "ORG"),))
    output = written(tmp_path, [document])
    assert documents_in(tmp_path, output)[0].spans == document.spans
    assert documents_in(tmp_path, output.replace("B-ORG", "O"))[0].spans == ()


def test_a_span_without_a_token_gets_one(tmp_path: Path) -> None:
    document = Document(
        "a bb c", tokens=((0, 1),), sentences=((0, 1),), spans=(Span(2, 4, "X"),), meta={"columns": (("N",),)}
    )
    assert "a\tN\tO\nbb\t_\tB-X\n" in written(tmp_path, [document])


def test_a_span_across_sentences_joins_them(tmp_path: Path) -> None:
    notes = formats.Notes()
    document = Document("a b", tokens=((0, 1), (2, 3)), sentences=((0, 1), (1, 2)), spans=(Span(0, 3, "X"),))
    assert "a\tB-X\nb\tI-X\n" in written(tmp_path, [document], notes=notes)
    assert notes == {"sentences joined (a span goes across)": 1}


def test_tokens_that_no_column_can_hold_are_split(tmp_path: Path) -> None:
    document = Document("a\tb\n -DOCSTART-", tokens=((0, 3), (3, 5), (5, 15)), sentences=((0, 1),))
    written(tmp_path, [document])
    (again,) = formats.read(tmp_path / "out.conll")
    assert again.sentence_words() == [["a", "b"], ["-", "DOCSTART-"]]
    assert again.text == document.text


def test_a_block_after_a_marked_document_is_not_taken_for_more_of_it(tmp_path: Path) -> None:
    (marked,) = documents_in(tmp_path, "-DOCSTART- O\na O\n")
    (block,) = documents_in(tmp_path, "b O\n")
    again = documents_in(tmp_path, written(tmp_path, [marked, block]))
    assert [document.text for document in again] == ["a", "b"]


def test_a_sentence_of_100000_tokens_is_read_and_written(tmp_path: Path) -> None:
    (document,) = documents_in(tmp_path, "a B-X\nb I-X\n" * 50_000)
    assert len(document.spans) == 50_000
    moved = Document(document.text, document.tokens, document.sentences, document.spans)
    assert documents_in(tmp_path, written(tmp_path, [moved]))[0].spans == document.spans


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("a B-X\nb N O\n", ":2: there are 3 columns, but 2 in line 1"),
        (
            "a\tO\n\nb O\n",
            ":3: there are 1 columns, but 2 in line 1; give every token the same columns, separated by tabs",
        ),
        (
            "a PERSON\n",
            ":1: 'PERSON' in the last column is not a tag; write O, or a prefix and a label such as B-PERSON",
        ),
        ("a O\nb B-\n", ":2: 'B-' in the last column is not a tag"),
        ("a O\nb B-\u00a0\n", ":2: the label of the tag 'B-\\xa0' is blank"),
        ("a\tO\n\tO\n", ":2: the token is missing"),
        ("a\tO\n \tB-X\n", ":2: what is tagged X here is only white space; tag it O"),
        ('# text = "a b"\na O\nc O\n', ":3: the token 'c' is not in the rest of the '# text' above"),
        ('# text = "ab"\n# tokens = [[0, 1]]\nb O\n', ":1: the comment '# tokens' does not go with the tokens"),
        ('# text = "ab"\n# borders = [5]\nab O\n', ":1: a comment of offsets should hold [start, end] pairs"),
        ('# text = "ab"\n# borders = [[0, 9]]\nab B-X\n', ":1: the comments do not go with the tokens below"),
        ("", ": the file is empty"),
        (" \n\n", ": the file is empty"),
        ("# only a comment\n", ": the file holds no example"),
    ],
)
def test_mistakes_are_named_with_line_and_remedy(tmp_path: Path, content: str, complaint: str) -> None:
    assert refusal(tmp_path, content).startswith(complaint)


@pytest.mark.parametrize(
    ("documents", "complaint"),
    [
        ([Document("a b", spans=(Span(0, 3, "X"), Span(2, 3, "Y")))], "overlaps"),
        ([Document("a b", spans=(Span(1, 2, "X"),))], "only white space"),
        ([Document("a b", spans=(Span(0, 1, "X\tY"),))], "rename"),
        ([Document("a", ((0, 1),), ((0, 1),), meta={"columns": (("N",),)}), Document("a")], "extra columns"),
    ],
)
def test_what_columns_cannot_hold_is_refused(tmp_path: Path, documents: list[Document], complaint: str) -> None:
    with pytest.raises(CrfnerError, match=complaint):
        written(tmp_path, documents)
    assert not (tmp_path / "out.conll").exists()


def test_an_unknown_scheme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CrfnerError, match="unknown tagging scheme"):
        written(tmp_path, [Document("a")], scheme="BIX")
