"""A command in this process, which is sent a signal, such as that of `kill -9`, at a moment that changes a file.

Such a moment is a call that opens, writes, flushes, renames, links, cuts, makes or removes a file, counted within the
command's own process. A write is done by half before SIGKILL ends the process.

Public names: `work`.
"""

from __future__ import annotations

import builtins
import io
import os
import signal
import stat
import sys
import threading
from typing import Any

FUNCTIONS = ("open", "write", "fsync", "replace", "rename", "unlink", "remove", "mkdir", "rmdir", "ftruncate", "chmod",
             "symlink", "link")  # fmt: skip
NAMES = ("encoding", "errors", "newline", "closefd", "opener")  # of `open`, after its mode and buffering


def work(arguments: tuple[str, ...], folder: str, environment: dict[str, str], at: int, by: int) -> None:
    """Be `crfner` in that folder; what it prints, and the number of moments, go to files below `tmp` there."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for stream, path in ((1, "tmp/crfner-out"), (2, "tmp/crfner-err")):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["crfner", *arguments]
    import tempfile

    tempfile.tempdir = None  # as in a new process
    from crfner.cli import main

    moments = _Moments(at, by)
    try:
        main()
    finally:
        sys.stdout.flush()
        with moments.open("tmp/crfner-count", "w") as stream:
            stream.write(str(moments.count))


class _Moments:
    """Counts from now on, and sends the signal at the one with the number; 0 for none."""

    def __init__(self, at: int, by: int) -> None:
        self.at, self.count, self._by = at, 0, by
        self.open = builtins.open
        self._lock = threading.RLock()
        self._process = os.getpid()
        builtins.open = io.open = self._opened  # type: ignore[assignment]
        for name in FUNCTIONS:
            setattr(os, name, self._counted(getattr(os, name)))

    def come(self, before: Any = None) -> None:
        """One more; the last of all where it is the one and the signal is SIGKILL."""
        if os.getpid() != self._process:
            return
        with self._lock:
            self.count += 1
            if self.count == self.at:
                if before is not None and self._by == signal.SIGKILL:
                    before()
                os.kill(os.getpid(), self._by)

    def _counted(self, real: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            if real.__name__ == "write" and not stat.S_ISREG(os.fstat(arguments[0]).st_mode):
                return real(*arguments, **options)  # to another process
            if real.__name__ == "write":
                self.come(lambda: real(arguments[0], arguments[1][: len(arguments[1]) // 2]))
            elif real.__name__ != "open" or arguments[1] & (os.O_WRONLY | os.O_RDWR):
                self.come()
            return real(*arguments, **options)

        return call

    def _opened(self, file: Any, mode: str = "r", buffering: int = -1, *arguments: Any, **options: Any) -> Any:
        if not set(mode) & set("wax+"):
            return self.open(file, mode, buffering, *arguments, **options)
        options.update(zip(NAMES, arguments, strict=False))
        raw = _Raw(self, file, mode, options.pop("closefd", True), options.pop("opener", None))
        binary = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return binary if "b" in mode else io.TextIOWrapper(binary, **options)


class _Raw(io.FileIO):
    """A file whose writes are moments."""

    def __init__(self, moments: _Moments, file: Any, mode: str, closefd: bool, opener: Any) -> None:
        self._moments = moments
        super().__init__(file, mode.replace("b", "").replace("t", ""), closefd, opener)

    def write(self, data: Any) -> int:
        content = bytes(data)
        self._moments.come(lambda: super(_Raw, self).write(content[: len(content) // 2]))
        return super().write(content)
