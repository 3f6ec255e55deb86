"""The names of numbered tags: Hugging Face's data sets write a tag as its place in a list that is kept elsewhere.

Public names: `given_names`, `names_beside`, `names_in_features`, `checked_names`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from crfner import schemes
from crfner.errors import CrfnerError, InputError
from crfner.files import open_text
from crfner.formats.checks import Notes, Place, parse_json, show

_FILES = ("dataset_info.json", "dataset_infos.json")


def given_names(value: str) -> list[str]:
    """The names that a user gives: `O,B-PER,I-PER`, or a file of them.

    A file holds a name a line, a JSON list, or a JSON object from name to number or from number to name.
    Raises CrfnerError, naming the file, when it holds something else.
    """
    if not os.path.isfile(value):
        return [name.strip() for name in value.split(",") if name.strip()]
    with open_text(value) as stream:
        text = stream.read()
    if text.lstrip()[:1] not in ("[", "{"):
        return text.split()
    found = parse_json(text, Place(value, 1))
    if isinstance(found, dict):
        found = found.get("id2label", found)
        pairs = [(number, name) if isinstance(name, str) else (name, number) for name, number in _flipped(found)]
        found = [name for _, name in sorted(pairs, key=lambda pair: str(pair[0]).zfill(9))]
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise InputError('the names of the tags should be one a line, or a JSON list such as ["O", "B-PER"]', value)
    return found
