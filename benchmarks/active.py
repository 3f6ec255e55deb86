"""How many tokens have to be labelled: those that `crfner suggest` picks, beside sentences at random.

Both sides start from the same sentences, drawn with a seed, and label, train and score in rounds: each labels a share
more of tokens than so far, trains anew on all that is labelled, and is scored on the whole dev part. They stop where
F1 reaches 95% of what all sentences of the train part give with the same settings; how many tokens that took lies
between two rounds and is interpolated linearly. Sentences are chosen, learnt from and counted on their own, without
the document that they are from, on both sides and for the target. Runs are kept line by line, so that a benchmark that
was stopped goes on where it was; the table at the end is of what is there.

    python benchmarks/active.py --corpora FOLDER --results active.jsonl
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from time import process_time

import click
from corpora import corpora_option, documents
from joblib import Parallel, delayed
from scipy.stats import t
from tqdm import tqdm

from crfner import CRFRecognizer, Document, evaluate
from crfner.parts import part
from crfner.suggest import DIVERSITY, suggest

CORPORA = ("conll2003-en", "bc5cdr")
ENOUGH = 0.95
"""The share of the F1 on all of the train part that has to be reached."""

RANDOM = "random"
_REQUIRED = 40  # per cent fewer tokens than random choice
_FULL = "full"
_START = 1000  # tokens, at least, of the sentences that both sides start from
_GROWTH = 1.5  # from one round to the next


@dataclass(frozen=True, slots=True)
class Run:
    """One side on one corpus from one draw, or all of the train part.

    iterations  passes of each training
    curve       (tokens, sentences, F1 on dev in points) of each round
    needed      tokens up to the target, interpolated; None where all of the train part did not reach it
    seconds     of processor time
    """

    corpus: str
    strategy: str
    diversity: float
    iterations: int
    seed: int
    curve: list[tuple[int, int, float]]
    needed: float | None
    seconds: float


@click.command(help=__doc__)
@corpora_option
@click.option(
    "--results", required=True, type=click.Path(path_type=Path), help="Where results are kept, as JSON lines."
)
@click.option("--corpus", default=",".join(CORPORA), metavar="A,B", help="The corpora to measure.")
@click.option("--strategies", default=f"sequence,{RANDOM}", metavar="A,B", help="The strategies to measure.")
@click.option("--diversity", default=DIVERSITY, show_default=True, help="Of all strategies but random.")
@click.option("--seeds", default=5, show_default=True, help="How many draws.")
@click.option("--iterations", default=30, show_default=True, help="Passes of each training.")
@click.option("--jobs", default=1, show_default=True, help="Runs at a time.")
def main(
    corpora: Path, results: Path, corpus: str, strategies: str, diversity: float, seeds: int, iterations: int, jobs: int
) -> None:
    """Measure what is missing in the results, then print them all."""
    names = corpus.split(",")
    done = {
        (run.corpus, run.strategy, run.diversity, run.seed) for run in _read(results) if run.iterations == iterations
    }
    for name in names:
        if (name, _FULL, 0.0, 0) not in done:
            _keep(results, _full(corpora, name, iterations))
    targets = {
        run.corpus: ENOUGH * run.curve[-1][2]
        for run in _read(results)
        if run.strategy == _FULL and run.iterations == iterations
    }
    wanted = [
        (name, strategy, 0.0 if strategy == RANDOM else diversity, seed)
        for seed, name, strategy in product(range(seeds), names, strategies.split(","))
    ]
    work = [delayed(_run)(corpora, *one, targets[one[0]], iterations) for one in wanted if one not in done]
    for run in tqdm(Parallel(n_jobs=jobs, return_as="generator_unordered")(work), "runs", len(work), disable=None):
        _keep(results, run)
    runs = [run for run in _read(results) if run.iterations == iterations]
    for line in _table(runs):
        click.echo(line)
    missed = [name for name in names if mean(_saved(runs, name, "sequence") or [0.0]) < _REQUIRED]
    if missed:
        click.echo(f"not reached on {', '.join(missed)}: {_REQUIRED}% fewer tokens than at random", err=True)
        sys.exit(1)


def _sentences(corpora: Path, name: str) -> list[Document]:
    """The sentences of the train part, each a document of its own."""
    return [
        part(document, number, number + 1)
        for document in documents(corpora, name, "train")
        for number in range(len(document.sentences))
    ]


def _full(corpora: Path, name: str, iterations: int) -> Run:
    begin = process_time()
    pool = _sentences(corpora, name)
    point = _scored(CRFRecognizer(iterations=iterations).fit(pool), pool, documents(corpora, name, "dev"))
    return Run(name, _FULL, 0.0, iterations, 0, [point], None, round(process_time() - begin, 1))


def _run(corpora: Path, name: str, strategy: str, diversity: float, seed: int, target: float, iterations: int) -> Run:
    """Label, train and score until the target is reached or all is labelled."""
    begin = process_time()
    dev = documents(corpora, name, "dev")
    pool = _sentences(corpora, name)
    random.Random(seed).shuffle(pool)
    labelled, rest = _taken(pool, _START)
    curve: list[tuple[int, int, float]] = []
    while True:
        recognizer = CRFRecognizer(iterations=iterations, seed=seed).fit(labelled)
        curve.append(_scored(recognizer, labelled, dev))
        if curve[-1][2] >= target or not rest:
            break
        budget = int(curve[-1][0] * (_GROWTH - 1))
        if strategy != RANDOM:
            rest = _ranked(recognizer, rest, budget, strategy, diversity, seed)
        chosen, rest = _taken(rest, budget)
        labelled += chosen
    return Run(
        name, strategy, diversity, iterations, seed, curve, _needed(curve, target), round(process_time() - begin, 1)
    )


def _ranked(
    recognizer: CRFRecognizer, rest: list[Document], budget: int, strategy: str, diversity: float, seed: int
) -> list[Document]:
    """The sentences, those that are suggested first; each has one token at least, so there are enough of them."""
    numbered = [Document(one.text, one.tokens, one.sentences, id=str(number)) for number, one in enumerate(rest)]
    found = suggest(recognizer, numbered, min(budget, len(rest)), strategy=strategy, diversity=diversity, seed=seed)
    first = [int(one.document.id.partition(":")[0]) for one in found]
    chosen = set(first)
    return [rest[number] for number in first] + [one for number, one in enumerate(rest) if number not in chosen]


def _taken(pool: Sequence[Document], tokens: int) -> tuple[list[Document], list[Document]]:
    """The first sentences that have so many tokens together, and the others."""
    count = 0
    for number, sentence in enumerate(pool):
        if count >= tokens:
            return list(pool[:number]), list(pool[number:])
        count += len(sentence.tokens)
    return list(pool), []


def _scored(recognizer: CRFRecognizer, labelled: Sequence[Document], dev: Sequence[Document]) -> tuple[int, int, float]:
    f1 = 100 * evaluate(dev, recognizer.recognize(dev), samples=1).micro.f1
    return sum(len(one.tokens) for one in labelled), len(labelled), round(f1, 3)


def _needed(curve: Sequence[tuple[int, int, float]], target: float) -> float | None:
    """The tokens where the straight line between the last two rounds crosses the target."""
    if curve[-1][2] < target:
        return None
    if len(curve) == 1:
        return float(curve[0][0])
    (before, _, low), (after, _, high) = curve[-2:]
    return round(before + (after - before) * (target - low) / (high - low), 1)


def _keep(results: Path, run: Run) -> None:
    with results.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(run)) + "\n")
    click.echo(
        f"{run.corpus} {run.strategy} seed {run.seed}: {run.needed} tokens, last {run.curve[-1]}, {run.seconds:.0f} s",
        err=True,
    )


def _read(results: Path) -> list[Run]:
    if not results.exists():
        return []
    return [Run(**json.loads(line)) for line in results.read_text(encoding="utf-8").splitlines()]


def _table(runs: Sequence[Run]) -> Iterator[str]:
    """A row a corpus and strategy: what it took, and what that saves beside random sentences of the same draws."""
    yield "| corpus | sentences | runs | target F1 | tokens | sentences | tokens saved, % |"
    yield "|---" * 7 + "|"
    for corpus, strategy in dict.fromkeys((run.corpus, run.strategy) for run in sorted(runs, key=_place)):
        mine = [run for run in runs if (run.corpus, run.strategy) == (corpus, strategy)]
        if strategy == _FULL:
            tokens, sentences, f1 = mine[0].curve[0]
            yield f"| {corpus} | all | 1 | {f1:.2f} | {tokens:,} | {sentences:,} | |"
            target = ENOUGH * f1
            continue
        reached = [run for run in mine if run.needed is not None]
        tokens_needed = _interval([run.needed for run in reached if run.needed is not None], ",.0f")
        sentences_needed = _interval([_sentences_needed(run) for run in reached], ",.0f")
        saved = "" if strategy == RANDOM else _interval(_saved(runs, corpus, strategy), ".1f")
        yield (
            f"| {corpus} | {strategy} | {len(reached)} of {len(mine)} | {target:.2f} | {tokens_needed} "
            f"| {sentences_needed} | {saved} |"
        )


def _place(run: Run) -> tuple[str, int, str]:
    """Corpora in order of their names; first all sentences, then at random, then strategies."""
    return run.corpus, (run.strategy != _FULL) + (run.strategy not in (_FULL, RANDOM)), run.strategy


def _saved(runs: Sequence[Run], corpus: str, strategy: str) -> list[float]:
    """The per cent of tokens that a strategy needs fewer than random choice, for each draw that both have."""
    needed = {(run.strategy, run.seed): run.needed for run in runs if run.corpus == corpus}
    return [
        100 * (1 - ours / at_random)
        for (name, seed), ours in needed.items()
        if name == strategy and ours is not None and (at_random := needed.get((RANDOM, seed))) is not None
    ]


def _sentences_needed(run: Run) -> float:
    """The sentences up to the target, interpolated as the tokens are."""
    if run.needed is None or len(run.curve) == 1:
        return float(run.curve[-1][1])
    (before, low, _), (after, high, _) = run.curve[-2:]
    return low + (high - low) * (run.needed - before) / (after - before)


def _interval(values: Sequence[float], form: str) -> str:
    """The mean, and the 95% interval of it by Student's t."""
    if len(values) < 2:
        return f"{values[0]:{form}}" if values else ""
    half = t.ppf(0.975, len(values) - 1) * stdev(values) / sqrt(len(values))
    return f"{mean(values):{form}} ± {half:{form}}"


if __name__ == "__main__":
    main()
