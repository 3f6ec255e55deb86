"""The command: fuzz one target or all for so many minutes, and write every finding where a test replays it.

    python -m fuzz.run --target readers --minutes 30                       with atheris, guided by coverage
    python -m fuzz.run --target all --minutes 1 --engine hypothesis        changes of sound inputs at random
    python -m fuzz.run --target serve --runs 2000 --engine hypothesis --seed 3   the same inputs every time
    python -m fuzz.run --target all --minutes 2 --engine repeats           long inputs of one piece again and again

Exit code 1 when anything was found.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from fuzz.child import Ledger, report
from fuzz.outcome import Finding
from fuzz.targets import NAMES

_INPUTS = Path(__file__).parents[1] / "tests" / "trust" / "inputs"
_STATUS = re.compile(r"#\d+\s.*?cov: (\d+) ft: (\d+)")
_OURS = re.compile(r'File ".*?/(?:crfner|features)/(?:\w+/)*(\w+)\.py", line \d+ in (\w+)')
_THROWN = re.compile(r"=== Uncaught Python exception: ===\n\w+: (.+)")  # by C++, through Python
_RESTARTS = 50  # of a process that inputs have killed


@dataclass
class Result:
    """What came of fuzzing one target: inputs run, edges covered (None without coverage), files of findings."""

    runs: int
    coverage: int | None
    findings: list[Path]
    seconds: float


def fuzzed(target: str, engine: str, seconds: float, runs: int, seed: int, folder: Path = _INPUTS) -> Result:
    """Fuzz a target in child processes: one that is killed by an input is started anew, with another seed."""
    findings = folder / target
    before = set(findings.glob("*")) if findings.is_dir() else set()
    began = time.monotonic()
    coverage = None
    with tempfile.TemporaryDirectory(prefix="crfner-fuzz-") as name:
        scratch = Path(name)
        (scratch / "corpus").mkdir()
        ledger = Ledger.made(scratch / "ledger")
        for restart in range(_RESTARTS):
            left = seconds - (time.monotonic() - began)
            done, _ = Ledger.read(ledger)
            if (runs and done >= runs) or (not runs and left < 1):
                break
            command = [sys.executable, "-m", "fuzz.child", "--target", target, "--engine", engine]
            command += ["--ledger", str(ledger), "--findings", str(findings), "--corpus", str(scratch / "corpus")]
            command += ["--seed", str(seed + restart), "--seconds", str(int(left)), "--runs", str(max(runs - done, 0))]
            log = scratch / "log"
            with log.open("w") as stream:
                code = subprocess.run(command, stderr=stream, cwd=Path(__file__).parents[1], check=False).returncode
            text = log.read_text(errors="replace")
            if status := _STATUS.findall(text):
                coverage = max(coverage or 0, *(int(edges) for edges, _ in status))
            if code == 0:
                break
            done_now, last = Ledger.read(ledger)
            if done_now == done:
                raise SystemExit(f"the target {target} cannot be prepared:\n{text[-3000:]}")
            report(_crash(code, text, last), findings)
        total, _ = Ledger.read(ledger)
    after = set(findings.glob("*")) if findings.is_dir() else set()
    return Result(total, coverage, sorted(after - before), time.monotonic() - began)


def _crash(code: int, log: str, last: bytes) -> Finding:
    """What killed a process, by what it left behind."""
    slow = "Timeout (" in log
    place = _OURS.search(log[log.rfind("Timeout (" if slow else "Fatal Python error") :])
    thrown = _THROWN.search(log)
    where = f"{place[1]}.{place[2]}" if place else thrown[1][:40] if thrown else "native"
    return Finding("time" if slow else "crash", where, "Seconds: over" if slow else f"Exit{code}: {log[-200:]!r}", last)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz.run", description=__doc__.splitlines()[0])
    parser.add_argument("--target", choices=(*NAMES, "all"), required=True)
    parser.add_argument("--engine", choices=("atheris", "hypothesis", "repeats"), default="atheris")
    parser.add_argument("--minutes", type=float, default=30.0, help="for each target [30]")
    parser.add_argument("--runs", type=int, default=0, help="inputs for each target, in place of minutes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--findings", type=Path, default=_INPUTS, help="where findings go [tests/trust/inputs]")
    given = parser.parse_args(arguments)
    found = 0
    for target in NAMES if given.target == "all" else (given.target,):
        result = fuzzed(target, given.engine, 60 * given.minutes, given.runs, given.seed, given.findings)
        covered = "" if result.coverage is None else f", {result.coverage} edges covered"
        print(
            f"{target}: {result.runs} inputs in {result.seconds:.0f} s{covered}, {len(result.findings)} findings",
            flush=True,
        )
        found += len(result.findings)
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
