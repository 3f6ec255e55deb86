"""A real server in a process of its own, for the tests.

Public names: `Server`, `JSON`, `ENVIRONMENT`, `ROOT`, `eventually`, `one_answer`, `rest_of`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_NEEDED = "needs the extras serve and test: pip install 'crfner[serve,test]'"
for _package in ("httptools", "orjson", "prometheus_client", "starlette", "uvicorn", "uvloop"):
    pytest.importorskip(_package, reason=_NEEDED)
httpx = pytest.importorskip("httpx", reason=_NEEDED)
psutil = pytest.importorskip("psutil", reason=_NEEDED)

ROOT = Path(__file__).parents[2]
JSON = {"content-type": "application/json"}
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class Server:
    """`crfner serve` with these arguments, on a free port, ready when the constructor returns."""

    def __init__(self, *arguments: object, **environment: str) -> None:
        command = [sys.executable, "-m", "crfner", "serve", "--port", "0", *map(str, arguments)]
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**ENVIRONMENT, **environment}, start_new_session=True
        )
        self.log: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        started = re.search(r"at (http://\S+);", self.logged("serving"))
        assert started
        self.address = started[1]
        self.port = int(self.address.rpartition(":")[2])
        self.client = httpx.Client(base_url=self.address, timeout=30)

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.log.append(line)

    def logged(self, text: str, since: int = 0) -> str:
        """The first line of the log from a number on that has the text; waits for it."""
        found: list[str] = []

        def there() -> bool:
            found[:] = [line for line in self.log[since:] if text in line]
            return bool(found) or self.process.poll() is not None

        eventually(there)
        assert found, self.log
        return found[0]

    def ask(self, content: Any = None, **options: Any) -> httpx.Response:
        """The answer to a request for entities; `content` is sent as JSON, or as it is when it is bytes."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.client.post("/v1/entities", content=body, headers={**JSON, **options.pop("headers", {})}, **options)

    def workers(self) -> list[int]:
        """The ids of the worker processes."""
        return sorted(child.pid for child in psutil.Process(self.process.pid).children())

    def figure(self, name: str, **labels: str) -> float:
        """The sum of a metric over all series that have these labels."""
        lines = self.client.get("/metrics").text.splitlines()
        fitting = [line for line in lines if re.match(rf"{name}[ {{]", line)]
        return sum(
            float(line.split()[-1])
            for line in fitting
            if all(f'{label}="{value}"' in line for label, value in labels.items())
        )

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def talk(self, sent: bytes) -> bytes:
        """What comes back for these bytes until the server closes the connection."""
        with self.connect() as connection:
            connection.sendall(sent)
            return rest_of(connection)

    def reload(self) -> None:
        """Have the model files looked at."""
        self.process.send_signal(signal.SIGHUP)

    def stop(self) -> int:
        """End it as a service manager would; the exit code."""
        self.client.close()
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()


def one_answer(connection: socket.socket) -> bytes:
    """The next answer, whose head and body may come in pieces."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _part(connection)
    length = re.search(rb"(?i)content-length: (\d+)", answer)
    end = answer.index(b"\r\n\r\n") + 4 + (int(length[1]) if length else 0)
    while len(answer) < end:
        answer += _part(connection)
    return answer


def _part(connection: socket.socket) -> bytes:
    part = connection.recv(1000)
    assert part, "the server closed the connection"
    return part


def rest_of(connection: socket.socket) -> bytes:
    """What comes until the other side closes the connection."""
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something is true; fail when it is not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.02)
