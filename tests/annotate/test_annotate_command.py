"""`crfner annotate` on the command line: what it refuses, what it exports, and that only one writes to a file."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

for package in ("starlette", "uvicorn", "markdown_it"):
    pytest.importorskip(package, reason="needs the extra serve: pip install 'crfner[serve]'")

from annotating import DATA, ROOT, Server  # noqa: E402

from crfner import Document, Span, read, write  # noqa: E402
from crfner.annotate import AnswerLog, Decision, Session, Setup  # noqa: E402
from crfner.annotate.server import bound, serve  # noqa: E402
from crfner.cli import main  # noqa: E402


@pytest.fixture
def crfner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Run a command in this process, in an empty folder; its exit code and what it says."""
    monkeypatch.chdir(tmp_path)
    handler = signal.getsignal(signal.SIGTERM)

    def run(*arguments: Any) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["crfner", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
        with pytest.raises(SystemExit) as exit:
            main()
        signal.signal(signal.SIGTERM, handler)
        captured = capsys.readouterr()
        return int(exit.value.code or 0), captured.out + captured.err

    return run


def answered(path: Path, *decisions: tuple[str, str, tuple[Span, ...]]) -> None:
    with AnswerLog(path) as log:
        log.append([Decision(Document(text, spans=spans), answer, "anna", "now") for text, answer, spans in decisions])


TEA = (Span(0, 8, "DRINK"),)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "name the texts to label"),
        (("t.txt", "--adjudicate", "a.jsonl", "b.jsonl"), "name the texts to label, or two files"),
        (("-",), "annotate works on files"),
        (("t.txt", "-o", "-"), "annotate works on files"),
        (("none.txt",), "none.txt: cannot be read: there is no such file"),
        (("t.txt", "-o", "t.txt"), "t.txt: this file is read too"),
        (("t.txt", "-o", "no/a.jsonl"), "no/a.jsonl: cannot be written: there is no such file or folder"),
        (("t.txt", "--model", "t.txt"), "t.txt: "),
        (("t.txt", "--guidelines", "none.md"), "none.md: cannot be read"),
        (("t.txt", "--save-model", "no/m.crfner"), "no/m.crfner: cannot be written"),
        (("t.txt", "--save-model", "annotations.jsonl", "-o", "b.jsonl", "--rules", "A=annotations.jsonl"), "read too"),
        (("t.txt", "--config", "t.txt"), "t.txt:1: invalid JSON"),
        (("t.txt", "-o", "labelled.jsonl"), "labelled.jsonl:1: this is no answer of crfner annotate"),
        (("blank.txt",), "blank.txt: the file is empty"),
        (("--export", "out.conll", "-o", "none.jsonl"), "none.jsonl: cannot be read"),
        (("--export", "out.what"), "out.what: the ending does not tell the format"),
        (("--export", "annotations.jsonl"), "annotations.jsonl: this file is read too"),
        (("--adjudicate", "labelled.jsonl", "t.txt"), "have no text in common"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(crfner: Any, tmp_path: Path, arguments: Any, says: str) -> None:
    (tmp_path / "t.txt").write_text("Mint tea, please.\n", encoding="utf-8")
    (tmp_path / "blank.txt").write_text(" \n", encoding="utf-8")
    write([Document("Soup of the day", spans=(Span(0, 4, "FOOD"),))], tmp_path / "labelled.jsonl")
    answered(tmp_path / "annotations.jsonl", ("Mint tea, please.", "accept", TEA))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    code, said = crfner("annotate", *arguments, "--port", "0")
    assert (code, said.count("error: ")) == (2, 1), said
    assert says in said
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {name: after[name] for name in before} == before


def test_without_the_extra_packages_it_says_how_to_get_them(crfner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    code, said = crfner("annotate", DATA / "menu/dev.jsonl")
    assert code == 2
    assert "needs uvicorn, which is not installed; pip install 'crfner[serve]'" in said


def test_a_port_that_is_taken_is_named(crfner: Any, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        code, said = crfner("annotate", DATA / "menu/dev.jsonl", "--port", other.getsockname()[1])
    assert code == 2
    assert "cannot be used" in said and "--port" in said


@pytest.mark.parametrize("name", ["out.jsonl", "out.json", "out.conll"])
def test_the_export_is_what_was_last_accepted_and_always_the_same(crfner: Any, tmp_path: Path, name: str) -> None:
    answered(
        tmp_path / "annotations.jsonl",
        ("Mint tea", "accept", (Span(0, 4, "FOOD"),)),
        ("Soup", "accept", (Span(0, 4, "FOOD"),)),
        ("Spam", "accept", ()),
        ("Mint tea", "accept", TEA),
        ("Spam", "reject", ()),
        ("Nothing", "accept", ()),
    )
    code, said = crfner("annotate", "--export", name)
    assert (code, said) == (0, f"exported 3 texts with 2 entities: annotations.jsonl -> {name}\n")
    first = (tmp_path / name).read_bytes()
    documents = list(read(tmp_path / name))
    spans = [(d.text[span.start : span.end], span.label) for d in documents for span in d.spans]
    assert spans == [("Mint tea", "DRINK"), ("Soup", "FOOD")]
    crfner("annotate", "--export", name)
    assert (tmp_path / name).read_bytes() == first
    if name == "out.jsonl":
        assert crfner("annotate", "--export", "-")[1].startswith(first.decode())


def test_a_second_server_on_the_same_file_is_refused_and_ctrl_c_ends_well(crfner: Any, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("Mint tea, please.\nOr soup.\n", encoding="utf-8")
    answered(tmp_path / "annotations.jsonl", ("Mint tea, please.", "accept", TEA))
    with Server(tmp_path, "t.txt") as server:
        assert "1 of 2 texts to label; answers go to annotations.jsonl" in server.said
        code, said = crfner("annotate", "t.txt", "--port", "0")
        assert (code, "another crfner annotate is writing to this file" in said) == (2, True)
        assert crfner("annotate", "--export", "out.jsonl")[0] == 0  # reading is free
        assert server.end(signal.SIGINT) == 0
    assert server.said[-2:] == [
        "1 accepted, 0 rejected, 0 skipped, 1 left; all answers are in annotations.jsonl",
        "next: crfner annotate -o annotations.jsonl --export labelled.jsonl",
    ]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["SIGTERM", "SIGHUP"])
def test_it_ends_while_a_model_is_trained_and_leaves_nothing(number: signal.Signals, code: int, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    documents = list(read(DATA / "menu/train.jsonl"))
    write([document.with_spans(()) for document in documents], tmp_path / "t.jsonl")
    with AnswerLog(tmp_path / "annotations.jsonl") as log:
        log.append([Decision(document, "accept", "anna", "now") for document in documents[:100]])
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(temporary)
    try:
        server = Server(tmp_path, "t.jsonl", "--features", "rich", "--save-model", "m.crfner")
    finally:
        os.environ.pop("TMPDIR")
        if before is not None:
            os.environ["TMPDIR"] = before
    deadline = time.monotonic() + 60
    while not list(temporary.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert list(temporary.iterdir())  # the training is under way
    assert server.end(number) == code
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "m.crfner").exists()
    assert children_of(server.process.pid) == []


def test_the_page_is_not_announced_before_ctrl_c_is_heeded(tmp_path: Path) -> None:
    told: list[tuple[str, Any]] = []

    def begun(address: str) -> None:
        told.append((address, signal.getsignal(signal.SIGINT)))
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with AnswerLog(tmp_path / "a.jsonl") as log, bound(0) as listening, pytest.raises(KeyboardInterrupt):
            serve(Session([], log, Setup("anna")), listening, "texts", "", begun)
    finally:
        signal.signal(signal.SIGINT, before)
    [(address, handler)] = told
    assert address.startswith("http://127.0.0.1:")
    assert handler is not signal.default_int_handler  # which is silenced while a module of Cython's is imported


def children_of(number: int) -> list[str]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(number)], capture_output=True, text=True, check=False)
    return found.stdout.split()


def test_of_two_versions_what_is_alike_goes_to_the_export_as_it_is(tmp_path: Path, crfner: Any) -> None:
    texts = ["Mint tea", "Soup", "Nothing", "Only Anna's"]
    anna = [Document(t, id=str(n), spans=(Span(0, 4, "FOOD"),) if n < 2 else ()) for n, t in enumerate(texts)]
    ben = [Document(t, id=str(n), spans=TEA if n == 0 else d.spans) for n, (t, d) in enumerate(zip(texts, anna))][:3]  # noqa: B905
    write(anna, tmp_path / "anna.jsonl")
    write(ben, tmp_path / "ben.jsonl")
    for _ in range(2):  # starting again writes them no second time
        with Server(tmp_path, "--adjudicate", "anna.jsonl", "ben.jsonl", "-o", "gold.jsonl") as server:
            assert "2 texts labelled alike, accepted as they are; 1 to decide" in server.said
            assert "1 documents of anna.jsonl only" in server.said
            assert "1 of 3 texts to label; answers go to gold.jsonl" in server.said
    lines = [json.loads(line) for line in (tmp_path / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["text"], line["annotator"]) for line in lines] == [
        ("Soup", "anna.jsonl and ben.jsonl"),
        ("Nothing", "anna.jsonl and ben.jsonl"),
    ]
    assert crfner("annotate", "-o", "gold.jsonl", "--export", "gold.conll")[0] == 0


def test_the_files_of_the_page_are_in_the_package() -> None:
    from importlib.resources import files

    static = {path.name for path in files("crfner.annotate").joinpath("static").iterdir()}
    assert {"index.html", "style.css", "main.js", "text.js"} <= static
    assert "annotate/static/*" in (ROOT / "setup.cfg").read_text(encoding="utf-8")
