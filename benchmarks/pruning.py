"""What a smaller model costs: F1 and size by the weight below which others are dropped, and by the L1 penalty c1.

One CRF a value of c1 is trained on the first sentences of the train part, and pruned at each threshold; it is scored on
the dev part. Sizes are those of the whole model file.

    python benchmarks/pruning.py --corpora FOLDER --corpus wnut17 --sentences 500
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from corpora import corpora_option, documents, json_option, write_json

from crfner.crf import CRFRecognizer
from crfner.crf.packed import pruned
from crfner.document import Document
from crfner.evaluation import evaluate
from crfner.parts import sample

THRESHOLDS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
PENALTIES = (0.02, 0.1, 0.5, 1.0)


@click.command(help=__doc__)
@corpora_option
@click.option("--corpus", default="wnut17", show_default=True, help="The corpus.")
@click.option("--sentences", type=click.IntRange(1), help="Learn from so many sentences; from all when left out.")
@click.option("--penalties", default=",".join(map(str, PENALTIES)), metavar="C,C", help="Values of c1.")
@click.option("--features", default="default", show_default=True, help="The preset.")
@json_option
def main(
    corpora: Path, corpus: str, sentences: int | None, penalties: str, features: str, json_path: Path | None
) -> None:
    """Train, prune, score, and print a table."""
    train, dev = documents(corpora, corpus, "train"), documents(corpora, corpus, "dev")
    train = train if sentences is None else sample(train, sentences)
    results: list[dict[str, Any]] = []
    click.echo("| c1 | threshold | weights | kept | file | F1 |\n|---|---|---|---|---|---|")
    for c1 in map(float, penalties.split(",")):
        crf = CRFRecognizer(features, c1=c1).fit(train)
        for row in _rows(crf, dev):
            results.append({"corpus": corpus, "sentences": sentences, "features": features, "c1": c1, **row})
            click.echo(
                f"| {c1:g} | {row['threshold']:g} | {row['weights']:,} | {row['kept']:.0%} | "
                f"{row['bytes'] / 1000:.0f} kB | {row['f1']:.2f} |"
            )
    write_json(json_path, results)


def _rows(crf: CRFRecognizer, dev: Sequence[Document]) -> Iterator[dict[str, Any]]:
    """The CRF pruned at each threshold: how many weights are left, the size of its file, F1 in points."""
    whole = crf.fitted_
    for threshold in THRESHOLDS:
        weights = pruned(whole.weights, threshold)
        small = CRFRecognizer(**crf.get_params())
        small.fitted_ = replace(whole, weights=weights)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.crfner")
            small.save(path)
            size = os.path.getsize(path)
        yield {
            "threshold": threshold,
            "weights": len(weights.values),
            "kept": len(weights.values) / max(len(whole.weights.values), 1),
            "bytes": size,
            "f1": 100 * evaluate(dev, small.recognize(dev), samples=1).micro.f1,
        }


if __name__ == "__main__":
    main()
