"""Running a page in a folder of its own: its commands in one shell, its Python in one interpreter.

Public names: `Page`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from pathlib import Path

from code_blocks import Block, Command, commands, difference
from forking import start
from pages import ROOT, Server

_SECONDS = 300  # that a command may take, on a machine that is busy


class Page:
    """A folder in which one page's blocks are run, in their order, until one fails."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        self._folder, self._scratch = folder / "page", folder / "scratch"
        self._folder.mkdir()
        self._scratch.mkdir()
        (self._folder / "data").symlink_to(ROOT / "data")
        self._shell = _Shell(self._folder, self._scratch, server.environment())
        self._interpreter: _Interpreter | None = None

    def run(self, block: Block) -> str | None:
        """Run one block; what went wrong, with page, line, command and output, or None."""
        if block.kind in ("python", "pycon"):
            if self._interpreter is None:
                self._interpreter = _Interpreter(self._server, self._folder, self._scratch)
            wrong = self._interpreter.run(block)
            return wrong and _report(block.page, block.line, block.code, "Python failed", wrong)
        if block.kind == "console":
            return self._console(block)
        code, output, line = self._shell.run(block.code, strict=True)
        if code:
            return _report(block.page, block.line + line - 1, block.code, f"exit code {code}", output)
        return None

    def close(self) -> None:
        """End the shell, the interpreter and whatever they left running."""
        if self._interpreter is not None:
            self._interpreter.close()
        self._shell.close()

    def _console(self, block: Block) -> str | None:
        listed = commands(block)
        for command, following in zip(listed, [*listed[1:], None], strict=True):
            code, output, _ = self._shell.run(command.text)
            wrong = _wrong_end(command, following, code)
            if wrong is None and command.output is not None:
                differs = difference(command.output, output, block.within)
                if differs is not None:
                    wrong, output = "the output differs", differs
            if wrong is not None:
                return _report(block.page, command.line, command.text, wrong, output)
        return None


def _wrong_end(command: Command, following: Command | None, code: int) -> str | None:
    """What is wrong with the exit code. A command may fail where the page shows its error or asks for its code next."""
    if command.shows_an_error and not code:
        return "exit code 0, where the page shows an error"
    expected = command.shows_an_error or (following is not None and following.text.startswith("echo $?"))
    if code and not expected and code != 141:  # the reader of a pipe, such as head, had enough
        return f"exit code {code}"
    return None


def _report(page: Path, line: int, text: str, what: str, output: str) -> str:
    return f"{page.relative_to(ROOT)}:{line}: {what}\n{text}\n--\n{output}"


class _Shell:
    """One bash for all commands of a page, so that folders, variables and jobs are there for the next."""

    def __init__(self, folder: Path, scratch: Path, environment: dict[str, str]) -> None:
        self._scratch = scratch
        self._process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env=environment,
            text=True,
            process_group=0,
        )

    def run(self, text: str, *, strict: bool = False) -> tuple[int, str, int]:
        """Run a text: exit code, output, and the line of the text that failed, from 1.

        A strict text ends at the first command that fails, and the shell with it; another finds in `$?` how the last
        one ended.
        """
        script, out, failed = (self._scratch / name for name in ("script", "output", "failed"))
        script.write_text(text + "\n", encoding="utf-8")
        failed.write_text("1")
        out.unlink(missing_ok=True)  # what runs on in the background writes to the old one
        before = f"trap 'echo $LINENO > {failed}' ERR; set -eEu" if strict else "(exit ${_code:-0})"
        after = "_code=$?; trap - ERR; set +eEu; echo $_code"
        line = f"set -o pipefail; {before}; . {script} < /dev/null > {out} 2>&1; {after}\n"
        assert self._process.stdin is not None and self._process.stdout is not None
        watch = threading.Timer(_SECONDS, os.killpg, (self._process.pid, signal.SIGKILL))
        watch.start()
        self._process.stdin.write(line)
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        watch.cancel()
        code = int(answer) if answer else self._process.wait()
        return code, out.read_text(encoding="utf-8", errors="replace"), int(failed.read_text())

    def close(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):  # bash itself may not heed the first
            try:
                os.killpg(self._process.pid, number)
                self._process.wait(1)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()


class _Interpreter:
    """One Python for all blocks of a page, with one namespace."""

    def __init__(self, server: Server, folder: Path, scratch: Path) -> None:
        self._out = scratch / "python"
        read_code, self._code = os.pipe()
        self._answers, write_answers = os.pipe()
        with self._out.open("ab") as out:
            streams = [read_code, out.fileno(), out.fileno(), write_answers]
            self._connection = start(server.address, ["python"], str(folder), server.environment(), streams)
        os.close(read_code)
        os.close(write_answers)

    def run(self, block: Block) -> str | None:
        """What went wrong, after what was printed, or None."""
        before = self._out.stat().st_size
        message = {"kind": block.kind, "page": str(block.page), "line": block.line, "code": block.code}
        watch = threading.Timer(_SECONDS, self._connection.close)  # which ends the fork
        watch.start()
        os.write(self._code, json.dumps(message).encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            piece = os.read(self._answers, 65536)
            if not piece:
                answer = json.dumps(f"Python ended, perhaps after {_SECONDS} seconds").encode()
                break
            answer += piece
        watch.cancel()
        wrong: str = json.loads(answer)
        printed = self._out.read_bytes()[before:].decode(errors="replace")
        return printed + wrong if wrong else None

    def close(self) -> None:
        os.close(self._code)
        os.close(self._answers)
        self._connection.close()
