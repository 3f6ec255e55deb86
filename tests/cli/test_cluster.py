"""Commands whose work a Dask cluster does: a scheduler and two worker processes on this machine."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running import DATA, Run

from crfner import Document
from crfner.parallel import Workers, using
from crfner.tagging import model_given, tagged

distributed = pytest.importorskip("distributed", reason="needs distributed: pip install 'crfner[dask]'")

TEXT = "".join(f"Order {number}: two samosas and a mint tea with milk, please.\n" for number in range(300))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=":0", silence_logs=50
    ) as found:
        yield found


@pytest.fixture
def address(cluster: Any) -> str:
    found: str = cluster.scheduler_address
    return found


def on(address: str) -> tuple[str, ...]:
    return ("--backend", "dask", "--address", address)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small batches of little text."""
    monkeypatch.setattr("crfner.tagging._BATCH", 200)
    monkeypatch.setattr("crfner.suggest.working._BATCH", 200)
    monkeypatch.setattr("crfner.parallel.rounds._ROUND", 3)


@pytest.mark.parametrize("options", [[], ["--format", "conll"], ["--nbest", "2"]])
def test_a_cluster_tags_as_this_process_does(
    crfner: Run, model: Path, tmp_path: Path, address: str, options: list[str]
) -> None:
    (tmp_path / "notes.txt").write_text(TEXT, encoding="utf-8")
    here = crfner("tag", model, tmp_path / "notes.txt", *options)
    there = crfner("tag", model, tmp_path / "notes.txt", *options, *on(address))
    assert there == here
    assert here.code == 0


def killing(documents: list[Document], at: int, process: int) -> Iterator[Document]:
    """The documents; a process is killed when that many were read, in the midst of the work."""
    for number, document in enumerate(documents):
        if number == at:
            os.kill(process, signal.SIGKILL)
        yield document


def test_what_a_killed_worker_of_the_cluster_was_doing_is_done_again(model: Path, cluster: Any) -> None:
    documents = [Document(line, id=str(number)) for number, line in enumerate(TEXT.splitlines())]
    given = model_given(str(model))
    with using(Workers(1)) as one:
        here = [*tagged(documents, given, one)]
    with distributed.Client(cluster, set_as_default=False) as client:
        process = next(iter(client.run(os.getpid).values()))
    with using(Workers(backend="dask", address=cluster.scheduler_address)) as pool:
        there = [*tagged(killing(documents, 150, process), given, pool)]
    assert there == here
    assert [one.document.id for one in there] == [document.id for document in documents]


def test_what_a_killed_process_of_this_machine_was_doing_is_done_again(model: Path) -> None:
    psutil = pytest.importorskip("psutil", reason="needs psutil: pip install psutil")
    documents = [Document(line) for line in TEXT.splitlines()]
    given = model_given(str(model))

    def reading() -> Iterator[Document]:
        for number, document in enumerate(documents):
            if number == 150:
                workers = [one for one in psutil.Process().children() if "loky" in " ".join(one.cmdline())]
                next(one for one in workers if "tracker" not in " ".join(one.cmdline())).kill()
            yield document

    with using(Workers(1)) as one, using(Workers(2)) as two:
        assert [*tagged(reading(), given, two)] == [*tagged(documents, given, one)]


def test_a_cluster_suggests_and_checks_as_this_process_does(
    crfner: Run, model: Path, tmp_path: Path, address: str
) -> None:
    (tmp_path / "notes.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "few.jsonl").write_text("".join((DATA / "menu/train.jsonl").open().readlines()[:12]), encoding="utf-8")
    for command in (
        ("suggest", model, tmp_path / "notes.txt", "-n", 5),
        ("check", tmp_path / "few.jsonl", "--folds", 2),
    ):
        here = crfner(*command)
        assert crfner(*command, *on(address)) == here
        assert here.out


def test_a_cluster_tunes(crfner: Run, tmp_path: Path, address: str) -> None:
    pytest.importorskip("optuna", reason="needs optuna: pip install 'crfner[tune]'")
    data = tmp_path / "few.jsonl"
    data.write_text("".join((DATA / "menu/train.jsonl").open().readlines()[:20]), encoding="utf-8")
    result = crfner("tune", data, "-o", tmp_path / "best.json", "--trials", 1, "--folds", 2, *on(address))
    assert result.code == 0, result.err
    assert (tmp_path / "best.json").exists()


def test_a_scheduler_that_is_not_there_is_told_of(crfner: Run, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crfner.parallel.backends._PATIENCE", 0.5)
    with socket.socket() as taken:  # a port that nobody listens at
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        result = crfner("tag", model, DATA / "menu/dev.jsonl", *on(address))
    assert (result.code, result.out) == (2, "")
    assert f"no Dask scheduler answers at '{address}'" in result.err


@pytest.mark.parametrize(("backend", "package"), [("dask", "distributed"), ("ray", "ray")])
def test_a_missing_package_is_named(
    crfner: Run, model: Path, monkeypatch: pytest.MonkeyPatch, backend: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    result = crfner("tag", model, DATA / "menu/dev.jsonl", "--backend", backend, "--address", "127.0.0.1:1")
    assert result.code == 2
    assert f"needs the package {package}; pip install 'crfner[{backend}]'" in result.err
