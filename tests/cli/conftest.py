"""What all tests of the command line share: a way to run it, and one tiny model a session."""

from __future__ import annotations

import io
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bad_input import GOOD, OLD
from running import DATA, Result, Run, left_over

from crfner.cli import main


@pytest.fixture
def crfner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command in this process."""

    def run(*arguments: Any, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["crfner", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit:
            main()
        captured = capsys.readouterr()
        assert isinstance(exit.value.code, int)
        return Result(exit.value.code, captured.out, captured.err)

    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    with warnings.catch_warnings():
        yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a tiny model."""
    from crfner import CRFRecognizer, read

    path = tmp_path_factory.mktemp("model") / "menu.crfner"
    CRFRecognizer("minimal", iterations=15).fit(read(DATA / "menu/train.jsonl")).save(path)
    return path.read_bytes()


@pytest.fixture
def model(trained: bytes, tmp_path: Path) -> Path:
    """The tiny model, a copy for each test: a bad command may not change it."""
    path = tmp_path / "menu.crfner"
    path.write_bytes(trained)
    return path


@pytest.fixture(params=[False, True], ids=["new output", "old output"])
def output(request: pytest.FixtureRequest, model: Path) -> Iterator[Path]:
    """Where the command would write: afterwards what was there is unchanged, and nothing is left beside it."""
    out = model.parent / "out"
    (model.parent / "good.jsonl").write_text(GOOD * 3, encoding="utf-8")
    before = model.read_bytes()
    if request.param:
        out.write_bytes(OLD)
    yield out
    assert (out.read_bytes() if out.exists() else None) == (OLD if request.param else None)
    assert left_over(model.parent) == []
    assert model.read_bytes() == before
