"""Bad input to every command that meets it: exit code 2, one sentence with its place, and nothing lost or left behind.

Beside what is refused stand the oddities that are not mistakes, which must work: a byte order mark, any line endings,
blanks at line ends, one endless sentence.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from running import COMMAND, ENVIRONMENT, Result, Run, left_over

Maker = Callable[[Path, Path], list[Any]]
"""A command line, from the model and the input: the output is added by the test."""

QUICK = ("--features", "minimal", "--iterations", 3)
GOOD = '{"text": "Tea with milk", "spans": [{"start": 0, "end": 3, "label": "DRINK"}]}\n'
OLD = b"what was there before"

COMMANDS: dict[str, Maker] = {
    "train": lambda model, path: ["train", path, *QUICK, "-o", path.parent / "out"],
    "train --dev": lambda model, path: [
        "train",
        path.parent / "good.jsonl",
        "--dev",
        path,
        *QUICK,
        "-o",
        path.parent / "out",
    ],
    "evaluate": lambda model, path: ["evaluate", model, path],
    "tag": lambda model, path: ["tag", model, path, "-o", path.parent / "out", "--format", "jsonl"],
    "suggest": lambda model, path: ["suggest", model, path, "-o", path.parent / "out"],
    "convert": lambda model, path: ["convert", path, path.parent / "out", "--to", "jsonl"],
}
EVERY = tuple(COMMANDS)


def refused(result: Result) -> str:
    """The one sentence of a command that refuses its input."""
    assert result.code == 2, (result.code, result.out, result.err)
    assert len(result.errors) == 1, result.err
    assert result.err.startswith("error: ")
    return result.errors[0]


@pytest.fixture(params=[False, True], ids=["new output", "old output"])
def output(request: pytest.FixtureRequest, model: Path) -> Iterator[Path]:
    """Where the command would write: afterwards what was there is unchanged, and nothing is left beside it."""
    out = model.parent / "out"
    (model.parent / "good.jsonl").write_text(GOOD * 3, encoding="utf-8")
    before = model.read_bytes()
    if request.param:
        out.write_bytes(OLD)
    yield out
    assert (out.read_bytes() if out.exists() else None) == (OLD if request.param else None)
    assert left_over(model.parent) == []
    assert model.read_bytes() == before


# What a file holds

WRONG_CONTENT: dict[str, tuple[str, bytes, str]] = {
    "empty": ("in.jsonl", b"", "in.jsonl: the file is empty"),
    "only white space": ("in.conll", b" \n\t\r\n\n", "in.conll: the file is empty"),
    "only a byte order mark": ("in.txt", b"\xef\xbb\xbf", "in.txt: the file is empty"),
    "binary": ("in.conll", b"\x7fELF\x02\x01\x01\0\0\0", "in.conll:1: this is a binary file"),
    "a NUL late in the file": ("in.conll", b"tea O\n" * 50000 + b"a\0b O\n", "in.conll:50001: this is a binary file"),
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


# Files that are not there, or not what they should be


@pytest.mark.parametrize("command", EVERY)
def test_a_missing_input_is_named(command: str, crfner: Run, model: Path, output: Path) -> None:
    path = model.parent / "nothing.jsonl"
    assert f"{path}: cannot be read: there is no such file" in refused(crfner(*COMMANDS[command](model, path)))


@pytest.mark.parametrize("command", [command for command in EVERY if command not in ("tag", "suggest")])
def test_a_folder_in_place_of_a_file_is_named(command: str, crfner: Run, model: Path, output: Path) -> None:
    path = model.parent / "folder"
    path.mkdir()
    sentence = refused(crfner(*COMMANDS[command](model, path)))
    assert f"{path}: cannot be read: this is a folder; name a file" in sentence


@pytest.mark.parametrize("command", ["tag", "suggest"])
def test_an_empty_folder_holds_nothing_to_read(command: str, crfner: Run, model: Path, output: Path) -> None:
    path = model.parent / "folder"
    path.mkdir()
    assert f"{path}: this folder holds no file" in refused(crfner(*COMMANDS[command](model, path)))


def test_no_text_has_no_features(crfner: Run) -> None:
    assert "there is no text" in refused(crfner("features", " "))


def test_one_bad_file_among_many_is_named(crfner: Run, model: Path, output: Path) -> None:
    folder = model.parent / "mixed"
    folder.mkdir()
    (folder / "1 good.txt").write_text("Tea\n", encoding="utf-8")
    (folder / "2 bad.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    assert f"{folder / '2 bad.png'}:3: this is a binary file" in refused(crfner(*COMMANDS["tag"](model, folder)))


@contextmanager
def without_privileges(path: Path) -> Iterator[None]:
    """Be somebody whom permissions bind. Root becomes nobody, for whom the folders above the path are opened."""
    if os.geteuid() != 0:
        yield
        return
    needed = {folder: 0o077 if folder == path.parent else 0o055 for folder in path.parents}
    opened = [(folder, mode) for folder in needed if (mode := folder.stat().st_mode) & needed[folder] != needed[folder]]
    for folder, mode in opened:
        folder.chmod(mode | needed[folder])
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for folder, mode in opened:
            folder.chmod(mode)


WRITING: dict[str, Maker] = {
    "train": lambda model, out: ["train", model.parent / "good.jsonl", *QUICK, "-o", out],
    "tag": lambda model, out: ["tag", model, model.parent / "good.jsonl", "-o", out, "--format", "jsonl"],
    "convert": lambda model, out: ["convert", model.parent / "good.jsonl", out, "--to", "jsonl"],
}


@pytest.fixture
def folder(model: Path) -> Path:
    """A folder with a good input and the model."""
    (model.parent / "good.jsonl").write_text(GOOD * 12, encoding="utf-8")
    return model.parent


@pytest.mark.parametrize("command", WRITING)
def test_a_missing_output_folder_is_named_before_any_work(command: str, crfner: Run, model: Path, folder: Path) -> None:
    out = folder / "missing" / "out"
    result = crfner(*WRITING[command](model, out))
    assert f"{out}: cannot be written: there is no such file or folder" in refused(result)
    assert result.out == ""
    assert not out.parent.exists()


@pytest.mark.parametrize("command", WRITING)
def test_a_folder_as_output_is_named(command: str, crfner: Run, model: Path, folder: Path) -> None:
    out = folder / "out"
    out.mkdir()
    assert f"{out}: cannot be written: this is a folder" in refused(crfner(*WRITING[command](model, out)))
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("command", EVERY)
def test_an_input_without_permission_is_named(command: str, crfner: Run, model: Path, folder: Path) -> None:
    path = folder / "secret.jsonl"
    path.write_text(GOOD, encoding="utf-8")
    assert crfner(*COMMANDS[command](model, path)).code == 0  # all is imported now that nobody might not be able to
    (folder / "out").write_bytes(OLD)
    (folder / "out").chmod(0o666)  # so that the input is all that is forbidden
    path.chmod(0)
    with without_privileges(path):
        assert f"{path}: cannot be read: permission denied" in refused(crfner(*COMMANDS[command](model, path)))
    assert (folder / "out").read_bytes() == OLD
    assert left_over(folder) == []


@pytest.mark.parametrize("command", WRITING)
def test_an_output_without_permission_is_named(command: str, crfner: Run, model: Path, folder: Path) -> None:
    out = folder / "closed" / "out"
    out.parent.mkdir(mode=0o555)
    assert crfner(*WRITING[command](model, folder / "out")).code == 0
    with without_privileges(out.parent):
        assert f"{out}: cannot be written: permission denied" in refused(crfner(*WRITING[command](model, out)))
    assert list(out.parent.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")
@pytest.mark.parametrize("command", WRITING)
def test_a_full_disk_is_named(command: str, crfner: Run, model: Path, folder: Path) -> None:
    sentence = refused(crfner(*WRITING[command](model, Path("/dev/full"))))
    assert "/dev/full: cannot be written: the disk is full" in sentence


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")
@pytest.mark.parametrize("command", ["tag", "evaluate", "info", "features", "convert"])
def test_a_full_disk_behind_standard_output_is_named(command: str, model: Path, folder: Path) -> None:
    arguments = {
        "tag": ["tag", model, folder / "good.jsonl"],
        "evaluate": ["evaluate", model, folder / "good.jsonl"],
        "info": ["info", model],
        "features": ["features", "Tea with milk"],
        "convert": ["convert", folder / "good.jsonl", "-", "--to", "conll"],
    }[command]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)], env=ENVIRONMENT, stdout=full, stderr=subprocess.PIPE, text=True
        )
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert last == "error: <stdout>: cannot be written: the disk is full; free some room or choose another place"


@pytest.mark.parametrize("command", WRITING)
def test_a_disk_that_fills_up_half_way_leaves_what_was_there(command: str, model: Path, folder: Path) -> None:
    """A limit on the size of files stands for the disk: the write fails in its midst."""
    (folder / "good.jsonl").write_text(GOOD * 3000, encoding="utf-8")
    out = folder / "out"
    out.write_bytes(OLD)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        size = 500 if command == "train" else 100_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    arguments = [*COMMAND, *map(str, WRITING[command](model, out))]
    done = subprocess.run(arguments, env=ENVIRONMENT, capture_output=True, text=True, preexec_fn=limit)
    assert done.returncode == 2, done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in done.stderr
    assert out.read_bytes() == OLD
    assert left_over(folder) == []


@pytest.mark.parametrize("name", ["", "-"])
def test_a_model_needs_a_file_of_its_own(name: str, crfner: Run, model: Path, folder: Path) -> None:
    assert "a model is written to a file of its own" in refused(crfner(*WRITING["train"](model, Path()), "-o", name))


@pytest.mark.parametrize("role", ["TRAIN", "--dev", "--gazetteer", "--features", "MODEL", "one of two"])
def test_an_input_is_never_replaced_by_the_output(role: str, crfner: Run, model: Path, folder: Path) -> None:
    good, other = folder / "good.jsonl", folder / "other.jsonl"
    other.write_text(GOOD, encoding="utf-8")
    link = folder / "link"
    link.symlink_to(model if role == "MODEL" else other)
    arguments: dict[str, list[Any]] = {
        "TRAIN": ["train", other, *QUICK],
        "MODEL": ["tag", model, good],
        "one of two": ["tag", model, good, other],
    }
    before = {path: path.read_bytes() for path in (good, other, model)}
    result = crfner(*arguments.get(role, ["train", good, *QUICK, role, other]), "-o", link)
    assert f"{link}: this file is read too, and would be replaced" in refused(result)
    assert before == {path: path.read_bytes() for path in before}


# Models


def rewritten(model: bytes, **changes: Any) -> bytes:
    """The model with another manifest."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(model)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, json.dumps({**json.loads(data), **changes}) if name == "manifest.json" else data)
    return packed.getvalue()


