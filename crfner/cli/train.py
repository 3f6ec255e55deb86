"""`crfner train`: labelled text in, a model file out."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crfner.cli.options import (
    feature_set,
    features_option,
    input_format,
    keep_inputs,
    read_documents,
    read_rule_files,
    rule_file,
)
from crfner.document import Document
from crfner.errors import CrfnerError, InputError
from crfner.files import STANDARD_STREAM, check_writable, open_text
from crfner.hybrid import POLICIES
from crfner.schemes import SCHEMES
from crfner.tokenize import SENTENCE_METHODS, TOKENIZERS
from features import Clusters, Gazetteer, Lexicon

if TYPE_CHECKING:
    from crfner.crf import CRFRecognizer
    from crfner.hybrid import HybridRecognizer


@click.command("train")
@click.argument("train_path", metavar="TRAIN")
@click.option("-o", "--output", required=True, metavar="MODEL", help="The model file to write, such as model.crfner.")
@click.option("--dev", "dev_path", metavar="DEV", help="Labelled text to score the model on; it is not learnt from.")
@click.option("--split", type=float, help="Learn from this share of TRAIN's documents, score on the rest (0.8).")
@input_format
@features_option
@click.option("--gazetteer", "gazetteers", multiple=True, metavar="FILE", help="Known names, one a line; repeatable.")
@click.option("--clusters", multiple=True, metavar="FILE", help="Word clusters, lines of path<TAB>word; repeatable.")
@click.option("--rules", "rule_files", multiple=True, metavar="[LABEL=]FILE", help="Rules beside the CRF; repeatable.")
@click.option("--mine-rules", is_flag=True, help="Mine rules from TRAIN, to stand beside the CRF.")
@click.option("--policy", type=click.Choice(list(POLICIES)), help="How rules and CRF are joined.  [default: union]")
@click.option("--labels", metavar="A,B", help="The labels that TRAIN must show, and no others.")
@click.option("--algorithm", default="lbfgs", show_default=True, help="lbfgs, l2sgd, ap, pa or arow.")
@click.option("--c1", type=float, help="Weight of the L1 penalty (lbfgs).  [default: 0.1]")
@click.option("--c2", type=float, help="Weight of the L2 penalty (lbfgs, l2sgd).  [default: 0.05]")
@click.option("--iterations", default=100, show_default=True, help="Passes over the data, at most.")
@click.option("--min-freq", default=0, show_default=True, help="Leave out attributes seen less often than this.")
@click.option("--all-possible-transitions", is_flag=True, help="Weigh pairs of tags too that TRAIN never shows.")
@click.option("--scheme", default="IOB2", show_default=True, help=f"Tags inside the model: {', '.join(SCHEMES)}.")
@click.option("--tokenizer", default="default", show_default=True, type=click.Choice(list(TOKENIZERS)))
@click.option("--sentences", default="rules", show_default=True, type=click.Choice(SENTENCE_METHODS))
@click.option("--pos", type=click.Choice(["nltk"]), help="Add part-of-speech tags where TRAIN has no such column.")
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Seed of the split and of algorithms that shuffle.",
)
def train(
    train_path: str,
    output: str,
    dev_path: str | None,
    split: float | None,
    input_format: str | None,
    features: str,
    gazetteers: tuple[str, ...],
    clusters: tuple[str, ...],
    rule_files: tuple[str, ...],
    mine_rules: bool,
    policy: str | None,
    labels: str | None,
    **settings: Any,
) -> int:
    """Train a CRF on TRAIN ("-" for standard input) and write it to one file.

    The format of the data is found out: CoNLL, JSON lines (Prodigy, doccano), spaCy training data. Ctrl-C stops early
    and keeps the model reached by then (exit code 130).

    With --rules or --mine-rules the model is a hybrid. Its policy says who decides: with "fallback" rules speak where
    the CRF is not sure, with "override" precise rules win, with "union" the spans that are worth most together are
    taken, with "features" the CRF sees the rules' hits. The settings are chosen on DEV, or on held-out parts of TRAIN.

    \b
    crfner train train.jsonl --dev dev.jsonl -o model.crfner
    crfner train train.conll --split 0.8 -o model.crfner --features rich --c1 0.05
    crfner train train.jsonl -o model.crfner --rules rules.yaml --rules DRUG=drugs.txt --policy fallback
    """
    from crfner.crf import CRFRecognizer
    from crfner.hybrid import HybridRecognizer

    if split is not None and (dev_path or not 0 < split < 1):
        raise CrfnerError("--split takes a share between 0 and 1, and no --dev beside it")
    if output in ("", STANDARD_STREAM):
        raise CrfnerError("a model is written to a file of its own; give -o a name such as model.crfner")
    if policy is not None and not rule_files and not mine_rules:
        raise CrfnerError("--policy says how rules are joined to the CRF; give --rules or --mine-rules with it")
    rule_paths = [rule_file(value)[0] for value in rule_files]
    keep_inputs(output, [train_path, dev_path or "", features, *gazetteers, *clusters, *rule_paths])
    check_writable(output)
    rules = read_rule_files(rule_files)
    lexicons = _lexicons([(path, Gazetteer) for path in gazetteers] + [(path, Clusters) for path in clusters])
    config = feature_set(features, lexicons).config
    for option, given in (("gazetteers", gazetteers), ("clusters", clusters)):
        if given and option not in config:
            raise CrfnerError(
                f"{given[0]}: the features {features!r} do not look at {option}; choose another preset, or a file of "
                f'features with "{option}": {{}}'
            )
    crf = CRFRecognizer(
        config,
        lexicons=lexicons,
        declared_labels=None if labels is None else [label.strip() for label in labels.split(",")],
        progress=True,
        **settings,
    )
    crf.check()
    documents: Iterable[Document] = read_documents(train_path, input_format)
    dev: list[Document] = []
    if split is not None:
        documents, dev = _split(documents, split, settings["seed"])
    elif dev_path is not None:
        if os.path.isfile(train_path) and os.path.exists(dev_path) and os.path.samefile(train_path, dev_path):
            click.echo("warning: --dev is TRAIN itself, so the scores say nothing about other text", err=True)
        dev = list(read_documents(dev_path, None))  # before training, so that a mistake in it is told at once
    if not rules and not mine_rules:
        return _finish(crf.fit(documents), crf, dev, output)
    hybrid = HybridRecognizer(crf, rules, policy or "union", mine=mine_rules, seed=settings["seed"])
    hybrid.fit(documents, dev or None)
    return _finish(hybrid, hybrid.crf, dev, output)


def _finish(recognizer: CRFRecognizer | HybridRecognizer, crf: CRFRecognizer, dev: list[Document], output: str) -> int:
    """Score, save, and say what was done and what comes next."""
    training = crf.manifest["training"]
    sizes = ", ".join(f"{training[unit]} {unit}" for unit in ("documents", "sentences", "tokens"))
    entities = ", ".join(f"{count} {label}" for label, count in training["entities"].items())
    click.echo(f"trained on {sizes}: {entities}")
    if training["spans_off_token_borders"]:
        click.echo(
            f"{training['spans_off_token_borders']} spans did not fall on token borders; tokens were split at them"
        )
    if not crf.fitted_.weights.values.any():
        click.echo("warning: nothing has weight, so nothing will be found; lower --c1 or --min-freq", err=True)
    if dev:
        from crfner.evaluation import evaluate, to_dict, to_table

        evaluation = evaluate(dev, recognizer.recognize(dev))
        scores = to_dict(evaluation)
        recognizer.add_scores("dev", {key: scores[key] for key in ("micro", "macro", "labels", "interval")})
        chosen = ", but that the policy was chosen by" if recognizer is not crf else ""
        click.echo(
            f"\nscores on {len(dev)} documents that were not learnt from{chosen}\n\n"
            f"{to_table(evaluation, errors=False)}\n"
        )
    recognizer.save(output)
    interrupted = training["interrupted"] or getattr(recognizer, "interrupted_", False)
    after = f"stopped after {training['iterations']} iterations; " if interrupted else ""
    click.echo(f"{after}wrote {output} ({os.path.getsize(output) / 1e6:.1f} MB)")
    click.echo(f"next: crfner tag {output} FILE, crfner evaluate {output} GOLD, crfner info {output}")
    return 130 if interrupted else 0


def _split(documents: Iterable[Document], share: float, seed: int) -> tuple[list[Document], list[Document]]:
    """Two parts, by document, each in the order of the input."""
    kept = list(documents)
    if len(kept) < 2:
        raise CrfnerError("one document cannot be split; give --dev, or mark the borders of documents in the data")
    size = min(max(round(share * len(kept)), 1), len(kept) - 1)
    chosen = set(random.Random(seed).sample(range(len(kept)), size))
    parts: tuple[list[Document], list[Document]] = ([], [])
    for number, document in enumerate(kept):
        parts[number not in chosen].append(document)
    return parts


def _lexicons(files: list[tuple[str, type[Lexicon]]]) -> dict[str, Lexicon]:
    """Lexicons from files, each named for its file."""
    lexicons: dict[str, Lexicon] = {}
    for path, kind in files:
        name = re.sub(r"[^A-Za-z0-9_]+", "_", Path(path).stem)  # it becomes part of attributes
        if name in lexicons:
            raise InputError(f"there is another lexicon of the name {name!r}; rename the file", path)
        lexicons[name] = _lexicon(path, kind)
    return lexicons


def _lexicon(path: str, kind: type[Lexicon]) -> Lexicon:
    with open_text(path) as stream:
        try:
            lexicon = kind.from_lines(stream)
        except ValueError as error:
            raise InputError(str(error), path) from None
    if not any(True for _ in lexicon.to_lines()):
        raise InputError("the file holds no entry; give one that does, or leave it out", path)
    return lexicon
