"""Commands that are killed or asked to end at some moment, and what has to be true afterwards.

Nothing is stood in for: each command is a process of its own on shipped data, and gets its signal from outside after
some time, or from within (`moments.py`) at one of the calls that change files. One that is asked to end, by SIGTERM or
SIGHUP, has to clean up after itself; what SIGKILL leaves, the next one removes.

Public names: `COMMANDS`, `Killed`, `moments_of`, `Place`, `Reference`, `send`, `orphans`, `OLD`,
`PATIENCE`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path

import moments

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
_FORK = multiprocessing.get_context("fork")
_IMPORTED = ("crfner.cli.train", "crfner.cli.tag", "crfner.cli.augment", "crfner.cli.tune", "crfner.cli.annotate",
             "crfner.recipes.training", "crfner.models", "crfner.augment", "crfner.tune", "crfner.evaluation", "optuna",
             "uvicorn", "uvicorn.protocols.http.h11_impl", "crfner.annotate.server",
             "joblib.externals.loky")  # fmt: skip
"""What each command need not import again, as it is a fork of this process."""

OLD = b"what stood here before\n"
PATIENCE = 120  # seconds that any command may take
LEFT = re.compile(r"\.?crfner-.*|tmp.*|joblib_memmapping_folder_.*|loky-.*|[a-z0-9_]{8}")
"""What a killed command may leave, by name: of ours, of the processes that `tune` starts, and of Python's `tempfile`,
which tries whether it can write to a folder."""


@dataclass(frozen=True)
class Killed:
    """How a command was killed."""

    at: int = 0  # the number of the moment, or 0
    after: float | None = None  # seconds from its start, or None
    by: signal.Signals = signal.SIGKILL

    def __str__(self) -> str:
        when = f"moment {self.at}" if self.at else "not at all" if self.after is None else f"{self.after:.3f} s"
        return f"{when} by {self.by.name}"

    @property
    def code(self) -> int:
        """The exit code of what it ends."""
        return -self.by if self.by == signal.SIGKILL else 128 + self.by


class Place:
    """A folder with what the commands need; temporary files go to a folder in it, so that none can hide."""

    def __init__(self, folder: Path, model: bytes) -> None:
        self.folder = folder
        for name in _IMPORTED:
            with suppress(ImportError):
                import_module(name)
        (folder / "tmp").mkdir(parents=True)
        for corpus in ("menu", "clinic"):
            for part in ("train", "dev"):
                lines = (DATA / corpus / f"{part}.jsonl").read_bytes().splitlines(keepends=True)
                (folder / f"{corpus}-{part}.jsonl").write_bytes(b"".join(lines[:40]))
        (folder / "m.crfner").write_bytes(model)
        self.mark = uuid.uuid4().hex  # in the environment of all that comes of it

    def start(self, arguments: tuple[str, ...], killed: Killed) -> BaseProcess:
        for stream in ("out", "err"):
            (self.folder / f"tmp/crfner-{stream}").unlink(missing_ok=True)
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONPATH": path, "TMPDIR": str(self.folder / "tmp"), "CRASH_MARK": self.mark}
        process = _FORK.Process(
            target=moments.work, args=(arguments, str(self.folder), environment, killed.at, killed.by)
        )
        process.start()
        return process

    def run(self, arguments: tuple[str, ...], killed: Killed) -> tuple[int, bytes, bytes]:
        """Exit code, standard output, standard error."""
        process = self.start(arguments, killed)
        if killed.after is not None:
            process.join(killed.after)
            send(process, killed.by)
        process.join(PATIENCE)
        late = process.exitcode is None
        process.kill()
        process.join()
        assert not late, f"{arguments} took more than {PATIENCE} seconds: {self.printed('err')!r}"
        assert process.exitcode is not None
        return process.exitcode, self.printed("out"), self.printed("err")

    def printed(self, stream: str) -> bytes:
        """What is on standard output ("out") or standard error ("err")."""
        return self.holds(f"tmp/crfner-{stream}") or b""

    def moments(self) -> int:
        """How many the last command had that came to its end."""
        return int(self.holds("tmp/crfner-count") or b"0")

    def holds(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def strangers(self, known: set[str], by: int = signal.SIGKILL) -> list[str]:
        """Files that are neither known nor, after SIGKILL, recognisable as left over."""
        known = known | {f"crfner-{stream}" for stream in ("out", "err", "count", "copy.log")}
        names = [*os.listdir(self.folder), *os.listdir(self.folder / "tmp")]
        return [name for name in names if name not in known and not (by == signal.SIGKILL and LEFT.fullmatch(name))]


def send(process: BaseProcess, number: int) -> None:
    """Send the signal to a process that may have ended by itself."""
    if process.is_alive():
        assert process.pid is not None
        os.kill(process.pid, number)


def orphans(mark: str, patience: float = 15.0) -> list[int]:
    """Processes that a killed command has left, when they have had time to end."""
    end = time.monotonic() + patience
    while True:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"CRASH_MARK={mark}".encode() in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.05)


@dataclass(frozen=True)
class Command:
    """A command and the files that it writes.

    outputs  the same each time: each is absent, as it was, or whole
    more     files that it writes too
    checked  more that has to be true after it was killed, of the place, what it prints in the end, and what it printed
    ready    what has to be there before
    """

    name: str
    arguments: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    more: tuple[str, ...] = ()  # files that grow
    checked: Callable[[Place, bytes, bytes], None] = field(default=lambda place, before, out: None)
    ready: Callable[[Place], None] = field(default=lambda place: None)

    def reference(self, folder: Path, model: bytes) -> Reference:
        """What it writes when nobody kills it, how many moments it has and how long it takes."""
        place = Place(folder, model)
        self.ready(place)
        for _ in range(2):  # the first takes longer
            begun = time.monotonic()
            code, out, err = place.run(self.arguments, Killed())
            assert code == 0, err.decode()
        new = {name: place.holds(name) for name in self.outputs}
        assert None not in new.values()
        return Reference(new, out, place.moments(), time.monotonic() - begun)

    def killed(self, folder: Path, model: bytes, reference: Reference, killed: Killed, old: bool) -> bool:
        """Kill it, look, and run it again; whether it was killed before it ended. Raises AssertionError."""
        place = Place(folder, model)
        self.ready(place)
        if old:
            for name in self.outputs:
                (folder / name).write_bytes(OLD)
        known = {*os.listdir(folder), "tmp", *self.outputs, *self.more}
        code, out, err = place.run(self.arguments, killed)
        assert code in (0, killed.code), (code, err.decode())
        before = OLD if old else None
        for name in self.outputs:
            assert place.holds(name) in (before, reference.outputs[name]), f"{name} is half written"
        assert not (left := orphans(place.mark)), f"processes go on: {left}"
        assert not (files := place.strangers(known, killed.by)), files
        self.checked(place, reference.out, out)
        again, out, err = place.run(self.arguments, Killed())
        assert again == 0, err.decode()
        assert {name: place.holds(name) for name in self.outputs} == reference.outputs
        assert not place.strangers(known), place.strangers(known)
        shutil.rmtree(folder)
        return code != 0


@dataclass(frozen=True)
class Reference:
    """What a command does when nobody kills it."""

    outputs: dict[str, bytes | None]
    out: bytes
    moments: int
    seconds: float


def moments_of(reference: Reference, number: int, seed: int, by: signal.Signals) -> list[Killed]:
    """So many moments, drawn with the seed: half of them at calls that change files, the other half at any time.

    Those at any time crowd towards the end, where most is written.
    """
    draw = random.Random(seed)
    calls = [*range(1, reference.moments + 1)]
    draw.shuffle(calls)
    at = [Killed(call, by=by) for call in calls[: (number + 1) // 2]]
    after = [reference.seconds * draw.triangular(0.1, 1.05, 0.95) for _ in range(number - len(at))]
    return [*at, *(Killed(after=seconds, by=by) for seconds in after)]


# What each command has to keep


def _prefix(place: Place, whole: bytes, out: bytes) -> None:
    assert whole.startswith(out), "what is on standard output is not the beginning of what should be there"


def _trials(place: Place, whole: bytes, out: bytes) -> None:
    """Every trial that is finished in the file is there when the study is opened again."""
    from crfner.tune.study import Study

    content = place.holds("trials.log")
    if not content:
        return
    finished = {}
    for line in content[: content.rfind(b"\n") + 1].splitlines():
        record = json.loads(line)
        if record["op_code"] == 6 and record.get("state") in (1, 2):  # a trial's state: complete or pruned
            finished[record["trial_id"]] = record
    shutil.copy(place.folder / "trials.log", place.folder / "tmp" / "crfner-copy.log")
    with Study(place.folder / "tmp" / "crfner-copy.log", {}, 0) as study:
        assert {trial.number for trial in study.trials()} == set(finished)


def _second_study(place: Place) -> None:
    (place.folder / "small.jsonl").write_bytes(b"".join((place.holds("menu-train.jsonl") or b"").splitlines(True)[:16]))


COMMANDS = {
    command.name: command
    for command in (
        Command(
            "train",
            ("train", "menu-train.jsonl", "--dev", "menu-dev.jsonl", "-o", "new.crfner", "--iterations", "15"),
            outputs=("new.crfner",),
        ),
        Command(
            "tag",
            ("tag", "m.crfner", "menu-dev.jsonl", "menu-train.jsonl", "-o", "out.jsonl"),
            outputs=("out.jsonl",),
        ),
        Command(
            "tag to standard output",
            ("tag", "m.crfner", "clinic-train.jsonl", "clinic-dev.jsonl"),
            checked=_prefix,
        ),
        Command(
            "augment",
            ("augment", "clinic-train.jsonl", "-o", "more.jsonl"),
            outputs=("more.jsonl",),
        ),
        Command(
            "tune",
            ("tune", "small.jsonl", "-o", "best.json", "--trials", "2", "--folds", "2", "--jobs", "1",
             "--study", "trials.log", "--plot", "page.html"),
            outputs=("best.json",),
            more=("trials.log", "page.html"),
            checked=_trials,
            ready=_second_study,
        ),
    )
}  # fmt: skip
