"""Files in and out: text that is certain to be UTF-8, and output that is written whole or not at all.

Every input is checked while it streams past, so a wrong encoding or a binary file is named with its line instead of
ending in a decoding error. Every output goes to a temporary file beside its target and is renamed when complete.

Public names: `open_text`, `read_bytes`, `atomic_output`, `atomic_folder`, `check_writable`, `reporting`, `reason`,
`expand_inputs`, `STANDARD_STREAM`.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, BinaryIO, TextIO

from crfner.errors import CrfnerError, InputError
from crfner.leftovers import held, remove_abandoned, temporary_name

STANDARD_STREAM = "-"
"""The name that stands for standard input or standard output."""

_BOMS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_PIECE = 1 << 22  # bytes of a binary file that are read at a time
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class _CheckedBytes(io.RawIOBase):
    """The bytes of a file, passed on only while they are UTF-8 text without NUL."""

    def __init__(self, source: BinaryIO, name: str, owned: bool) -> None:
        self._source = source
        self._name = name
        self._owned = owned
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._line = 1
        self._at_start = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._read(len(buffer))
        if self._at_start:
            self._refuse_other_encodings(chunk)
            self._at_start = False
        nul = chunk.find(b"\0")
        if nul >= 0:
            line = self._line + chunk.count(b"\n", 0, nul)
            raise InputError("this is a binary file (it holds a NUL byte); give a text file", self._name, line)
        pending = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line = self._line + chunk.count(b"\n", 0, max(error.start - pending, 0))
            message = (
                f"byte 0x{error.object[error.start]:02x} is not UTF-8; "
                "convert it with iconv -f ENCODING -t utf-8 (ENCODING is often latin1 or cp1252)"
            )
            raise InputError(message, self._name, line) from None
        self._line += chunk.count(b"\n")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _read(self, size: int) -> bytes:
        try:
            return self._source.read(size)
        except OSError as error:
            raise InputError(f"cannot be read: {reason(error)}", self._name) from error

    def _refuse_other_encodings(self, chunk: bytes) -> None:
        for bom, encoding in _BOMS:
            if chunk.startswith(bom):
                message = f"this is {encoding.upper()}, not UTF-8; convert it with iconv -f {encoding} -t utf-8"
                raise InputError(message, self._name, 1)

    def close(self) -> None:
        if self._owned:
            self._source.close()
        super().close()


@contextmanager
def open_text(path: str | os.PathLike[str]) -> Iterator[TextIO]:
    """A text stream over the file, or over standard input for "-"; use it in a `with` statement.

    A byte order mark is dropped and line endings are kept as they are. Raises InputError when the file is missing, a
    directory, not readable, binary or not UTF-8, the last two when the stream gets there.
    """
    name = os.fspath(path)
    owned = name != STANDARD_STREAM
    source: BinaryIO
    if owned:
        try:
            source = open(name, "rb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise InputError(f"cannot be read: {reason(error)}", name) from error
        except ValueError as error:  # a NUL within the name
            raise InputError("cannot be read: this is not the name of a file", repr(name)) from error
    else:
        name = "<stdin>"
        if sys.stdin is None:
            raise InputError("standard input is closed; name a file", name)
        source = sys.stdin.buffer
    checked = io.BufferedReader(_CheckedBytes(source, name, owned), 1 << 16)
    with io.TextIOWrapper(checked, encoding="utf-8-sig", newline="") as stream:
        yield stream


def read_bytes(path: str | os.PathLike[str], limit: int) -> bytes:
    """The bytes of a binary file, or of standard input for "-".

    Raises InputError when it cannot be read, is empty or holds more than `limit` bytes.
    """
    name = os.fspath(path)
    try:
        if name == STANDARD_STREAM:
            name = "<stdin>"
            if sys.stdin is None:
                raise InputError("standard input is closed; name a file", name)
            content = _read_pieces(sys.stdin.buffer, limit + 1)
        else:
            with open(name, "rb") as source:
                content = _read_pieces(source, limit + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {reason(error)}", name) from error
    except ValueError as error:  # a NUL within the name
        raise InputError("cannot be read: this is not the name of a file", repr(name)) from error
    if not content:
        raise InputError("the file is empty; give one that holds labelled text", name)
    if len(content) > limit:
        raise InputError(f"the file is larger than the {limit >> 20} MiB that are read at once; split it", name)
    return content


def _read_pieces(source: BinaryIO, limit: int) -> bytes:
    """As `source.read(limit)`, which makes room for as much as may come before it knows how much there is."""
    pieces = []
    while limit > 0 and (piece := source.read(min(limit, _PIECE))):
        pieces.append(piece)
        limit -= len(piece)
    return b"".join(pieces)


@contextmanager
def atomic_output(path: str | os.PathLike[str], mode: str = "w") -> Iterator[IO[Any]]:
    """A stream whose content appears under `path` when the `with` block ends well, and not at all otherwise.

    mode is "w" (UTF-8, line endings as written) or "wb". The content goes to a temporary file in the same folder,
    which is flushed to the disk and renamed; it is removed on any exception. "-" is standard output. Symbolic links
    are followed, the mode bits of an existing file are kept, and what is not a regular file (/dev/null, a FIFO) is
    written to directly. Raises CrfnerError, naming the path, when the folder is missing or read-only or the disk is
    full; an error of the block itself passes through.
    """
    if mode not in ("w", "wb"):
        raise ValueError(f"the mode is 'w' or 'wb', not {mode!r}")
    name = os.fspath(path)
    if name == STANDARD_STREAM:
        with reporting("<stdout>"):
            yield from _standard_output(mode)
        return
    with reporting(name):
        with _naming(name):
            present = _status(name)
        if present is not None and not stat.S_ISREG(present.st_mode):
            yield from _written_through(name, mode)
        else:
            yield from _replaced(name, mode, present)


@contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[str]:
    """A new folder whose content appears under `path` when the `with` block ends well, and not at all otherwise.

    Raises CrfnerError, naming the path, when there is a file or a folder with anything in it, or when it cannot be
    written; an error of the block itself passes through.
    """
    name = os.fspath(path)
    with reporting(name), _naming(name):
        target = os.path.realpath(name)
        if os.path.lexists(target) and not os.path.isdir(target):
            raise CrfnerError(f"{name}: this is a file, and a folder is to be written; name a new folder")
        if os.path.isdir(target) and os.listdir(target):
            raise CrfnerError(f"{name}: this folder is not empty; name a new one, or empty it")
        remove_abandoned(os.path.dirname(target))
        temporary = temporary_name(os.path.dirname(target))
        os.mkdir(temporary)
    try:
        with reporting(name), held(temporary):
            yield temporary
        with _naming(name):
            if os.path.isdir(target):
                os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
                os.rmdir(target)  # it is empty; not every system renames over it
            os.rename(temporary, target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _sync_folder(os.path.dirname(target))


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise CrfnerError, before long work is begun, when `atomic_output` could not write the path at its end."""
    name = os.fspath(path)
    if name == STANDARD_STREAM:
        return
    with _naming(name):
        present = _status(name)
        target = os.path.realpath(name) if present is not None else os.path.dirname(os.path.realpath(name))
        os.stat(target)
        if not _may_write(target):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _may_write(path: str) -> bool:
    """Whether the process may write there, by the rights it acts with now (not by those of who started it)."""
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _replaced(name: str, mode: str, present: os.stat_result | None) -> Iterator[IO[Any]]:
    """Write beside the target, then rename over it."""
    with _naming(name):
        target = os.path.realpath(name)
        if present is not None and not _may_write(target):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        folder = os.path.dirname(target)
        remove_abandoned(folder)
        temporary = temporary_name(folder)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        stream = _stream(descriptor, mode)
        try:
            with held(temporary):
                yield stream
            with _naming(name):
                stream.flush()
                if present is not None:
                    os.chmod(temporary, stat.S_IMODE(present.st_mode))
                os.fsync(descriptor)
        finally:
            with suppress(OSError):  # a failed flush is reported already and would be tried again here
                stream.close()
        with _naming(name):
            os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _written_through(name: str, mode: str) -> Iterator[IO[Any]]:
    """A device or FIFO takes the bytes as they come; there is nothing to replace."""
    with _naming(name):
        descriptor = os.open(name, os.O_WRONLY)
    stream = _stream(descriptor, mode)
    try:
        yield stream
        with _naming(name):
            stream.flush()
    finally:
        with suppress(OSError):
            stream.close()


