"""`crfner agree`: how far two annotators of the same texts agree, and where they do not."""

from __future__ import annotations

import json
import os

import click

from crfner import formats
from crfner.cli.options import input_format, keep_inputs, read_documents
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM, atomic_output, check_writable
from crfner.formats import stream_name

_SHOWN = 20  # conflicts on the terminal


@click.command("agree")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@input_format
@click.option("--names", nargs=2, metavar="NAME NAME", help="What to call the two; the files' names when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--top", type=click.IntRange(0), metavar="N", help=f"Conflicts to list; {_SHOWN} here when left out.")
@click.option("-o", "--output", metavar="OUT.json", help="Write the same as JSON, with all conflicts.")
@click.option(
    "--conflicts",
    "conflicts_path",
    metavar="OUT.jsonl",
    help="Write the documents that differ, with what is agreed as spans and both versions beside it.",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 1),
    metavar="F1",
    help="The exit code is 1 when F1 of all spans is below this, 0 to 1, or undefined.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the bootstrap intervals.")
def agree(
    first: str,
    second: str,
    input_format: str | None,
    names: tuple[str, str] | None,
    as_json: bool,
    top: int | None,
    output: str | None,
    conflicts_path: str | None,
    fail_under: float | None,
    seed: int,
) -> int:
    """Measure how far A and B agree, labelled text of two annotators; "-" is standard input for one of them.

    A and B hold the same texts, in any format and order. Documents are paired by id and text; what has no pair is
    counted on standard error.

    F1 of spans counts those with the same borders and label, and is the same both ways. Cohen's kappa compares the
    labels of tokens: over all, where those that neither marks make most of it, and over those that either marks. What
    cannot be computed, such as F1 of a label that neither uses, is undefined.

    Conflicts are listed in context, those first that come again most often: what the guidelines do not settle.

    \b
    crfner agree ann.jsonl bo.jsonl
    crfner agree ann.jsonl bo.conll --json > agreement.json
    crfner agree ann.jsonl bo.jsonl --conflicts decide.jsonl --fail-under 0.8
    """
    from tqdm import tqdm

    from crfner.agreement import agreement, disputed, pair
    from crfner.agreement.recurring import recurring
    from crfner.agreement.report import Report, to_dict, to_text

    if first == second == STANDARD_STREAM:
        raise CrfnerError("only one of the two can be standard input; name a file for the other")
    if conflicts_path is not None and formats.by_ending(conflicts_path) != "jsonl":
        raise CrfnerError(f"{conflicts_path}: only JSON lines hold two versions; name a file such as decide.jsonl")
    for path in (output, conflicts_path):
        if path is not None:
            keep_inputs(path, [first, second])
            check_writable(path)
    called = names or _names(first, second)
    pairing = pair(*(list(read_documents(path, input_format, overlaps=True)) for path in (first, second)))
    if not pairing.pairs:
        raise CrfnerError(f"{first} and {second} have no text in common; give two annotations of the same documents")
    notes = pairing.notes(called)
    pairs = tqdm(pairing.pairs, "comparing", unit=" documents", disable=None)
    report = Report(agreement(pairs, called, seed=seed), recurring(pairing.pairs), notes)
    if as_json:
        click.echo(json.dumps(to_dict(report, pairing, top), ensure_ascii=False, indent=2))
    else:
        click.echo(to_text(report, _SHOWN if top is None else top))
    for what, times in notes.items():
        click.echo(f"{times} {what}", err=True)
    if output is not None:
        with atomic_output(output) as stream:
            stream.write(json.dumps(to_dict(report, pairing), ensure_ascii=False, indent=2) + "\n")
        click.echo(f"wrote {output}", err=True)
    if conflicts_path is not None:
        formats.write(disputed(pairing.pairs, called), conflicts_path)
        click.echo(f"wrote {conflicts_path}: {report.agreement.differing} documents", err=True)
    return int(fail_under is not None and _fails(report.agreement.spans.f1, fail_under))


def _names(first: str, second: str) -> tuple[str, str]:
    """What to call the annotators: the files' names without their endings, with their folders where these differ."""
    one, other = (os.path.splitext(stream_name(path))[0] for path in (first, second))
    short = os.path.basename(one), os.path.basename(other)
    if short[0] != short[1]:
        return short
    return (one, other) if one != other else (f"{short[0]} 1", f"{short[1]} 2")


def _fails(f1: float | None, least: float) -> bool:
    if f1 is None:
        click.echo("F1 of all spans is undefined, as neither marks anything", err=True)
    elif f1 < least:
        click.echo(f"F1 of all spans is {f1:.4f}, below {least:g}", err=True)
    return f1 is None or f1 < least
