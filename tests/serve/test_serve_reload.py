"""A new model file is taken without a request lost, a damaged one is not, and the end waits for what is in flight."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from serving import ENVIRONMENT, JSON, Server, eventually

from crfner.cli.serve import serve
from crfner.errors import CrfnerError
from crfner.serve.models import fingerprint


class Load(threading.Thread):
    """A client that asks again and again; `failures` has whatever was not answered with entities."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.failures: list[object] = []
        self.fingerprints: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        with httpx.Client(base_url=self.server.address, timeout=30) as client:
            while not self.over.is_set():
                try:
                    answer = client.post("/v1/entities", json={"texts": ["Two samosas and mint tea"] * 3})
                except httpx.HTTPError as error:
                    self.failures.append(error)
                    continue
                if answer.status_code != 200:
                    self.failures.append(answer)
                self.fingerprints.append(answer.json()["fingerprint"])


@pytest.fixture(scope="module")
def path(models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file that is replaced while it is served."""
    return Path(shutil.copy(models["menu"], tmp_path_factory.mktemp("served") / "menu.crfner"))


@pytest.fixture(scope="module")
def changing(path: Path, start) -> Server:
    """A server of two workers whose model file changes."""
    return start(path, "--workers", 2)


def replace(path: Path, content: bytes) -> None:
    """Put a new file in the place of another, as programs should."""
    new = path.with_suffix(".new")
    new.write_bytes(content)
    new.replace(path)


def test_a_new_file_is_taken_by_every_worker_and_no_request_is_lost(
    changing: Server, path: Path, models: dict[str, Path]
) -> None:
    workers = changing.workers()
    clients = [Load(changing) for _ in range(4)]
    for client in clients:
        client.start()
    try:
        old, new = fingerprint(models["menu"]), fingerprint(models["clinic"])
        for number, (content, expected) in enumerate([("clinic", new), ("menu", old)], 1):
            replace(path, models[content].read_bytes())
            changing.reload()
            eventually(lambda n=number: changing.figure("crfner_model_reloads_total", outcome="taken") == n)
            eventually(lambda e=expected: all(client.fingerprints[-1:] == [e] for client in clients))
    finally:
        for client in clients:
            client.over.set()
        for client in clients:
            client.join()
    assert [client.failures for client in clients] == [[]] * 4
    assert {one for client in clients for one in client.fingerprints} == {old, new}
    assert changing.workers() == workers


def test_a_file_that_has_not_changed_is_left_alone(changing: Server) -> None:
    (before,) = changing.client.get("/v1/models").json()["models"]
    since = len(changing.log)
    changing.reload()
    changing.logged("has not changed", since)
    assert changing.client.get("/v1/models").json()["models"] == [before]


@pytest.mark.parametrize("damage", ["cut", "foreign", "gone"])
def test_a_damaged_file_is_refused_and_the_old_model_stays(
    changing: Server, path: Path, models: dict[str, Path], damage: str
) -> None:
    before = changing.ask({"text": "mint tea"}).json()
    refused = changing.figure("crfner_model_reloads_total", outcome="refused")
    since = len(changing.log)
    if damage == "gone":
        path.unlink()
    else:
        replace(path, models["clinic"].read_bytes()[:-100] if damage == "cut" else b"PK" + b"\0" * 1000)
    changing.reload()
    line = changing.logged("stays in use", since)
    assert str(path) in line
    assert changing.figure("crfner_model_reloads_total", outcome="refused") == refused + 1
    assert changing.ask({"text": "mint tea"}).json() == before


def test_a_worker_that_dies_then_gets_the_model_that_the_others_have(changing: Server) -> None:
    before = changing.ask({"text": "mint tea"}).json()
    old = changing.workers()
    for worker in old:
        os.kill(worker, signal.SIGKILL)
    eventually(lambda: len(changing.workers()) == 2 and not set(old) & set(changing.workers()))
    assert changing.ask({"text": "mint tea"}).json() == before


def test_a_watched_file_is_taken_when_it_changes_and_requests_in_flight_end_before_the_server(
    models: dict[str, Path], start, tmp_path: Path
) -> None:
    path = Path(shutil.copy(models["menu"], tmp_path / "menu.crfner"))
    server = start(path, "--watch")
    replace(path, models["clinic"].read_bytes())
    server.logged("is now in use")
    assert server.ask({"text": "a"}).json()["fingerprint"] == fingerprint(models["clinic"])

    answers: list[httpx.Response] = []
    body = json.dumps({"texts": ["Two samosas and tea. " * 1500] * 4}).encode()

    def long() -> None:
        with httpx.Client(timeout=60) as client:
            answers.append(client.post(f"{server.address}/v1/entities", content=body, headers=JSON))

    asking = threading.Thread(target=long)
    asking.start()
    eventually(lambda: server.figure("crfner_requests_waiting") == 1)
    server.process.terminate()
    asking.join()
    assert [answer.status_code for answer in answers] == [200]
    assert len(answers[0].json()["documents"]) == 4
    assert server.process.wait(20) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.address)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """`crfner serve` where it does not get as far as serving."""
    command = [sys.executable, "-m", "crfner", "serve", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=ENVIRONMENT)


def test_what_cannot_be_served_is_one_clear_sentence(models: dict[str, Path], tmp_path: Path, server: Server) -> None:
    broken = tmp_path / "broken.crfner"
    broken.write_bytes(models["menu"].read_bytes()[:-100])
    for arguments, said in (
        ((broken, "--port", 0), f"{broken}: this is not a crfner model"),
        ((models["menu"], "--port", server.port), "choose another --port"),
    ):
        done = run(*arguments)
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].startswith("error: ")
        assert said in done.stderr
        assert "Traceback" not in done.stderr


def refused(*arguments: object, token: str = "") -> str:
    """What is wrong with these arguments, which is found out before anything starts."""
    error = CliRunner(env={"CRFNER_TOKEN": token}).invoke(serve, [str(one) for one in arguments]).exception
    assert isinstance(error, CrfnerError)
    return str(error)


def test_names_and_tokens_have_to_make_sense(tmp_path: Path) -> None:
    assert "both called 'a'" in refused("a.crfner", "b/a.crfner")
    assert "needs a name" in refused("=a.crfner")
    assert str(tmp_path / "none") in refused("a.crfner", "--token-file", tmp_path / "none")
    (tmp_path / "empty").touch()
    assert "empty" in refused("a.crfner", "--token-file", tmp_path / "empty")
    assert "soon guessed" in refused("a.crfner", token="short")


def test_without_a_token_only_this_machine_is_served_unwarned(tmp_path: Path) -> None:
    done = run(tmp_path / "none.crfner", "--host", "0.0.0.0", "--port", 0)
    warning, error = done.stderr.splitlines()
    assert warning.startswith("warning: ") and "--token-file" in warning
    assert (
        error == f"error: {tmp_path}/none.crfner: the model cannot be read (No such file or directory); check the name"
    )


def test_where_the_extra_is_missing_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert "pip install 'crfner[serve]'" in refused("menu.crfner")
