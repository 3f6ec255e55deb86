"""SECURITY.md promises what tests hold: those that it names are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", SECURITY)))


def test_it_names_many() -> None:
    assert len(NAMED) > 50
    assert SECURITY.count("::") == len(re.findall(r"`tests/[\w/]+\.py::\w+`", SECURITY))


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED}))
def test_every_test_that_it_names_is_there(path: str) -> None:
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    there = {node.name for node in module.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    assert {name for file, name in NAMED if file == path} <= there


def test_every_way_in_has_a_part_of_its_own_that_promises_something() -> None:
    parts = re.split(r"^### ", SECURITY.partition("## Entry points")[2].partition("\n## ")[0], flags=re.MULTILINE)[1:]
    assert [part.split("\n", 1)[0] for part in parts] == [
        "Model files",
        "Data files",
        "Rule files, and rules in models",
        "The HTTP API",
        "The annotation page",
        "Plugins",
        "Clusters and child processes",
    ]
    assert all("`tests/" in part for part in parts)


def test_the_bounds_are_those_of_the_code() -> None:
    from crfner import store
    from crfner.formats import docbin, hf_parquet
    from crfner.serve.settings import Limits
    from fuzz.outcome import LARGEST, SECONDS, memory_bound

    assert (memory_bound(0), memory_bound(1) - memory_bound(0)) == (64 << 20, 200)
    assert (SECONDS, LARGEST) == (5.0, 64 << 10)
    assert (store.MAX_SIZE, store.MAX_MANIFEST) == (1 << 30, 4 << 20)
    assert (docbin.UNPACKED_LIMIT, hf_parquet.LIMIT) == (512 << 20, 1 << 30)
    limits = Limits()
    assert (limits.body, limits.texts, limits.characters, limits.processing) == (1 << 20, 1000, 200_000, 30.0)
