"""The command line with formats of other pipelines: names of tags, and bad input in one sentence with exit code 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import Run

NAMES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
NUMBERED = json.dumps({"tokens": ["Ann", "Li", "left", "Rome"], "ner_tags": [1, 2, 0, 3]})


@pytest.mark.parametrize(
    "file", ["\n".join(NAMES), json.dumps(NAMES), json.dumps({name: number for number, name in enumerate(NAMES)})]
)
def test_names_of_tags_come_from_a_file(crfner: Run, tmp_path: Path, file: str) -> None:
    (tmp_path / "names").write_text(file)
    (tmp_path / "x.jsonl").write_text(NUMBERED)
    done = crfner("convert", tmp_path / "x.jsonl", "-", "--to", "inline", "--tags", tmp_path / "names")
    assert (done.code, done.out) == (0, "[Ann Li](PER) left [Rome](LOC)\n"), done.err


def test_names_of_tags_are_read_and_written_by_and_refused_where_nothing_is_numbered(
    crfner: Run, tmp_path: Path
) -> None:
    (tmp_path / "x.jsonl").write_text(NUMBERED)
    done = crfner("convert", tmp_path / "x.jsonl", tmp_path / "out.conll", "--tags", ",".join(NAMES))
    assert done.code == 0, done.err
    rows = (tmp_path / "out.conll").read_text().split()[-8:]
    assert rows == ["Ann", "B-PER", "Li", "I-PER", "left", "O", "Rome", "B-LOC"]
    done = crfner("convert", tmp_path / "out.conll", "-", "--to", "inline", "--tags", "O")
    assert (done.code, done.err) == (
        2,
        "error: neither conll nor inline numbers its tags; leave --tags out, or add --from hf-json\n",
    )
    done = crfner("convert", "-", "-", "--to", "inline", "--tags", "O", stdin=NUMBERED.encode())
    assert (done.code, done.errors[0][:60]) == (2, "error: the format of standard input has to be known to name ")
    pytest.importorskip("pyarrow")
    tags = ",".join([*NAMES, "B-X"])
    assert crfner("convert", tmp_path / "out.conll", tmp_path / "x.parquet", "--tags", tags).code == 0
    done = crfner("convert", tmp_path / "x.parquet", "-", "--to", "hf-jsonl", "--scheme", "BILOU")
    assert json.loads(done.out)["ner_tags"] == ["B-PER", "L-PER", "O", "U-LOC"]
    done = crfner("convert", tmp_path / "out.conll", tmp_path / "y.parquet", "--tags", "O,B-PER")
    assert (done.code, done.errors) == (
        2,
        [f"error: {tmp_path}/y.parquet: the tag 'B-LOC' is not among the names to number by; add it"],
    )
    assert not (tmp_path / "y.parquet").exists()


@pytest.mark.parametrize(
    ("name", "content", "complaint", "needs"),
    [
        ("x.spacy", b"nonsense", ": this is not a DocBin file of spaCy, or it is damaged; write it again", "spacy"),
        ("x.parquet", b"PAR1 nonsense", ": this is not a Parquet file, or it is damaged", "pyarrow"),
        ("x.jsonl", NUMBERED, ":1: the tags under 'ner_tags' are numbers, which mean nothing without", None),
        ("x.yml", "nlu:\n- intent: x\n  examples: |\n    hello\n", ":4: an example should begin with a hyphen", None),
        ("x.md", "a\n[](X)\n", ":2: there is nothing between the brackets before (X)", None),
        ("x.markup", "a\n<X>b\n", ":2: <X> is not closed in this line; add </X>", None),
    ],
)
@pytest.mark.parametrize("command", ["convert", "train"])
def test_bad_input_ends_in_one_sentence_and_leaves_nothing(
    crfner: Run, tmp_path: Path, command: str, name: str, content: Any, complaint: str, needs: str | None
) -> None:
    if needs is not None:
        pytest.importorskip(needs)
    path, out = tmp_path / name, tmp_path / "out.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = crfner(command, path, *(["-o"] if command == "train" else []), out)
    assert done.code == 2
    assert done.errors[-1].startswith(f"error: {path}{complaint}")
    assert "Traceback" not in done.err
    assert not out.exists()
