"""What augmentation does for rare labels: each method and the default mixture, beside training without any.

The corpora are wnut17, 500 sentences of bc5cdr, learnt from their train part and scored on their dev part, and the two
that come with the project. Their dev parts hold six mentions of a rare label; so train and dev part are put together
there, and each seed learns from four folds of five and scores the fifth. A name such as wnut17-500 asks for so many
sentences of any corpus. Rare labels are those with less than half of the mean number of mentions a label in what is
learnt from, or the rarest where there is none such. F1 is exact and micro-averaged, over the rare labels and over all.
A seed draws the sentences, the folds and the new sentences; differences are taken seed by seed, with 95% intervals
(Student's t). Where no label is rare enough for a mixture, it makes nothing, and there is no difference.

The exit code is 1 when the mixture "balanced" does not raise the rare labels' F1 by 3 points on two corpora, or lowers
overall F1 by more than 0.3 on any. Each result is a line of the file given with --results, and is not measured again.

    python benchmarks/rare_labels.py --corpora FOLDER --results rare_labels.jsonl
"""

from __future__ import annotations

import json
import random
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from time import process_time

import click
from corpora import corpora_option, documents
from scipy.stats import t as student

from crfner import CRFRecognizer, Document, evaluate, read, tokenized
from crfner.augment import METHODS, augmented
from crfner.augment.mixtures import DEFAULT, mixture_of
from crfner.errors import SettingError
from crfner.evaluation.values import Score, summed
from crfner.parts import sample
from crfner.splits import make_folds

FOLDS = 5
NONE = "none"
SHIPPED = ("clinic", "menu")
CORPORA = ("wnut17", "bc5cdr-500", *SHIPPED)
LEAST_GAIN, MOST_LOSS = 3.0, 0.3
"""What the default has to gain on rare labels, and may lose over all labels, in points."""

_DATA = Path(__file__).parents[1] / "data"
_COLUMNS = ("corpus", "method", "seeds", "new", "rare F1", "gain", "+-", "all F1", "gain", "+-")
_WIDTHS = (10, 14, 5, 6, 7, 6, 5, 7, 6, 5)


@dataclass(frozen=True, slots=True)
class Cell:
    """One training: what with, what was made, and how each label was scored (tp, fp, fn).

    recipe  all of the mixture, empty for none: one that has changed is measured again
    rare    the labels that count as rare
    new     how many sentences were made
    """

    corpus: str
    method: str
    seed: int
    recipe: Mapping[str, object]
    rare: Sequence[str]
    new: int
    seconds: float
    labels: Mapping[str, Sequence[int]]

    def f1(self, labels: Iterable[str] | None = None) -> float:
        """Exact micro F1 in points, of these labels or all."""
        chosen = self.labels if labels is None else labels
        return 100 * summed(Score(*self.labels.get(label, (0, 0, 0))) for label in chosen).f1


@dataclass(frozen=True, slots=True)
class Gain:
    """The mean difference to training without augmentation, in points, and half of its 95% interval."""

    points: float
    margin: float


@click.command(help=__doc__)
@corpora_option
@click.option("--results", type=click.Path(path_type=Path), required=True, help="JSON lines, read and added to.")
@click.option("--seeds", default=10, show_default=True, type=click.IntRange(min=2))
@click.option("--only", default=",".join(CORPORA), metavar="A,B", help="The corpora to measure.")
@click.option("--method", "methods", multiple=True, help="A method or mixture; the default and each when left out.")
def main(corpora: Path, results: Path, seeds: int, only: str, methods: tuple[str, ...]) -> None:
    """Measure what is missing, print the table, and end with the verdict."""
    names = only.split(",")
    chosen = (NONE, *(methods or (DEFAULT, *METHODS)))
    cells = _stored(results)
    for seed in range(seeds):
        for name in names:
            missing = [method for method in chosen if (name, method, _own(name, method, seed)) not in cells]
            train, test = drawn(corpora, name, seed) if missing else ([], [])
            for method in missing:
                try:
                    cell = measured(name, method, seed, train, test, cells.get((name, NONE, _own(name, NONE, seed))))
                except SettingError as error:  # WordNet is not installed
                    print(f"{method}: {error}", file=sys.stderr)
                    continue
                cells[name, method, seed] = cell
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(cell)) + "\n")
    _print(_COLUMNS)
    passed = [
        _table(name, chosen, {key: cell for key, cell in cells.items() if key[0] == name and key[2] < seeds})
        for name in names
    ]
    gained = sum(gain.points >= LEAST_GAIN for gain, _ in passed)
    kept = all(gain.points >= -MOST_LOSS for _, gain in passed)
    print(f"{DEFAULT}: {gained} corpora gain {LEAST_GAIN} points or more on rare labels; overall F1 is "
          f"{'kept' if kept else 'LOWERED'}")  # fmt: skip
    sys.exit(0 if gained >= 2 and kept else 1)


