"""Options and readings that several commands share."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import click

from crfner import formats
from crfner.document import Document
from crfner.errors import CrfnerError, InputError
from crfner.files import open_text
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


def feature_config(value: str) -> dict[str, Any]:
    """A feature set's configuration from a preset's name or a JSON file. Raises CrfnerError when it is neither."""
    if value in PRESETS:
        return {"base": value}
    if not os.path.exists(value):
        raise CrfnerError(f"{value!r} is neither a preset ({', '.join(PRESETS)}) nor a file")
    with open_text(value) as stream:
        text = stream.read()
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is not a JSON file of features ({error})", value) from None
    if not isinstance(config, dict):
        raise InputError('a file of features holds an object, such as {"base": "default", "length": {}}', value)
    return config
