"""`crfner convert`: labelled text from one format to another, saying what it did and what it had to change.

Public names: `convert`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import click

from crfner import formats
from crfner.cli.format_names import FormatName
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM
from crfner.schemes import SCHEMES


@click.command("convert")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--from", "source_format", type=FormatName("read"), help="Format of IN; found out when left out.")
@click.option("--to", "target_format", type=FormatName("write"), help="Format of OUT; by its ending when left out.")
@click.option("--scheme", help=f"Tagging scheme of CoNLL output: {', '.join(SCHEMES)} (IOB2 when left out).")
def convert(source: str, target: str, source_format: str | None, target_format: str | None, scheme: str | None) -> None:
    """Convert labelled text from IN to OUT; "-" is standard input or output.

    Nothing is lost on the way unless the format of OUT cannot hold it; what was split, joined, skipped or dropped is
    counted on standard error. OUT is written whole or not at all.

    \b
    crfner convert train.json train.conll --scheme BIOES
    crfner convert annotations.jsonl - --to inline
    """
    target_format = target_format or formats.by_ending(target)
    if target_format is None:
        where = "standard output has no ending" if target == STANDARD_STREAM else f"{target}: the ending does not tell"
        raise CrfnerError(f"{where}; add --to, one of {', '.join(formats.names('write'))}")
    options = {}
    if scheme is not None:
        if not formats.takes(target_format, "write", "scheme"):
            raise CrfnerError(
                f"the format {target_format} has no tagging scheme; leave --scheme out, or add --to with a format of "
                "tags such as conll"
            )
        options["scheme"] = scheme
    notes, count = formats.Notes(), formats.Notes()
    documents = _counted(formats.read(source, source_format, notes=notes), count)
    first = next(documents)  # so that a mistake in IN is told before one in OUT
    formats.write(chain([first], documents), target, target_format, notes=notes, **options)
    click.echo(f"converted {count['documents']} documents with {count['spans']} spans: {source} -> {target}", err=True)
    for what, times in sorted(notes.items()):
        click.echo(f"  {times} {what}", err=True)


def _counted(documents: Iterator[Document], count: formats.Notes) -> Iterator[Document]:
    for document in documents:
        count["documents"] += 1
        count["spans"] += len(document.spans)
        yield document
