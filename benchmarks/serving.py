"""`crfner serve` under load against `crfner tag` over the same texts, in as many processes, all in this run.

    load     100 clients at once (wrk), one text a request, for a minute: no error, no growth of memory, tokens/s
    tag      `crfner tag` in as many processes before and after, while nothing else runs; its start is not counted
    hostile  the load goes on while others send bad JSON, wrong types, huge bodies, or send slowly, and the model's
             file is replaced: each gets the right status, no request of the load fails, and every worker lives

The generator takes processor time from the same cores, so there are two ratios: of tokens a second as they are, which
is what is required, and of tokens a processor second of the server's or tag's own processes. Needs wrk (apt install
wrk) and psutil. The texts are the documents of `data`, or with --corpora those of CoNLL-2003's dev part in English. The
exit code is 1 when a requirement is missed.

    python benchmarks/serving.py --workers 1,2 --json serving.json
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path

import click
import psutil
from corpora import documents, json_option, write_json

from crfner import CRFRecognizer, Document, read

_DATA = Path(__file__).parents[1] / "data"
_CLIENTS = 100
_TAGGING = 12.0  # seconds that a run of `crfner tag` should take at least
_LEARNT = 60  # documents of CoNLL-2003 that the model learns from: speed, not accuracy, is measured
_GROWTH = 1.03
_SHARE = 0.8
_SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local bodies = {}
for line in io.lines("%s") do bodies[#bodies + 1] = line end
local number = 0
request = function()
  number = number %% #bodies + 1
  return wrk.format(nil, nil, nil, bodies[number])
end
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured with so many workers. Speeds are tokens/s; memory is in MiB, of all processes of the server."""

    workers: int
    served: float
    tagged: float
    ratio: float
    served_per_cpu: float
    tagged_per_cpu: float
    ratio_per_cpu: float
    generator_share: float
    requests: int
    errors: int
    memory_early: float
    memory_late: float
    hostile: dict[str, str]
    passed: bool

    def lines(self) -> list[str]:
        """What is printed."""
        wrong = {name: found for name, found in self.hostile.items() if not found.startswith("ok")}
        return [
            f"{self.workers} worker(s): {'ok' if self.passed else 'MISSED'}",
            f"  served        {self.served:10,.0f} tokens/s, tag {self.tagged:10,.0f}: {self.ratio:.2f} (>= {_SHARE})",
            f"  per cpu s     {self.served_per_cpu:10,.0f} tokens/s, tag {self.tagged_per_cpu:10,.0f}: "
            f"{self.ratio_per_cpu:.2f} (without the generator, which had {self.generator_share:.2f} of a core)",
            f"  errors        {self.errors} of {self.requests} requests (0)",
            f"  memory        {self.memory_early:.1f} MiB at 10 s, {self.memory_late:.1f} at the end (<= {_GROWTH})",
            f"  hostile       {len(self.hostile) - len(wrong)} of {len(self.hostile)} as they should be {wrong or ''}",
        ]


