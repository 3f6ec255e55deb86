"""`crfner rules`: rule files checked, tried on labelled text, mined from it, and packed as a model."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable

import click

from crfner.cli.options import input_format, keep_inputs, read_documents, read_rule_files, rule_file
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM, check_writable
from crfner.tokenize import SENTENCE_METHODS, TOKENIZERS

_files = click.argument("files", metavar="[LABEL=]RULES...", nargs=-1, required=True)


@click.group("rules")
def rules() -> None:
    """Check, try, mine and pack rules: dictionaries, regular expressions and token patterns.

    Rules come in YAML (.yaml), JSON lines (.jsonl, spaCy's EntityRuler patterns too), tables of term and label (.csv,
    .tsv) and lists of terms (.txt), which want a label: DRUG=drugs.txt. Rules that an installed package brings are
    plugin:NAME, or PHONE=plugin:NAME where they do not say their label; of a function, a model holds the name alone.

    \b
    crfner rules mine train.jsonl -o rules.yaml
    crfner rules lint rules.yaml DRUG=drugs.txt
    crfner rules test rules.yaml dev.jsonl
    crfner rules pack rules.yaml DRUG=drugs.txt -o rules.crfner
    """


@rules.command("lint")
@_files
@click.option("--strict", is_flag=True, help="Warnings too make the exit code 1.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of lines.")
def lint(files: tuple[str, ...], strict: bool, as_json: bool) -> int:
    """Look for what is likely wrong in RULES, without any labelled text; the exit code is 1 when there is an error.

    Errors are rules that find nothing or everything, that always lose to another one, or that run away. Warnings are
    terms that are there twice, under two labels, or too short to mean one thing.

    \b
    crfner rules lint rules.yaml
    crfner rules lint rules.yaml DRUG=drugs.txt --strict
    """
    from crfner.rules import lint

    chosen = read_rule_files(files)
    findings = lint(chosen)
    if as_json:
        rows = [{"rule": found.rule, "severity": found.severity, "message": found.message} for found in findings]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for found in findings:
            click.echo(f"{found.severity}: {found.rule}: {found.message}")
        count = Counter(found.severity for found in findings)
        click.echo(f"{len(chosen)} rules: {count['error']} errors, {count['warning']} warnings")
    return int(any(strict or found.severity == "error" for found in findings))


@rules.command("test")
@_files
@click.argument("data")
@input_format
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def trial(files: tuple[str, ...], data: str, input_format: str | None, as_json: bool) -> None:
    """Try RULES on the labelled text DATA ("-" for standard input).

    For each rule: its hits, how many are right, carry the wrong label, have the wrong border or hit nothing; precision
    with a 95% interval, coverage of its label's entities, the coverage that it alone gives, and the rules that it loses
    to. Then all rules together.

    \b
    crfner rules test rules.yaml dev.jsonl
    crfner rules test rules.yaml DRUG=drugs.txt dev.conll --json > report.json
    """
    from tqdm import tqdm

    from crfner.rules.checking.testing import to_dict, to_table, try_rules

    chosen = read_rule_files(files)
    documents = tqdm(read_documents(data, input_format), "trying", unit=" documents", disable=None)
    report = try_rules(chosen, documents)
    click.echo(json.dumps(to_dict(report), ensure_ascii=False, indent=2) if as_json else to_table(report))
    if not report.micro.support:
        click.echo("warning: the gold annotation holds no entity", err=True)


@rules.command("mine")
@click.argument("data")
@click.option("-o", "--output", required=True, metavar="RULES", help='File to write, .yaml or .jsonl; "-" is YAML.')
@input_format
@click.option(
    "--folds", type=click.IntRange(2), default=5, show_default=True, help="Parts to try the rules on in turn."
)
@click.option("--labels", metavar="A,B", help="Mine rules for these labels only.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the parts.")
def mine(data: str, output: str, input_format: str | None, folds: int, labels: str | None, seed: int) -> None:
    """Learn a dictionary and token patterns from the labelled text DATA, and write a rule file to read and edit.

    Each rule has precision and coverage, estimated on parts of DATA that it was not learnt from.

    \b
    crfner rules mine train.jsonl -o rules.yaml
    crfner rules mine train.conll -o drugs.yaml --labels DRUG,DOSE --folds 10
    """
    from crfner.rules import mine, write_rules
    from crfner.rules.files.writing import check_ending

    keep_inputs(output, [data])
    check_ending(output)
    if output != STANDARD_STREAM:
        check_writable(output)
    documents = list(read_documents(data, input_format))
    if labels is not None:
        wanted = {label.strip() for label in labels.split(",")}
        missing = sorted(wanted - {span.label for document in documents for span in document.spans})
        if missing:
            raise CrfnerError(f"{data}: there is no entity of the label {missing[0]!r}; mend --labels")
        documents = [
            document.with_spans(span for span in document.spans if span.label in wanted) for document in documents
        ]
    found = mine(documents, folds=folds, seed=seed, progress=True)
    if not len(found):
        click.echo("warning: no rule holds on text that it was not learnt from, so none is written", err=True)
    write_rules(found, output)
    click.echo(f"mined {_by_label(rule.label for rule in found)} -> {output}", err=True)
    if output != STANDARD_STREAM:
        click.echo(f"next: crfner rules test {output} GOLD, crfner rules lint {output}", err=True)


@rules.command("pack")
@_files
@click.option("-o", "--output", required=True, metavar="MODEL", help="The model file to write, such as rules.crfner.")
@click.option("--tokenizer", default="default", show_default=True, type=click.Choice(list(TOKENIZERS)))
@click.option("--sentences", default="rules", show_default=True, type=click.Choice(SENTENCE_METHODS))
def pack(files: tuple[str, ...], output: str, tokenizer: str, sentences: str) -> None:
    """Write RULES to one model file, which finds entities as it is: it needs no labelled text.

    \b
    crfner rules pack rules.yaml DRUG=drugs.txt -o rules.crfner
    echo "Dr Lindqvist stopped the ibuprofen." | crfner tag rules.crfner - --format inline
    """
    from crfner.rules import RuleRecognizer

    if output in ("", STANDARD_STREAM):
        raise CrfnerError("a model is written to a file of its own; give -o a name such as rules.crfner")
    keep_inputs(output, [rule_file(value)[0] for value in files])
    check_writable(output)
    recognizer = RuleRecognizer(read_rule_files(files), tokenizer=tokenizer, sentences=sentences)
    recognizer.save(output)
    size = os.path.getsize(output) / 1e6
    click.echo(f"packed {_by_label(rule.label for rule in recognizer.rules)}; wrote {output} ({size:.1f} MB)")
    click.echo(f"next: crfner tag {output} FILE, crfner evaluate {output} GOLD, crfner info {output}")


def _by_label(labels: Iterable[str]) -> str:
    """How many rules there are, and of which labels."""
    count = Counter(labels)
    listed = ", ".join(f"{number} {label}" for label, number in sorted(count.items()))
    return f"{count.total()} rules" + (f": {listed}" if listed else "")
