"""Oddities that are no mistakes and must work.

A byte order mark, any line endings, blanks at line ends, one endless sentence, a locale without accents.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from bad_input import COMMANDS, EVERY, GOOD
from running import COMMAND, ENVIRONMENT, Run


@pytest.mark.parametrize("command", EVERY)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mark.jsonl", b"\xef\xbb\xbf" + GOOD.encode()),
        ("mark.conll", b"\xef\xbb\xbftea B-DRINK\n"),
        ("mixed.conll", b"tea B-DRINK\r\nplease O\n\r\nmilk B-DRINK\r\nplease O\r\n"),
        ("mixed.jsonl", GOOD.rstrip().encode() + b"\r\n\r\n" + GOOD.encode()),
        ("blanks.conll", b"tea B-DRINK \t\nplease O  \n \t\nmilk O\n"),
        ("many blanks.conll", b"tea   NN  B-DRINK\nplease UH O\n"),
        ("no end.conll", b"tea B-DRINK\nplease O"),
        ("Zo\u00eb \u8336.jsonl", GOOD.encode()),
        ("one.jsonl", GOOD.encode()),
    ],
)
def test_oddities_that_are_no_mistakes_work(name: str, content: bytes, command: str, crfner: Run, model: Path) -> None:
    path = model.parent / name
    path.write_bytes(content)
    (model.parent / "good.jsonl").write_text(GOOD, encoding="utf-8")
    result = crfner(*COMMANDS[command](model, path))
    assert result.code == 0, result.err
    assert "error" not in result.err
    assert "Traceback" not in result.err


def test_learning_from_one_sentence_works_with_a_warning(crfner: Run, model: Path) -> None:
    path = model.parent / "one.jsonl"
    path.write_text(GOOD, encoding="utf-8")
    result = crfner(*COMMANDS["train"](model, path))
    assert result.code == 0
    assert result.errors == ["warning: labels with fewer than 10 examples will be learnt badly: DRINK (1)"]


@pytest.mark.parametrize("command", ["train", "tag", "convert"])
def test_a_sentence_of_20000_tokens_works(command: str, crfner: Run, model: Path) -> None:
    path = model.parent / "in.conll"
    path.write_text("tea B-DRINK\nwith O\nmilk I-FOOD\nand O\n" * 5_000, encoding="utf-8")
    result = crfner(*COMMANDS[command](model, path))
    assert result.code == 0, result.err
    if command == "train":
        assert "trained on 1 documents, 1 sentences, 20000 tokens" in result.out


def test_a_line_of_a_million_characters_works(crfner: Run, model: Path) -> None:
    text = "x" * 500_000 + " tea " + "y" * 500_000
    result = crfner("tag", model, stdin=text.encode())
    assert result.code == 0
    assert json.loads(result.out)["text"] == text


@pytest.mark.parametrize("bytes_", ["Été".encode(), b"\xc9t\xe9"], ids=["UTF-8", "Latin-1"])
def test_words_on_the_command_line_are_utf_8_whatever_the_locale(bytes_: bytes) -> None:
    environment = {**ENVIRONMENT, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [*COMMAND, "features", bytes_, "--features", "minimal", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True)
    if bytes_.startswith(b"\xc3"):
        assert (done.returncode, json.loads(done.stdout)["token"]) == (0, "Été"), done.stderr
    else:
        said = b"error: the text is not UTF-8; write it to a file and convert that with iconv\n"
        assert (done.returncode, done.stdout, done.stderr) == (2, b"", said)