@click.command(help=__doc__)
@click.option("--workers", default="1,2", show_default=True, help="Numbers of worker processes to measure.")
@click.option("--seconds", default=60, show_default=True, type=click.IntRange(20), help="Of load.")
@click.option("--corpora", envvar="CRFNER_CORPORA", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
def main(workers: str, seconds: int, corpora: Path | None, json_path: Path | None) -> None:
    """Measure and print."""
    if shutil.which("wrk") is None:
        raise click.UsageError("the load comes from wrk, which is not installed: apt install wrk")
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    texts, learnt = _texts(corpora)
    results = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model, other = folder / "model.crfner", folder / "other.crfner"
        CRFRecognizer(iterations=60).fit(learnt).save(model)
        CRFRecognizer(iterations=30).fit(learnt).save(other)
        bodies, script = folder / "bodies.txt", folder / "load.lua"
        bodies.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
        script.write_text(_SCRIPT % bodies, encoding="utf-8")
        tokens = sum(len(d.tokens) for d in CRFRecognizer.load(model).recognize(Document(text) for text in texts))
        print(f"{len(texts)} texts of {tokens / len(texts):.0f} tokens, {_CLIENTS} clients, {seconds} s", flush=True)
        for number in map(int, workers.split(",")):
            before = _tag(model, bodies, tokens, number)
            load = _load(model, other, script, number, seconds)
            after = _tag(model, bodies, tokens, number)
            results.append(_result(number, load, before, after))
            print("\n".join(results[-1].lines()), flush=True)
    write_json(json_path, [asdict(result) for result in results])
    sys.exit(0 if all(result.passed for result in results) else 1)


def _texts(corpora: Path | None) -> tuple[list[str], list[Document]]:
    """The texts of the load, and what a model learns from."""
    if corpora is not None:
        dev, train = (documents(corpora, "conll2003-en", part) for part in ("dev", "train"))
        return [document.text for document in dev], train[:_LEARNT]
    parts = {
        (name, part): list(read(_DATA / name / f"{part}.jsonl"))
        for name in ("menu", "clinic")
        for part in ("train", "dev", "test")
    }
    return [d.text for found in parts.values() for d in found], [*parts["menu", "train"], *parts["clinic", "train"]]


# tagging


@dataclass(frozen=True, slots=True)
class _Speed:
    """Tokens a second of the clock, over all processes, and tokens a processor second."""

    clock: float
    cpu: float


def _tag(model: Path, bodies: Path, tokens: int, processes: int) -> _Speed:
    """What `crfner tag` does in so many processes at once, without what each takes to start."""
    lines = bodies.read_text(encoding="utf-8")
    few, many = bodies.with_name("few.jsonl"), bodies.with_name("many.jsonl")
    few.write_text(lines.splitlines()[0] + "\n", encoding="utf-8")
    started = _run(model, few, processes)
    copies = 2
    while True:
        many.write_text(lines * copies, encoding="utf-8")
        ended = _run(model, many, processes)
        clock, cpu = ended[0] - started[0], ended[1] - started[1]
        if clock >= _TAGGING:
            return _Speed(processes * copies * tokens / clock, processes * copies * tokens / cpu)
        copies = int(copies * min(20.0, 1.2 * _TAGGING / max(clock, 0.1))) + 1


def _run(model: Path, path: Path, processes: int) -> tuple[float, float]:
    """Seconds of the clock and of processors that it takes to tag the file in so many processes."""
    used, began = _children_cpu(), time.perf_counter()
    command = [sys.executable, "-m", "crfner", "tag", str(model), str(path), "--from", "jsonl", "--format", "jsonl"]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(processes)]
    if any([process.wait() for process in running]):
        raise click.ClickException("crfner tag has failed; see what it printed")
    return time.perf_counter() - began, _children_cpu() - used


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# serving


class _Server:
    """`crfner serve` on a free port."""

    def __init__(self, model: Path, workers: int) -> None:
        options = ["--port", "0", "--workers", str(workers), "--receive-time", "3"]
        command = [sys.executable, "-m", "crfner", "serve", str(model), *options]
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - open as long as the server runs
        self.process = subprocess.Popen(command, stderr=self.log)
        self._master = psutil.Process(self.process.pid)
        self.workers = workers
        while not (found := re.search(r":(\d+);", self._logged())):
            if self.process.poll() is not None:
                raise click.ClickException(self._logged())
            time.sleep(0.05)
        self.port = int(found[1])

    def _logged(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def processes(self) -> list[psutil.Process]:
        """The workers."""
        return self._master.children()

    def memory(self) -> float:
        """Of master and workers, MiB resident."""
        return sum(one.memory_info().rss for one in [self._master, *self.processes()]) / 2**20

    def cpu(self) -> float:
        """Processor seconds that master and workers have had."""
        return sum(sum(one.cpu_times()[:2]) for one in [self._master, *self.processes()])

    def figure(self, name: str) -> float:
        """The sum over a metric's series."""
        lines = self.get("/metrics").splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name) and line[len(name)] in " {")

    def get(self, path: str) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def post(self, body: bytes, **headers: str) -> int:
        """The status that a body gets."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/v1/entities", body, {"Content-Type": "application/json", **headers})
        status = connection.getresponse().status
        connection.close()
        return status

    def raw(self, sent: bytes) -> int:
        """The status that bytes get which end there."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(sent)
            return int(connection.recv(1000).split(b" ")[1])

    def load(self, script: Path, seconds: int) -> subprocess.Popen[str]:
        """Start the generator."""
        address = f"http://127.0.0.1:{self.port}/v1/entities"
        command = ["wrk", "-t1", f"-c{_CLIENTS}", f"-d{seconds}s", "--timeout", "60s", "-s", str(script), address]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@dataclass(frozen=True, slots=True)
class _Load:
    """What the server did under load."""

    speed: _Speed
    generator: float
    requests: int
    errors: int
    early: float
    late: float
    hostile: dict[str, str]


