"""`crfner clusters`: text without labels in, a file of word clusters out.

Public names: `clusters`.
"""

from __future__ import annotations

import click

from crfner.cli.options import input_format, keep_inputs, read_documents
from crfner.clusters import CLASSES, MIN_FREQ
from crfner.files import atomic_output, check_writable, expand_inputs
from crfner.tokenize import TOKENIZERS


@click.command("clusters")
@click.argument("inputs", metavar="TEXT...", nargs=-1, required=True)
@click.option("-o", "--output", required=True, metavar="FILE", help='The file to write; "-" for standard output.')
@input_format
@click.option("--classes", default=CLASSES, show_default=True, help="At most so many classes of words.")
@click.option("--min-freq", default=MIN_FREQ, show_default=True, help="Words seen less often get no class.")
@click.option("--tokenizer", default="default", show_default=True, type=click.Choice(list(TOKENIZERS)))
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Equal seeds give equal clusters.")
def clusters(
    inputs: tuple[str, ...],
    output: str,
    input_format: str | None,
    classes: int,
    min_freq: int,
    tokenizer: str,
    seed: int,
) -> None:
    """Learn which words of TEXT (files or folders; "-" for standard input) stand where others stand.

    Plain text holds one document a line; labels of labelled text are not looked at. Each line of the output is a
    word's path in a tree of classes, the word, and how often it was seen. Give the training text too, so that its words
    have classes.

    \b
    crfner clusters notes.txt train.jsonl -o clusters.tsv
    crfner train train.jsonl -o model.crfner --clusters clusters.tsv
    """
    from crfner.clusters import learn, read_text

    paths = expand_inputs(inputs)
    keep_inputs(output, paths)
    check_writable(output)
    documents = (document for path in paths for document in read_documents(path, input_format))
    text = read_text(documents, tokenizer=tokenizer, progress=True)
    found = learn(text, classes=classes, min_freq=min_freq, seed=seed)
    counts = dict(zip(text.types, text.counts.tolist(), strict=True))
    rows = sorted((path, -counts[word], word) for word, path in found.paths.items())
    with atomic_output(output) as stream:
        stream.writelines(f"{path}\t{word}\t{-count}\n" for path, count, word in rows)
    number = len(set(found.paths.values()))
    click.echo(
        f"{len(found.paths)} of {len(counts)} words, seen {min_freq} times or more in {text.size} tokens, are in "
        f"{number} classes: {output}",
        err=True,
    )
    click.echo(f"next: crfner train TRAIN -o MODEL --clusters {output}", err=True)
