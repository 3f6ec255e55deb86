"""The file of answers: on the disk before anyone is told, mended after a crash, held by one process at a time."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crfner import Document, InputError, Span, read
from crfner.annotate import AnswerLog, Decision, accepted, last_decisions, read_log
from crfner.errors import CrfnerError


def decision(text: str, *spans: Span, answer: str = "accept", id: str | None = None) -> Decision:
    return Decision(Document(text, spans=spans, id=id), answer, "anna", "2026-01-02T03:04:05+00:00")


TEA = decision("Mint tea, please.", Span(0, 8, "DRINK"), id="1")
SOUP = decision("Not the soup.", answer="ignore", id="2")
PIE = decision("🥧 Pie\nfor two", Span(2, 5, "FOOD"))


def test_a_line_is_our_jsonl_with_answer_annotator_and_time(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    with AnswerLog(path) as log:
        log.append([TEA, SOUP])
    first, second = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(first) == {
        "id": "1",
        "text": "Mint tea, please.",
        "spans": [{"start": 0, "end": 8, "label": "DRINK"}],
        "answer": "accept",
        "annotator": "anna",
        "time": "2026-01-02T03:04:05+00:00",
    }
    assert json.loads(second)["answer"] == "ignore"
    assert [document.id for document in read(path)] == ["1"]  # other programs skip what was not accepted


def test_what_was_written_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    with AnswerLog(path) as log:
        log.append([TEA])
        log.append([SOUP, PIE])
        assert read_log(path) == [TEA, SOUP, PIE]  # also while it is open
    with AnswerLog(path) as log:
        assert (log.decisions, log.notes) == ([TEA, SOUP, PIE], [])


def test_columns_tokens_and_other_fields_come_back(tmp_path: Path) -> None:
    document = Document("a b", ((0, 1), (2, 3)), ((0, 2),), id="x", meta={"columns": (("N", "V"),), "source": "web"})
    with AnswerLog(tmp_path / "answers.jsonl") as log:
        log.append([Decision(document, "reject", "ben", "now")])
    assert read_log(tmp_path / "answers.jsonl")[0].document == document


def test_a_later_line_supersedes_an_earlier_one_and_keeps_its_place() -> None:
    corrected = decision("Mint tea, please.", Span(5, 8, "DRINK"), id="1")
    last = last_decisions([TEA, PIE, SOUP, corrected])
    assert list(last.values()) == [corrected, PIE, SOUP]
    assert accepted(last) == [corrected.document, PIE.document]
    assert accepted(last_decisions([TEA, decision(TEA.document.text, answer="reject", id="1")])) == []


def test_the_same_text_under_another_id_is_another_example() -> None:
    other = decision("Mint tea, please.", id="9")
    assert list(last_decisions([TEA, other]).values()) == [TEA, other]


WHOLE = "".join(json.dumps(line) + "\n" for line in [
    {"text": "a", "spans": [], "answer": "accept", "annotator": "é", "time": "t"},
    {"text": "b🥧", "spans": [{"start": 0, "end": 2, "label": "X"}], "answer": "reject", "annotator": "", "time": ""},
    {"id": "c", "text": "c", "spans": [], "answer": "ignore", "annotator": "z", "time": "u"},
]).encode()  # fmt: skip


@given(cut=st.integers(0, len(WHOLE)))
def test_wherever_a_crash_cuts_the_file_all_whole_lines_are_kept(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "answers.jsonl"
    path.write_bytes(WHOLE[:cut])
    whole = WHOLE[: cut + 1].count(b"\n")  # a line that lacks nothing but its end is whole
    assert len(read_log(path)) == whole
    with AnswerLog(path) as log:
        assert len(log.decisions) == whole
        log.append([PIE])
    with AnswerLog(path) as log:
        assert log.decisions[:-1] == read_log_of(WHOLE, path)[:whole]
        assert log.decisions[-1] == PIE
        assert log.notes == []


def read_log_of(content: bytes, beside: Path) -> list[Decision]:
    path = beside.with_name("whole.jsonl")
    path.write_bytes(content)
    return read_log(path)


@pytest.mark.parametrize("tail", [b'{"text": "Two po', b"{", b"\0\0\0\0"])
def test_a_line_that_was_cut_short_is_removed_with_a_note(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(WHOLE + tail)
    with AnswerLog(path) as log:
        assert len(log.decisions) == 3
        assert f"cut short ({len(tail)} bytes)" in log.notes[0]
    assert path.read_bytes() == WHOLE


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Dear diary", "answers.jsonl:1: invalid JSON"),
        (b"text that goes on\nfor lines\n", "answers.jsonl:1: invalid JSON"),
        (b'{"text": "labelled data", "spans": []}\n', "answers.jsonl:1: this is no answer of crfner annotate"),
        (WHOLE + b'{"text": 5, "answer": "accept"}\n', "answers.jsonl:4: the text should be a string"),
        (WHOLE + b"\xff\n", "answers.jsonl:4: this is not UTF-8"),
    ],
)
def test_a_file_of_anything_else_is_refused_and_not_touched(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        AnswerLog(path)
    assert says in str(error.value)
    assert path.read_bytes() == content


def test_two_processes_cannot_write_to_one_file_under_whatever_name(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    (tmp_path / "link.jsonl").symlink_to(path)
    with AnswerLog(path):
        for name in ("answers.jsonl", "link.jsonl"):
            with pytest.raises(CrfnerError, match="another crfner annotate is writing to this file"):
                AnswerLog(tmp_path / name)
    with AnswerLog(path) as log:  # free again
        log.append([TEA])


def test_the_lock_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    code = (
        "import sys; from crfner.annotate import AnswerLog; log = AnswerLog(sys.argv[1]); print(1, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(CrfnerError, match="another crfner annotate"):
            AnswerLog(path)
        process.kill()
        process.wait()
    AnswerLog(path).close()


def test_a_full_disk_loses_no_earlier_answer_and_says_that_this_one_is_not_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "answers.jsonl"
    write = os.write

    def full(file: int, data: bytes) -> int:
        if len(data) > 20:
            return write(file, data[:20])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with AnswerLog(path) as log:
        log.append([TEA])
        before = path.read_bytes()
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            with pytest.raises(CrfnerError, match="could not be saved: the disk is full"):
                log.append([SOUP])
        assert path.read_bytes() == before
        log.append([PIE])  # when there is room again
    assert read_log(path) == [TEA, PIE]


def test_a_half_line_that_could_not_be_cut_off_at_once_is_cut_off_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with AnswerLog(tmp_path / "answers.jsonl") as log:
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", refuse)
            patched.setattr(os, "ftruncate", refuse)
            with pytest.raises(CrfnerError, match="could not be saved"):
                log.append([SOUP])
        log.append([PIE])
    assert read_log(tmp_path / "answers.jsonl") == [PIE]


def test_answers_to_a_file_that_was_moved_away_are_refused_and_not_lost_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    with AnswerLog(path) as log:
        path.rename(tmp_path / "elsewhere.jsonl")
        with pytest.raises(CrfnerError, match="moved or removed"):
            log.append([TEA])
        (tmp_path / "elsewhere.jsonl").rename(path)
        log.append([TEA])
    assert read_log(path) == [TEA]


def test_an_answer_is_on_the_disk_before_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    path = tmp_path / "answers.jsonl"
    with AnswerLog(path) as log:
        monkeypatch.setattr(os, "fsync", lambda file: synced.append(path.read_bytes()))
        log.append([TEA])
        assert [content.count(b"\n") for content in synced] == [1]