def _load(model: Path, other: Path, script: Path, workers: int, seconds: int) -> _Load:
    server = _Server(model, workers)
    try:
        pids = [one.pid for one in server.processes()]
        server.load(script, 3).communicate()  # the first requests fill caches
        used, began, tokens = server.cpu(), time.perf_counter(), server.figure("crfner_tokens_total")
        spent = _children_cpu()
        generator = server.load(script, seconds)
        time.sleep(10)
        early = server.memory()
        time.sleep(max(0.0, seconds - 0.5 - (time.perf_counter() - began)))
        late = server.memory()
        printed, _ = generator.communicate()
        clock = time.perf_counter() - began
        cpu = server.cpu() - used
        share = (_children_cpu() - spent) / clock
        done = server.figure("crfner_tokens_total") - tokens
        generator = server.load(script, 20)
        hostile = _hostile(server, model, other)
        under_fire, _ = generator.communicate()
        hostile["load meanwhile"] = _judged(_errors(under_fire), 0)
        hostile["workers"] = _judged([one.pid for one in server.processes()] == pids, True)
        server.process.terminate()
        hostile["exit code"] = _judged(server.process.wait(60), 0)
    finally:
        server.process.kill()
    found = re.search(r"(\d+) requests in", printed)
    requests = int(found[1]) if found else 0
    return _Load(_Speed(done / clock, done / cpu), share, requests, _errors(printed), early, late, hostile)


def _errors(printed: str) -> int:
    """Requests that were not answered with entities, by wrk's own count."""
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", printed)
    return (int(wrong[1]) if wrong else 0) + (sum(map(int, sockets.groups())) if sockets else 0)


def _hostile(server: _Server, model: Path, other: Path) -> dict[str, str]:
    """What those get who send what they should not, while the model is replaced twice and once by a damaged file."""
    head = b"POST /v1/entities HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    kept = model.read_bytes()
    slow: dict[str, int] = {}
    senders = [
        threading.Thread(target=lambda name=name, sent=sent: slow.update({name: server.raw(sent)}))
        for name, sent in (
            ("slow head", head),
            ("slow body", head + b"Content-Length: 50\r\n\r\n{"),
            *((f"slow {number}", b"POST /v1/ent") for number in range(50)),
        )
    ]
    for sender in senders:
        sender.start()
    found = {
        "bad JSON": _judged(server.post(b'{"text": '), 400),
        "deep JSON": _judged(server.post(b"[" * 500_000), 400),
        "lone surrogate": _judged(server.post(b'{"text": "\\ud800"}'), 400),
        "wrong type": _judged(server.post(b'{"text": 1}'), 422),
        "NUL": _judged(server.post(b'{"text": "a\\u0000b"}'), 200),
        "long text": _judged(server.post(b'{"text": "%s"}' % (b"a" * 300_000)), 422),
        "huge body": _judged(server.post(b" " * 5_000_000), 413),
        "endless body": _judged(server.raw(head + b"Content-Length: 99999999999\r\n\r\n"), 413),
        "not JSON": _judged(server.post(b"{}", **{"Content-Type": "text/plain"}), 415),
        "unknown model": _judged(server.post(b'{"text": "a", "model": "none"}'), 404),
        "not HTTP": _judged(server.raw(b"\0\1\2\3\r\n\r\n"), 400),
    }
    steps = ((other.read_bytes(), "taken", 1), (kept[:-50], "refused", 1), (kept, "taken", 2))
    for content, outcome, times in steps:
        new = model.with_suffix(".new")
        new.write_bytes(content)
        new.replace(model)
        server.process.send_signal(signal.SIGHUP)
        series = f'outcome="{outcome}"}} {float(times)}'
        deadline = time.monotonic() + 60
        while series not in server.get("/metrics") and time.monotonic() < deadline:
            time.sleep(0.1)
        found[f"new file {outcome} {times}"] = _judged(series in server.get("/metrics"), True)
    for sender in senders:
        sender.join()
    statuses: Sequence[int] = sorted(set(slow.values()))
    found["slow clients"] = _judged((len(slow), statuses), (len(senders), [408]))
    return found


def _judged(found: object, expected: object) -> str:
    return "ok" if found == expected else f"{found!r} instead of {expected!r}"


def _result(workers: int, load: _Load, before: _Speed, after: _Speed) -> Result:
    tagged, per_cpu = (before.clock + after.clock) / 2, (before.cpu + after.cpu) / 2
    ratio = load.speed.clock / tagged
    fine = all(found == "ok" for found in load.hostile.values())
    return Result(
        workers,
        load.speed.clock,
        tagged,
        ratio,
        load.speed.cpu,
        per_cpu,
        load.speed.cpu / per_cpu,
        load.generator,
        load.requests,
        load.errors,
        load.early,
        load.late,
        load.hostile,
        ratio >= _SHARE and not load.errors and load.late <= _GROWTH * load.early and fine,
    )


if __name__ == "__main__":
    main()
