"""Formats of other packages, installed for real in a folder on the path: found by name and ending, blamed by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READER = """
from crfner.document import Document, Span
from crfner.formats import Format

def read(lines, name, *, notes):
    for line in lines:
        yield Document(line.rstrip("\\n"), spans=(Span(0, len(line.split()[0]), "FIRST"),))

def write(documents, stream, *, notes, scheme="none"):
    for document in documents:
        notes["documents shouted"] += 1
        stream.write(f"{scheme} {document.text.upper()}\\n")

shout = Format(read, write, (".shout",))
"""
BROKEN = "raise ImportError('there is no such thing')\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with three installed packages: a good one, one that breaks when imported, one that takes our names."""
    folder = tmp_path / "site"
    folder.mkdir()
    install(folder, "crfner_shout", READER, "shout = crfner_shout:shout")
    install(folder, "crfner_broken", BROKEN, "broken = crfner_broken:format", "odd = crfner_broken:format")
    install(folder, "crfner_greedy", READER, "spacy-json = crfner_greedy:shout", "number = crfner_greedy:read")
    return folder


def install(folder: Path, package: str, source: str, *entries: str) -> None:
    (folder / f"{package}.py").write_text(source)
    metadata = folder / f"{package}-0.3.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.3\n")
    (metadata / "entry_points.txt").write_text("\n".join(["[crfner.formats]", *entries]) + "\n")


def crfner(site: Path, *arguments: object, stdin: str = "") -> tuple[int, str, str]:
    path = os.pathsep.join([str(site), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "crfner", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_plugins_format_is_read_and_written_by_name_and_by_ending(site: Path, tmp_path: Path) -> None:
    (tmp_path / "in.shout").write_text("Tea with milk\n")
    code, out, err = crfner(site, "convert", tmp_path / "in.shout", "-", "--to", "inline")
    assert (code, out) == (0, "[Tea](FIRST) with milk\n"), err
    code, _, err = crfner(site, "convert", "-", tmp_path / "out.shout", "--from", "shout", stdin="Tea\n")
    assert code == 0, err
    assert (tmp_path / "out.shout").read_text() == "none TEA\n"
    assert "1 documents shouted" in err
    code, out, err = crfner(site, "convert", "-", "-", "--to", "shout", "--scheme", "x", stdin="Tea O\nx B-X\n")
    assert (code, out) == (0, "x TEA X\n"), err


def test_help_lists_the_formats_of_plugins(site: Path) -> None:
    code, out, _ = crfner(site, "convert", "--help")
    assert code == 0
    assert "|shout]" in "".join(out.split())


def test_a_broken_plugin_is_named_when_it_is_asked_for_and_troubles_nobody_else(site: Path, tmp_path: Path) -> None:
    (tmp_path / "in.unknown").write_text("Tea O\nx B-X\n")
    assert crfner(site, "convert", tmp_path / "in.unknown", tmp_path / "out.json")[0] == 0
    code, _, err = crfner(site, "convert", tmp_path / "in.unknown", "-", "--to", "broken")
    assert code == 2
    assert err == (
        "error: 'broken' of the package crfner_broken 0.3 (crfner.formats: crfner_broken:format) cannot be imported "
        "(ImportError: there is no such thing); mend, update or uninstall that package\n"
    )


def test_a_name_of_ours_and_a_thing_that_is_no_format_are_refused_with_the_package(site: Path) -> None:
    code, _, err = crfner(site, "convert", "-", "-", "--to", "spacy-json", stdin="a O\n")
    assert code == 2
    assert "'spacy-json' of the package crfner_greedy 0.3" in err
    assert "has the name of a format that crfner has itself" in err
    assert err.count("\n") == 1
    code, _, err = crfner(site, "convert", "-", "-", "--to", "number", stdin="a O\n")
    assert code == 2
    assert "should be a crfner.formats.Format, not a function" in err
