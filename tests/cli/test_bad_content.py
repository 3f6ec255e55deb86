"""Files whose content is wrong: exit code 2, one sentence with its place, and nothing lost or left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_input import COMMANDS, EVERY, GOOD, refused
from running import Run

WRONG_CONTENT: dict[str, tuple[str, bytes, str]] = {
    "empty": ("in.jsonl", b"", "in.jsonl: the file is empty"),
    "only white space": ("in.conll", b" \n\t\r\n\n", "in.conll: the file is empty"),
    "only a byte order mark": ("in.txt", b"\xef\xbb\xbf", "in.txt: the file is empty"),
    "binary": ("in.conll", b"\x7fELF\x02\x01\x01\0\0\0", "in.conll:1: this is a binary file"),
    "a NUL late in the file": ("in.conll", b"tea O\n" * 15000 + b"a\0b O\n", "in.conll:15001: this is a binary file"),
    "UTF-16": ("in.conll", "tea O\n".encode("utf-16"), "in.conll:1: this is UTF-16"),
    "UTF-16 without a mark": ("in.conll", "tea O\n".encode("utf-16-le"), "in.conll:1: this is a binary file"),
    "Latin-1": ("in.conll", "tea O\ncafé O\n".encode("latin-1"), "in.conll:2: byte 0xe9 is not UTF-8"),
    "cut within a character": ("in.txt", "café".encode()[:-1], "in.txt:1: byte 0xc3 is not UTF-8"),
    "a surrogate half in UTF-8": ("in.txt", b"caf\xed\xa0\x80", "in.txt:1: byte 0xed is not UTF-8"),
    "columns that differ": ("in.conll", b"tea NN O\nwith O\n", "in.conll:2: there are 2 columns, but 3 in line 1"),
    "tabs and blanks mixed": (
        "in.conll",
        b"tea\tO\nwith O\nmilk\tO\n",
        "in.conll:2: there are 1 columns, but 2 in line 1",
    ),
    "a tag without a prefix": (
        "in.conll",
        b"tea B-DRINK\nmilk DRINK\n",
        "in.conll:2: 'DRINK' in the last column is not a tag",
    ),
    "a tag without a label": ("in.conll", b"tea O\nmilk B-\n", "in.conll:2: "),
    "offsets beyond the text": (
        "in.jsonl",
        b'{"text": "Tea", "spans": [[0, 4, "DRINK"]]}',
        "in.jsonl:1: span 1 (0..4) is outside the text of 3 characters",
    ),
    "an offset below 0": (
        "in.jsonl",
        b'{"text": "Tea", "spans": [[-1, 3, "DRINK"]]}',
        "in.jsonl:1: span 1 (-1..3) is outside",
    ),
    "offsets that miss their text": (
        "in.jsonl",
        b'{"text": "A tea", "spans": [{"start": 1, "end": 4, "label": "DRINK", "text": "tea"}]}',
        "in.jsonl:1: span 1 (1..4) should be 'tea'",
    ),
    "an end before the start": (
        "in.jsonl",
        GOOD.encode() + b'{"text": "Tea", "spans": [[2, 1, "DRINK"]]}',
        "in.jsonl:2: span 1 starts at 2 and ends at 1",
    ),
    "offsets that are no numbers": (
        "in.jsonl",
        b'{"text": "Tea", "spans": [["0", 3, "DRINK"]]}',
        "in.jsonl:1: the start of span 1 should be a whole number",
    ),
    "overlapping spans": (
        "in.json",
        b'[["Tea with milk", {"entities": [[0, 8, "A"], [4, 13, "B"]]}]]',
        "in.json:1: the spans 0..8 A 'Tea with' and 4..13 B 'with milk' overlap",
    ),
    "a span twice": (
        "in.jsonl",
        b'{"text": "Tea", "spans": [[0, 3, "A"], [0, 3, "A"]]}',
        "in.jsonl:1: the span 0..3 A 'Tea' is there twice",
    ),
    "a blank label": (
        "in.jsonl",
        b'{"text": "Tea", "spans": [[0, 3, " "]]}',
        "in.jsonl:1: the label of span 1 (0..3) is blank",
    ),
    "no text": ("in.jsonl", b'{"txt": "Tea", "spans": []}', "in.jsonl:1: the object has no 'text', but 'txt', 'spans'"),
    "a wrong key": (
        "in.json",
        b'[["Tea", {"labels": [[0, 3, "DRINK"]]}]]',
        "in.json:1: the example has no 'entities', but 'labels'",
    ),
    "a mistaken key": (
        "in.jsonl",
        b'{"text": "Tea", "Entities": [[0, 3, "DRINK"]]}',
        "in.jsonl:1: the spans are under 'Entities'",
    ),
    "invalid JSON": (
        "in.jsonl",
        GOOD.encode() + b'{"text": "Tea", "spans": [}\n',
        "in.jsonl:2: invalid JSON at column 27",
    ),
    "JSON cut short": ("in.json", b'[["Tea", {"entities": [[0, 3,', "in.json:1: invalid JSON"),
    "JSON nested deeply": (
        "in.jsonl",
        b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "in.jsonl:1: the JSON is nested too deeply",
    ),
    "a list nested deeply": ("in.json", b"[" * 100_000 + b"]" * 100_000, "in.json:1: the JSON is nested too deeply"),
    "Python nested deeply": ("in.py", b"X = " + b"[" * 100_000 + b"]" * 100_000, "in.py"),
    "Python that computes": (
        "in.py",
        b'TRAIN_DATA = [("Tea", {"entities": [(0, len("Tea"), "DRINK")]})]',
        "in.py:1: only literals are read",
    ),
    "a list of numbers": ("in.jsonl", b"1\n2\n", "in.jsonl:1: a line should be an object"),
    "a top level of another type": ("in.json", b'{"entities": []}', "in.json"),
    "an object over many lines": ("in.jsonl", b'{\n  "text": "Tea"\n}\n', "in.jsonl"),
    "NaN": (
        "in.jsonl",
        b'{"text": "Tea", "spans": [{"start": 0, "end": 3, "label": "A", "score": NaN}]}',
        "in.jsonl:1: invalid JSON: NaN is not a JSON number",
    ),
    "half of a surrogate pair": (
        "in.jsonl",
        b'{"text": "Tea \\ud83c", "spans": []}',
        "in.jsonl:1: the line holds half of a surrogate pair",
    ),
    "a NUL in JSON": (
        "in.jsonl",
        b'{"text": "Tea\\u0000", "spans": []}',
        "in.jsonl:1: the text holds a NUL character at 3",
    ),
    "a number of a million digits": (
        "in.jsonl",
        b'{"text": "Tea", "spans": [[0, ' + b"9" * 1_000_000 + b', "A"]]}',
        "in.jsonl:1: invalid JSON",
    ),
}


@pytest.mark.parametrize("command", EVERY)
@pytest.mark.parametrize("case", WRONG_CONTENT)
def test_wrong_content_is_refused_with_file_and_line(
    case: str, command: str, crfner: Run, model: Path, output: Path
) -> None:
    name, content, message = WRONG_CONTENT[case]
    path = model.parent / name
    path.write_bytes(content)
    sentence = refused(crfner(*COMMANDS[command](model, path)))
    assert f"{model.parent}/{message}" in sentence
    assert path.read_bytes() == content


@pytest.mark.parametrize("case", ["empty", "binary", "UTF-16", "Latin-1", "invalid JSON"])
def test_wrong_content_of_a_pipe_is_refused_with_its_line(case: str, crfner: Run, model: Path, output: Path) -> None:
    name, content, message = WRONG_CONTENT[case]
    sentence = refused(crfner("tag", model, "-", "-o", output, "--format", "jsonl", stdin=content))
    assert message.replace(name, "<stdin>") in sentence


@pytest.mark.parametrize("command", ["tag", "suggest", "convert"])
def test_a_mistake_at_the_end_of_long_input_leaves_no_output(
    command: str, crfner: Run, model: Path, output: Path
) -> None:
    path = model.parent / "in.jsonl"
    path.write_text(GOOD * 3000 + '{"text": 1}\n', encoding="utf-8")
    sentence = refused(crfner(*COMMANDS[command](model, path)))
    assert "in.jsonl:3001: the text should be a string, not 1" in sentence


def test_data_without_any_entity_cannot_be_learnt_from(crfner: Run, model: Path, output: Path) -> None:
    path = model.parent / "in.conll"
    path.write_text("tea O\nwith O\n\n" * 20, encoding="utf-8")
    assert "holds no labelled span; annotate some" in refused(crfner(*COMMANDS["train"](model, path)))


def test_plain_text_cannot_be_learnt_from(crfner: Run, model: Path, output: Path) -> None:
    path = model.parent / "in.txt"
    path.write_text("Tea with milk.\n" * 20, encoding="utf-8")
    assert "holds no labelled span" in refused(crfner(*COMMANDS["train"](model, path)))


def test_one_document_cannot_be_split(crfner: Run, model: Path, output: Path) -> None:
    path = model.parent / "in.jsonl"
    path.write_text(GOOD, encoding="utf-8")
    sentence = refused(crfner(*COMMANDS["train"](model, path), "--split", 0.5))
    assert "one document cannot be split; give --dev" in sentence