WRONG_MODELS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda model: b"", "this is not a crfner model"),
    "text": (lambda model: GOOD.encode(), "this is not a crfner model"),
    "cut short": (lambda model: model[: len(model) // 2], "this is not a crfner model, or it is damaged or cut short"),
    "damaged": (lambda model: model[:3000] + b"\0\1\2\3" + model[3004:], "damaged"),
    "newer": (lambda model: rewritten(model, format_version=99), "the model has format version 99"),
    "of another kind": (
        lambda model: rewritten(model, kind="oracle"),
        "this model is of the unknown kind 'oracle'",
    ),
    "not of its kind": (lambda model: rewritten(model, kind="rules"), "the model is damaged"),
    "without settings": (lambda model: rewritten(model, settings={}), "the model is damaged"),
}


@pytest.mark.parametrize("command", ["tag", "evaluate", "info"])
@pytest.mark.parametrize("case", WRONG_MODELS)
def test_a_wrong_model_is_refused(case: str, command: str, crfner: Run, model: Path, output: Path) -> None:
    spoil, message = WRONG_MODELS[case]
    bad = model.parent / "bad.crfner"
    bad.write_bytes(spoil(model.read_bytes()))
    arguments = {
        "tag": [model.parent / "good.jsonl", "-o", output],
        "evaluate": [model.parent / "good.jsonl"],
        "info": [],
    }
    sentence = refused(crfner(command, bad, *arguments[command]))
    assert sentence.startswith(f"error: {bad}: ") and message in sentence


@pytest.mark.parametrize("command", ["tag", "evaluate", "info"])
def test_a_missing_model_or_a_folder_is_named(command: str, crfner: Run, tmp_path: Path) -> None:
    inputs = [] if command == "info" else ["-"]
    assert f"{tmp_path}/m: there is no such model file" in refused(crfner(command, tmp_path / "m", *inputs))
    assert f"{tmp_path}: this is a folder" in refused(crfner(command, tmp_path, *inputs))


# Files of features, lexicons, settings

WRONG_FEATURES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "this is not a JSON file of features"),
    "not JSON": (b"base: default\n", "this is not a JSON file of features"),
    "not an object": (b'["lower"]', "a file of features holds an object"),
    "nested deeply": (b'{"lower": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    "an unknown feature": (b'{"base": "minimal", "colour": {}}', "'colour'"),
    "an unknown setting": (b'{"lower": {"windows": 1}}', "'windows'"),
    "a setting of another type": (b'{"lower": {"window": "wide"}}', "'wide'"),
    "an unknown base": (b'{"base": "best"}', "'best'"),
    "no feature": (b"{}", "the feature set is empty"),
    "Latin-1": ('{"é": 1}'.encode("latin-1"), "is not UTF-8"),
    "binary": (b"\0\0", "this is a binary file"),
}


