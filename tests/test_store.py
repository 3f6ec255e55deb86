"""The model file: equal content gives equal bytes, and nothing but a whole and honest file is opened."""

import hashlib
import io
import json
import os
import pickle
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner import store
from crfner.errors import CrfnerError

PARTS = {"model.crfsuite": bytes(range(256)) * 3, "gazetteers/places.txt": "Zürich\nOslo\n".encode()}
MANIFEST: dict[str, Any] = {"kind": "crf", "labels": ["ORT", "Straße"], "scores": {"f1": 0.5}, "none": None}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "a.crfner"
    store.save(path, MANIFEST, PARTS)
    return path


def manifest_of(parts: dict[str, bytes], **changes: Any) -> bytes:
    """A manifest that lists the parts rightly."""
    listed = {name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in parts.items()}
    return json.dumps({"format_version": store.FORMAT_VERSION, "parts": listed, **changes}).encode()


def archive(path: Path, *entries: tuple[str, bytes]) -> Path:
    """A zip file with these entries, whatever their names."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries:
            file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


def refusal(path: Path) -> str:
    """What is said of a file that is not opened: one line that begins with its name."""
    with pytest.raises(CrfnerError) as refused:
        store.load(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: ") and "\n" not in message and len(message) < 500
    return message


# What is saved is loaded


def test_manifest_and_parts_come_back_as_they_went_in(model: Path) -> None:
    stored = store.load(model)
    assert stored.parts == PARTS
    assert {name: stored.manifest[name] for name in MANIFEST} == MANIFEST
    assert stored.manifest["format_version"] == store.FORMAT_VERSION


@settings(deadline=None)
@given(st.dictionaries(st.from_regex(r"(?:[a-z]{1,5}/)?[A-Za-z0-9_]{1,9}", fullmatch=True), st.binary(), max_size=4))
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, parts: dict[str, bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.crfner"
    store.save(path, {}, parts)
    assert store.load(path).parts == parts


def test_equal_content_gives_equal_bytes_whatever_its_order(model: Path, tmp_path: Path) -> None:
    again = tmp_path / "b.crfner"
    store.save(again, dict(reversed(MANIFEST.items())), dict(reversed(PARTS.items())))
    assert again.read_bytes() == model.read_bytes()


def test_the_manifest_lists_size_and_checksum_of_every_part(model: Path) -> None:
    parts = store.load(model).manifest["parts"]
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in PARTS.items()}
    assert parts == {name: {"sha256": digests[name], "size": len(PARTS[name])} for name in PARTS}


def test_a_repetitive_part_is_not_taken_for_a_bomb(tmp_path: Path) -> None:
    lines = b"Saint Petersburg\n" * 20_000
    store.save(tmp_path / "m", {}, {"gazetteers/places.txt": lines})
    assert store.load(tmp_path / "m").parts["gazetteers/places.txt"] == lines


@pytest.mark.parametrize("name", ["../x", "/x", "a/b/c", "", ".hidden", "a b", "a/../b"])
def test_a_part_with_an_unsafe_name_is_not_even_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be named"):
        store.save(tmp_path / "m", {}, {name: b""})
    assert not list(tmp_path.iterdir())


def test_the_old_file_stays_when_writing_fails(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = model.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CrfnerError, match="the disk is full"):
        store.save(model, {}, {})
    assert model.read_bytes() == before
    assert list(model.parent.iterdir()) == [model]


def test_a_folder_that_is_not_there_is_named_when_saving(tmp_path: Path) -> None:
    with pytest.raises(CrfnerError, match="no-such-folder"):
        store.save(tmp_path / "no-such-folder" / "m", {}, {})


# What is not a model


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "there is no such model file" in refusal(tmp_path / "missing")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "this is a folder" in refusal(tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(model: Path) -> None:
    model.chmod(0)
    assert "Permission denied" in refusal(model)


@pytest.mark.parametrize("content", [b"", b"some text\n", b"\x00" * 100, b"PK\x03\x04", b"PK\x05\x06" + b"\xff" * 18])
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    assert "not a crfner model" in refusal(path)


def test_an_archive_without_a_manifest_is_refused(tmp_path: Path) -> None:
    assert "holds no manifest.json" in refusal(archive(tmp_path / "m", ("a.txt", b"")))


NOT_MANIFESTS = (
    *(b"", b"{", b"[]", b"null", b"1", b'"text"', b"{}", b"\xff\xfe"),
    *(b'{"format_version": "1"}', b'{"format_version": 1}', b'{"format_version": 1, "parts": []}'),
    *(b'{"format_version": 1, "parts": {"a": 1}}', b'{"format_version": ' + b"9" * 5000 + b"}"),
    *(b"[" * 100_000, b'{"a":' * 100_000),
)


@pytest.mark.parametrize("manifest", NOT_MANIFESTS, ids=range(len(NOT_MANIFESTS)))
def test_a_manifest_that_is_not_one_is_refused(manifest: bytes, tmp_path: Path) -> None:
    refusal(archive(tmp_path / "m", ("manifest.json", manifest)))


@pytest.mark.parametrize("version", [0, -1, True])
def test_a_format_version_that_never_was_is_refused(version: int, tmp_path: Path) -> None:
    refusal(archive(tmp_path / "m", ("manifest.json", manifest_of({}, format_version=version))))


def test_a_newer_version_is_refused_with_the_advice_to_upgrade(tmp_path: Path) -> None:
    path = archive(tmp_path / "m", ("manifest.json", manifest_of({}, format_version=store.FORMAT_VERSION + 1)))
    assert "upgrade crfner" in refusal(path)


# What is damaged


def test_a_file_cut_short_anywhere_is_refused(model: Path) -> None:
    data = model.read_bytes()
    for length in range(0, len(data), 7):
        model.write_bytes(data[:length])
        refusal(model)


def test_a_changed_byte_is_refused_or_changes_nothing(model: Path) -> None:
    stored, data = store.load(model), model.read_bytes()
    chance = random.Random(0)
    for _ in range(600):
        place, bit = chance.randrange(len(data)), 1 << chance.randrange(8)
        model.write_bytes(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])
        try:
            assert store.load(model) == stored  # the byte holds a date or the like
        except CrfnerError as refused:
            assert "\n" not in str(refused)


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, 500))
def test_overwritten_bytes_never_raise_another_error(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.crfner"
    store.save(path, MANIFEST, PARTS)
    data = path.read_bytes()
    place = max(0, len(data) - place)  # towards the end is the directory of the archive
    path.write_bytes(data[:place] + noise + data[place + len(noise) :])
    try:
        store.load(path)
    except CrfnerError as refused:
        assert "\n" not in str(refused)


def test_a_part_with_another_checksum_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "m", ("manifest.json", manifest_of({"a.txt": b"old"})), ("a.txt", b"new"))
    assert "the checksum of its part a.txt is wrong" in refusal(path)


@pytest.mark.parametrize("parts", [{}, {"a.txt": b""}, {"a.txt": b"", "b.txt": b"", "c.txt": b""}])
def test_a_part_too_many_or_too_few_is_refused(parts: dict[str, bytes], tmp_path: Path) -> None:
    path = archive(tmp_path / "m", ("manifest.json", manifest_of(parts)), ("a.txt", b""), ("b.txt", b""))
    assert "not those that its manifest lists" in refusal(path)


# What is meant to do harm


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/../../b", "..", "a/..", "C:/x", "a\\..\\b", "folder/", "x\ny", "\u202egnp.exe", "a//b"],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "m", ("manifest.json", manifest_of({name: b"x"})), (name, b"x"))
    assert "unsafe name" in refusal(path)


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = archive(tmp_path / "m", ("manifest.json", manifest_of({"a": b"x"})), ("a", b"x"), ("a", b"y"))
    assert "two parts of one name" in refusal(path)


def test_a_part_that_unpacks_out_of_proportion_is_refused(tmp_path: Path) -> None:
    bomb = b"\x00" * 10_000_000
    path = archive(tmp_path / "m", ("manifest.json", manifest_of({"a": bomb})), ("a", bomb))
    assert path.stat().st_size < 20_000
    assert "out of proportion; refused as unsafe" in refusal(path)


def test_a_part_that_unpacks_to_more_than_it_declares_is_refused(tmp_path: Path) -> None:
    data = b"\x00" * 100_000
    path = archive(tmp_path / "m", ("manifest.json", manifest_of({"a": b""})), ("a", data))
    forged = path.read_bytes().replace(len(data).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(forged)
    refusal(path)


def test_many_small_bombs_are_refused_like_a_large_one(tmp_path: Path) -> None:
    bombs = {f"a{number}": b"\x00" * 100_000 for number in range(100)}
    path = archive(tmp_path / "m", ("manifest.json", manifest_of(bombs)), *bombs.items())
    assert "out of proportion; refused as unsafe" in refusal(path)


def test_more_than_the_greatest_size_is_refused(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_SIZE", 500)
    assert "out of proportion; refused as unsafe" in refusal(model)


def test_a_password_is_not_asked_for(model: Path) -> None:
    data = bytearray(model.read_bytes())
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for entry in file.infolist():
            data[entry.header_offset + 6] |= 1  # the flag for encryption, here and in the directory
    position = data.find(b"PK\x01\x02")
    while position >= 0:
        data[position + 8] |= 1
        position = data.find(b"PK\x01\x02", position + 1)
    model.write_bytes(data)
    refusal(model)


def test_a_pickle_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(pickle.dumps({"kind": "crf"}))
    assert "not a crfner model" in refusal(path)
