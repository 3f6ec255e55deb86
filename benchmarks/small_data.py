"""What a few hundred labelled sentences are worth: recipes of this project beside spaCy and a fine-tuned encoder.

Each system learns from the same sentences of the train part, drawn with a seed, and is scored on the whole dev part.
Where one learns from unlabelled text too, that is the rest of the train part without its labels. Times are processor
time of training in a process of its own, with one thread. Results are kept line by line, so that a run that was
stopped goes on where it was; the table at the end is of what is there.

    python benchmarks/small_data.py --corpora FOLDER --results small_data.jsonl
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from statistics import mean, stdev

import click
from corpora import corpora_option, documents
from small_systems import SYSTEMS, Given, measured

from crfner.parts import sample
from crfner.process import isolated

LANGUAGES = {"conll2003-en": "en", "bc5cdr": "en", "conll2002-es": "es"}
"""The corpora, and the language of each."""

SIZES = (100, 250, 500)
SEEDS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """One training: exact micro F1 on dev in points, processor seconds of training."""

    corpus: str
    size: int
    seed: int
    system: str
    f1: float
    seconds: float


@click.command(help=__doc__)
@corpora_option
@click.option(
    "--results", required=True, type=click.Path(path_type=Path), help="Where results are kept, as JSON lines."
)
@click.option("--only", default=",".join(LANGUAGES), metavar="A,B", help="The corpora to measure.")
@click.option("--systems", default=",".join(SYSTEMS), metavar="A,B", help="The systems to measure.")
@click.option("--sizes", default=",".join(map(str, SIZES)), metavar="N,N", help="Numbers of sentences.")
@click.option("--seeds", default=SEEDS, help="How many draws.")
def main(corpora: Path, results: Path, only: str, systems: str, sizes: str, seeds: int) -> None:
    """Measure what is missing in the results, then print them all."""
    done = {(cell.corpus, cell.size, cell.seed, cell.system) for cell in _read(results)}
    for seed, corpus, size, system in product(
        range(seeds), only.split(","), map(int, sizes.split(",")), systems.split(",")
    ):
        if (corpus, size, seed, system) in done:
            continue
        train = documents(corpora, corpus, "train")
        random.Random(seed).shuffle(train)
        labelled = sample(train, size)
        rest = [document.with_spans(()) for document in train[len(labelled) :]]
        given = Given(tuple(labelled), tuple(rest), LANGUAGES[corpus], seed)
        f1, seconds = isolated(measured, system, given, documents(corpora, corpus, "dev"))
        cell = Cell(corpus, size, seed, system, round(f1, 2), round(seconds, 2))
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(cell)) + "\n")
        click.echo(f"{corpus} {size} seed {seed} {system}: {f1:.2f} in {seconds:.1f} s", err=True)
    for line in _table(_read(results)):
        click.echo(line)


def _read(path: Path) -> list[Cell]:
    if not path.exists():
        return []
    return [Cell(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _table(cells: Sequence[Cell]) -> Iterator[str]:
    """A row a system and corpus: mean and deviation of F1, and mean seconds, for each size."""
    sizes = sorted({cell.size for cell in cells})
    yield "| corpus | system | " + " | ".join(f"{size}: F1 | s" for size in sizes) + " |"
    yield "|---" * (2 + 2 * len(sizes)) + "|"
    for corpus, system in dict.fromkeys((cell.corpus, cell.system) for cell in cells):
        row = []
        for size in sizes:
            mine = [cell for cell in cells if (cell.corpus, cell.system, cell.size) == (corpus, system, size)]
            f1, seconds = [cell.f1 for cell in mine], [cell.seconds for cell in mine]
            if not mine:
                row += ["", ""]
                continue
            row.append(f"{mean(f1):.2f} ± {stdev(f1) if len(f1) > 1 else 0:.2f} ({len(f1)})")
            row.append(f"{mean(seconds):.1f}")
        yield f"| {corpus} | {system} | {' | '.join(row)} |"


if __name__ == "__main__":
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"  # the children inherit it
    main()
