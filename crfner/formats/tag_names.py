"""The names of numbered tags: a data set of Hugging Face writes a tag as its place in a list that is kept elsewhere.

Public names: `given_names`, `names_beside`, `names_in_features`, `checked_names`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from crfner import schemes
from crfner.errors import InputError
from crfner.files import open_text
from crfner.formats.checks import Notes, Place, parse_json, show

_FILES = ("dataset_info.json", "dataset_infos.json")


def given_names(value: str) -> list[str]:
    """The names that a user gives: `O,B-PER,I-PER`, or a file of them.

    A file holds a name a line, a JSON list, or a JSON object: `{"O": 0, ...}`, or a model's configuration, of which
    "id2label" is read. Raises InputError, naming the file, when it holds something else.
    """
    if not os.path.isfile(value):
        return [name.strip() for name in value.split(",") if name.strip()]
    with open_text(value) as stream:
        text = stream.read()
    if text.lstrip()[:1] not in ("[", "{"):
        return [line.strip() for line in text.splitlines() if line.strip()]
    place = Place(value, 1)
    found = parse_json(text, place)
    if isinstance(found, dict):
        found = _in_order(found.get("id2label", found))
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        place.refuse('the names of the tags should be one a line, or a JSON list such as ["O", "B-PER", "I-PER"]')
    return found


def _in_order(numbers: Any) -> list[Any] | None:
    """The names of an object from name to number, or from number to name; None for another one."""
    if not isinstance(numbers, dict):
        return None
    pairs = [(name, key) if type(name) is int else (key, name) for key, name in numbers.items()]
    by_number = {str(number): name for number, name in pairs}
    return [by_number.get(str(number)) for number in range(len(numbers))]


def names_beside(name: str, column: str) -> list[str] | None:
    """The names that the data set's `dataset_info.json`, in the folder of the file, has for a column; None without.

    Several configurations in one file must agree. Raises InputError when there is such a file, but not of JSON.
    """
    for file in _FILES:
        path = os.path.join(os.path.dirname(name), file)
        if not os.path.isfile(path):
            continue
        with open_text(path) as stream:
            info = parse_json(stream.read(), Place(path, 1))
        if not isinstance(info, dict):
            continue
        parts = [info] if "features" in info else [part for part in info.values() if isinstance(part, dict)]
        found = [names for part in parts if (names := names_in_features(part.get("features"), column)) is not None]
        if found and all(names == found[0] for names in found):
            return found[0]
    return None


def names_in_features(features: Any, column: str) -> list[str] | None:
    """The names of the `ClassLabel` of a column, as `datasets` describes its features; None where there are none."""
    feature = features.get(column) if isinstance(features, dict) else None
    while isinstance(feature, dict | list) and feature:
        if isinstance(feature, list):  # [{"names": ...}], as a sequence was written once
            feature = feature[0]
            continue
        names = feature.get("names")
        if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
            return names
        feature = feature.get("feature")
    return None


def checked_names(names: Sequence[str], name: str, notes: Notes) -> list[str]:
    """The names as tags. Names without any prefix are those of the scheme IO: `PER` is read as `I-PER`, and noted.

    Raises InputError, with `name` as the input's, when one is no tag or is there twice.
    """
    if len(set(names)) < len(names):
        twice = next(tag for tag in names if names.count(tag) > 1)
        raise InputError(f"the tag {show(twice)} is named twice; each number needs a name of its own", name)
    wrong = [tag for tag in names if not schemes.is_tag(tag)]
    if wrong and len(wrong) == sum(tag != "O" for tag in names):
        notes["names of tags without a prefix (neighbours of one label are read as one span)"] += len(wrong)
        return [tag if tag == "O" else f"I-{tag}" for tag in names]
    if wrong:
        message = f"{show(wrong[0])} is not the name of a tag; it should be O, or a prefix and a label such as B-PER"
        raise InputError(message, name)
    return list(names)
