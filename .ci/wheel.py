#!/usr/bin/env python3
"""Build the wheel and the source archive of the last commit twice, and see that both times give the same bytes.

    .ci/wheel.py [FOLDER]

The two builds lie in other folders, and have another time zone, locale and seed of hashes; what is built is what git
has, with the times of the last commit. Another machine gives the same with the same setuptools (a wheel's file `WHEEL`
names it, and the variable `SETUPTOOLS` asks for it), C compiler and kind of processor. Then it is checked that the
wheel holds the packages, their types and licence, and nothing else. FOLDER (`dist`) gets both files and `SHA256SUMS`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

# what a wheel may hold: code, types, static files of pages, the compiled kernel; no test, corpus, source in C, or cache
_FINE = re.compile(
    r"(?:crfner|features)/(?:\w+/)*(?:\w+\.pyi?|py\.typed|static/\w+\.(?:js|css|html|svg)|_\w+\.abi3\.so)"
    r"|crfner-[^/]+\.dist-info/(?:METADATA|WHEEL|RECORD|entry_points\.txt|top_level\.txt|licenses/LICENSE)"
)
_NEEDED = (
    "crfner/py.typed",
    "features/py.typed",
    "crfner/cli/train.py",
    "kernel/_training.abi3.so",
    "/licenses/LICENSE",
)


def main() -> int:
    """Build, compare, check and copy; 1 when a file differs or holds what it should not."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist").absolute()
    os.umask(0o022)  # a wheel keeps the rights of files
    with tempfile.TemporaryDirectory(prefix="crfner-build-") as temporary:
        work = Path(temporary)
        python = _builder(work / "tools")
        first = _built(python, work / "first", {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "0"})
        other = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
        second = _built(python, work / "second" / "that lies deeper", other)
        names = sorted(first.keys() | second.keys())
        wrong = [f"{name} differs between two builds" for name in names if first.get(name) != second.get(name)]
        wrong += [line for name, content in first.items() if name.endswith(".whl") for line in _misplaced(content)]
        if wrong:
            print(*wrong, sep="\n", file=sys.stderr)
            return 1
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in first.items():
            (folder / name).write_bytes(content)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(first.items()))
    (folder / "SHA256SUMS").write_text(sums)
    print(f"{sums}built twice, the same to the byte: {folder}")
    return 0


def _builder(folder: Path) -> str:
    """A Python with what builds, the same for both."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    wanted = f"setuptools=={os.environ['SETUPTOOLS']}" if "SETUPTOOLS" in os.environ else "setuptools>=77"
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "build", wanted], check=True)
    return python


def _built(python: str, folder: Path, environment: dict[str, str]) -> dict[str, bytes]:
    """Wheel and source archive of the last commit, by name; the wheel is built from the archive, as installers do."""
    folder.mkdir(parents=True)
    tree = subprocess.run(["git", "-C", ROOT, "archive", "HEAD"], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tree)) as archive:
        archive.extractall(folder, filter="data")
    time = subprocess.run(["git", "-C", ROOT, "log", "-1", "--format=%ct"], check=True, capture_output=True).stdout
    variables = {**os.environ, **environment, "SOURCE_DATE_EPOCH": time.decode().strip()}
    command = [python, "-m", "build", "-q", "--no-isolation", "--outdir", "built", "."]
    done = subprocess.run(command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"the build failed:\n{done.stdout.decode(errors='replace')}")
    found = {path.name: path.read_bytes() for path in sorted((folder / "built").iterdir())}
    shutil.rmtree(folder)
    return {name: _plain(data, int(time)) if name.endswith(".tar.gz") else data for name, data in found.items()}


def _plain(packed: bytes, time: int) -> bytes:
    """The source archive without what setuptools puts in of the moment and the user."""
    unpacked, again = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(packed)) as old, tarfile.open(fileobj=unpacked, mode="w") as new:
        for member in sorted(old.getmembers(), key=lambda member: member.name):
            content = old.extractfile(member) if member.isfile() else None
            member.mtime, member.uid, member.gid, member.uname, member.gname = time, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            new.addfile(member, content)
    with gzip.GzipFile(fileobj=again, mode="wb", filename="", mtime=time) as file:
        file.write(unpacked.getvalue())
    return again.getvalue()


def _misplaced(content: bytes) -> list[str]:
    """What the wheel holds and should not, or should hold and does not."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    wrong = [f"the wheel should not hold {name}" for name in names if not _FINE.fullmatch(name)]
    return wrong + [f"the wheel lacks {end}" for end in _NEEDED if not any(name.endswith(end) for name in names)]


if __name__ == "__main__":
    sys.exit(main())
