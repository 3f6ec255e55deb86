"""The recipes `fast`, `balanced` and `best` on the corpora: accuracy on dev, and what training and tagging cost.

Each is trained as a user would, by `crfner train --recipe NAME`, in processes of their own. Seconds are wall time of
training, of nothing else on the machine if the figures are to mean something; memory is the most that all of its
processes held at one time (resident, looked at ten times a second); tagging is tokens a second of processor time, by
one process that has just opened the model, over the texts of both parts. Results are kept line by line, so that a run
that was stopped goes on where it was. On Linux.

    python benchmarks/recipes.py --corpora FOLDER --results recipes.jsonl --only wnut17,conll2003-en
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from time import perf_counter, process_time, sleep

import click
import psutil
from corpora import corpora_option, documents

from crfner import evaluate
from crfner.models import load_model
from crfner.recipes import NAMED

CORPORA = (
    "conll2003-en", "conll2002-es", "conll2002-nl", "bc5cdr", "wnut17", "masakhaner-yor", "masakhaner-hau",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """What one training gave.

    f1        exact micro F1 on dev, in points
    seconds   wall time of training
    memory    the most that its processes held together, in MiB
    size      of the model file, in MB
    speed     tokens tagged a second of processor time
    """

    corpus: str
    recipe: str
    f1: float
    seconds: float
    memory: float
    size: float
    speed: float


@click.command(help=__doc__)
@corpora_option
@click.option(
    "--results", required=True, type=click.Path(path_type=Path), help="Where results are kept, as JSON lines."
)
@click.option("--only", default=",".join(CORPORA), metavar="A,B", help="The corpora to measure.")
@click.option("--recipes", default=",".join(NAMED), metavar="A,B", help="The recipes to measure.")
def main(corpora: Path, results: Path, only: str, recipes: str) -> None:
    """Measure what is missing in the results, then print them all."""
    rows = list(_read(results))
    done = {(row.corpus, row.recipe) for row in rows}
    for corpus, recipe in product(only.split(","), recipes.split(",")):
        if (corpus, recipe) not in done:
            rows.append(_measured(corpora, corpus, recipe))
            with results.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(rows[-1])) + "\n")
    for line in _table(rows):
        click.echo(line)


def _measured(corpora: Path, corpus: str, recipe: str) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.crfner"
        source = corpora / corpus / "train.conll"
        command = [sys.executable, "-m", "crfner", "train", str(source), "--recipe", recipe, "-o", str(model)]
        begin = perf_counter()
        memory = _peak(subprocess.Popen(command, stdout=sys.stderr))
        seconds = perf_counter() - begin
        recognizer = load_model(model)
        dev = documents(corpora, corpus, "dev")
        texts = [document.with_spans(()) for document in [*dev, *documents(corpora, corpus, "train")]]
        begin = process_time()
        found = list(recognizer.recognize(texts))[: len(dev)]
        speed = sum(len(document.tokens) for document in texts) / (process_time() - begin)
        f1 = 100 * evaluate(dev, found, samples=1).micro.f1
        return Row(corpus, recipe, f1, seconds, memory, model.stat().st_size / 1e6, speed)


def _peak(process: subprocess.Popen[bytes]) -> float:
    """The most that a process and its children hold together until it ends, in MiB."""
    most = 0
    root = psutil.Process(process.pid)
    while process.poll() is None:
        held = 0
        try:
            for one in (root, *root.children(recursive=True)):
                held += one.memory_info().rss
        except psutil.NoSuchProcess:
            pass  # it has ended since
        most = max(most, held)
        sleep(0.1)
    if process.returncode:
        raise click.ClickException(f"the training ended with exit code {process.returncode}")
    return most / 2**20


def _read(results: Path) -> Iterator[Row]:
    if results.exists():
        with results.open(encoding="utf-8") as stream:
            yield from (Row(**json.loads(line)) for line in stream)


def _table(rows: list[Row]) -> Iterator[str]:
    yield f"{'corpus':16}{'recipe':10}{'dev F1':>8}{'train s':>9}{'MiB':>7}{'MB':>7}{'tokens/s':>10}"
    for row in sorted(rows, key=lambda row: (CORPORA.index(row.corpus), NAMED.index(row.recipe))):
        costs = f"{row.seconds:9.0f}{row.memory:7.0f}{row.size:7.1f}{row.speed:10.0f}"
        yield f"{row.corpus:16}{row.recipe:10}{row.f1:8.2f}{costs}"


if __name__ == "__main__":
    main()
