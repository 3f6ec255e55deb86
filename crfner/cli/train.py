"""`crfner train`: labelled text in, a model file out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from crfner.cli.options import (
    features_option,
    input_format,
    keep_inputs,
    read_documents,
    rule_file,
    using_workers,
    worker_options,
)
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM, check_writable
from crfner.hybrid import POLICIES
from crfner.schemes import SCHEMES
from crfner.tokenize import SENTENCE_METHODS, TOKENIZERS
from features import Clusters, Gazetteer, Vectors

if TYPE_CHECKING:
    from crfner.recipes import Trained


@click.command("train")
@click.argument("train_path", metavar="TRAIN")
@click.option("-o", "--output", required=True, metavar="MODEL", help="The model file to write, such as model.crfner.")
@click.option("--dev", "dev_path", metavar="DEV", help="Labelled text to score the model on; it is not learnt from.")
@click.option("--split", type=float, help="Learn from this share of TRAIN's documents, score on the rest (0.8).")
@input_format
@click.option(
    "--recipe",
    type=click.Choice(["fast", "balanced", "best", "auto"]),
    help="How much is done for accuracy; auto tries what pays on TRAIN by cross-validation.",
)
@click.option("--config", "config_path", metavar="FILE", help="Settings that crfner tune found; options go before it.")
@features_option
@click.option(
    "--resources", metavar="A,B", help="Languages and domains whose lexicons are used (see crfner resources)."
)
@click.option("--gazetteer", "gazetteers", multiple=True, metavar="FILE", help="Known names, one a line; repeatable.")
@click.option("--clusters", multiple=True, metavar="FILE", help="Word clusters, lines of path<TAB>word; repeatable.")
@click.option("--vectors", multiple=True, metavar="FILE", help="Word vectors, as text; repeatable.")
@click.option("--unlabelled", multiple=True, metavar="TEXT", help="Text to learn word clusters from; repeatable.")
@click.option("--self-train", is_flag=True, help="Learn from what is sure in the text of --unlabelled, too.")
@click.option("--augment", metavar="METHODS", help="Make more text of TRAIN: balanced, or methods of crfner augment.")
@click.option("--encoder", metavar="NAME", help="Hints of a pretrained encoder: a folder, a package or a hub's name.")
@click.option("--base", "base_path", metavar="MODEL", help="Build on this model; labels that only it has are kept.")
@click.option("--base-test", metavar="FILE", help="The base's own test set, to say what was forgotten.")
@click.option(
    "--rules",
    "rule_files",
    multiple=True,
    metavar="[LABEL=]FILE",
    help="Rules beside the CRF, or plugin:NAME; repeatable.",
)
@click.option("--mine-rules", is_flag=True, help="Mine rules from TRAIN, to stand beside the CRF.")
@click.option("--policy", type=click.Choice(list(POLICIES)), help="How rules and CRF are joined.  [default: union]")
@click.option("--recall", type=float, metavar="BETA", help="Find more, at thresholds with the best F-beta on DEV (2).")
@click.option("--calibrate", is_flag=True, help="Let scores of spans be as probable as they say, fitted on DEV.")
@click.option("--labels", metavar="A,B", help="The labels that TRAIN must show, and no others.")
@click.option("--stages", default=1, show_default=True, help="2: another CRF sees what a first makes of a document.")
@click.option("--consistency", type=float, default=0.0, metavar="W", help="Let sentences of a document agree; try 0.6.")
@click.option("--seen", is_flag=True, help="Tell the CRF of each word how other documents of TRAIN label it.")
@click.option("--ensemble", default=1, show_default=True, metavar="N", help="So many CRFs that differ, and vote.")
@click.option(
    "--engine",
    type=click.Choice(["kernel", "crfsuite"]),
    help="What trains: our own kernel (lbfgs), or CRFsuite.  [default: the kernel where it was compiled]",
)
@click.option("--algorithm", default="lbfgs", show_default=True, help="lbfgs, l2sgd, ap, pa or arow.")
@click.option("--c1", type=float, help="Weight of the L1 penalty (lbfgs).  [default: 0.1]")
@click.option("--c2", type=float, help="Weight of the L2 penalty (lbfgs, l2sgd).  [default: 0.05]")
@click.option("--iterations", type=int, help="Passes over the data, at most.  [default: 100; 50 in recipes]")
@click.option("--min-freq", default=0, show_default=True, help="Leave out attributes seen less often than this.")
@click.option("--prune", default=0.0, metavar="WEIGHT", help="Drop weights below this, such as 0.05: a smaller model.")
@click.option("--all-possible-transitions", is_flag=True, help="Weigh pairs of tags too that TRAIN never shows.")
@click.option("--scheme", default="IOB2", show_default=True, help=f"Tags inside the model: {', '.join(SCHEMES)}.")
@click.option("--tokenizer", default="default", show_default=True, type=click.Choice(list(TOKENIZERS)))
@click.option("--sentences", default="rules", show_default=True, type=click.Choice(SENTENCE_METHODS))
@click.option("--pos", type=click.Choice(["nltk"]), help="Add part-of-speech tags where TRAIN has no such column.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of all that is drawn.")
@worker_options("the number of processors, where several CRFs are trained")
def train(
    train_path: str,
    output: str,
    dev_path: str | None,
    split: float | None,
    input_format: str | None,
    recipe: str | None,
    config_path: str | None,
    resources: str | None,
    gazetteers: tuple[str, ...],
    clusters: tuple[str, ...],
    vectors: tuple[str, ...],
    unlabelled: tuple[str, ...],
    self_train: bool,
    encoder: str | None,
    base_path: str | None,
    base_test: str | None,
    rule_files: tuple[str, ...],
    mine_rules: bool,
    policy: str | None,
    recall: float | None,
    calibrate: bool,
    ensemble: int,
    labels: str | None,
    jobs: int | None,
    backend: str,
    address: str | None,
    **settings: Any,
) -> int:
    """Train a CRF on TRAIN ("-" for standard input) and write it to one file.

    The format of the data is found out: CoNLL, JSON lines (Prodigy, doccano), spaCy training data. Ctrl-C stops early
    and keeps the model reached by then (exit code 130).

    With --rules or --mine-rules the model is a hybrid. Its policy says who decides: with "fallback" rules speak where
    the CRF is not sure, with "override" precise rules win, with "union" the spans that are worth most together are
    taken, with "features" the CRF sees the rules' hits. The settings are chosen on DEV, or on held-out parts of TRAIN.

    --recipe fast, balanced and best go from the quickest to the strongest model; the last two use lexicons of TRAIN's
    language and domain, where they are installed. With few sentences, most is gained by what is known of words
    beforehand: --resources, --unlabelled, --base, --encoder. --recipe auto tries by cross-validation what pays, and
    says what it chose and why.

    \b
    crfner train train.jsonl --dev dev.jsonl -o model.crfner
    crfner train train.jsonl --recipe best -o model.crfner
    crfner train train.jsonl --recipe auto --unlabelled texts.txt -o model.crfner
    crfner train train.jsonl --recipe best -o model.crfner --backend dask --address tcp://10.0.0.1:8786
    crfner train train.conll --split 0.8 -o model.crfner --features rich --c1 0.05
    crfner train train.jsonl -o model.crfner --rules rules.yaml --rules DRUG=drugs.txt --policy fallback
    """
    from crfner.cli import materials as reading
    from crfner.recipes import Recipe
    from crfner.recipes import train as follow

    if split is not None and (dev_path or not 0 < split < 1):
        raise CrfnerError("--split takes a share between 0 and 1, and no --dev beside it")
    if output in ("", STANDARD_STREAM):
        raise CrfnerError("a model is written to a file of its own; give -o a name such as model.crfner")
    if policy is not None and not rule_files and not mine_rules:
        raise CrfnerError("--policy says how rules are joined to the CRF; give --rules or --mine-rules with it")
    if self_train and not unlabelled:
        raise CrfnerError("--self-train learns from unlabelled text; give --unlabelled with it")
    if base_test is not None and base_path is None:
        raise CrfnerError("--base-test is the test set of the model that --base names; give that too")
    if recall is not None and (recall <= 0 or (dev_path is None and split is None)):
        raise CrfnerError("--recall takes a number above 0, such as 2, and is tuned on --dev or --split; give one")
    if recall is not None and (rule_files or mine_rules or base_path or recipe):
        raise CrfnerError("--recall sets thresholds of a CRF alone; leave out rules, --base and --recipe")
    if calibrate and dev_path is None and split is None:
        raise CrfnerError("--calibrate fits scores on what is not learnt from; give --dev or --split with it")
    if calibrate and (rule_files or mine_rules or base_path or recipe or ensemble != 1):
        raise CrfnerError(
            "--calibrate fits the scores of a CRF alone; leave out rules, --base, --recipe and --ensemble"
        )
    if ensemble != 1 and (rule_files or mine_rules or base_path or recipe == "auto" or recall is not None):
        raise CrfnerError("--ensemble votes alone; leave out rules, --base, --recipe auto and --recall with it")
    rule_paths = [rule_file(value)[0] for value in rule_files]
    inputs = [
        train_path,
        dev_path or "",
        settings["features"],
        *gazetteers,
        *clusters,
        *vectors,
        *rule_paths,
        *unlabelled,
    ]
    keep_inputs(output, [*inputs, config_path or "", base_path or "", base_test or ""])
    check_writable(output)
    settings = reading.config_settings(config_path, settings)
    if recall is not None and settings["consistency"]:
        raise CrfnerError("--recall sets thresholds, with which consistency does not go; leave out one of them")
    given = reading.read_materials(
        {Gazetteer: gazetteers, Clusters: clusters, Vectors: vectors}, rule_files, base_path, unlabelled
    )
    looking = {"gazetteers": gazetteers, "clusters": [*clusters, *unlabelled], "vectors": vectors}
    settings["features"] = reading.features_config(settings["features"], given.lexicons, looking)
    wanted = Recipe(
        settings={name: value for name, value in settings.items() if value is not None},
        resources=tuple(language.strip() for language in resources.split(",")) if resources else (),
        clusters=bool(unlabelled) and recipe != "auto",
        self_train=self_train,
        encoder=encoder,
        mine=mine_rules,
        policy=policy or "union",
        ensemble=ensemble,
    )
    declared = None if labels is None else [label.strip() for label in labels.split(",")]
    tested = list(read_documents(base_test, None)) if base_test is not None else []
    documents: Iterable[Document] = read_documents(train_path, input_format)
    dev: list[Document] = []
    if split is not None:
        documents, dev = reading.split(documents, split, settings["seed"])
    elif dev_path is not None:
        if os.path.isfile(train_path) and os.path.exists(dev_path) and os.path.samefile(train_path, dev_path):
            click.echo("warning: --dev is TRAIN itself, so the scores say nothing about other text", err=True)
        dev = list(read_documents(dev_path, None))  # before training, so that a mistake in it is told at once
    if calibrate:
        from crfner.crf.calibration import check_enough

        check_enough(dev)
    click.get_current_context().with_resource(using_workers(jobs, backend, address))
    if recipe in ("fast", "balanced", "best"):
        from crfner.recipes import named

        documents = list(documents)
        wanted = named(recipe, documents, wanted, alone=not (rule_files or mine_rules or base_path))
        click.echo(f"recipe: {wanted.described()}")
    elif recipe is not None:
        from crfner.recipes import choose

        documents = list(documents)
        choice = choose(wanted, documents, given, seed=settings["seed"], progress=True)
        click.echo("\n".join(choice.lines()))
        wanted = choice.recipe
    if tested:
        documents = list(documents)
    trained = follow(wanted, documents, dev, given, declared_labels=declared, progress=True)
    if recall is not None:
        _tune_recall(trained, dev, recall)
    if calibrate:
        _calibrate(trained, dev)
    if tested:
        _tell_what_was_forgotten(trained, documents, tested)
    return _finish(trained, dev, output)


def _tell_what_was_forgotten(trained: Trained, documents: Iterable[Document], tested: Sequence[Document]) -> None:
    """Score the base and the model that is built on it on the base's own test set."""
    from crfner.transfer import ExtendedRecognizer, counterparts, forgetting, forgetting_table

    model = trained.model
    assert isinstance(model, ExtendedRecognizer)
    same = counterparts(model.base, documents)
    for label, other in sorted(same.items()):
        click.echo(f"{label} is taken for another name of the base's {other}")
    click.echo(f"on {len(tested)} documents of the base's labels:")
    click.echo(f"{forgetting_table(forgetting(model.base, model, tested, same))}\n")


