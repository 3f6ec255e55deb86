"""`crfner evaluate`: how good a model is on gold annotation."""

from __future__ import annotations

import json
import os
from itertools import tee

import click

from crfner.cli.options import input_format, keep_inputs, read_documents
from crfner.files import atomic_output, check_writable
from crfner.formats import stream_name


@click.command("evaluate")
@click.argument("model")
@click.argument("gold")
@input_format
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--modes", "with_modes", is_flag=True, help="Add scores that tell near misses (SemEval-2013 task 9).")
@click.option("--reliability", "with_reliability", is_flag=True, help="Add how far the scores of spans come true.")
@click.option("--plot", metavar="FILE", help="Draw that reliability as an HTML page.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the bootstrap interval.")
def evaluate(
    model: str,
    gold: str,
    input_format: str | None,
    as_json: bool,
    with_modes: bool,
    with_reliability: bool,
    plot: str | None,
    seed: int,
) -> None:
    """Score MODEL on the labelled text GOLD ("-" for standard input).

    Entities count when borders and label are exact, as in the CoNLL shared tasks. The table gives precision, recall and
    F1 for each label, a 95% interval of the micro-averaged F1 and the commonest errors by kind.

    With --modes there are four scores more: of exact entities (strict), of exact borders whatever the label (exact), of
    any overlap for half of the credit (partial), and of any overlap with the right label (type).

    With --reliability the entities that were found are put into ten groups of equally many by their scores: the mean
    score of a group should be its precision. The expected calibration error is how far the two are apart. Scores are
    made to come true by crfner train --calibrate.

    \b
    crfner evaluate model.crfner test.jsonl
    crfner evaluate model.crfner test.conll --json > scores.json
    crfner evaluate model.crfner test.jsonl --modes
    crfner evaluate model.crfner test.jsonl --reliability --plot reliability.html
    """
    from tqdm import tqdm

    from crfner.evaluation import (
        evaluate,
        modes,
        modes_dict,
        modes_table,
        reliability,
        reliability_dict,
        reliability_table,
        to_dict,
        to_table,
    )
    from crfner.models import load_model

    if plot is not None:
        keep_inputs(plot, [model, gold])
        check_writable(plot)
    recognizer = load_model(model)
    documents = tqdm(read_documents(gold, input_format), "scoring", unit=" documents", disable=None)
    truth, given = tee(documents)
    predicted = recognizer.recognize(given)
    by_mode = None
    if with_modes:  # this reads to the end, and the documents are kept for the other scorer
        (truth, gold_copies), (predicted, copies) = tee(truth), tee(predicted)
        by_mode = modes(gold_copies, copies)
    by_score = None
    if with_reliability or plot is not None:
        (truth, gold_copies), (predicted, copies) = tee(truth), tee(predicted)
        by_score = reliability(gold_copies, copies)
    evaluation = evaluate(truth, predicted, seed=seed)
    if as_json:
        scores = to_dict(evaluation) | ({"modes": modes_dict(by_mode)} if by_mode else {})
        scores |= {"reliability": reliability_dict(by_score)} if by_score and with_reliability else {}
        click.echo(json.dumps(scores, ensure_ascii=False, indent=2))
    else:
        tables = [to_table(evaluation)]
        tables += [modes_table(by_mode)] if by_mode else []
        tables += [reliability_table(by_score)] if by_score and with_reliability else []
        click.echo("\n\n".join(tables))
    if by_score and plot is not None:
        from crfner.report.reliability import to_page

        with atomic_output(plot) as stream:
            stream.write(to_page(by_score, os.path.basename(stream_name(gold))))
        click.echo(f"wrote {plot}", err=True)
    unknown = [name for name, scores in evaluation.labels.items() if scores.support and name not in recognizer.labels]
    if unknown:
        click.echo(
            f"warning: the model has not learnt these labels of the gold annotation: {', '.join(unknown)}", err=True
        )
    if by_score and not by_score.count:
        click.echo("warning: nothing that was found has a score, so there is no reliability to tell of", err=True)
    if not evaluation.micro.support:
        click.echo("warning: the gold annotation holds no entity", err=True)
