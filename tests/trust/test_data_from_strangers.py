"""Data files are data: nothing in them is run, and reading them takes memory in proportion to their size."""

from __future__ import annotations

import pickle
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest

from crfner import formats, read
from crfner.errors import CrfnerError
from crfner.formats.checks import damage
from crfner.rules.files.reading import read_rules
from crfner.tokenize import tokenized

DATA = Path(__file__).parents[2] / "data"


class Harm:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize(
    "content",
    [
        "open('harm', 'w')\nTRAIN_DATA = [('Apple', {'entities': [(0, 5, 'ORG')]})]",
        "TRAIN_DATA = [(open('harm', 'w').name, {'entities': []})]",
        "TRAIN_DATA = [(f'{open(\"harm\", \"w\")}', {'entities': []})]",
        "TRAIN_DATA = [('a', {'entities': [x for x in [open('harm', 'w')]]})]",
        "@open('harm', 'w')\ndef f(): pass\nTRAIN_DATA = [('a', {'entities': []})]",
    ],
)
@pytest.mark.parametrize("format", ["spacy-py", None])
def test_a_python_file_is_not_run(
    content: str, format: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.py").write_text(content)
    try:
        list(read("data.py", format))
    except CrfnerError as refused:
        assert str(refused).startswith("data.py")
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system ['touch harm']",
        "!!python/object/new:pathlib.Path [harm]",
        "!!python/name:os.system",
        "!!python/module:this",
        "!!binary aGFybQ==",
        "&a [*a]",
    ],
)
def test_yaml_makes_no_objects(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.yaml").write_text(f"rules:\n- label: A\n  terms: {value}\n")
    (tmp_path / "nlu.yml").write_text(f"nlu:\n- intent: a\n  examples: {value}\n")
    with pytest.raises(CrfnerError, match=r"rules\.yaml:3: "):
        read_rules("rules.yaml")
    with pytest.raises(CrfnerError, match=r"nlu\.yml:3: "):
        list(read("nlu.yml"))
    assert not (tmp_path / "harm").exists()


def test_a_docbin_is_not_unpickled(tmp_path: Path) -> None:
    srsly = pytest.importorskip("srsly")
    pytest.importorskip("spacy")
    harm = tmp_path / "harm"
    odd = [
        {b"nd": True, b"type": "|O", b"kind": b"O", b"shape": [1], b"data": pickle.dumps(Harm(harm))},
        pickle.dumps(Harm(harm)),
    ]
    for value in odd:
        for name in ("tokens", "lengths", "user_data", "span_groups", "cats"):
            content = srsly.msgpack.packb({"attrs": [65], "tokens": b"", "spaces": b"", "lengths": b"", name: value})
            (tmp_path / "x.spacy").write_bytes(zlib.compress(content))
            with pytest.raises(CrfnerError, match=r"x\.spacy"):
                list(read(tmp_path / "x.spacy"))
    assert not harm.exists()


def test_a_library_that_is_asked_for_more_memory_than_there_is_ends_in_a_sentence() -> None:
    with pytest.raises(CrfnerError, match=r"x: the file asks for more memory than there is"), damage("x", "{error}"):
        raise MemoryError


@pytest.mark.parametrize("format", ["conll", "jsonl", "spacy-json", "spacy-py", "labelstudio", "doccano", "pubtator",
                                    "spans-csv", "rasa", "text", "inline", "hf-json"])  # fmt: skip
def test_reading_takes_memory_in_proportion(format: str, tmp_path: Path) -> None:
    documents = [tokenized(document) for document in read(DATA / "menu" / "dev.jsonl")][:200]
    path = tmp_path / "data"
    formats.write(documents, path, format)
    list(formats.read(path, format))  # what is imported and cached is not counted
    tracemalloc.start()
    try:
        for document in formats.read(path, format):
            tokenized(document)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < (1 << 20) + 200 * path.stat().st_size
