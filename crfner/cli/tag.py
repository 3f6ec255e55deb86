"""`crfner tag`: the entities of new text, in a stream."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from crfner import formats
from crfner.cli.options import (
    input_format,
    keep_inputs,
    noticed,
    read_several,
    several_paths,
    using_workers,
    worker_options,
)
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM, atomic_output, check_writable

if TYPE_CHECKING:
    from crfner.crf import CRFRecognizer
    from crfner.shards import Entry, Shards
    from crfner.tagging import Tagged

OUTPUTS = ("jsonl", "conll", "inline", "table", "labelstudio", "doccano", "prodigy", "spans-csv")


ENDINGS = {"jsonl": "jsonl", "conll": "conll", "inline": "md", "table": "tsv", "labelstudio": "json",
           "doccano": "jsonl", "prodigy": "jsonl", "spans-csv": "csv"}  # fmt: skip
"""Of the names of shards, by format."""


@click.command("tag")
@click.argument("model")
@click.argument("inputs", metavar="[INPUT]...", nargs=-1)
@click.option("-o", "--output", metavar="OUT", help="File to write; standard output when left out.")
@click.option("--format", "output_format", type=click.Choice(OUTPUTS), help="By OUT's ending, or jsonl, when left out.")
@click.option("--nbest", type=click.IntRange(1, 1000), metavar="N", help="Give the N best analyses of each sentence.")
@click.option("--output-dir", metavar="FOLDER", help="Write shards and a manifest into this folder, in place of OUT.")
@click.option("--shard-tokens", type=click.IntRange(1), metavar="N", help="Tokens of a shard.  [default: 1000000]")
@click.option("--resume", is_flag=True, help="Go on with the shards of FOLDER where work was stopped.")
@worker_options("1")
@input_format
def tag(
    model: str,
    inputs: tuple[str, ...],
    output: str | None,
    output_format: str | None,
    nbest: int | None,
    output_dir: str | None,
    shard_tokens: int | None,
    resume: bool,
    jobs: int | None,
    backend: str,
    address: str | None,
    input_format: str | None,
) -> None:
    """Find entities with MODEL in files, folders or standard input ("-", or no INPUT at all).

    Plain text is read one document a line; labelled formats are read too, and their labels are not looked at. Documents
    come out in the order they came in.

    With --nbest, a line of JSON holds, in place of "spans", "nbest": for each sentence its "start" and "end" in the
    text, and "analyses", the most probable first, each with its "probability" and its "spans". No two are alike; their
    probabilities sum to 1 at most, over all that there are to 1.

    With --output-dir, part-00000.jsonl and so on are written, each whole or not at all, and manifest.json, which tells
    what is in them. Whatever stops that, --resume with the same input goes on, and does nothing twice.

    \b
    crfner tag model.crfner notes.txt -o entities.jsonl
    crfner tag model.crfner letters/ --format table
    crfner tag model.crfner notes.txt -o tasks.json --format labelstudio
    crfner tag model.crfner notes.txt --nbest 5 -o analyses.jsonl
    crfner tag model.crfner letters/ --output-dir tagged --jobs 8
    crfner tag model.crfner letters/ --output-dir tagged --resume --backend dask --address tcp://10.0.0.1:8786
    echo "Dr Lindqvist stopped the ibuprofen." | crfner tag model.crfner --format inline
    """
    from crfner.tagging import model_given, tagged

    if output_dir is None and (resume or shard_tokens is not None):
        raise CrfnerError("--resume and --shard-tokens are about shards; name their folder with --output-dir")
    if output_dir is not None and output is not None:
        raise CrfnerError("-o names one file and --output-dir a folder of shards; leave out one of them")
    output = output or STANDARD_STREAM
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
    given = model_given(model)
    recognizer = given.value
    if nbest is not None and not isinstance(recognizer, _crf()):
        kind = recognizer.manifest["kind"]
        raise CrfnerError(f"--nbest is what a CRF alone can tell, and {model} is of the kind {kind}; leave it out")
    if not inputs and sys.stdin is not None and sys.stdin.isatty():
        click.echo("type or paste the text; Ctrl-D at the start of a line ends it", err=True)
    # a bar would be in between
    mixed = output_dir is None and output == STANDARD_STREAM and sys.stdout is not None and sys.stdout.isatty()
    notes = formats.Notes()
    read = noticed(read_several(paths, input_format), recognizer.manifest, notes)
    documents = read if mixed else _with_progress(read)
    writer = _Writer(chosen, nbest is not None, notes)

    with using_workers(jobs, backend, address) as pool:

        def entries(documents: Iterator[Document]) -> Iterator[Tagged]:
            return tagged(documents, given, pool, nbest=nbest, whole=chosen == "conll")

        if output_dir is None:
            writer((writer.of(one) for one in entries(documents)), output)
        else:
            from crfner.shards import SHARD_TOKENS, Entry, Shards, Source, check_apart

            options: dict[str, Any] = {
                "format": chosen,
                "from": input_format,
                "nbest": nbest,
                "shard_tokens": shard_tokens or SHARD_TOKENS,
            }
            check_apart(output_dir, inputs)
            shards = Shards(
                output_dir, Source.of(model, paths, options), ENDINGS[chosen], options["shard_tokens"], writer
            )
            _fill(
                shards,
                documents,
                lambda rest: (Entry(one.given, writer.of(one), one.tokens) for one in entries(rest)),
                resume,
            )
    for what, times in sorted(notes.items()):
        click.echo(f"{output_dir or output}: {times} {what}", err=True)


def _with_progress(documents: Iterator[Document]) -> Iterator[Document]:
    if sys.stderr is None or not sys.stderr.isatty():
        return documents
    from tqdm import tqdm  # it takes a while to import

    return iter(tqdm(documents, "tagging", unit=" documents"))


def _fill(
    shards: Shards,
    documents: Iterator[Document],
    entries: Callable[[Iterator[Document]], Iterator[Entry]],
    resume: bool,
) -> None:
    """Write the shards that are missing, and say what is there."""
    with shards.opened(resume):
        before = len(shards.done)
        for _ in shards.fill(documents, entries):
            pass
        tokens = sum(shard.tokens for shard in shards.done)
        there = f", {before} of them there before" if before else ""
        click.echo(f"{shards.folder}: {len(shards.done)} shards{there}, {tokens} tokens", err=True)


@dataclass(frozen=True)
class _Writer:
    """Writes what was found to a file."""

    format: str
    nbest: bool
    notes: formats.Notes

    def of(self, one: Tagged) -> Any:
        """What is written of a document: itself, or an object with analyses in place of spans."""
        if not self.nbest:
            return one.document
        from crfner.formats.jsonl import to_record

        record = to_record(one.given)
        del record["spans"]
        return {**record, "nbest": one.analyses}

    def __call__(self, entries: Iterator[Any], path: str) -> None:
        if not self.nbest:
            formats.write(entries, path, self.format, notes=self.notes)
            return
        from crfner.formats.checks import to_json

        with atomic_output(path) as stream:
            for record in entries:
                stream.write(f"{to_json(record)}\n")


def _crf() -> type[CRFRecognizer]:
    from crfner.crf import CRFRecognizer

    return CRFRecognizer
