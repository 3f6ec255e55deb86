"""Everything that is promised of speed, memory and size, against peers, in one run: one table, one exit code.

\b
    features  lists of a feature set against one dictionary a token, the same features
    training  features and training to the same F1: ours, sklearn-crfsuite to convergence, NLTK's taggers
    tagging   text to spans, with one process and two: ours, a blank spaCy pipeline; tokens to spans: the others
    startup   `crfner --help`, and one sentence with a model of 5 MB; spaCy beside it
    size      of the model as it comes, what it loses, and the others' models
    growth    time and memory of training by the number of tokens, with fitted exponents
    stream    memory of `crfner tag` while text without end goes through it, drawn as SVG beside the results

All on CoNLL-2003 in English with the `default` preset, each side in a process of its own with one thread for numerical
libraries; medians over rounds in which the sides take turns. Results are kept after every single run, and a measure
that is made again replaces its own alone: measures may be made one by one. What was measured is printed, and all that
is kept goes into RESULTS.md. The exit code is 1 when a requirement of what was measured is missed.

\b
    python benchmarks/run.py --corpora FOLDER --all
    python benchmarks/run.py --corpora FOLDER --only startup,size
    python benchmarks/run.py --corpora FOLDER --only training --resume      # go on where it was stopped
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path

import click
from corpora import corpora_option
from keeping import Kept, report, rows, table
from measures import MEASURES
from measures.values import Setup
from tqdm import tqdm

from crfner.errors import CrfnerError

_HERE = Path(__file__).parent
_PATH = click.Path(dir_okay=False, path_type=Path)


@click.command(help=__doc__)
@corpora_option
@click.option("--all", "everything", is_flag=True, help="All measures: an hour or more of both cores.")
@click.option("--only", metavar="A,B", help=f"These measures: {', '.join(MEASURES)}.")
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1), help="Runs of each side.")
@click.option("--corpus", default="conll2003-en", show_default=True, help="Another corpus, for trying.")
@click.option("--seconds", default=300, show_default=True, type=click.IntRange(5), help="How long each stream is.")
@click.option("--results", default=_HERE / "results" / "run.json", type=_PATH, help="Where the figures are kept.")
@click.option("--report", "page", default=_HERE / "RESULTS.md", type=_PATH, help="Where the table is written.")
@click.option("--work", type=click.Path(file_okay=False, path_type=Path), help="Keep the models here for later runs.")
@click.option("--resume", is_flag=True, help="Keep the rounds that the results have, and make what is missing.")
def main(
    corpora: Path,
    everything: bool,
    only: str | None,
    rounds: int,
    corpus: str,
    seconds: int,
    results: Path,
    page: Path,
    work: Path | None,
    resume: bool,
) -> None:
    """Make the measures, then show what they gave."""
    if everything == bool(only):
        raise click.UsageError("give either --all, or --only with some measures")
    names = list(MEASURES) if only is None else only.split(",")
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        raise click.UsageError(f"there is no measure {unknown[0]!r}; known are {', '.join(MEASURES)}")
    if find_spec("spacy") is None and {"tagging", "startup"} & set(names):
        raise click.UsageError("tagging and startup are compared with spaCy, which is not installed; pip install spacy")
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
    kept = Kept.opened(results)
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() if work is None else nullcontext(work) as folder:
        setup = Setup(corpora.resolve(), corpus, Path(folder).resolve(), results.parent, seconds)
        for name in names:
            _measure(name, setup, kept, rounds, resume)
    page.write_text(report(kept), encoding="utf-8")
    named = list(rows(kept, names))
    click.echo("\n".join(table(named)))
    sys.exit(0 if all(row.passed for _, row in named) else 1)


def _measure(name: str, setup: Setup, kept: Kept, rounds: int, resume: bool) -> None:
    """Make the rounds of a measure, one side after the other, and keep each as it ends."""
    measure = MEASURES[name]
    if not (resume and name in kept.measures):
        kept.begin(name, _command())
    missing = [
        side
        for number in range(rounds)
        for side in measure.sides
        if len(kept.runs(name, side)) <= number and not (number and side in measure.once)
    ]
    for side in tqdm(missing, name, unit=" runs", disable=None):
        tqdm.write(f"{name}: {side}", sys.stderr)
        try:
            figures = measure.sides[side](setup)
        except (CrfnerError, RuntimeError, subprocess.CalledProcessError) as error:
            raise click.ClickException(f"{name}, {side}: {error}\n--resume goes on from here") from None
        kept.add(name, side, figures)


def _command() -> str:
    """The command as it was given, without the names of folders of this machine."""
    words = ["FOLDER" if Path(word).is_absolute() else word for word in sys.argv[1:]]
    return " ".join(["python benchmarks/run.py", *words])


if __name__ == "__main__":
    main()
