"""`crfner convert`: labelled text from one format to another, saying what it did and what it had to change.

Public names: `convert`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import click

from crfner import formats
from crfner.cli.format_names import FormatName
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM
from crfner.formats.apart import apart
from crfner.formats.tag_names import given_names
from crfner.schemes import SCHEMES

_OPTIONS = {"annotator": "labelstudio", "predictions": "labelstudio", "utf16": "doccano"}
"""Which format's reader knows an option."""


@click.command("convert")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--from", "source_format", type=FormatName("read"), help="Format of IN; found out when left out.")
@click.option("--to", "target_format", type=FormatName("write"), help="Format of OUT; by its ending when left out.")
@click.option("--scheme", help=f"Tagging scheme of output with tags: {', '.join(SCHEMES)} (IOB2 when left out).")
@click.option(
    "--tags",
    metavar="NAMES|FILE",
    help="Names of numbered tags (hf-json, hf-jsonl, hf-parquet), in their order: O,B-PER,I-PER or a file of them.",
)
@click.option(
    "--overlaps",
    type=click.Choice(["refuse", "keep", "longest"]),
    default="refuse",
    show_default=True,
    help="Spans that share characters: a mistake, kept where OUT can hold them, or only the longest kept.",
)
@click.option(
    "--annotator",
    metavar="WHO",
    help="Of Label Studio's annotations of a task, which: auto (the ground truth, or else the latest; when left out), "
    "first, latest, merge, refuse, none, or the id or address of a person.",
)
@click.option(
    "--predictions", is_flag=True, default=None, help="Read Label Studio's predictions where a task has no annotation."
)
@click.option(
    "--utf16/--no-utf16",
    default=None,
    help="Whether the offsets of doccano's export count UTF-16 units or characters; found out when left out.",
)
def convert(
    source: str,
    target: str,
    source_format: str | None,
    target_format: str | None,
    scheme: str | None,
    tags: str | None,
    overlaps: str,
    **reading: Any,
) -> None:
    """Convert labelled text from IN to OUT; "-" is standard input or output.

    Nothing is lost on the way unless the format of OUT cannot hold it; what was split, joined, skipped or dropped is
    counted on standard error. OUT is written whole or not at all.

    \b
    crfner convert train.json train.conll --scheme BIOES
    crfner convert annotations.jsonl - --to inline
    crfner convert train.parquet train.spacy
    crfner convert rows.jsonl train.conll --tags O,B-PER,I-PER
    crfner convert brat-folder/ train.conll --overlaps longest
    crfner convert export.json train.jsonl --annotator ana@example.org
    """
    target_format = target_format or formats.by_ending(target)
    if target_format is None:
        where = "standard output has no ending" if target == STANDARD_STREAM else f"{target}: the ending does not tell"
        raise CrfnerError(f"{where}; add --to, one of {', '.join(formats.names('write'))}")
    writing: dict[str, Any] = {}
    if scheme is not None:
        if not formats.takes(target_format, "write", "scheme"):
            raise CrfnerError(
                f"the format {target_format} has no tagging scheme; leave --scheme out, or add --to with a format of "
                "tags such as conll"
            )
        writing["scheme"] = scheme
    if tags is not None:
        source_format = source_format or _format_of(source)
        if formats.takes(target_format, "write", "tags"):
            writing["tags"] = given_names(tags)
        if not formats.takes(source_format, "read", "tags") and "tags" not in writing:
            raise CrfnerError(
                f"neither {source_format} nor {target_format} numbers its tags; leave --tags out, or add --from hf-json"
            )
    if overlaps == "keep" and not formats.find(target_format, "write").overlaps:
        raise CrfnerError(f"{target_format} cannot hold spans that overlap; keep the longest with --overlaps longest")
    reading = _reading_options(source, source_format, reading)
    if tags is not None and source_format is not None and formats.takes(source_format, "read", "tags"):
        reading["tags"] = given_names(tags)
    notes, count = formats.Notes(), formats.Notes()
    documents = formats.read(source, source_format, notes=notes, overlaps=overlaps != "refuse", **reading)
    documents = _counted(apart(documents, notes) if overlaps == "longest" else documents, count)
    first = next(documents)  # so that a mistake in IN is told before one in OUT
    formats.write(chain([first], documents), target, target_format, notes=notes, **writing)
    click.echo(f"converted {count['documents']} documents with {count['spans']} spans: {source} -> {target}", err=True)
    for what, times in sorted(notes.items()):
        click.echo(f"  {times} {what}", err=True)


def _format_of(source: str) -> str:
    if source == STANDARD_STREAM:
        raise CrfnerError("the format of standard input has to be known to name its tags; add --from, such as hf-jsonl")
    return formats.sniff(source)


def _reading_options(source: str, source_format: str | None, given: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, all of them for the format of the input. Raises CrfnerError for one that is not."""
    given = {option: value for option, value in given.items() if value is not None}
    if given and source_format is None and source != STANDARD_STREAM:
        source_format = formats.sniff(source)
    for option in given:
        owner = _OPTIONS[option]
        if source_format != owner:
            flag = f"--{'no-' if given[option] is False else ''}{option}"
            raise CrfnerError(f"{flag} is for input of the format {owner}; add --from {owner} or leave {flag} out")
    return given


def _counted(documents: Iterator[Document], count: formats.Notes) -> Iterator[Document]:
    for document in documents:
        count["documents"] += 1
        count["spans"] += len(document.spans)
        yield document