def _tune_recall(trained: Trained, dev: Sequence[Document], beta: float) -> None:
    from crfner.crf.thresholds import tune_thresholds

    crf = trained.crf
    crf.set_thresholds(tune_thresholds(crf, dev, beta=beta))
    listed = ", ".join(f"{label} {threshold:.2f}" for label, threshold in (crf.thresholds or {}).items())
    click.echo(f"thresholds with the best F{beta:g} on what was not learnt from: {listed or 'none helps'}")


def _calibrate(trained: Trained, dev: Sequence[Document]) -> None:
    from crfner.crf.calibration import calibrate

    found = calibrate(trained.crf, dev)
    trained.crf.set_temperature(found.temperature)
    errors = {"before": found.before, "after": found.after, "chance": found.chance, "spans": found.spans}
    trained.crf.add_scores("calibration", errors)
    click.echo(
        f"temperature {found.temperature:g}, fitted on {found.spans} spans of what was not learnt from: expected "
        f"calibration error {100 * found.after:.2f} in place of {100 * found.before:.2f}, each half scored under the "
        f"temperature of the other (true scores would have {100 * found.chance:.2f} by chance)"
        if found.temperature != 1.0
        else f"no temperature makes the scores of {found.spans} spans of what was not learnt from come true more "
        f"often: expected calibration error {100 * found.before:.2f} (true scores would have "
        f"{100 * found.chance:.2f} by chance)"
    )