def _stored(path: Path) -> dict[tuple[str, str, int], Cell]:
    """The results that the file holds, by corpus, method and seed; those of a mixture that has changed are left out."""
    cells = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            cell = Cell(**json.loads(line))
            if cell.recipe == _recipe(cell.method):
                cells[cell.corpus, cell.method, cell.seed] = cell
    return cells


def _recipe(method: str) -> dict[str, object]:
    return {} if method == NONE else asdict(mixture_of(method))


def drawn(corpora: Path, name: str, seed: int) -> tuple[list[Document], list[Document]]:
    """What is learnt from and what is scored with this seed, tokenised."""
    if name in SHIPPED:
        parts = [read(_DATA / name / f"{part}.jsonl") for part in ("train", "dev")]
        fold = make_folds([tokenized(document) for part in parts for document in part], FOLDS, seed // FOLDS)[
            seed % FOLDS
        ]
        return list(fold.train), list(fold.test)
    corpus, size = _sized(name)
    train, dev = documents(corpora, corpus, "train"), documents(corpora, corpus, "dev")
    if size is None:
        return train, dev
    random.Random(seed).shuffle(train)
    return sample(train, size), dev


def _sized(name: str) -> tuple[str, int | None]:
    """The corpus, and how many sentences of it are learnt from; None for all."""
    corpus, _, size = name.rpartition("-")
    return (corpus, int(size)) if size.isdecimal() and corpus else (name, None)


def _own(name: str, method: str, seed: int) -> int:
    """The seed itself, or 0 where nothing depends on it: all of a train part, and nothing made of it."""
    return 0 if method == NONE and name not in SHIPPED and _sized(name)[1] is None else seed


def rare_labels(train: Iterable[Document]) -> list[str]:
    """The labels with less than half of the mean number of mentions; the rarest where there is none such."""
    counts = Counter(span.label for document in train for span in document.spans)
    half = counts.total() / len(counts) / 2
    return sorted(label for label in counts if counts[label] < half) or [min(counts, key=counts.__getitem__)]


def measured(name: str, method: str, seed: int, train: list[Document], test: list[Document], base: Cell | None) -> Cell:
    """Train on the documents and what the method makes of them, and score; `base` is the result without any method."""
    start = process_time()
    learnt = train if method == NONE else augmented(train, method, seed=seed)
    if base and len(learnt) == len(train):  # no label is rare enough for the mixture: that training would be the same
        return replace(base, method=method, seed=seed, recipe=_recipe(method))
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # few examples: that is what is measured
        recognizer = CRFRecognizer(seed=seed).fit(learnt)
    seconds = process_time() - start
    scores = evaluate(test, recognizer.recognize(test), samples=1).labels
    return Cell(
        corpus=name,
        method=method,
        seed=seed,
        recipe=_recipe(method),
        rare=rare_labels(train),
        new=len(learnt) - len(train),
        seconds=round(seconds, 1),
        labels={label: (score.tp, score.fp, score.fn) for label, score in scores.items()},
    )


def _table(name: str, methods: Sequence[str], cells: Mapping[tuple[str, str, int], Cell]) -> tuple[Gain, Gain]:
    """Print a corpus's rows; returns what the default gained on rare labels and over all."""
    verdict = Gain(0.0, 0.0), Gain(0.0, 0.0)
    for method in methods:
        pairs = [
            (cell, cells[name, NONE, _own(name, NONE, seed)])
            for (_, of, seed), cell in cells.items()
            if of == method and (name, NONE, _own(name, NONE, seed)) in cells
        ]
        if not pairs:
            continue
        rare = [(cell.f1(cell.rare), base.f1(base.rare)) for cell, base in pairs]
        overall = [(cell.f1(), base.f1()) for cell, base in pairs]
        row = [name, method, str(len(pairs)), str(round(mean(cell.new for cell, _ in pairs)))]
        if method == NONE:
            _print([*row, *(cell for values in (rare, overall) for cell in (_mean(values), "", ""))])
            continue
        gains = _gain(rare), _gain(overall)
        if method == DEFAULT:
            verdict = gains
        for values, gain in zip((rare, overall), gains, strict=True):
            row += [_mean(values), f"{gain.points:+.2f}", f"{gain.margin:.2f}"]
        _print(row)
    return verdict


def _mean(pairs: Sequence[tuple[float, float]]) -> str:
    return f"{mean(new for new, _ in pairs):.2f}"


def _gain(pairs: Sequence[tuple[float, float]]) -> Gain:
    differences = [new - old for new, old in pairs]
    margin = student.ppf(0.975, len(differences) - 1) * stdev(differences) / sqrt(len(differences))
    return Gain(mean(differences), float(margin))


def _print(cells: Sequence[str]) -> None:
    left = [f"{cell:<{width}}" for cell, width in zip(cells[:2], _WIDTHS, strict=False)]
    print(*left, *(f"{cell:>{width}}" for cell, width in zip(cells[2:], _WIDTHS[2:], strict=True)), flush=True)


if __name__ == "__main__":
    main()
