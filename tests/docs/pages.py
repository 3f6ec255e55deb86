"""Which pages there are, what their blocks may need, and the surroundings that they are run in.

Public names: `ROOT`, `PAGES`, `NEVER`, `missing`, `Server`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path

from forking import CLIENT

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "data/README.md", *sorted((ROOT / "docs").rglob("*.md"))]

NEVER = ("a fresh machine", "corpora", "minutes", "network")
"""What no test has: such blocks are only for reading, and should be few."""
PROGRAMS = ("chromium", "curl", "docker", "jq")

_CLOSED = "http://127.0.0.1:9"  # where nobody listens


def missing(needs: tuple[str, ...]) -> list[str]:
    """What of it is not here. Raises ValueError for what is no package of the project, no program and no known word."""
    return [need for need in needs if not _has(need)]


def _has(need: str) -> bool:
    if need in NEVER:
        return False
    if need in PROGRAMS:
        return shutil.which(need) is not None
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    declared = [setup["options"]["install_requires"], *setup["options.extras_require"].values()]
    known = {re.split(r"[\[<>=!~; ]", line.strip())[0] for text in declared for line in text.splitlines()}
    if need not in known:
        raise ValueError(f"{need!r} is no package of setup.cfg, none of {PROGRAMS} and none of {NEVER}")
    try:
        metadata.distribution(need)
    except metadata.PackageNotFoundError:
        return False
    return True


class Server:
    """The process that forks for every `crfner`, and the folder that has such a `crfner` in it."""

    def __init__(self, folder: Path, *, preload: bool = True) -> None:
        self.address = str(folder / "s")
        self.bin = folder / "bin"
        self.bin.mkdir()
        here = str(Path(__file__).parent)
        client = self.bin / "crfner"
        client.write_text(CLIENT.format(python=sys.executable, folder=here, socket=self.address), encoding="utf-8")
        client.chmod(0o755)
        self._process = subprocess.Popen(
            [sys.executable, os.path.join(here, "forking.py"), self.address, *(["preload"] if preload else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self.environment(),
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise RuntimeError("the server of forks did not start; what it said is on standard error")

    def environment(self) -> dict[str, str]:
        """What pages run in: this project and this Python first, no corpora, no network, no colours."""
        environment = {name: value for name, value in os.environ.items() if name != "CRFNER_CORPORA"}
        environment["PATH"] = os.pathsep.join(
            [str(self.bin), os.path.dirname(sys.executable), environment.get("PATH", "")]
        )
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")])
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            environment[name] = _CLOSED
        fixed = {"LC_ALL": "C.UTF-8", "COLUMNS": "80", "NO_COLOR": "1", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
        return {**environment, **fixed, "no_proxy": "127.0.0.1,localhost", "NO_PROXY": "127.0.0.1,localhost"}

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
