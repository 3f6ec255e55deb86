#!/usr/bin/env python3
"""The packages that crfner needs: whether the oldest and newest allowed ones work, what is known against them, a list.

    .ci/dependencies.py lowest [-- PYTEST ARGUMENTS]   the tests with the oldest versions that setup.cfg allows
    .ci/dependencies.py newest [-- PYTEST ARGUMENTS]   the tests with the newest
    .ci/dependencies.py audit [--extra serve]          known vulnerabilities of what is installed with crfner
    .ci/dependencies.py sbom FILE [--extra serve]      a bill of materials (CycloneDX 1.6, JSON)

Each makes a fresh environment with the Python that runs it and throws it away. The oldest versions are those that
`uv` finds for what setup.cfg names itself; what those need in turn is the newest that fits. Vulnerabilities are asked
for at PyPI, or with `--service osv` at OSV. The exit code is 1 where tests fail or something is known, and 2 where
nothing can be said, such as without a network: no answer is not a good answer.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Do what the first argument says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("lowest", "newest"):
        verbs.add_parser(verb).add_argument("pytest", nargs="*", default=["-n", "auto"])
    for verb in ("audit", "sbom"):
        one = verbs.add_parser(verb)
        one.add_argument("--extra", action="append", default=[], help="an extra of setup.cfg; repeatable")
        if verb == "sbom":
            one.add_argument("file", type=Path)
        else:
            one.add_argument("--service", choices=["pypi", "osv"], default="pypi")
            one.add_argument("--osv-url", help="another OSV server")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crfner-dependencies-") as folder:
        work = Path(folder)
        if asked.verb in ("lowest", "newest"):
            return _tested(work, asked.verb, asked.pytest)
        if asked.verb == "audit":
            return _audited(work, asked.extra, asked.service, asked.osv_url)
        return _listed(work, asked.extra, asked.file)


def _tested(work: Path, which: str, arguments: list[str]) -> int:
    tools, python = _environment(work / "tools", "uv"), _environment(work / "environment")
    resolution = "lowest-direct" if which == "lowest" else "highest"
    wanted = work / "wanted.txt"
    _run(tools / "uv", "pip", "compile", "-q", "--no-annotate", "--no-header", "--resolution", resolution,
         "--extra", "test", "--python", python / "python", "-o", wanted, "setup.cfg")  # fmt: skip
    print(wanted.read_text(), flush=True)
    _run(tools / "uv", "pip", "install", "-q", "--python", python / "python", "-r", wanted, "-e", ".")
    path = {**os.environ, "PATH": f"{python}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run([python / "python", "-m", "pytest", "-q", *arguments], cwd=ROOT, env=path).returncode


def _audited(work: Path, extras: list[str], service: str, osv_url: str | None) -> int:
    tools, site = _environment(work / "tools", "pip-audit"), _installed(work, extras)
    command = [tools / "pip-audit", "--path", site, "-f", "json", "--progress-spinner", "off", "-s", service]
    command += ["--osv-url", osv_url] if osv_url else []
    done = subprocess.run(command, capture_output=True, text=True)
    try:
        packages = [one for one in json.loads(done.stdout)["dependencies"] if one["name"] != "crfner"]
    except (ValueError, KeyError):
        why = done.stderr.strip().splitlines() or ["no reason given"]
        _unknown(f"the database of vulnerabilities cannot be asked; try again with a network ({why[-1]})")
    unanswered = [one["name"] for one in packages if "skip_reason" in one]
    if unanswered or not packages:
        _unknown(f"there is no answer about {len(unanswered)} of {len(packages)} packages: {', '.join(unanswered)}")
    known = [(one["name"], one["version"], vulnerability) for one in packages for vulnerability in one["vulns"]]
    for name, version, vulnerability in known:
        print(
            f"{name} {version}: {vulnerability['id']}, mended in {', '.join(vulnerability['fix_versions']) or 'none'}"
        )
    print(f"{len(packages)} packages, {len(known)} known vulnerabilities")
    return 1 if known else 0


def _listed(work: Path, extras: list[str], file: Path) -> int:
    tools, site = _environment(work / "tools", "cyclonedx-bom"), _installed(work, extras)
    for place in site.glob("crfner-*.dist-info/direct_url.json"):
        place.unlink()  # the folder that it was built in
    file = file.absolute()
    _run(tools / "cyclonedx-py", "environment", "--sv", "1.6", "--of", "JSON", "--output-reproducible", "--validate",
         "-o", file, site.parents[2] / "bin" / "python")  # fmt: skip
    print(f"wrote {file}: {len(json.loads(file.read_text())['components'])} packages")
    return 0


def _installed(work: Path, extras: list[str]) -> Path:
    """The folder of packages of a fresh environment that has crfner and nothing else, not even pip."""
    environment = work / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    target = f"{ROOT}[{','.join(extras)}]" if extras else ROOT
    _run(sys.executable, "-m", "pip", "--python", environment / "bin" / "python", "install", "-q", target)
    return next(environment.glob("lib/python*/site-packages"))


def _environment(folder: Path, *packages: str) -> Path:
    """The folder of programs of a fresh environment with these packages."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    if packages:
        _run(folder / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages)
    return folder / "bin"


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT)
    if done.returncode:
        _unknown(f"this failed: {' '.join(map(str, command))}")


def _unknown(why: str) -> NoReturn:
    print(f"error: {why}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    sys.exit(main())