def _finish(trained: Trained, dev: Sequence[Document], output: str) -> int:
    """Score, save, and say what was done and what comes next."""
    recognizer, crf = trained.model, trained.crf
    training = crf.manifest["training"]
    told = list(trained.notes)
    sizes = ", ".join(f"{training[unit]} {unit}" for unit in ("documents", "sentences", "tokens"))
    entities = ", ".join(f"{count} {label}" for label, count in training["entities"].items())
    told.append(f"trained on {sizes}: {entities}")
    if training["spans_off_token_borders"]:
        told.append(
            f"{training['spans_off_token_borders']} spans did not fall on token borders; tokens were split at them"
        )
    if not crf.fitted_.weights.values.any():
        click.echo("warning: nothing has weight, so nothing will be found; lower --c1, --min-freq or --prune", err=True)
    if dev:
        from crfner.evaluation import evaluate, to_dict, to_table

        # what is kept from a base model and not annotated here is neither right nor wrong
        unknown: frozenset[str] = getattr(recognizer, "kept_", frozenset()) - {
            span.label for document in dev for span in document.spans
        }
        found = recognizer.recognize(dev)
        evaluation = evaluate(dev, (d.with_spans(s for s in d.spans if s.label not in unknown) for d in found))
        scores = to_dict(evaluation)
        recognizer.add_scores("dev", {key: scores[key] for key in ("micro", "macro", "labels", "interval")})
        chosen = ", but that the policy was chosen by" if hasattr(recognizer, "policy_") else ""
        chosen = ", but that the threshold was chosen by" if hasattr(recognizer, "threshold_") else chosen
        chosen = ", but that the thresholds were chosen by" if crf.thresholds else chosen
        told.append(
            f"\nscores on {len(dev)} documents that were not learnt from{chosen}\n\n"
            f"{to_table(evaluation, errors=False)}\n"
        )
    recognizer.save(output)  # before anything is said: whoever reads it may have gone, as head does
    interrupted = training["interrupted"] or getattr(recognizer, "interrupted_", False)
    after = f"stopped after {training['iterations']} iterations; " if interrupted else ""
    told.append(f"{after}wrote {output} ({os.path.getsize(output) / 1e6:.1f} MB)")
    told.append(f"next: crfner tag {output} FILE, crfner evaluate {output} GOLD, crfner info {output}")
    click.echo("\n".join(told))
    return 130 if interrupted else 0
