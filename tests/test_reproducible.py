"""The same input, seed and version give the same bytes, whatever the process, its hashes, options, locale and folder.

`python tests/reproducing.py` tries far more commands, and other versions of Python.
"""

import sys
from pathlib import Path

import pytest
from reproducing import FAILED, QUICK, circumstances, differences, outputs

HERE = {"PYTHONPATH": str(Path(__file__).parents[1])}


@pytest.mark.long
def test_models_and_outputs_are_the_same_in_any_process(tmp_path: Path) -> None:
    one, other, *_ = circumstances([sys.executable], HERE)
    first = outputs(QUICK, one, tmp_path / "first")
    second = outputs(QUICK, other, tmp_path / "another" / "folder")
    assert not [said for said in first.values() if said.startswith(FAILED)]
    assert len(first) == 2 * len(QUICK) and not differences(first, second)


def test_what_differs_is_told() -> None:
    assert differences({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}) == ["b", "c"]


def test_a_command_that_fails_is_no_output(tmp_path: Path) -> None:
    (where, *_) = circumstances([sys.executable], HERE)
    (said,) = outputs(["tag no.crfner texts.txt"], where, tmp_path / "folder").values()
    assert said.startswith(FAILED) and "no such model file" in said
