"""`crfner suggest`: which texts to label next."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from crfner import formats
from crfner.cli.options import (
    input_format,
    keep_inputs,
    noticed,
    read_documents,
    read_rule_files,
    read_several,
    several_paths,
    using_workers,
    worker_options,
)
from crfner.files import check_writable

_STRATEGIES = ("auto", "sequence", "entropy", "total", "confidence", "margin", "disagreement", "votes", "random")
_UNITS = ("sentence", "document")


@click.command("suggest")
@click.argument("model")
@click.argument("inputs", metavar="[INPUT]...", nargs=-1)
@click.option("-n", "--n", default=50, show_default=True, type=click.IntRange(1), help="How many texts to suggest.")
@click.option("-o", "--output", default="-", metavar="OUT", help="File to write; standard output when left out.")
@click.option("--strategy", type=click.Choice(_STRATEGIES), default="auto", show_default=True, help="See above.")
@click.option("--unit", type=click.Choice(_UNITS), default="sentence", show_default=True, help="What is suggested.")
@click.option(
    "--diversity",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="How much a doubtful word counts less once it was taken; 0.8 when left out, 0 for not at all.",
)
@click.option("--rules", "rule_files", multiple=True, metavar="[LABEL=]FILE", help="For disagreement; repeatable.")
@click.option("--exclude", "excluded", multiple=True, metavar="FILE", help="What is labelled already; repeatable.")
@click.option("--min-tokens", type=click.IntRange(1), default=1, show_default=True, help="Shorter texts are left out.")
@click.option("--max-tokens", type=click.IntRange(1), help="Longer texts are left out.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Decides between equal texts.")
@worker_options("1")
@input_format
def suggest(
    model: str,
    inputs: tuple[str, ...],
    n: int,
    output: str,
    strategy: str,
    unit: str,
    diversity: float | None,
    rule_files: tuple[str, ...],
    excluded: tuple[str, ...],
    min_tokens: int,
    max_tokens: int | None,
    seed: int,
    jobs: int | None,
    backend: str,
    address: str | None,
    input_format: str | None,
) -> None:
    """Choose which sentences of files, folders or standard input ("-", or no INPUT) to label next.

    What MODEL is least sure of comes first, but not the same doubt over and over. Written are JSON lines with the spans
    that MODEL finds, to be corrected; "meta" says where a sentence is "from" and why it was suggested.

    \b
    sequence      how improbable the best reading is, a token of length
    entropy       how undecided the tags are, a token of length
    total         the same over the whole text, which prefers long ones
    confidence    how improbable the best reading of the whole text is
    margin        how close the second best reading comes to the best
    disagreement  how many tokens MODEL and --rules (or the rules of a hybrid) disagree about
    votes         how far the members of an ensemble are apart
    random        a random sample
    auto          votes for an ensemble, disagreement for rules alone, else sequence

    \b
    crfner suggest model.crfner notes.txt -n 50 -o next.jsonl
    crfner suggest model.crfner letters/ -n 500 --jobs 8 -o next.jsonl
    crfner suggest model.crfner letters/ --exclude labelled.jsonl -o next.jsonl
    crfner suggest model.crfner notes.txt --strategy disagreement --rules rules.yaml
    """
    from tqdm import tqdm

    from crfner.models import load_model
    from crfner.rules import RuleRecognizer
    from crfner.suggest import DIVERSITY
    from crfner.suggest import suggest as suggested

    paths = several_paths(inputs)
    keep_inputs(output, [model, *paths, *excluded])
    check_writable(output)
    recognizer = load_model(model)
    rules = RuleRecognizer(read_rule_files(rule_files)) if rule_files else None
    known = _keys(excluded)
    if not inputs and sys.stdin is not None and sys.stdin.isatty():
        click.echo("type or paste the text; Ctrl-D at the start of a line ends it", err=True)
    notes = formats.Notes()
    read = noticed(read_several(paths, input_format), recognizer.manifest, notes)
    with using_workers(jobs, backend, address):
        found = suggested(
            recognizer,
            tqdm(read, "reading", unit=" documents", disable=None),
            n,
            strategy=strategy,
            unit=unit,
            diversity=DIVERSITY if diversity is None else diversity,
            rules=rules,
            known=known,
            min_tokens=min_tokens,
            max_tokens=max_tokens,
            seed=seed,
        )
    formats.write((one.document for one in found), output, "jsonl", notes=notes)
    for what, times in sorted(notes.items()):
        click.echo(f"{output}: {times} {what}", err=True)
    by = f" by {found[0].strategy}" if found else ""
    few = f"; there are no more than these, and {n} were asked for" if len(found) < n else ""
    click.echo(f"suggested {len(found)} {unit}{'s'[: len(found) != 1]}{by}{few}", err=True)


def _keys(paths: Iterable[str]) -> set[bytes]:
    """What is known of the texts of these files: of each document, and of each of its sentences."""
    from crfner.suggest import key_of
    from crfner.tokenize import tokenized

    known: set[bytes] = set()
    for path in paths:
        for document in map(tokenized, read_documents(path, None, overlaps=True)):
            known.add(key_of(document.text))
            for first, last in document.sentences:
                known.add(key_of(document.text[document.tokens[first][0] : document.tokens[last - 1][1]]))
    return known
