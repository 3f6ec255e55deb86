"""Exact micro-F1 of the default recogniser on the corpora, beside the features of sklearn-crfsuite's tutorial.

Both are trained on the same sentences in this run and scored on the same dev documents by the same scorer. The exit
code is 1 when a corpus falls below its floor or is not won.

    python benchmarks/accuracy.py --corpora FOLDER --only wnut17,conll2003-en --json accuracy.json
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import click
from corpora import corpora_option, documents, json_option, write_json
from tutorial import TutorialRecognizer

from crfner import CRFRecognizer, evaluate

FLOORS = {
    "conll2003-en": 91.0,
    "conll2002-es": 76.5,
    "conll2002-nl": 75.8,
    "bc5cdr": 81.8,
    "wnut17": 23.5,
    "masakhaner-yor": 80.5,
    "masakhaner-hau": 79.8,
}
"""The least exact micro-F1 that the default preset has to reach on each corpus's dev part, in points."""

_COLUMNS = ("corpus", "ours", "tutorial", "difference", "floor", "ours s", "tutorial s", "model MB", "verdict")


@dataclass(frozen=True, slots=True)
class Row:
    """What one corpus gave: micro-F1 in points, training times in seconds, size of our model file in MB."""

    corpus: str
    ours: float
    tutorial: float
    floor: float
    ours_seconds: float
    tutorial_seconds: float
    model_megabytes: float

    @property
    def passed(self) -> bool:
        """Whether the floor is reached and the tutorial's features are beaten."""
        return self.ours >= self.floor and self.ours > self.tutorial

    def cells(self) -> tuple[str, ...]:
        """The row as the table shows it."""
        scores = (f"{self.ours:.2f}", f"{self.tutorial:.2f}", f"{self.ours - self.tutorial:+.2f}", f"{self.floor:.1f}")
        costs = (f"{self.ours_seconds:.0f}", f"{self.tutorial_seconds:.0f}", f"{self.model_megabytes:.1f}")
        return (self.corpus, *scores, *costs, "ok" if self.passed else "MISSED")


@click.command(help=__doc__)
@corpora_option
@click.option("--only", default=",".join(FLOORS), metavar="A,B", help="The corpora to measure; all when left out.")
@json_option
def main(corpora: Path, only: str, json_path: Path | None) -> None:
    """Measure, print each row as it comes, and end with the verdict."""
    names = only.split(",")
    unknown = [name for name in names if name not in FLOORS]
    if unknown:
        raise click.UsageError(f"there is no corpus {unknown[0]!r}; known are {', '.join(FLOORS)}")
    _print(_COLUMNS)
    rows = []
    for name in names:
        rows.append(measure(corpora, name))
        _print(rows[-1].cells())
    write_json(json_path, [{**asdict(row), "passed": row.passed} for row in rows])
    sys.exit(0 if all(row.passed for row in rows) else 1)


def measure(corpora: Path, name: str) -> Row:
    """Train both on the corpus and score them."""
    train, dev = documents(corpora, name, "train"), documents(corpora, name, "dev")

    start = perf_counter()
    recognizer = CRFRecognizer().fit(train)
    ours_seconds = perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.crfner")
        recognizer.save(path)
        size = path.stat().st_size

    start = perf_counter()
    peer = TutorialRecognizer(train)
    tutorial_seconds = perf_counter() - start

    return Row(
        corpus=name,
        ours=100 * evaluate(dev, recognizer.recognize(dev), samples=1).micro.f1,
        tutorial=100 * evaluate(dev, peer.recognize(dev), samples=1).micro.f1,
        floor=FLOORS[name],
        ours_seconds=ours_seconds,
        tutorial_seconds=tutorial_seconds,
        model_megabytes=size / 1e6,
    )


def _print(cells: tuple[str, ...]) -> None:
    widths = [max(len(name), 8) for name in _COLUMNS]
    first, *others = cells
    print(f"{first:<14}", *(f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True)), flush=True)


if __name__ == "__main__":
    main()
