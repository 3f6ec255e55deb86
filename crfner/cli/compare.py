"""`crfner compare`: rules, CRFs, hybrids and other systems on the same splits, in one table and one report.

Public names: `compare`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from crfner.cli.options import input_format, keep_inputs, read_documents, read_rule_files, rule_file
from crfner.errors import CrfnerError
from crfner.files import check_writable
from crfner.formats import stream_name

if TYPE_CHECKING:
    from crfner.compare import Predictions
    from crfner.compare.comparison import Contestant

_DEFAULT = ("mined", "crf:minimal", "crf:default", "hybrid:union")


@click.command("compare")
@click.argument("data")
@click.option("--test", "test_path", metavar="FILE", help="Score on this file; all of DATA is learnt from.")
@click.option("--dev", "dev_path", metavar="FILE", help="Choose hybrids' settings and spaCy's end on this file.")
@click.option("--folds", type=click.IntRange(2), metavar="K", help="Cross-validation over K folds (5), without --test.")
@click.option(
    "--systems",
    "names",
    metavar="A,B",
    help="rules, mined, crf:PRESET, hybrid:POLICY, ensemble:SIZE, spacy:LANGUAGE, encoder:NAME.  [default: "
    f"{','.join(_DEFAULT)}, and rules where --rules is given]",
)
@click.option(
    "--rules",
    "rule_files",
    multiple=True,
    metavar="[LABEL=]FILE",
    help="Rules made by hand, or plugin:NAME; repeatable.",
)
@click.option("--predictions", multiple=True, metavar="FILE", help="What another system found; repeatable.")
@click.option("--baseline", metavar="NAME", help="The system that the table marks differences from; else the best.")
@click.option("--curve", metavar="N,N,all", help="Learning curves over training sets of so many sentences.")
@click.option("--draws", type=click.IntRange(1), default=5, show_default=True, help="Samples a size of the curve.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of all that is drawn.")
@click.option("-o", "--output", "outputs", multiple=True, metavar="OUT", help="Report to write, by ending; repeatable.")
@input_format
def compare(
    data: str,
    test_path: str | None,
    dev_path: str | None,
    folds: int | None,
    names: str | None,
    rule_files: tuple[str, ...],
    predictions: tuple[str, ...],
    baseline: str | None,
    curve: str | None,
    draws: int,
    seed: int,
    outputs: tuple[str, ...],
    input_format: str | None,
) -> None:
    """Compare systems on the labelled text DATA ("-" for standard input).

    All learn from the same documents and are scored on the same others: those of --test, or each fold in its turn. The
    table gives exact and lenient scores, 95% intervals, costs, and which differences are significant. Reports are
    written as .html (with plots and the errors in their sentences), .md, .csv, .tex or .json.

    PREDICTIONS hold the tested documents in their order, in any labelled format, with the spans that another system
    found.

    \b
    crfner compare train.jsonl --test test.jsonl -o report.html
    crfner compare all.conll --folds 10 --systems rules,crf,hybrid:override --rules rules.yaml --rules DRUG=drugs.txt
    crfner compare train.jsonl --test test.jsonl --predictions bert.jsonl --curve 50,100,200,all -o table.tex
    """
    from crfner.compare import compare as compare_on
    from crfner.compare import cross_validate, make_systems
    from crfner.compare.curve import parse_sizes
    from crfner.report import check_ending, to_text, write

    if test_path is not None and folds is not None:
        raise CrfnerError("--test and --folds exclude each other; leave one out")
    inputs = [data, test_path or "", dev_path or "", *(rule_file(value)[0] for value in rule_files), *predictions]
    for output in outputs:
        check_ending(output)
        keep_inputs(output, inputs)
        check_writable(output)
    sizes = parse_sizes(curve) if curve is not None else []
    rules = read_rule_files(rule_files) if rule_files else None
    chosen = names.split(",") if names is not None else [*(["rules"] if rules else []), *_DEFAULT]
    if rules and not any(name.strip().startswith(("rules", "hybrid")) for name in chosen):
        raise CrfnerError("--rules are for the systems rules and hybrid only; name one of them in --systems")
    dev = list(read_documents(dev_path, None)) if dev_path is not None else []
    contestants: list[Contestant] = [*make_systems(chosen, rules, seed, dev), *_read_predictions(predictions)]
    if baseline is not None and baseline not in (known := [contestant.name for contestant in contestants]):
        raise CrfnerError(f"--baseline names one of the systems, {', '.join(known)}, not {baseline!r}")
    documents = list(read_documents(data, input_format))
    used = [f"{_shown(dev_path)} for settings"] if dev_path is not None else []
    settings: dict[str, Any] = {"seed": seed, "curve": sizes, "draws": draws, "progress": True}
    if test_path is None:
        comparison = cross_validate(documents, folds or 5, contestants, data=[_shown(data), *used], **settings)
    else:
        test = list(read_documents(test_path, input_format))
        shown = [_shown(data), _shown(test_path), *used]
        comparison = compare_on(documents, test, contestants, data=shown, **settings)
    click.echo(to_text(comparison, baseline=baseline))
    for output in outputs:
        write(comparison, output, baseline=baseline)
        click.echo(f"wrote {output}", err=True)


def _shown(path: str) -> str:
    """The file's own name: a report is for others, who do not have its folder."""
    return os.path.basename(stream_name(path))


def _read_predictions(paths: tuple[str, ...]) -> list[Predictions]:
    """Named for their files, with folders only where the files' own names are alike."""
    from crfner.compare import read_predictions

    short = [os.path.basename(path) for path in paths]
    return [
        read_predictions(path, name if short.count(name) == 1 else path)
        for path, name in zip(paths, short, strict=True)
    ]
