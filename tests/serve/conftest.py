"""What the tests of the server share: tiny models, and one server of two workers for all that do not change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crfner import CRFRecognizer, read

if TYPE_CHECKING:  # where the extra is missing, test modules are skipped when they import it, and this is still loaded
    from serving import Server

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files of two tiny models, "menu" and "clinic"."""
    folder = tmp_path_factory.mktemp("models")
    files = {}
    for name in ("menu", "clinic"):
        files[name] = folder / f"{name}.crfner"
        CRFRecognizer("minimal", iterations=25).fit(read(DATA / name / "test.jsonl")).save(files[name])
    return files


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[..., Server]]:
    """Starts servers that end with the module."""
    from serving import Server

    servers: list[Server] = []

    def started(*arguments: object, **environment: str) -> Server:
        servers.append(Server(*arguments, **environment))
        return servers[-1]

    yield started
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(models: dict[str, Path]) -> Iterator[Server]:
    """Two models, two workers, and limits that a test can reach."""
    from serving import Server

    limits = ("--max-body", 300_000, "--max-texts", 50, "--max-characters", 100_000, "--receive-time", 1.0)
    server = Server(models["menu"], f"notes={models['clinic']}", "--workers", 2, *limits)
    yield server
    server.stop()