@pytest.mark.parametrize("command", ["train", "features"])
@pytest.mark.parametrize("case", WRONG_FEATURES)
def test_a_wrong_file_of_features_is_refused(case: str, command: str, crfner: Run, model: Path, output: Path) -> None:
    content, message = WRONG_FEATURES[case]
    path = model.parent / "features.json"
    path.write_bytes(content)
    arguments = ["train", model.parent / "good.jsonl", "-o", output] if command == "train" else ["features", "Tea"]
    sentence = refused(crfner(*arguments, "--features", path))
    assert sentence.startswith(f"error: {path}:") and message in sentence


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--features", "maximal"),
            "'maximal' is neither a preset (minimal, default, rich, social, biomedical) nor a file",
        ),
        (("--gazetteer", "nothing.txt"), "nothing.txt: cannot be read: there is no such file"),
        (("--gazetteer", "blank.txt"), "blank.txt: the file holds no entry"),
        (("--clusters", "blank.txt"), "blank.txt: the file holds no entry"),
        (
            ("--clusters", "names.txt"),
            "names.txt: line 1 of the clusters should be a path of 0 and 1, a tab and a word",
        ),
        (("--vectors", "paths.tsv"), "paths.tsv: line 1 of the vectors should be a word and "),
        (("--vectors", "paths.tsv"), "; give it with --clusters"),
        (
            ("--clusters", "signs.tsv"),
            "signs.tsv: line 1 of the clusters should be a path of 0 and 1, a tab and a word",
        ),
        (("--clusters", "signs.tsv"), "; give it with --vectors"),
        (("--vectors", "blank.txt"), "blank.txt: the file holds no entry"),
        (
            ("--vectors", "signs.tsv", "--features", "minimal"),
            "signs.tsv: the features 'minimal' do not look at vectors",
        ),
        (
            ("--clusters", "paths.tsv", "--features", "minimal"),
            "paths.tsv: the features 'minimal' do not look at clusters",
        ),
        (
            ("--gazetteer", "names.txt", "--gazetteer", "names.lst"),
            "names.lst: there is another lexicon of the name 'names'",
        ),
        (
            ("--gazetteer", "names.txt", "--clusters", "names.tsv"),
            "names.tsv: there is another lexicon of the name 'names'",
        ),
        (("--split", "1.5"), "--split takes a share between 0 and 1"),
        (("--split", "nan"), "--split takes a share between 0 and 1"),
        (("--split", "0.5", "--dev", "good.jsonl"), "and no --dev beside it"),
        (("--c1", "-1"), "c1 must be a number, 0 or more, not -1"),
        (("--c2", "nan"), "c2 must be a number, 0 or more, not nan"),
        (("--c1", "inf"), "c1 must be a number, 0 or more, not inf"),
        (("--c1", "1", "--algorithm", "ap"), "the algorithm ap has no c1"),
        (("--algorithm", "sgd"), "unknown algorithm 'sgd'; known are lbfgs, "),
        (("--scheme", "BIEO"), "unknown tagging scheme 'BIEO'; known are IO, "),
        (("--iterations", "0"), "iterations must be a whole number, 1 or more, not 0"),
        (("--min-freq", "-1"), "min_freq must be a whole number, 0 or more, not -1"),
        (("--labels", "DRINK,FOOD"), "no example of the declared label 'FOOD'"),
    ],
)
def test_options_without_sense_are_refused(
    options: tuple[str, ...],
    message: str,
    crfner: Run,
    model: Path,
    output: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(model.parent)
    Path("blank.txt").write_text("\n \n", encoding="utf-8")
    Path("names.txt").write_text("green tea\n", encoding="utf-8")
    Path("names.lst").write_text("milk\n", encoding="utf-8")
    Path("names.tsv").write_text("01\tmilk\n", encoding="utf-8")
    Path("paths.tsv").write_text("01\tmilk\n", encoding="utf-8")
    Path("signs.tsv").write_text("milk\t+.-\n", encoding="utf-8")
    assert message in refused(crfner("train", "good.jsonl", "-o", output, *options))


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "good.jsonl", "-o", "out", "--c1", "much"),
        ("train", "good.jsonl", "-o", "out", "--seed", "-1"),
        ("train", "good.jsonl", "-o", "out", "--from", "xml"),
        ("evaluate", "menu.crfner", "good.jsonl", "--seed", "-1"),
        ("convert", "good.jsonl", "out", "--to", "xml"),
        ("tag", "menu.crfner", "good.jsonl", "-o", "out", "--format", "xml"),
    ],
)
def test_values_of_another_type_are_wrong_use(
    arguments: tuple[str, ...], crfner: Run, model: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model.parent)
    result = crfner(*arguments)
    assert result.code == 2
    assert result.errors[-1].startswith("Error: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("convert", "good.jsonl", "out"), "out: the ending does not tell; add --to, one of conll, "),
        (("convert", "good.jsonl", "-"), "standard output has no ending; add --to, one of conll, "),
        (
            ("convert", "good.jsonl", "out", "--to", "jsonl", "--scheme", "BIOES"),
            "only CoNLL output has a tagging scheme",
        ),
        (("convert", "good.jsonl", "out", "--to", "conll", "--scheme", "BIEO"), "unknown tagging scheme 'BIEO'"),
        (
            ("tag", "menu.crfner", "good.jsonl", "-o", "out.py"),
            "out.py: cannot write the format 'spacy-py' here; add --format",
        ),
    ],
)
def test_an_output_format_that_does_not_go_is_refused(
    arguments: tuple[str, ...], message: str, crfner: Run, model: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model.parent)
    assert message in refused(crfner(*arguments))


# Odd, but right


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
def test_a_sentence_of_100000_tokens_works(command: str, crfner: Run, model: Path) -> None:
    path = model.parent / "in.conll"
    path.write_text("tea B-DRINK\nwith O\nmilk I-FOOD\nand O\n" * 25_000, encoding="utf-8")
    result = crfner(*COMMANDS[command](model, path))
    assert result.code == 0, result.err
    if command == "train":
        assert "trained on 1 documents, 1 sentences, 100000 tokens" in result.out


def test_a_line_of_a_million_characters_works(crfner: Run, model: Path) -> None:
    text = "x" * 500_000 + " tea " + "y" * 500_000
    result = crfner("tag", model, stdin=text.encode())
    assert result.code == 0
    assert json.loads(result.out)["text"] == text
