"""`crfner clusters`: text without labels in, a file of word clusters or vectors out.

Public names: `clusters`.
"""

from __future__ import annotations

import click
from click.core import ParameterSource

from crfner.cli.options import input_format, keep_inputs, read_documents
from crfner.clusters import CLASSES, METHODS, MIN_FREQ
from crfner.errors import CrfnerError
from crfner.files import atomic_output, check_writable, expand_inputs
from crfner.tokenize import TOKENIZERS


@click.command("clusters")
@click.argument("inputs", metavar="TEXT...", nargs=-1, required=True)
@click.option("-o", "--output", required=True, metavar="FILE", help='The file to write; "-" for standard output.')
@input_format
@click.option("--method", default="context", show_default=True, type=click.Choice(METHODS), help="What is learnt.")
@click.option("--classes", default=CLASSES, show_default=True, help="At most so many classes of words.")
@click.option("--min-freq", default=MIN_FREQ, show_default=True, help="Nothing is learnt of words seen less often.")
@click.option("--tokenizer", default="default", show_default=True, type=click.Choice(list(TOKENIZERS)))
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Equal seeds give equal clusters.")
def clusters(
    inputs: tuple[str, ...],
    output: str,
    input_format: str | None,
    method: str,
    classes: int,
    min_freq: int,
    tokenizer: str,
    seed: int,
) -> None:
    """Learn which words of TEXT (files or folders; "-" for standard input) stand where others stand.

    Plain text holds one document a line; labels of labelled text are not looked at. Each line of the output is a
    word's path in a tree of classes, the word, and how often it was seen. Give the training text too, so that its words
    have classes.

    The classes of --method context have like neighbours; those of morphological look alike too, and hold rare words;
    vectors makes no classes, but says of each word in which respects its neighbours are apart from the mean. Files of
    several methods, or of another number of classes, go together; each is a feature of its own, by the file's name.

    \b
    crfner clusters notes.txt train.jsonl -o clusters.tsv
    crfner clusters notes.txt train.jsonl -o forms.tsv --method morphological
    crfner train train.jsonl -o model.crfner --clusters clusters.tsv --clusters forms.tsv
    """
    from crfner.clusters import learn, read_text
    from features import Clusters

    if (
        method == "vectors"
        and click.get_current_context().get_parameter_source("classes") is ParameterSource.COMMANDLINE
    ):
        raise CrfnerError("--method vectors makes no classes; leave out --classes")
    paths = expand_inputs(inputs)
    keep_inputs(output, paths)
    check_writable(output)
    documents = (document for path in paths for document in read_documents(path, input_format))
    text = read_text(documents, tokenizer=tokenizer, progress=True)
    found = learn(text, method=method, classes=classes, min_freq=min_freq, seed=seed, progress=True)
    counts = dict(zip(text.types, text.counts.tolist(), strict=True))
    if isinstance(found, Clusters):
        rows = sorted((path, -counts[word], word) for word, path in found.paths.items())
        lines = [f"{path}\t{word}\t{-count}\n" for path, count, word in rows]
        option, size = "--clusters", f"are in {len(set(found.paths.values()))} classes"
    else:
        lines = [f"{line}\n" for line in found.to_lines()]
        option, size = "--vectors", "have vectors"
    with atomic_output(output) as stream:
        stream.writelines(lines)
    which = "" if method == "morphological" else f", seen {min_freq} times or more in {text.size} tokens,"
    click.echo(f"{len(lines)} of {len(counts)} words{which} {size}: {output}", err=True)
    click.echo(f"next: crfner train TRAIN -o MODEL {option} {output}", err=True)
