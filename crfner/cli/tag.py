"""`crfner tag`: the entities of new text, in a stream."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import click

from crfner import formats
from crfner.cli.options import input_format, keep_inputs, read_documents
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM, check_writable, expand_inputs
from crfner.recognizer import Recognizer

OUTPUTS = ("jsonl", "conll", "inline", "table")


@click.command("tag")
@click.argument("model")
@click.argument("inputs", metavar="[INPUT]...", nargs=-1)
@click.option("-o", "--output", default="-", metavar="OUT", help="File to write; standard output when left out.")
@click.option("--format", "output_format", type=click.Choice(OUTPUTS), help="By OUT's ending, or jsonl, when left out.")
@input_format
def tag(model: str, inputs: tuple[str, ...], output: str, output_format: str | None, input_format: str | None) -> None:
    """Find entities with MODEL in files, folders or standard input ("-", or no INPUT at all).

    Plain text is read one document a line; labelled formats are read too, and their labels are not looked at. Documents
    come out in the order they came in.

    \b
    crfner tag model.crfner notes.txt -o entities.jsonl
    crfner tag model.crfner letters/ --format table
    echo "Dr Lindqvist stopped the ibuprofen." | crfner tag model.crfner --format inline
    """
    from tqdm import tqdm

    from crfner.models import load_model

    chosen = output_format or formats.by_ending(output) or "jsonl"
    if chosen not in OUTPUTS:
        raise CrfnerError(
            f"{output}: cannot write the format {chosen!r} here; add --format, one of {', '.join(OUTPUTS)}"
        )
    paths = expand_inputs(inputs or (STANDARD_STREAM,))
    keep_inputs(output, [model, *paths] if len(paths) > 1 else [model])  # one input may be tagged in its place
    check_writable(output)
    recognizer = load_model(model)
    if not inputs and sys.stdin is not None and sys.stdin.isatty():
        click.echo("type or paste the text; Ctrl-D at the start of a line ends it", err=True)
    mixed = output == STANDARD_STREAM and sys.stdout is not None and sys.stdout.isatty()  # a bar would be in between
    documents = tqdm(_documents(paths, input_format), "tagging", unit=" documents", disable=mixed or None)
    tagged = recognizer.recognize(documents) if chosen == "conll" else _as_given(recognizer, documents)
    notes = formats.Notes()
    formats.write(tagged, output, chosen, notes=notes)
    for what, times in sorted(notes.items()):
        click.echo(f"{output}: {times} {what}", err=True)


def _documents(paths: list[str], format: str | None) -> Iterator[Document]:
    """All documents; where several files come together, one without an id is named for its file."""
    for path in paths:
        for number, document in enumerate(read_documents(path, format), 1):
            if document.id is None and len(paths) > 1:
                name = path.encode("utf-8", "backslashreplace").decode()  # names of files need not be UTF-8
                document = replace(document, id=f"{name}:{number}")
            yield document


def _as_given(recognizer: Recognizer, documents: Iterator[Document]) -> Iterator[Document]:
    """Predicted spans on the documents as they came, without the tokens that the recogniser added."""
    waiting: deque[Document] = deque()

    def remembered() -> Iterator[Document]:
        for document in documents:
            waiting.append(document)
            yield document

    for tagged in recognizer.recognize(remembered()):
        yield waiting.popleft().with_spans(tagged.spans)
