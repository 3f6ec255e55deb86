"""The model file: one zip archive with a manifest and the SHA-256 of every part, and nothing in it that is executed.

A file is written whole or not at all, and the same parts always give the same bytes. On opening, everything is checked
before it is used: names, sizes, checksums, format version. A model from a stranger can be wrong, but it cannot do harm.
A model within another is opened in the same way, and may unpack to what the outermost file has left only.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crfner.errors import CrfnerError
from crfner.files import atomic_output

FORMAT_VERSION = 2
"""1: weights as CRFsuite's own file, still read; 2: as `crfner.crf.packed` has them."""

MAX_SIZE = 1 << 30
"""Bytes that all parts together may have when unpacked, those of models within the model too (1 GiB)."""

MAX_MANIFEST = 1 << 22
"""Bytes of a manifest (4 MiB); what JSON makes of them can take thirty times as many."""

_MAX_RATIO = 200  # deflate reaches 1032 on a bomb; weights and word lists stay under 20
_ALWAYS_FINE = 1 << 20  # bytes that may be as repetitive as they like
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others let an archive say how much memory they take
_ARCHIVE = b"PK\3\4"  # what one that is not empty begins with
_LOCAL = 30  # bytes of an entry's own head, without its name
_SHOWN = 120  # characters of what zipfile says, which can name parts
_LONGEST = 200  # characters of a part's name
_MANIFEST = "manifest.json"
_NAME = re.compile(r"(?:[a-z]+/)?[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Stored:
    """The content of a model file: the manifest as a dictionary, and the other parts by name."""

    manifest: dict[str, Any]
    parts: dict[str, bytes]


_Begun = Callable[[Mapping[str, Any]], None]  # what is told the manifest before the other parts are unpacked


class _Room:
    """How many bytes a file, and the models within it, may still unpack to; None is for the first to say."""

    def __init__(self) -> None:
        self.left: int | None = None


class _Part(bytes):
    """A part that remembers the room of the file it came from, as it may be a model itself."""

    room: _Room


def save(path: str | os.PathLike[str], manifest: Mapping[str, Any], parts: Mapping[str, bytes]) -> None:
    """Write a model file. `manifest` may hold anything that JSON can; format version and checksums are added here.

    Raises CrfnerError when the file cannot be written.
    """
    packed = to_bytes(manifest, parts)
    with atomic_output(path, "wb") as file:
        file.write(packed)


def to_bytes(manifest: Mapping[str, Any], parts: Mapping[str, bytes]) -> bytes:
    """What `save` writes."""
    complete = {
        **manifest,
        "format_version": FORMAT_VERSION,  # not the one of the file that the model was read from
        "parts": {name: {"sha256": _digest(data), "size": len(data)} for name, data in sorted(parts.items())},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, _MANIFEST, json.dumps(complete, ensure_ascii=False, indent=2, sort_keys=True).encode())
        for name, data in sorted(parts.items()):
            if not _NAME.fullmatch(name):
                raise ValueError(f"a part cannot be named {name!r}")
            _add(archive, name, data)
    return packed.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name)  # its fixed date keeps equal models equal to the byte
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    archive.writestr(entry, data)


def load(path: str | os.PathLike[str], begun: _Begun | None = None) -> Stored:
    """Read and check a model file.

    begun  called with the manifest before the other parts are unpacked, which is most of the work

    Raises CrfnerError, in one sentence, when the file is missing, not a model, damaged, cut short, of a newer version,
    unreasonably large when unpacked, or holds names that it should not.
    """
    return _opened(os.fspath(path), os.fspath(path), _Room(), begun)


def from_bytes(data: bytes, name: str) -> Stored:
    """As `load`, for the content of a model file, such as one that is part of another; `name` is what messages name."""
    if not data.startswith(_ARCHIVE):
        raise CrfnerError(f"{name}: this is not a crfner model, or it is damaged; get it or train it again")
    return _opened(io.BytesIO(data), name, data.room if isinstance(data, _Part) else _Room())