def _standard_output(mode: str) -> Iterator[IO[Any]]:
    if sys.stdout is None:
        raise CrfnerError("standard output is closed; name a file to write to")
    sys.stdout.flush()
    if mode == "wb":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield stream
        stream.flush()
    finally:
        with suppress(OSError, ValueError):
            stream.detach()  # so that standard output stays open


def _stream(descriptor: int, mode: str) -> IO[Any]:
    if mode == "wb":
        return open(descriptor, "wb")
    return open(descriptor, "w", encoding="utf-8", newline="")


@contextmanager
def reporting(name: str) -> Iterator[None]:
    """Turn what writing to `name` within the block raises into a CrfnerError; reading errors are not its concern."""
    try:
        yield
    except UnicodeEncodeError as error:
        message = f"{name}: cannot write {error.object[error.start]!a}, half of a surrogate pair; mend the text"
        raise CrfnerError(message) from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise CrfnerError(f"{name}: cannot be written: {reason(error)}") from error
        raise


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Every OSError within is about writing `name`; a closed pipe stays what it is, for the command line to end on."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CrfnerError(f"{name}: cannot be written: {reason(error)}") from error
    except ValueError as error:  # a NUL within the name
        raise CrfnerError(f"{name!r}: cannot be written: this is not the name of a file") from error


