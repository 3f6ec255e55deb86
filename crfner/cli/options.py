"""Options and readings that several commands share."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from crfner import formats
from crfner.cli.format_names import FormatName
from crfner.document import Document
from crfner.errors import CrfnerError, InputError
from crfner.files import STANDARD_STREAM, expand_inputs, open_text
from crfner.formats import brat_names
from features import FeatureSet, Lexicon
from features.presets import PRESETS

if TYPE_CHECKING:
    from crfner.parallel import Pool
    from crfner.rules import RuleSet
    from crfner.rules.values import Rule

_BARE = (
    "documents without the further columns, such as part-of-speech tags, that the model has learnt to read; it finds "
    "less in them: give the columns, or train on text without"
)
input_format: Callable[[Any], Any] = click.option(
    "--from", "input_format", type=FormatName("read"), help="Format of the input; found out when left out."
)
features_option: Callable[[Any], Any] = click.option(
    "--features",
    default="default",
    show_default=True,
    metavar="PRESET|FILE",
    help=f"A preset ({', '.join(PRESETS)}) or a JSON file that configures features.",
)


def worker_options(usual: str) -> Callable[[Any], Any]:
    """Options of a command that can work in several processes, or on a cluster: `jobs`, `backend`, `address`.

    usual  how help says how many jobs this machine has when none are asked for
    """
    jobs = click.option(
        "--jobs", type=click.IntRange(1), metavar="N", help=f"Work at a time.  [default: {usual}; all of a cluster]"
    )
    backend = click.option(
        "--backend",
        type=click.Choice(["loky", "dask", "ray"]),
        default="loky",
        show_default=True,
        help="Who works: processes of this machine, or a cluster, as in --backend dask --address tcp://10.0.0.1:8786.",
    )
    address = click.option("--address", metavar="ADDRESS", help="Where the cluster's scheduler listens.")
    return lambda command: jobs(backend(address(command)))


def using_workers(jobs: int | None, backend: str, address: str | None) -> AbstractContextManager[Pool]:
    """The workers that the options name, for all work within the block.

    Raises CrfnerError when they do not go together, a package is missing or the cluster does not answer.
    """
    from crfner.parallel import Workers, using

    return using(Workers(jobs, backend, address))


def text_of(argument: str, otherwise: str = "") -> str:
    """The text that the argument is, or that standard input holds for "-".

    otherwise  what could be done in place of giving words, for the message that there are none

    A locale that knows no accents hands on the bytes of UTF-8. Raises CrfnerError for text that is blank or not UTF-8.
    """
    if argument == STANDARD_STREAM:
        with open_text(argument) as stream:
            text = stream.read()
    else:
        text = _decoded(argument)
    if not text.strip():
        raise CrfnerError(f"there is no text; give some words{otherwise}")
    return text


def _decoded(argument: str) -> str:
    try:
        argument.encode()
    except UnicodeEncodeError:  # there are bytes in it that Python could not read by the locale
        try:
            return os.fsencode(argument).decode()
        except UnicodeError:
            raise CrfnerError("the text is not UTF-8; write it to a file and convert that with iconv") from None
    return argument


def read_documents(path: str, format: str | None, overlaps: bool = False) -> Iterator[Document]:
    """The documents of the input; when it ends, what the reader skipped or repaired is counted on standard error.

    overlaps  keep spans that share characters, rather than refuse them
    """
    notes = formats.Notes()
    yield from formats.read(path, format, notes=notes, overlaps=overlaps)
    for what, times in sorted(notes.items()):
        click.echo(f"{formats.stream_name(path)}: {times} {what}", err=True)


def several_paths(inputs: Sequence[str]) -> list[str]:
    """The files that the arguments name, each document once; standard input where there are none."""
    return brat_names.documents(expand_inputs(inputs or (STANDARD_STREAM,)))


def read_several(paths: Sequence[str], format: str | None) -> Iterator[Document]:
    """All documents; where several files come together, one without an id is named for its file."""
    for path in paths:
        for number, document in enumerate(read_documents(path, format), 1):
            if document.id is None and len(paths) > 1:
                name = path.encode("utf-8", "backslashreplace").decode()  # names of files need not be UTF-8
                document = replace(document, id=f"{name}:{number}")
            yield document


def noticed(documents: Iterable[Document], manifest: Mapping[str, Any], notes: formats.Notes) -> Iterator[Document]:
    """The documents; those that lack further columns that the model reads, and cannot make, are counted."""
    settings = manifest.get("settings", {})
    reads = "columns" in settings.get("features", {}) and not settings.get("pos")
    for document in documents:
        if reads and not document.meta.get("columns"):
            notes[_BARE] += 1
        yield document


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


def rule_file(value: str) -> tuple[str, str | None]:
    """Path and label of `[LABEL=]FILE`; a file that has "=" in its name is taken as it is."""
    label, equals, path = value.partition("=")
    return (path, label) if equals and not os.path.exists(value) else (value, None)


def read_rule_files(values: Iterable[str]) -> RuleSet:
    """The rules of several `[LABEL=]FILE`, one set in their order.

    Raises CrfnerError when a file cannot be read or is wrong, or when rules of two files have the same name.
    """
    from crfner.rules import RuleSet, read_rules

    rules: list[Rule] = []
    homes: dict[str, str] = {}  # of each name
    for value in values:
        path, label = rule_file(value)
        found = read_rules(path, label)
        for rule in found:
            if rule.name in homes:
                raise InputError(f"a rule is named {rule.name!r} like one in {homes[rule.name]}; rename one", path)
        homes.update((rule.name, path) for rule in found)
        rules.extend(found)
    return RuleSet(tuple(rules))
