"""Model files that are damaged, foreign or missing: refused by every command that opens one."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_input import GOOD, refused
from running import Run


def rewritten(model: bytes, **changes: Any) -> bytes:
    """The model with another manifest."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(model)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, json.dumps({**json.loads(data), **changes}) if name == "manifest.json" else data)
    return packed.getvalue()


WRONG_MODELS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda model: b"", "this is not a crfner model"),
    "text": (lambda model: GOOD.encode(), "this is not a crfner model"),
    "cut short": (lambda model: model[: len(model) // 2], "this is not a crfner model, or it is damaged or cut short"),
    "damaged": (lambda model: model[:3000] + b"\0\1\2\3" + model[3004:], "damaged"),
    "newer": (lambda model: rewritten(model, format_version=99), "the model has format version 99"),
    "of another kind": (
        lambda model: rewritten(model, kind="oracle"),
        "this model is of the unknown kind 'oracle'",
    ),
    "not of its kind": (lambda model: rewritten(model, kind="rules"), "the model is damaged"),
    "without settings": (lambda model: rewritten(model, settings={}), "the model is damaged"),
}


@pytest.mark.parametrize("command", ["tag", "evaluate", "info"])
@pytest.mark.parametrize("case", WRONG_MODELS)
def test_a_wrong_model_is_refused(case: str, command: str, crfner: Run, model: Path, output: Path) -> None:
    spoil, message = WRONG_MODELS[case]
    bad = model.parent / "bad.crfner"
    bad.write_bytes(spoil(model.read_bytes()))
    arguments = {
        "tag": [model.parent / "good.jsonl", "-o", output],
        "evaluate": [model.parent / "good.jsonl"],
        "info": [],
    }
    sentence = refused(crfner(command, bad, *arguments[command]))
    assert sentence.startswith(f"error: {bad}: ") and message in sentence


@pytest.mark.parametrize("command", ["tag", "evaluate", "info"])
def test_a_missing_model_or_a_folder_is_named(command: str, crfner: Run, tmp_path: Path) -> None:
    inputs = [] if command == "info" else ["-"]
    assert f"{tmp_path}/m: there is no such model file" in refused(crfner(command, tmp_path / "m", *inputs))
    assert f"{tmp_path}: this is a folder" in refused(crfner(command, tmp_path, *inputs))