def _status(name: str) -> os.stat_result | None:
    try:
        present = os.stat(name)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(present.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return present


def _sync_folder(folder: str) -> None:
    """Make the rename itself durable where the system allows it."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def reason(error: OSError) -> str:
    """What the system said, and what to do about it."""
    remedies = {
        errno.ENOENT: "there is no such file or folder; check the name",
        errno.EISDIR: "this is a folder; name a file",
        errno.ENOTDIR: "a part of the path is a file, not a folder; check the name",
        errno.EACCES: "permission denied; change the permissions or choose another place",
        errno.EPERM: "permission denied; change the permissions or choose another place",
        errno.EROFS: "the file system is read-only; choose another place",
        errno.ENOSPC: "the disk is full; free some room or choose another place",
        errno.EDQUOT: "the disk quota is used up; free some room or choose another place",
        errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
        errno.ELOOP: "the symbolic links go in a circle; check the name",
    }
    return remedies.get(error.errno or 0, error.strerror or str(error))


def expand_inputs(paths: Iterable[str | os.PathLike[str]]) -> list[str]:
    """The files that the arguments name: files as they are, folders by what they hold, "-" for standard input.

    Folders are searched at any depth, in sorted order, without hidden files and folders and without following
    links to folders. Raises InputError for what does not exist and for a folder that holds no file.
    """
    found: list[str] = []
    for given in paths:
        path = os.fspath(given)
        if path == STANDARD_STREAM or os.path.isfile(path):
            found.append(path)
        elif os.path.isdir(path):
            inside = sorted(_files_below(path), key=lambda name: name.split(os.sep))
            if not inside:
                raise InputError("this folder holds no file; name another", path)
            found.extend(inside)
        else:
            try:
                os.stat(path)
            except OSError as error:
                raise InputError(f"cannot be read: {reason(error)}", path) from error
            found.append(path)  # a FIFO or device
    return found


def _files_below(folder: str) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        raise InputError(f"cannot be read: {reason(error)}", error.filename) from error

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = os.path.join(parent, name)
            if not name.startswith(".") and os.path.isfile(path):
                yield path
