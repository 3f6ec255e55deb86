"""The formats with character offsets, spaCy's and JSON lines: what they accept, and each mistake by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crfner import formats
from crfner.document import Document, Span
from crfner.errors import InputError

APPLE = Document("Apple is a company", spans=(Span(0, 5, "ORG"),))


def documents_in(tmp_path: Path, content: str, format: str | None = None, **options: Any) -> list[Document]:
    path = tmp_path / "input"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    return list(formats.read(path, format, **options))


def refusal(tmp_path: Path, content: str, format: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        documents_in(tmp_path, content, format)
    return str(caught.value).removeprefix(str(tmp_path / "input"))


@pytest.mark.parametrize(
    "content",
    [
        '[["Apple is a company", {"entities": [[0, 5, "ORG"]]}]]',
        '\ufeff[\n  [\n    "Apple is a company",\n    {"entities": [[0, 5, "ORG"]]}\n  ]\n]\n',
        '["Apple is a company", {"entities": [[0, 5, "ORG"]]}]\n\n',
        "TRAIN_DATA = [('Apple is a company', {'entities': [(0, 5, 'ORG')]})]",
        "import os\nos.abort()\nx: list = [\n  # one\n  ['Apple ' 'is a company', {'entities': [(0, 5, 'ORG')]}]]",
        "DEV = [('x', {'entities': []})]\nTRAIN_DATA = [('Apple is a company', {'entities': [(0, 5, 'ORG')]}),]",
        "[('Apple is a company', {'entities': [(0, 5, 'ORG')]})]",
    ],
)
@pytest.mark.parametrize("format", [None, "spacy"])
def test_every_spelling_of_spacys_data_is_read(tmp_path: Path, content: str, format: str | None) -> None:
    assert documents_in(tmp_path, content, format) == [APPLE]


def test_annotations_and_lists_that_are_left_out_are_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    documents_in(tmp_path, "A = []\nTRAIN_DATA = [('a', {'entities': [], 'cats': {}})]", "spacy", notes=notes)
    assert notes == {
        "other lists of the Python file left unread (TRAIN_DATA is the one)": 1,
        "annotations other than entities left out ('cats')": 1,
    }


@pytest.mark.parametrize(
    "record",
    [
        {"spans": [{"start": 0, "end": 5, "label": "ORG", "token_start": 0, "text": "Apple"}], "answer": "accept"},
        {"label": [[0, 5, "ORG"]]},
        {"labels": [[0, 5, "ORG"]], "entities": []},
        {"entities": [{"id": 3, "start_offset": 0, "end_offset": 5, "label": "ORG"}]},
        {"entities": [{"start": 0, "end": 5, "label": "ORG"}]},
    ],
)
def test_every_spelling_of_json_lines_is_read(tmp_path: Path, record: dict[str, Any]) -> None:
    content = json.dumps({"text": APPLE.text} | record) + "\n"
    (document,) = documents_in(tmp_path, content)
    assert (document.text, document.spans) == (APPLE.text, APPLE.spans)


def test_prodigys_tokens_are_read(tmp_path: Path) -> None:
    tokens = [{"text": "Hi", "start": 0, "end": 2, "id": 0, "ws": False}, {"text": "!", "start": 2, "end": 3, "id": 1}]
    (document,) = documents_in(tmp_path, json.dumps({"text": "Hi!", "tokens": tokens}))
    assert document.words() == ["Hi", "!"]
    (document,) = documents_in(tmp_path, '{"text": "Hi!", "tokens": [[0, 2], [2, 3]], "sentences": [[0, 2]]}')
    assert document.sentence_words() == [["Hi", "!"]]


def test_rejected_and_ignored_examples_are_skipped_and_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    answers = ["accept", "reject", "ignore", "ignore"]
    content = "".join(json.dumps({"text": answer, "answer": answer}) + "\n" for answer in answers)
    assert [document.text for document in documents_in(tmp_path, content, notes=notes)] == ["accept"]
    assert notes == {"examples skipped (their answer is reject)": 1, "examples skipped (their answer is ignore)": 2}


def test_json_lines_keep_everything(tmp_path: Path) -> None:
    span = Span(0, 2, "X", score=0.25, source="rules")
    document = Document("Hi!", ((0, 2), (2, 3)), ((0, 2),), (span,), "7", {"columns": (("A", "B"),), "page": {"n": 1}})
    formats.write([document], tmp_path / "out.jsonl")
    (again,) = formats.read(tmp_path / "out.jsonl")
    assert again == document
    assert (again.spans[0].score, again.spans[0].source) == (0.25, "rules")


def test_fields_of_others_are_written_again(tmp_path: Path) -> None:
    record = {"id": 5, "text": "a", "label": "news", "_input_hash": 12, "meta": {"other fields": "x"}}
    documents = documents_in(tmp_path, json.dumps({**record, "meta": {}}))
    formats.write(documents, tmp_path / "out.jsonl")
    again = json.loads((tmp_path / "out.jsonl").read_text())
    assert (again["id"], again["label"], again["_input_hash"]) == ("5", "news", 12)
    (document,) = documents_in(tmp_path, '{"text": "a", "meta": {"other fields": "x"}}')
    formats.write([document], tmp_path / "out.jsonl")
    assert list(formats.read(tmp_path / "out.jsonl")) == [document]


SPAN_MISTAKES = [
    ([0, 50, "X"], "span 1 (0..50) is outside the text of 18 characters"),
    ([-1, 5, "X"], "span 1 (-1..5) is outside the text"),
    ([5, 5, "X"], "span 1 starts at 5 and ends at 5"),
    ([5, 0, "X"], "span 1 starts at 5 and ends at 0"),
    ([0.0, 5, "X"], "the start of span 1 should be a whole number, not 0.0"),
    ([0, "5", "X"], "the end of span 1 should be a whole number, not '5'"),
    ([True, 5, "X"], "the start of span 1 should be a whole number, not True"),
    ([0, 5, ""], "the label of span 1 (0..5) is blank"),
    ([0, 5, " "], "the label of span 1 (0..5) is blank"),
    ([0, 5, "X "], "the label 'X ' of span 1 (0..5) has white space around it"),
    ([0, 5, None], "the label of span 1 (0..5) should be a string, not None"),
    ([5, 6, "X"], "span 1 (5..6, X) covers only white space"),
]


@pytest.mark.parametrize(("span", "complaint"), SPAN_MISTAKES)
def test_a_wrong_span_is_named_in_every_format(tmp_path: Path, span: list[Any], complaint: str) -> None:
    good = [APPLE.text, {"entities": []}]
    bad = [APPLE.text, {"entities": [span]}]
    expected = ":2: " + complaint
    assert refusal(tmp_path, f"[{json.dumps(good)},\n{json.dumps(bad)}]", "spacy-json").startswith(expected)
    assert refusal(tmp_path, f"{json.dumps(good)}\n{json.dumps(bad)}\n", "spacy-jsonl").startswith(expected)
    assert refusal(tmp_path, f"TRAIN_DATA = [\n{bad!r},\n]", "spacy-py").startswith(expected)
    lines = [json.dumps({"text": APPLE.text, "spans": [], "entities": spans}) for spans in ([], [span])]
    assert refusal(tmp_path, "\n".join(lines), "jsonl").startswith(expected)


@pytest.mark.parametrize(
    ("spans", "complaint"),
    [
        ([[0, 8, "X"], [6, 10, "Y"]], "the spans 0..8 X 'Apple is' and 6..10 Y 'is a' overlap; keep one of them"),
        ([[0, 5, "X"], [0, 5, "Y"]], "the spans 0..5 X 'Apple' and 0..5 Y 'Apple' overlap; keep one of them"),
        ([[0, 5, "X"], [6, 8, "Y"], [0, 5, "X"]], "the span 0..5 X 'Apple' is there twice; remove one"),
    ],
)
def test_overlaps_and_duplicates_are_refused(tmp_path: Path, spans: list[Any], complaint: str) -> None:
    assert refusal(tmp_path, json.dumps([[APPLE.text, {"entities": spans}]])).startswith(":1: " + complaint)
    assert refusal(tmp_path, json.dumps({"text": APPLE.text, "labels": spans})).startswith(":1: " + complaint)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('["a", {"labels": []}]', ":1: the example has no 'entities', but 'labels'; name the key 'entities'"),
        ('["a", {"ents": []}]', ":1: the example has no 'entities', but 'ents'; name the key 'entities'"),
        ("TRAIN_DATA = [\n\n('a', {}),\n]", ":3: the example has no 'entities', but no key at all"),
        ('["a", []]', ':1: after the text comes {"entities": [...]}, not []'),
        ('["a"]', ':1: an example should be [text, {"entities"'),
        ('["a", {"entities": ["O"]}]', ":1: entity 1 should be [start, end, label], not 'O'"),
        ('["a", {"entities": {}}]', ":1: the entities should be a list"),
        ('[[null, {"entities": []}]]', ":1: the text should be a string, not None"),
        ('[["a", {"entities": []}],]', ":1: invalid JSON at column 26"),
        ('[["a", {"entities": []}]\n["b", {}]]', ":2: invalid JSON: a comma or ] should stand before"),
        ('[["a", {"entities": []}]]\nx', ":2: something follows the end of the list"),
        ('[\n["a", {"entities": [}]]', ":2: invalid JSON at column 21"),
        ('{\n"a": 1}', ":1: the top level should be a list"),
        ('[{"text": "a"}]', ":1: an example should be"),
        ("[]", ": the file holds no example"),
        ("[" * 100_000, ":1: the JSON is nested too deeply"),
    ],
)
def test_mistakes_in_spacys_data_are_named(tmp_path: Path, content: str, complaint: str) -> None:
    assert refusal(tmp_path, content).startswith(complaint)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("TRAIN_DATA = [\n('a', {'entities': f()})]", ":2: only literals are read and nothing is executed"),
        ("TRAIN_DATA = [\n('a' {", ":2: this is not Python"),
        ("x = 1", ": there is no list of literals in this Python file; assign the examples to TRAIN_DATA"),
        ("A = []\nB = []", ": there is several lists (A, B)"),
        ("TRAIN_DATA = " + "[" * 10_000, ":1: this is not Python"),
        ("TRAIN_DATA = [('a', {'entities': [(" + "-" * 20_000 + "1, 2, 'X')]})]", ""),
        ("TRAIN_DATA = [('\\ud800', {'entities': []})]", ":1: the text holds half of a surrogate pair"),
        ("TRAIN_DATA = [('a\\0', {'entities': []})]", ":1: the text holds a NUL character at 1"),
    ],
)
def test_mistakes_in_python_files_are_named(tmp_path: Path, content: str, complaint: str) -> None:
    assert refusal(tmp_path, content, "spacy-py").startswith(complaint)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"sentence": "a"}', "the object has no 'text', but 'sentence'; name the key 'text'"),
        ('{"text": null}', "the text should be a string, not None"),
        ('{"text": "a\\u0000"}', "the text holds a NUL character"),
        ('{"text": "\\ud83c"}', "the line holds half of a surrogate pair"),
        ('{"text": "a", "ents": [[0, 1, "X"]]}', "the spans are under 'ents'; name the key 'spans'"),
        ('{"text": "a", "Spans": [[0, 1, "X"]]}', "the spans are under 'Spans'; name the key 'spans'"),
        ('{"text": "a", "spans": [[0, 1, "X"]], "label": [[0, 1, "X"]]}', "there are spans under 'spans' and 'label'"),
        ('{"text": "a", "spans": {"start": 0}}', "'spans' should be a list of spans"),
        ('{"text": "a", "spans": [{"begin": 0, "end": 1, "label": "X"}]}', "span 1 has no 'start', but 'begin'"),
        ('{"text": "a", "spans": [{"start": 0, "end": 1, "type": "X"}]}', "span 1 has no 'label'"),
        (
            '{"text": "ab", "spans": [{"start": 0, "end": 1, "label": "X", "text": "ab"}]}',
            "span 1 (0..1) should be 'ab'",
        ),
        ('{"text": "a", "spans": ["X"]}', "span 1 should be"),
        ('{"text": "a", "spans": [[0, 1]]}', "span 1 should be [start, end, label]"),
        ('{"text": "a", "spans": [{"start": 0, "end": 1, "label": "X", "score": "1"}]}', "the score of span 1"),
        ('{"text": "a", "tokens": [[0, 2]]}', "number 1 of the tokens, [0, 2], is empty, out of order"),
        (
            '{"text": "ab", "tokens": [{"start": 0, "end": 1, "text": "b"}]}',
            "token 1 should be 'b', but the text has 'a'",
        ),
        ('{"text": "ab", "sentences": ["ab"]}', "the sentences should be [start, end] pairs"),
        ('{"text": "a", "answer": "yes"}', "the answer should be accept, reject or ignore"),
        ('{"text": "a", "id": 1.5}', "the id should be a string"),
        (
            '{"text": "a", "meta": {"columns": [["N", "N"]]}, "tokens": [[0, 1]]}',
            "a column in 'meta' should be 1 strings",
        ),
        ('{"text": "a", "spans": [}', "invalid JSON at column 25"),
        ('{"text": "a", "x": NaN}', "invalid JSON: NaN is not a JSON number"),
        ('{"text": "a", "x": ' + "9" * 5000 + "}", "invalid JSON: Exceeds the limit"),
        ('{"text": ' + "[" * 100_000, "the JSON is nested too deeply"),
        ('["a"]', "a line should be an object"),
        ("42", "a line should be an object"),
    ],
)
def test_mistakes_in_json_lines_are_named(tmp_path: Path, line: str, complaint: str) -> None:
    assert refusal(tmp_path, '{"text": "good"}\n' + line + "\n", "jsonl").startswith(":2: " + complaint)