def _opened(source: str | io.BytesIO, name: str, room: _Room, begun: _Begun | None = None) -> Stored:
    try:
        with zipfile.ZipFile(source) as archive:
            return _read(archive, room, begun)
    except _Refused as refused:
        raise CrfnerError(f"{name}: {refused}") from None
    except FileNotFoundError:
        raise CrfnerError(
            f"{name}: there is no such model file; check the name or make one with crfner train"
        ) from None
    except IsADirectoryError:
        raise CrfnerError(f"{name}: this is a folder; name a model file") from None
    except OSError as error:
        raise CrfnerError(f"{name}: the model cannot be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        message = (
            f"{name}: this is not a crfner model, or it is damaged or cut short; get it or train it again "
            f"({str(error)[:_SHOWN]!r})"
        )
        raise CrfnerError(message) from None


def load_kind(path: str | os.PathLike[str], kind: str, what: str) -> Stored:
    """As `load`, for a model of one kind. Raises CrfnerError, saying `what` was wanted, for a model of another."""
    stored = load(path)
    found = stored.manifest.get("kind")
    if found != kind:
        raise CrfnerError(f"{path}: this is not {what} (kind {found!r}); open it with crfner.load_model")
    return stored


class _Refused(Exception):
    """Why a model file is not opened."""


def _read(archive: zipfile.ZipFile, room: _Room, begun: _Begun | None) -> Stored:
    entries = {entry.filename: entry for entry in archive.infolist()}
    if len(entries) != len(archive.infolist()):
        raise _Refused("the model holds two parts of one name; refused as unsafe")
    for name in entries:
        if not _NAME.fullmatch(name) or ".." in name or len(name) > _LONGEST:
            raise _Refused(f"the model holds a part with the unsafe name {name[:_SHOWN]!r}; refused")
    for entry in entries.values():
        if entry.compress_type not in _METHODS or stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise _Refused(
                f"the model's part {entry.filename} is a link, or packed in a way of its own; refused as unsafe"
            )
    _check_sizes(list(entries.values()), room)
    if _MANIFEST not in entries:
        raise _Refused("this is not a crfner model: it holds no manifest.json")
    if entries[_MANIFEST].file_size > MAX_MANIFEST:
        raise _Refused(f"the model's manifest has more than {MAX_MANIFEST >> 20} MiB; refused as unsafe")
    manifest = json.loads(_unpack(archive, entries.pop(_MANIFEST)))
    listed = _listed(manifest)
    if set(listed) != set(entries):
        raise _Refused("the model is damaged: its parts are not those that its manifest lists")
    if begun is not None:
        begun(manifest)
    parts: dict[str, bytes] = {}
    for name, entry in entries.items():
        parts[name] = _unpack(archive, entry)
        if _digest(parts[name]) != listed[name]:
            raise _Refused(f"the model is damaged: the checksum of its part {name} is wrong; get it or train it again")
        if parts[name].startswith(_ARCHIVE):
            parts[name] = part = _Part(parts[name])
            part.room = room
    return Stored(manifest, parts)


def _check_sizes(entries: list[zipfile.ZipInfo], room: _Room) -> None:
    """Refuse what unpacks out of proportion. Bytes that two parts share would count twice, so none may be shared."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise _Refused(f"the model's part {entry.filename} shares bytes with another; refused as unsafe")
        end = entry.header_offset + _LOCAL + len(entry.filename) + entry.compress_size
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if room.left is None:
        room.left = min(MAX_SIZE, _ALWAYS_FINE + _MAX_RATIO * packed)
    if size > room.left:
        raise _Refused(f"the model would unpack from {packed} to {size} bytes, out of proportion; refused as unsafe")
    room.left -= size


def _listed(manifest: Any) -> dict[str, str]:
    """The checksums that the manifest gives."""
    version = manifest.get("format_version") if isinstance(manifest, dict) else None
    if not isinstance(manifest, dict) or type(version) is not int or version < 1:
        raise _Refused("this is not a crfner model: its manifest has no format version")
    if version > FORMAT_VERSION:
        raise _Refused(
            f"the model has format version {version}, this crfner reads up to {FORMAT_VERSION}; upgrade crfner"
        )
    parts = manifest.get("parts")
    if not isinstance(parts, dict) or not all(isinstance(part, dict) for part in parts.values()):
        raise _Refused("the model is damaged: its manifest lists no parts")
    return {name: str(part.get("sha256")) for name, part in parts.items()}


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of a part; never more than it declares, whatever the archive says elsewhere."""
    with archive.open(entry) as stream:
        data = stream.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise _Refused(f"the model is damaged: its part {entry.filename} does not have the size it declares")
    return data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
