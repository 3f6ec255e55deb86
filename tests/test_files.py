"""Reading checked text and writing whole files: every way in which a file can be wrong is one sentence."""

from __future__ import annotations

import io
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from crfner.errors import CrfnerError, InputError
from crfner.files import atomic_output, check_writable, expand_inputs, open_text


def text_of(path: Path) -> str:
    with open_text(path) as stream:
        return stream.read()


def complaint_of(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        text_of(path)
    return str(caught.value)


def test_an_input_error_begins_with_its_place() -> None:
    assert str(InputError("it is wrong", "a.jsonl", 7)) == "a.jsonl:7: it is wrong"
    assert str(InputError("it is wrong", "a.jsonl")) == "a.jsonl: it is wrong"
    assert str(InputError("it is wrong")) == "it is wrong"


def test_text_is_read_as_it_stands_without_the_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfna\xc3\xafve\r\n\xe2\x80\xa8x\n")
    assert text_of(path) == "naïve\r\n\u2028x\n"


def test_a_wrong_encoding_names_the_line_and_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"fine\n" * 40_000 + "Köln\n".encode("latin1"))
    complaint = complaint_of(path)
    assert complaint.startswith(f"{path}:40001: byte 0xf6 is not UTF-8")
    assert "iconv -f" in complaint


@pytest.mark.parametrize("size", range(65_530, 65_540))
def test_a_character_may_lie_across_two_chunks(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.txt"
    text = "x" * size + "🎉\n"
    path.write_text(text, encoding="utf-8")
    assert text_of(path) == text
    path.write_bytes(text.encode()[:-2])
    assert ":1: byte 0xf0 is not UTF-8" in complaint_of(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_other_unicode_encodings_are_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Apple", encoding=encoding)
    assert f"convert it with iconv -f {encoding} -t utf-8" in complaint_of(path)


def test_a_binary_file_is_refused_with_the_line_of_its_nul(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"one\ntwo\0\n")
    assert f"{path}:2: this is a binary file" in complaint_of(path)


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    assert "no such file" in complaint_of(tmp_path / "missing.txt")
    assert "this is a folder" in complaint_of(tmp_path)
    (tmp_path / "file").touch()
    assert "not a folder" in complaint_of(tmp_path / "file" / "below")
    assert "not the name of a file" in complaint_of(tmp_path / "a\0b")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_missing_permission_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    path.chmod(0)
    assert "permission denied" in complaint_of(path)
    with pytest.raises(CrfnerError, match="permission denied"), atomic_output(path):
        pass
    tmp_path.chmod(0o500)
    with pytest.raises(CrfnerError, match="permission denied"), atomic_output(tmp_path / "new"):
        pass
    tmp_path.chmod(0o700)


def test_missing_permission_in_the_system_call_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(InputError, match="permission denied"), open_text(tmp_path / "a"):
        pass
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(CrfnerError, match="a: cannot be written: permission denied"), atomic_output(tmp_path / "a"):
        pass


def test_a_dash_is_standard_input_and_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Köln\n".encode()), encoding="ascii"))
    with open_text("-") as stream:
        assert list(stream) == ["Köln\n"]
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, encoding="ascii"))
    with atomic_output("-") as stream:
        stream.write("Köln\n")
    with atomic_output("-", "wb") as stream:
        stream.write(b"bytes")
    assert output.getvalue() == "Köln\nbytes".encode()


def test_standard_output_can_be_written_from_a_folder_that_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    check_writable("-")
    with pytest.raises(CrfnerError, match="permission denied"):
        check_writable(tmp_path / "new")


def test_output_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    with atomic_output(path) as stream:
        stream.write("one\r\n")
        assert not path.exists()
    assert path.read_bytes() == b"one\r\n"
    with atomic_output(path, "wb") as stream:
        stream.write(b"\xff")
    assert path.read_bytes() == b"\xff"
    assert os.listdir(tmp_path) == ["out.txt"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_interrupted_output_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "out.txt"
    path.write_text("before")
    with pytest.raises(error), atomic_output(path) as stream:
        stream.write("half")
        raise error
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["out.txt"]


def test_mode_bits_are_kept_and_new_files_obey_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.touch()
    path.chmod(0o640)
    with atomic_output(path) as stream:
        stream.write("x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    previous = os.umask(0o027)
    try:
        with atomic_output(tmp_path / "new"):
            pass
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_symbolic_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link"
    link.symlink_to("folder/target")
    for content in ("first", "second"):
        with atomic_output(link) as stream:
            stream.write(content)
        assert link.is_symlink()
        assert (tmp_path / "folder" / "target").read_text() == content


def test_devices_and_fifos_are_written_through(tmp_path: Path) -> None:
    with atomic_output("/dev/null") as stream:
        stream.write("x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(fifo.read_text()))
    reader.start()
    with atomic_output(fifo) as stream:
        stream.write("through")
    reader.join()
    assert received == ["through"]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")
@pytest.mark.parametrize("size", [1, 1_000_000])
def test_a_full_disk_is_one_sentence(size: int) -> None:
    with (
        pytest.raises(CrfnerError, match=r"^/dev/full: cannot be written: the disk is full"),
        atomic_output("/dev/full") as stream,
    ):
        stream.write("x" * size)


def test_a_missing_folder_and_a_folder_as_target_are_named(tmp_path: Path) -> None:
    with pytest.raises(CrfnerError, match="no such file or folder"), atomic_output(tmp_path / "no" / "out"):
        pass
    with pytest.raises(CrfnerError, match="this is a folder"), atomic_output(tmp_path):
        pass


def test_half_a_surrogate_pair_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CrfnerError, match=r"'\\ud800'"), atomic_output(tmp_path / "out") as stream:
        stream.write("\ud800")
    assert os.listdir(tmp_path) == []


def test_an_error_of_the_block_is_not_blamed_on_the_output(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_output(tmp_path / "out"):
        (tmp_path / "input").read_text()


def test_folders_are_expanded_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.txt", "a.txt", ".hidden", ".git/config"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = expand_inputs([str(tmp_path), "-", str(tmp_path / ".hidden")])
    assert found[-2:] == ["-", str(tmp_path / ".hidden")]
    assert [os.path.relpath(name, tmp_path) for name in found[:-2]] == ["a/b/c.txt", "a/z.txt", "a.txt", "b.txt"]


def test_missing_inputs_and_empty_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        expand_inputs([tmp_path / "missing"])
    with pytest.raises(InputError, match="holds no file"):
        expand_inputs([tmp_path])
