"""`crfner tune`: labelled text in, a file of settings out, and what the search for them has shown.

Public names: `tune`.
"""

from __future__ import annotations

import os

import click

from crfner.cli.options import input_format, keep_inputs, read_documents, using_workers, worker_options
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM, atomic_output, check_writable
from crfner.resources import COLLECTIONS, resources
from features import Lexicon


@click.command("tune")
@click.argument("data")
@click.option(
    "-o", "--output", default="best.json", show_default=True, metavar="CONFIG", help="The file of settings to write."
)
@click.option(
    "--resources",
    "languages",
    multiple=True,
    type=click.Choice(list(COLLECTIONS)),
    help="Lexicons of this language or domain, which the model is to have too; repeatable.",
)
@click.option("--minutes", type=float, default=10, show_default=True, help="Time to search, at most.")
@click.option("--trials", type=click.IntRange(1), metavar="N", help="Settings to try, at most.")
@click.option("--folds", type=click.IntRange(2), default=3, show_default=True, help="Folds of the cross-validation.")
@click.option("--study", metavar="FILE", help="Keep the trials here, and go on from those that it holds.")
@click.option("--plot", "plot_path", metavar="HTML", help="A page with the trials and what mattered.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of folds and search.")
@worker_options("the number of processors")
@input_format
def tune(
    data: str,
    output: str,
    languages: tuple[str, ...],
    minutes: float,
    trials: int | None,
    folds: int,
    study: str | None,
    plot_path: str | None,
    seed: int,
    jobs: int | None,
    backend: str,
    address: str | None,
    input_format: str | None,
) -> int:
    """Search for the settings of a CRF that suit the labelled text DATA ("-" for standard input).

    Penalties, frequency cut-off, preset, window and groups of features are tried by cross-validation, the presets
    first. The best settings meet the default ones once more, on folds cut anew; where they do not win, the default is
    what is written. Ctrl-C ends the search and keeps the best so far (exit code 130).

    \b
    crfner tune train.jsonl -o best.json
    crfner tune train.jsonl -o best.json --minutes 60 --study trials.log --plot tuning.html
    crfner tune train.conll -o best.json --resources en
    crfner tune train.jsonl -o best.json --backend dask --address tcp://10.0.0.1:8786
    crfner train train.jsonl --config best.json -o model.crfner
    """
    from crfner.tune import to_page, to_text, write_config
    from crfner.tune import tune as search

    outputs = [path for path in (output, plot_path, study) if path is not None]
    if STANDARD_STREAM in outputs or "" in outputs or len({os.path.realpath(path) for path in outputs}) < len(outputs):
        raise CrfnerError("-o, --plot and --study each need a file of their own; give them names")
    for path in outputs:
        keep_inputs(path, [data])
        check_writable(path)
    lexicons: dict[str, Lexicon] = {}
    for language in languages:
        lexicons.update(resources(language))
    documents = list(read_documents(data, input_format))
    with using_workers(jobs, backend, address):
        tuned = search(
            documents,
            lexicons=lexicons,
            minutes=minutes,
            trials=trials,
            folds=folds,
            study=study,
            seed=seed,
            progress=True,
        )
    click.echo(to_text(tuned))
    write_config(tuned.config, output)
    what = f"trial {tuned.chosen.number}" if tuned.better else "the default settings"
    click.echo(f"\nwrote {output} ({what})")
    if plot_path is not None:
        with atomic_output(plot_path) as stream:
            stream.write(to_page(tuned))
        click.echo(f"wrote {plot_path}")
    with_resources = "".join(f" --resources {language}" for language in languages)
    click.echo(f"next: crfner train {data} --config {output}{with_resources} -o model.crfner")
    return 130 if tuned.interrupted else 0
