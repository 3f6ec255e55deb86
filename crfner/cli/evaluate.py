"""`crfner evaluate`: how good a model is on gold annotation."""

from __future__ import annotations

import json
from itertools import tee

import click

from crfner.cli.options import input_format, read_documents


@click.command("evaluate")
@click.argument("model")
@click.argument("gold")
@input_format
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the bootstrap interval.")
def evaluate(model: str, gold: str, input_format: str | None, as_json: bool, seed: int) -> None:
    """Score MODEL on the labelled text GOLD ("-" for standard input).

    Entities count when borders and label are exact, as in the CoNLL shared tasks. The table gives precision, recall and
    F1 for each label, a 95% interval of the micro-averaged F1 and the commonest errors by kind.

    \b
    crfner evaluate model.crfner test.jsonl
    crfner evaluate model.crfner test.conll --json > scores.json
    """
    from tqdm import tqdm

    from crfner.crf import CRFRecognizer
    from crfner.evaluation import evaluate, to_dict, to_table

    recognizer = CRFRecognizer.load(model)
    documents = tqdm(read_documents(gold, input_format), "scoring", unit=" documents", disable=None)
    truth, given = tee(documents)
    evaluation = evaluate(truth, recognizer.recognize(given), seed=seed)
    if as_json:
        click.echo(json.dumps(to_dict(evaluation), ensure_ascii=False, indent=2))
    else:
        click.echo(to_table(evaluation))
    unknown = [name for name, scores in evaluation.labels.items() if scores.support and name not in recognizer.labels]
    if unknown:
        click.echo(
            f"warning: the model has not learnt these labels of the gold annotation: {', '.join(unknown)}", err=True
        )
    if not evaluation.micro.support:
        click.echo("warning: the gold annotation holds no entity", err=True)
