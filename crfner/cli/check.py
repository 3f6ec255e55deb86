"""`crfner check`: what is likely wrong with labelled text, found before anything is learnt from it."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from crfner import formats
from crfner.check.values import SEVERITIES, Finding
from crfner.cli.options import input_format, keep_inputs, read_documents, using_workers, worker_options
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.files import check_writable
from crfner.formats import stream_name

_SHOWN = 20  # findings on the terminal


@click.command("check")
@click.argument("data")
@click.option("--against", metavar="OTHER", help="Labelled text that should be apart from DATA, such as the test set.")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="error",
    show_default=True,
    help="The exit code is 1 when anything this grave or graver is found.",
)
@click.option("--fix", "fix_path", metavar="OUT", help="Write a copy with what is safe to correct corrected.")
@click.option("--no-model", is_flag=True, help="Ask no model: only rules, in seconds.")
@click.option("--folds", type=click.IntRange(2), default=3, show_default=True, help="Parts to ask the model about.")
@click.option("--top", type=click.IntRange(0), metavar="N", help=f"Findings to list; {_SHOWN} here when left out.")
@click.option("-o", "--output", "outputs", multiple=True, metavar="OUT", help="Report: .html, .json, .txt; repeatable.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the parts.")
@worker_options("1")
@input_format
def check(
    data: str,
    against: str | None,
    fail_on: str,
    fix_path: str | None,
    no_model: bool,
    folds: int,
    top: int | None,
    outputs: tuple[str, ...],
    seed: int,
    jobs: int | None,
    backend: str,
    address: str | None,
    input_format: str | None,
) -> int:
    """Check the annotation of the labelled text DATA ("-" for standard input), the likeliest mistakes first.

    Rules look for the same text labelled differently or not at all, for borders that vary, overlaps, duplicates, rare
    labels and, with --against, for leaks and drift between two sets. A CRF that has not seen a document doubts its
    entities, or finds others. Each finding has its place in context, and what would stand there instead.

    --fix corrects only what no one would argue about, such as white space within an entity's borders.

    \b
    crfner check train.jsonl
    crfner check train.conll --against test.conll -o report.html
    crfner check train.jsonl --folds 10 --jobs 4
    crfner check train.jsonl --no-model --fix fixed.jsonl --fail-on warning
    """
    from crfner.check import check as findings_of
    from crfner.check.report import Report, check_ending, to_text, write

    for output in outputs:
        check_ending(output)
    if fix_path is not None and formats.by_ending(fix_path) is None:
        raise CrfnerError(f"{fix_path}: the ending does not tell the format; name a file such as fixed.jsonl or .conll")
    for output in (*outputs, *([fix_path] if fix_path is not None else [])):
        keep_inputs(output, [data, *([against] if against is not None else [])])
        check_writable(output)
    documents = list(read_documents(data, input_format, overlaps=True))
    if not any(document.spans for document in documents):
        raise CrfnerError(f"{stream_name(data)}: there is no entity to check; give labelled text")
    others = list(read_documents(against, None, overlaps=True)) if against is not None else None
    with using_workers(jobs, backend, address):
        findings = findings_of(documents, others, model=not no_model, folds=folds, seed=seed, progress=True)
    report = Report(_shown(data), documents, findings, _shown(against) if against is not None else None)
    click.echo(to_text(report, _SHOWN if top is None else top))
    for output in outputs:
        write(report, output, top)
        click.echo(f"wrote {output}", err=True)
    if fix_path is not None:
        _fix(documents, findings, fix_path)
    least = SEVERITIES.index(fail_on)
    return int(any(SEVERITIES.index(finding.severity) >= least for finding in findings))


def _fix(documents: Sequence[Document], findings: Sequence[Finding], path: str) -> None:
    """Write the corrected copy, and say what was done."""
    from crfner.check.fixing import fixed

    notes = formats.Notes()
    corrected, counts = fixed(documents, findings)
    formats.write(corrected, path, notes=notes)
    done = ", ".join(f"{times} {kind}" for kind, times in sorted(counts.items())) or "nothing"
    click.echo(f"fixed {done}; wrote {path}", err=True)
    for what, times in sorted(notes.items()):
        click.echo(f"  {times} {what}", err=True)


def _shown(path: str) -> str:
    """The file's own name: a report is for others, who do not have its folder."""
    return os.path.basename(stream_name(path))
