"""`crfner augment`: labelled text in, the same and more of it out.

Public names: `augment`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import click

from crfner import formats
from crfner.augment.methods import METHODS
from crfner.augment.mixtures import DEFAULT, MIXTURES
from crfner.cli.format_names import FormatName
from crfner.cli.options import input_format, keep_inputs, read_documents, rule_file
from crfner.columns import aligned
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM, check_writable


@click.command("augment")
@click.argument("source", metavar="DATA")
@click.option("-o", "--output", default="-", metavar="OUT", help="File to write; standard output when left out.")
@click.option(
    "--method",
    "methods",
    default=DEFAULT,
    show_default=True,
    metavar="NAMES",
    help=f"A mixture ({', '.join(MIXTURES)}), or methods with weights, such as mentions=2,typos; of "
    f"{', '.join(METHODS)}.",
)
@click.option("--target", type=int, metavar="N", help="Mentions that every label should have.  [default: by the mean]")
@click.option("--cap", type=int, metavar="N", help="New sentences of one source sentence, at most.")
@click.option(
    "--lexicon",
    "lexicons",
    multiple=True,
    metavar="LABEL=FILE",
    help="Terms that may stand for mentions of LABEL, one a line; repeatable.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Another seed, other sentences.")
@click.option("--only-new", is_flag=True, help="Write the new sentences alone, without DATA.")
@input_format
@click.option(
    "--to", "output_format", type=FormatName("write"), help="Format of OUT; by its ending, or jsonl, when left out."
)
def augment(
    source: str,
    output: str,
    methods: str,
    target: int | None,
    cap: int | None,
    lexicons: tuple[str, ...],
    seed: int,
    only_new: bool,
    input_format: str | None,
    output_format: str | None,
) -> None:
    """Write DATA ("-" for standard input) and new sentences made of its own, most for the labels that have the fewest.

    Give it what is learnt from, never what is scored: `crfner train --augment` keeps the two apart. Each new sentence
    tells in its meta which one it was made of, and how; JSON lines and CoNLL keep that.

    \b
    crfner augment train.jsonl -o more.jsonl
    crfner augment train.conll -o more.conll --method mentions=2,typos --target 200 --cap 3
    crfner augment train.jsonl -o more.jsonl --method mentions --lexicon DEVICE=devices.txt
    """
    from crfner.augment import augmented

    paths = [rule_file(value)[0] for value in lexicons]
    keep_inputs(output, [source, *paths])
    check_writable(output)
    lexicon = _lexicon(lexicons)
    documents = list(read_documents(source, input_format))
    if not any(document.spans for document in documents):
        raise CrfnerError(
            f"{formats.stream_name(source)}: there is no labelled span to make others of; annotate some first"
        )
    found = augmented(documents, methods, seed=seed, target=target, cap=cap, lexicon=lexicon)
    new = found[len(documents) :]
    notes = formats.Notes()
    formats.write(
        new if only_new else found, output, output_format or formats.by_ending(output) or "jsonl", notes=notes
    )
    for line in _summary(documents, new, output):
        click.echo(line, err=True)
    for what, times in sorted(notes.items()):
        click.echo(f"{output}: {times} {what}", err=True)


def _lexicon(values: Iterable[str]) -> dict[str, list[str]]:
    """The terms of each label, from `LABEL=FILE`; a file that is named for its label (DRUG.txt) needs no LABEL."""
    from crfner.rules.files.gazetteers import label_of_file, read_terms

    lexicon: dict[str, list[str]] = {}
    for value in values:
        path, given = rule_file(value)
        label = given or label_of_file(path)
        if label is None:
            raise CrfnerError(f"{path}: the name of the file does not tell the label; give --lexicon LABEL={path}")
        lexicon.setdefault(label, []).extend(read_terms(path))
    return lexicon


def _summary(documents: Sequence[Document], new: Sequence[Document], output: str) -> list[str]:
    """What was made, by method, and how many mentions each label had and has."""
    if not new:
        return ["no new sentence: every label has its target already; give a higher --target, or other methods"]
    made = Counter(document.meta["augmented"]["method"] for document in new)
    by_method = ", ".join(f"{count} by {name}" for name, count in sorted(made.items()))
    before, more = _mentions(documents), _mentions(new)
    rows = [["label", "mentions", "with the new ones"]]
    rows += [[label, str(count), str(count + more[label])] for label, count in sorted(before.items())]
    where = "standard output" if output == STANDARD_STREAM else output
    return [f"{len(new)} new sentences -> {where}: {by_method}", *aligned(rows)]


def _mentions(documents: Iterable[Document]) -> Counter[str]:
    return Counter(span.label for document in documents for span in document.spans)
