"""Archives that are made to do harm: opened by nobody, and refused before they take memory.

More of them are in `tests/test_store.py`.
"""

from __future__ import annotations

import hashlib
import io
import json
import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from crfner import store
from crfner.errors import CrfnerError

MIB = 1 << 20


def manifest_of(parts: dict[str, bytes], **more: object) -> bytes:
    listed = {name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in parts.items()}
    return json.dumps({"format_version": store.FORMAT_VERSION, "parts": listed, **more}).encode()


def archive(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, **manifest: object) -> bytes:
    """A sound archive, but for what the test is about."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, data in {"manifest.json": manifest_of(parts, **manifest), **parts}.items():
            file.writestr(zipfile.ZipInfo(name), data, method)
    return packed.getvalue()


def refusal(data: bytes) -> str:
    """What is said of the archive, which is refused with little memory: the bound of SECURITY.md."""
    tracemalloc.start()
    try:
        with pytest.raises(CrfnerError) as refused:
            store.from_bytes(data, "m.crfner")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * MIB + 200 * len(data)
    message = str(refused.value)
    assert message.startswith("m.crfner") and "\n" not in message and len(message) < 600
    return message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_let_an_archive_choose_the_memory_they_take_are_refused(method: int) -> None:
    assert "packed in a way of its own" in refusal(archive({"a.txt": b"text"}, method))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR])
def test_links_folders_and_devices_are_refused(kind: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("manifest.json", manifest_of({"a.txt": b"/etc/passwd"}))
        entry = zipfile.ZipInfo("a.txt")
        entry.create_system, entry.external_attr = 3, (kind | 0o777) << 16
        file.writestr(entry, b"/etc/passwd")
    assert "is a link" in refusal(packed.getvalue())


def test_parts_that_share_bytes_are_refused() -> None:
    """As in the bombs of Fifield (2019), of which one kernel unpacks again and again."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr(zipfile.ZipInfo("b.txt"), b"x" * 1000)
    quoted = inner.getvalue()[: 30 + 5 + 1000]  # a part within a part
    parts = {"a.txt": quoted, "b.txt": b"x" * 1000}
    data = archive(parts, zipfile.ZIP_STORED)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        own, within = file.getinfo("b.txt").header_offset, data.index(quoted)
    place = data.rindex(b"b.txt") - 46 + 42  # of the offset in its line of the directory
    assert int.from_bytes(data[place : place + 4], "little") == own
    refused = refusal(data[:place] + within.to_bytes(4, "little") + data[place + 4 :])
    assert "shares bytes" in refused or "Overlapped" in refused  # Python says so itself from 3.11.8


def test_a_model_within_a_model_counts_as_part_of_the_outermost() -> None:
    bomb = archive({"a.txt": b"\0" * (1 * MIB)})  # fine by itself
    for _ in range(2):
        store.from_bytes(bomb, "m")
    outer = store.from_bytes(archive({f"m{number}.crfner": bomb for number in range(8)}), "m")
    with pytest.raises(CrfnerError, match="out of proportion"):
        for part in outer.parts.values():
            store.from_bytes(part, "m")


def test_bombs_within_bombs_are_refused() -> None:
    bomb = archive({"a.txt": b"\0" * MIB})
    for _ in range(3):
        bomb = archive({f"m{number}": bomb for number in range(70)})

    def opened(data: bytes) -> int:
        parts = store.from_bytes(data, "m").parts
        return sum(len(part) + (opened(part) if part.startswith(b"PK") else 0) for part in parts.values())

    with pytest.raises(CrfnerError, match="out of proportion"):
        opened(bomb)


def test_an_archive_behind_something_else_is_no_model_within_a_model() -> None:
    assert "this is not a crfner model" in refusal(b"#!/bin/sh\n" + archive({"a.txt": b"text"}))


def test_very_many_parts_take_memory_in_proportion() -> None:
    refusal(archive({f"p{number}": b"" for number in range(20_000)})[:-1])


def test_a_part_with_a_name_without_end_is_refused_in_a_short_sentence() -> None:
    assert "unsafe name" in refusal(archive({"a" * 60_000: b""}))


def test_a_manifest_that_is_a_bomb_of_json_is_refused_before_it_is_read() -> None:
    assert "manifest has more than" in refusal(archive({}, zipfile.ZIP_STORED, x="[" + "{}," * (2 * MIB) + "{}]"))


@pytest.mark.parametrize(
    "manifest",
    [
        b'{"format_version": 2, "parts": {}, "kind": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"format_version": 2, "parts": {}, "seed": ' + b"9" * 100_000 + b"}",
        b'{"format_version": 1e999, "parts": {}}',
        b'{"format_version": -1, "parts": {}}',
        b'{"format_version": NaN, "parts": {}}',
    ],
    ids=["depth", "digits", "infinite version", "negative version", "version that is no number"],
)
def test_json_that_is_too_deep_or_too_long_in_its_numbers_is_refused(manifest: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("manifest.json", manifest)
    refusal(packed.getvalue())


def test_nothing_of_an_archive_is_written_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def extracted(*_: object, **__: object) -> None:
        raise AssertionError("an archive is read in memory only")

    monkeypatch.setattr(zipfile.ZipFile, "extract", extracted)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", extracted)
    assert store.from_bytes(archive({"a.txt": b"text"}), "m").parts == {"a.txt": b"text"}
    assert list(tmp_path.iterdir()) == []
