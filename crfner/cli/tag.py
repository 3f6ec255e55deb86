"""`crfner tag`: the entities of new text, in a stream."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from crfner import formats
from crfner.cli.options import input_format, keep_inputs, noticed, read_several, several_paths
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM, atomic_output, check_writable
from crfner.recognizer import Recognizer

if TYPE_CHECKING:
    from crfner.crf import CRFRecognizer

OUTPUTS = ("jsonl", "conll", "inline", "table", "labelstudio", "doccano", "prodigy", "spans-csv")


@click.command("tag")
@click.argument("model")
@click.argument("inputs", metavar="[INPUT]...", nargs=-1)
@click.option("-o", "--output", default="-", metavar="OUT", help="File to write; standard output when left out.")
@click.option("--format", "output_format", type=click.Choice(OUTPUTS), help="By OUT's ending, or jsonl, when left out.")
@click.option("--nbest", type=click.IntRange(1, 1000), metavar="N", help="Give the N best analyses of each sentence.")
@input_format
def tag(
    model: str,
    inputs: tuple[str, ...],
    output: str,
    output_format: str | None,
    nbest: int | None,
    input_format: str | None,
) -> None:
    """Find entities with MODEL in files, folders or standard input ("-", or no INPUT at all).

    Plain text is read one document a line; labelled formats are read too, and their labels are not looked at. Documents
    come out in the order they came in.

    With --nbest, a line of JSON holds, in place of "spans", "nbest": for each sentence its "start" and "end" in the
    text, and "analyses", the most probable first, each with its "probability" and its "spans". No two are alike; their
    probabilities sum to 1 at most, over all that there are to 1.

    \b
    crfner tag model.crfner notes.txt -o entities.jsonl
    crfner tag model.crfner letters/ --format table
    crfner tag model.crfner notes.txt -o tasks.json --format labelstudio
    crfner tag model.crfner notes.txt --nbest 5 -o analyses.jsonl
    echo "Dr Lindqvist stopped the ibuprofen." | crfner tag model.crfner --format inline
    """
    from crfner.formats.checks import to_json
    from crfner.models import load_model

    chosen = output_format or formats.by_ending(output) or "jsonl"
    if chosen not in OUTPUTS:
        raise CrfnerError(
            f"{output}: cannot write the format {chosen!r} here; add --format, one of {', '.join(OUTPUTS)}"
        )
    if nbest is not None and chosen != "jsonl":
        raise CrfnerError(f"--nbest writes JSON lines; leave out --format {chosen}, or give OUT the ending .jsonl")
    paths = several_paths(inputs)
    keep_inputs(output, [model, *paths] if len(paths) > 1 else [model])  # one input may be tagged in its place
    check_writable(output)
    recognizer = load_model(model)
    if not inputs and sys.stdin is not None and sys.stdin.isatty():
        click.echo("type or paste the text; Ctrl-D at the start of a line ends it", err=True)
    mixed = output == STANDARD_STREAM and sys.stdout is not None and sys.stdout.isatty()  # a bar would be in between
    notes = formats.Notes()
    read = noticed(read_several(paths, input_format), recognizer.manifest, notes)
    documents = read if mixed else _with_progress(read)
    if nbest is not None:
        from crfner.crf import CRFRecognizer

        if not isinstance(recognizer, CRFRecognizer):
            kind = recognizer.manifest["kind"]
            raise CrfnerError(f"--nbest is what a CRF alone can tell, and {model} is of the kind {kind}; leave it out")
        with atomic_output(output) as stream:
            for record in _nbest_records(recognizer, documents, nbest):
                stream.write(f"{to_json(record)}\n")
    else:
        tagged = recognizer.recognize(documents) if chosen == "conll" else _as_given(recognizer, documents)
        formats.write(tagged, output, chosen, notes=notes)
    for what, times in sorted(notes.items()):
        click.echo(f"{output}: {times} {what}", err=True)


def _with_progress(documents: Iterator[Document]) -> Iterator[Document]:
    if sys.stderr is None or not sys.stderr.isatty():
        return documents
    from tqdm import tqdm  # it takes a while to import

    return iter(tqdm(documents, "tagging", unit=" documents"))


def _as_given(recognizer: Recognizer, documents: Iterator[Document]) -> Iterator[Document]:
    """Predicted spans on the documents as they came, without the tokens that the recogniser added."""
    waiting: deque[Document] = deque()
    for tagged in recognizer.recognize(_remembered(documents, waiting)):
        yield waiting.popleft().with_spans(tagged.spans)


def _nbest_records(crf: CRFRecognizer, documents: Iterator[Document], n: int) -> Iterator[dict[str, Any]]:
    """The documents as they came, as objects that have the analyses of their sentences in place of spans."""
    from crfner.crf.alternatives import to_data
    from crfner.formats.jsonl import to_record

    waiting: deque[Document] = deque()
    for found in crf.nbest(_remembered(documents, waiting), n):
        record = to_record(waiting.popleft())
        del record["spans"]
        yield {**record, "nbest": to_data(found)}


def _remembered(documents: Iterator[Document], waiting: deque[Document]) -> Iterator[Document]:
    for document in documents:
        waiting.append(document)
        yield document
