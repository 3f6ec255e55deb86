"""The process in which inputs run: it may be killed by one, and leaves behind how many ran and which was the last.

Not a command of its own: `fuzz.run` starts it.
"""

from __future__ import annotations

import argparse
import faulthandler
import mmap
import random
import resource
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from fuzz.mutation import ODD
from fuzz.outcome import LARGEST, Finding, examined
from fuzz.targets import Target, named

_HEAD = 16  # bytes: how many inputs, and the size of the last
_ROOM = 1 << 30  # bytes of address space beside what is there, so that what runs away ends in a MemoryError


class Ledger:
    """A file that says what ran last, whatever becomes of the process."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b")
        self._map = mmap.mmap(self._file.fileno(), _HEAD + LARGEST)
        self.count = int.from_bytes(self._map[:8], "little")

    def write(self, data: bytes) -> None:
        """An input is about to run."""
        self.count += 1
        self._map[:_HEAD] = self.count.to_bytes(8, "little") + len(data).to_bytes(8, "little")
        self._map[_HEAD : _HEAD + len(data)] = data

    @staticmethod
    def made(path: Path) -> Path:
        """An empty ledger."""
        path.write_bytes(bytes(_HEAD + LARGEST))
        return path

    @staticmethod
    def read(path: Path) -> tuple[int, bytes]:
        """How many inputs ran, and the last of them."""
        content = path.read_bytes()
        count, size = (int.from_bytes(content[place : place + 8], "little") for place in (0, 8))
        return count, content[_HEAD : _HEAD + size]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    for name in ("target", "engine", "ledger", "findings", "corpus"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("seed", "seconds", "runs"):
        parser.add_argument(f"--{name}", type=int, required=True)
    given = parser.parse_args(arguments)
    faulthandler.enable()
    with _instrumented() if given.engine == "atheris" else nullcontext():
        target = named(given.target)
        seeds = target.seeds()
        judge = _judge(target.prepared(), Ledger(Path(given.ledger)), Path(given.findings))
        for seed in seeds:  # imports, most of them made when they are needed, and caches are paid for by what is sound
            judge(seed)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * mmap.PAGESIZE if sys.platform == "linux" else 0
    if used:
        resource.setrlimit(resource.RLIMIT_AS, (used + _ROOM, resource.RLIM_INFINITY))
    {"atheris": _atheris, "hypothesis": _hypothesis, "repeats": _repeats}[given.engine](target, seeds, judge, given)


def _instrumented() -> AbstractContextManager[object]:
    """Within, coverage is built into what is imported."""
    import atheris

    context: AbstractContextManager[object] = atheris.instrument_imports(include=["crfner", "features"])
    return context


def _judge(run: Callable[[bytes], object], ledger: Ledger, folder: Path) -> Callable[[bytes], None]:
    """What looks at an input, and writes down what is wrong; of faults at one place the first only."""
    known: set[str] = set()

    def judge(data: bytes) -> None:
        data = data[:LARGEST]
        ledger.write(data)
        found = examined(run, data, kill=True)
        if found is not None and found.key not in known:
            known.add(found.key)
            report(found, folder)

    return judge


def report(found: Finding, folder: Path) -> None:
    """Write the input down where a test replays it."""
    if any(folder.glob(f"{found.key}-*")):
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / found.name).write_bytes(found.data)
    print(f"FOUND {folder / found.name}: {found}", flush=True)


def _atheris(target: Target, seeds: list[bytes], judge: Callable[[bytes], None], given: Any) -> None:
    import atheris

    corpus = Path(given.corpus)
    for number, seed in enumerate(seeds):
        (corpus / f"seed{number}").write_bytes(seed[:LARGEST])
    words = corpus.parent / "words"
    words.write_text("".join('"' + "".join(f"\\x{byte:02X}" for byte in word[:60]) + '"\n' for word in target.words))
    arguments = [
        *(sys.argv[0], str(corpus), f"-max_len={LARGEST}", f"-dict={words}", f"-seed={given.seed}"),
        *(
            f"-artifact_prefix={corpus.parent}/",
            "-timeout=60",
            "-rss_limit_mb=0",
            "-handle_segv=0",
            "-handle_abrt=0",
            "-detect_leaks=0",
            "-verbosity=1",
        ),
        f"-runs={given.runs}" if given.runs else f"-max_total_time={given.seconds}",
    ]
    atheris.Setup(arguments, judge)
    atheris.Fuzz()


def _hypothesis(target: Target, seeds: list[bytes], judge: Callable[[bytes], None], given: Any) -> None:
    from hypothesis import HealthCheck, Phase, seed, settings
    from hypothesis import given as drawn

    from fuzz.mutation import mutated

    until = time.monotonic() + given.seconds
    runs, number = given.runs, given.seed
    while (runs > 0) if given.runs else (time.monotonic() < until):
        size = min(runs, 500) if given.runs else 500
        strategy = mutated(seeds, target.words)
        options = settings(
            max_examples=size,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        seed(number)(options(drawn(strategy)(lambda data: judge(data))))()
        runs, number = runs - size, number + 1


def _repeats(target: Target, seeds: list[bytes], judge: Callable[[bytes], None], given: Any) -> None:
    """Beginnings of sound inputs, and then one piece again and again: what takes time by the square shows here."""
    until = time.monotonic() + given.seconds
    chance = random.Random(given.seed)
    pieces = sorted({*target.words, *ODD, *(bytes([byte]) for byte in range(32, 127)), b"\n", b"\t"})
    pairs = [(seed, piece) for seed in seeds for piece in pieces]
    chance.shuffle(pairs)
    for seed, piece in pairs[: given.runs or None]:
        if not given.runs and time.monotonic() > until:
            return
        start = seed[: chance.choice((1, 2, len(seed), chance.randrange(len(seed) + 1)))]
        end = chance.choice((b"", piece, seed[-20:], b"\n", b"]", b"x"))
        judge(start + piece * ((LARGEST - len(start) - len(end)) // len(piece)) + end)


if __name__ == "__main__":
    main()
