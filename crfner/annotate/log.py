"""The file of answers: one line each, on the disk before anyone is told that it is saved.

A line is a document as `crfner.formats.jsonl` writes it, with "answer", "annotator" and "time". A later line about the
same example supersedes an earlier one; nothing is ever changed in place. What a crash or a full disk left of a line at
the end is cut off at the next start. The file is locked for as long as it is open, by its own descriptor: the lock ends
with the process, however that ends.

Public names: `AnswerLog`, `read_log`, `last_decisions`, `accepted`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Self

from crfner.annotate.values import ANSWERS, Decision, Key
from crfner.document import Document
from crfner.errors import CrfnerError, InputError
from crfner.files import reason
from crfner.formats.checks import Place, parse_json, show, to_json
from crfner.formats.jsonl import from_record, to_record
from crfner.locking import lock


class AnswerLog:
    """The answers of a file, and more of them.

    path  the file; it is made when there is none

    `decisions` are those that it held when it was opened, `notes` what was mended then. Raises CrfnerError when another
    process has the file, or it cannot be written; InputError, naming the line, when it holds anything but answers.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.notes: list[str] = []
        is_new = not os.path.exists(self.path)
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        except OSError as error:
            raise CrfnerError(f"{self.path}: cannot be written: {reason(error)}") from error
        try:
            self._lock()
            self.decisions = self._recovered()
            if is_new:
                _sync_folder(self.path)
        except BaseException:
            os.close(self._file)
            raise
        self._torn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others have the file."""
        os.close(self._file)

    def append(self, decisions: Iterable[Decision]) -> None:
        """Write the decisions, and return when they are on the disk.

        Raises CrfnerError when that fails; then none of them is in the file.
        """
        payload = "".join(f"{to_json(to_line(decision))}\n" for decision in decisions).encode()
        self._check_in_place()
        try:
            if self._torn:
                os.ftruncate(self._file, self._size)
            self._torn = True
            _write(self._file, payload)
            os.fsync(self._file)
            self._torn = False
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, self._size)
                self._torn = False
            raise CrfnerError(f"{self.path}: the answer could not be saved: {reason(error)}") from error
        self._size += len(payload)

    def _lock(self) -> None:
        if not lock(self._file):
            raise CrfnerError(
                f"{self.path}: another crfner annotate is writing to this file; end it, or name another file with -o"
            )

    def _check_in_place(self) -> None:
        """The file may have been moved or removed; what is written to it then would be lost."""
        with suppress(OSError):
            if os.path.samestat(os.fstat(self._file), os.stat(self.path)):
                return
        raise CrfnerError(
            f"{self.path}: the file was moved or removed while it was open; put it back, or start crfner annotate again"
        )

    def _recovered(self) -> list[Decision]:
        """The decisions in the file, whose last line is whole afterwards."""
        content = _content(self._file)
        lines, torn = _parted(content, self.path)
        decisions = _decisions(lines, self.path)
        if torn:
            os.ftruncate(self._file, len(content) - len(torn))
            self.notes.append(
                f"{self.path}: the last line was cut short ({len(torn)} bytes) when the program was ended while writing"
                " it; it was not confirmed as saved, and is removed"
            )
        elif lines and not content.endswith(b"\n"):
            _write(self._file, b"\n")
        self._size = os.fstat(self._file).st_size
        return decisions


def read_log(path: str | os.PathLike[str]) -> list[Decision]:
    """All decisions in a file of answers, in their order, but for a line at the end that is not whole.

    The file may be in use. Raises InputError, naming file and line, when it cannot be read or holds anything else.
    """
    name = os.fspath(path)
    try:
        with open(name, "rb") as file:
            content = file.read()
    except OSError as error:
        raise InputError(f"cannot be read: {reason(error)}", name) from error
    return _decisions(_parted(content, name)[0], name)


def last_decisions(decisions: Iterable[Decision]) -> dict[Key, Decision]:
    """The last decision on each example, in the order in which the examples were first decided on."""
    last: dict[Key, Decision] = {}
    for decision in decisions:
        last[decision.key] = decision
    return last


def accepted(last: Mapping[Key, Decision]) -> list[Document]:
    """The documents whose last decision is to accept them, in order: what is exported, and what is learnt from."""
    return [decision.document for decision in last.values() if decision.answer == "accept"]


def now() -> str:
    """The time, as it stands in a line."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def to_line(decision: Decision) -> dict[str, Any]:
    """The object that stands on a line."""
    record = to_record(decision.document)
    record.update(answer=decision.answer, annotator=decision.annotator, time=decision.time)
    return record


def _parted(content: bytes, name: str) -> tuple[list[bytes], bytes]:
    """The whole lines, and what there is of one that was cut short.

    A last line without its end is whole when it is an answer. Anything else there that does not begin as an answer, or
    is not what a file system leaves after a loss of power, was not written here, and is left to be refused.
    """
    *lines, last = content.split(b"\n")
    if not last:
        return lines, b""
    try:
        _decisions([last], name)
    except InputError:
        if last.startswith(b"{") or not last.strip(b"\0"):
            return lines, last
    return [*lines, last], b""


def _decisions(lines: Iterable[bytes], name: str) -> list[Decision]:
    return [_decision(line, Place(name, number)) for number, line in enumerate(lines, 1) if line.strip()]


def _decision(line: bytes, place: Place) -> Decision:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        place.refuse("this is not UTF-8, so it is no answer of crfner annotate; name another file with -o")
    record = parse_json(text, place)
    if not isinstance(record, dict) or record.get("answer") not in ANSWERS:
        place.refuse(
            f"this is no answer of crfner annotate, but {show(record)}; name another file with -o, or remove the line"
        )
    answer = record.pop("answer")
    annotator, time = (value if isinstance(value := record.pop(key, ""), str) else "" for key in ("annotator", "time"))
    return Decision(from_record(record, place), answer, annotator, time)


def _content(file: int) -> bytes:
    with open(file, "rb", closefd=False) as stream:
        stream.seek(0)
        return stream.read()


def _write(file: int, payload: bytes) -> None:
    """Write all of it: the system may take less at a time."""
    while payload:
        payload = payload[os.write(file, payload) :]


def _sync_folder(path: str) -> None:
    """Make a new file's name durable too, where the system allows it."""
    with suppress(OSError):
        folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
