"""Options and readings that several commands share."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import click

from crfner import formats
from crfner.document import Document
from crfner.errors import CrfnerError, InputError
from crfner.files import open_text
from features import FeatureSet, Lexicon
from features.presets import PRESETS

_READABLE = [name for name, entry in formats.FORMATS.items() if entry.read]

input_format: Callable[[Any], Any] = click.option(
    "--from", "input_format", type=click.Choice(_READABLE), help="Format of the input; found out when left out."
)
features_option: Callable[[Any], Any] = click.option(
    "--features",
    default="default",
    show_default=True,
    metavar="PRESET|FILE",
    help=f"A preset ({', '.join(PRESETS)}) or a JSON file that configures features.",
)


def read_documents(path: str, format: str | None) -> Iterator[Document]:
    """The documents of the input; when it ends, what the reader skipped or repaired is counted on standard error."""
    notes = formats.Notes()
    yield from formats.read(path, format, notes=notes)
    for what, times in sorted(notes.items()):
        click.echo(f"{formats.stream_name(path)}: {times} {what}", err=True)


def keep_inputs(output: str, inputs: Iterable[str]) -> None:
    """Raise CrfnerError when writing the output would replace one of the inputs, under whatever name."""
    for path in inputs:
        if os.path.isfile(output) and os.path.isfile(path) and os.path.samefile(output, path):
            raise CrfnerError(
                f"{output}: this file is read too, and would be replaced; choose another name to write to"
            )


def feature_set(value: str, lexicons: Mapping[str, Lexicon] | None = None) -> FeatureSet:
    """A feature set from a preset's name or a JSON file. Raises CrfnerError, naming the file, when it is neither."""
    config = {"base": value} if value in PRESETS else _config_file(value)
    try:
        return FeatureSet(config, lexicons)
    except ValueError as error:
        raise InputError(str(error), value) from None


def _config_file(path: str) -> dict[str, Any]:
    if not os.path.exists(path):
        raise CrfnerError(f"{path!r} is neither a preset ({', '.join(PRESETS)}) nor a file")
    with open_text(path) as stream:
        text = stream.read()
    try:
        config = json.loads(text)
    except RecursionError:
        raise InputError("the JSON is nested too deeply to be read; this is not a file of features", path) from None
    except ValueError as error:
        raise InputError(f"this is not a JSON file of features ({error})", path) from None
    if not isinstance(config, dict):
        raise InputError('a file of features holds an object, such as {"base": "default", "length": {}}', path)
    return config
