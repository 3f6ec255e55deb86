"""`crfner annotate`: label text on a page in the browser, or reconcile what two people labelled."""

from __future__ import annotations

import getpass
import os
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from crfner import formats
from crfner.cli.options import features_option, input_format, keep_inputs, read_documents, read_rule_files, rule_file
from crfner.document import Document, Span
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM, check_writable

if TYPE_CHECKING:
    from crfner.annotate import AnswerLog, Example
    from crfner.recognizer import Recognizer

_STRATEGIES = ("auto", "sequence", "entropy", "total", "confidence", "margin", "given")
_LONG = 6  # sentences of a document, on average, from which it is worth saying that they can be shown one by one


@click.command("annotate")
@click.argument("data", required=False)
@click.option(
    "-o",
    "--output",
    default="annotations.jsonl",
    show_default=True,
    metavar="FILE",
    help="Where every answer is written at once; a file that is there is gone on with.",
)
@click.option("--model", metavar="MODEL", help="A model that proposes entities; later ones build on it.")
@click.option("--rules", "rule_files", multiple=True, metavar="[LABEL=]FILE", help="Rules that propose; repeatable.")
@click.option("--labels", metavar="A,B", help="The labels, in the order of their keys; no others can be given then.")
@click.option("--guidelines", metavar="FILE", help="What to mark and how, as Markdown, shown beside the text.")
@click.option("--unit", type=click.Choice(["document", "sentence"]), default="document", show_default=True)
@click.option("--shuffle", is_flag=True, help="Show the texts in an order that --seed draws.")
@click.option("--annotator", metavar="NAME", help="Who answers; the name of the user when left out.")
@click.option(
    "--retrain-after",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    metavar="N",
    help="Train a model after so many accepted texts, again and again; 0: never.",
)
@click.option("--strategy", type=click.Choice(_STRATEGIES), default="auto", show_default=True, help="What comes next.")
@click.option("--save-model", "model_path", metavar="FILE", help="Write each model that is trained to this file.")
@click.option("--config", "config_path", metavar="FILE", help="Settings of the training that crfner tune found.")
@features_option
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8790, show_default=True, help="0 takes any that is free."
)
@click.option("--adjudicate", nargs=2, metavar="A B", help="Reconcile two files of labelled text, in place of DATA.")
@click.option("--export", "export_path", metavar="OUT", help="Write what was accepted as labelled text, and end.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of order and training.")
@input_format
def annotate(
    data: str | None,
    output: str,
    model: str | None,
    rule_files: tuple[str, ...],
    labels: str | None,
    guidelines: str | None,
    unit: str,
    shuffle: bool,
    annotator: str | None,
    retrain_after: int,
    strategy: str,
    model_path: str | None,
    config_path: str | None,
    port: int,
    adjudicate: tuple[str, str] | None,
    export_path: str | None,
    input_format: str | None,
    **settings: Any,
) -> int:
    """Label the texts of DATA, labelled or not, on a page that this command serves to this machine only.

    Open the address that it prints; ? shows the keys. Each answer is on the disk, in FILE, before the page goes on.
    Ctrl-C ends; the same command goes on where it was. A line of FILE is a text with its spans, "answer" (accept,
    reject or ignore), "annotator" and "time"; the last line about a text counts. --export, or a button of the page,
    makes labelled text of it, in any format.

    From --retrain-after accepted texts on, a model is trained in the background, again and again: it proposes
    entities, and what it is least sure of comes next, as with --model from the start. `crfner train` makes the same
    model of the exported text.

    --unit sentence shows long documents sentence by sentence; the exported text is then one sentence a document.

    \b
    crfner annotate texts.txt --labels FOOD,DRINK -o answers.jsonl --save-model food.crfner
    crfner annotate texts.txt --model menu.crfner --rules rules.yaml --guidelines GUIDELINES.md
    crfner annotate -o answers.jsonl --export labelled.conll
    crfner annotate --adjudicate anna.jsonl ben.jsonl -o gold.jsonl
    """
    if export_path is not None:
        return _export(output, export_path)
    if (data is None) == (adjudicate is None):
        raise CrfnerError("name the texts to label, or two files of labelled text with --adjudicate")
    if STANDARD_STREAM in (data, output, *(adjudicate or ())):
        raise CrfnerError("annotate works on files, as it goes on where it was; give a name in place of -")
    _check_installed()
    from crfner.annotate import AnswerLog, Session, Setup, shuffled
    from crfner.annotate.guidelines import read_guidelines
    from crfner.annotate.server import bound, serve
    from crfner.annotate.training import Work
    from crfner.cli.materials import config_settings, features_config

    rule_paths = [rule_file(value)[0] for value in rule_files]
    inputs = [path for path in (data, model, guidelines, config_path, *rule_paths, *(adjudicate or ())) if path]
    keep_inputs(output, inputs)
    if model_path is not None:
        keep_inputs(model_path, [*inputs, output])
        check_writable(model_path)
    settings = config_settings(config_path, settings)
    settings["features"] = features_config(settings["features"], {}, {})
    wanted = None if labels is None else list(dict.fromkeys(label.strip() for label in labels.split(",")))
    html = "" if guidelines is None else read_guidelines(guidelines)
    rules = _rules(rule_files)
    recognizer, base = _model(model)
    with bound(port) as listening, AnswerLog(output) as log:
        for note in log.notes:
            click.echo(f"warning: {note}", err=True)
        examples = _adjudicated(adjudicate, log) if adjudicate else _examples(data or "", input_format, unit)
        if shuffle:
            examples = shuffled(examples, settings["seed"])
        setup = Setup(
            annotator=annotator or _user(),
            labels=wanted,
            known=[*(recognizer.labels if recognizer else ()), *(rules.labels if rules else ())],
            rules=rules,
            read=_read(recognizer, examples),
            doubts=_doubts(recognizer, examples, strategy) if not shuffle else (),
            work=Work(settings, base, model_path, "auto" if strategy == "given" else strategy),
            retrain_after=0 if adjudicate else retrain_after,
            keep_order=strategy == "given",
        )
        session = Session(examples, log, setup)
        if not session.labels():
            click.echo("there are no labels yet; add them on the page, or name them with --labels", err=True)

        def begun(address: str) -> None:
            left = session.progress()["left"]
            click.echo(f"{left} of {_some(len(session.examples), 'text')} to label; answers go to {output}", err=True)
            click.echo(f"open {address} in a browser; Ctrl-C ends", err=True)

        title = " and ".join(map(os.path.basename, adjudicate)) if adjudicate else os.path.basename(data or "")
        try:
            with suppress(KeyboardInterrupt):  # the usual way to end
                serve(session, listening, title, html, begun)
        finally:
            _tell(session.progress(), output)
    return 0


def _export(log_path: str, path: str) -> int:
    from crfner.annotate import accepted, last_decisions, read_log

    keep_inputs(path, [log_path])
    documents = accepted(last_decisions(read_log(log_path)))
    if not documents:
        raise CrfnerError(f"{log_path}: nothing was accepted yet, so there is nothing to export")
    notes = formats.Notes()
    formats.write(documents, path, "jsonl" if path == STANDARD_STREAM else None, notes=notes)
    for what, times in sorted(notes.items()):
        click.echo(f"{path}: {times} {what}", err=True)
    spans = sum(len(document.spans) for document in documents)
    click.echo(f"exported {_some(len(documents), 'text')} with {spans} entities: {log_path} -> {path}", err=True)
    return 0


def _check_installed() -> None:
    try:
        import markdown_it  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise CrfnerError(
            f"the annotation page needs {error.name}, which is not installed; pip install 'crfner[serve]'"
        ) from None


def _rules(rule_files: Sequence[str]) -> Recognizer | None:
    if not rule_files:
        return None
    from crfner.rules import RuleRecognizer

    return RuleRecognizer(read_rule_files(rule_files))


def _model(path: str | None) -> tuple[Recognizer | None, bytes | None]:
    """The model, and what is in its file."""
    if path is None:
        return None, None
    from crfner.models import load_model

    recognizer = load_model(path)
    with open(path, "rb") as file:
        return recognizer, file.read()


def _examples(path: str, format: str | None, unit: str) -> list[Example]:
    """The texts of the file, as they are shown."""
    from crfner.annotate import examples_of
    from crfner.tokenize import tokenized

    notes = formats.Notes()
    documents = list(read_documents(path, format))
    examples = examples_of(documents, unit, notes)
    for what, times in sorted(notes.items()):
        click.echo(f"{path}: {times} {what}", err=True)
    if not examples:
        raise CrfnerError(f"{path}: there is no text to label")
    some = documents[:100]
    if unit == "document" and sum(len(tokenized(one).sentences) for one in some) >= _LONG * len(some):
        click.echo("the documents are long; --unit sentence shows them sentence by sentence", err=True)
    return examples


def _adjudicated(paths: tuple[str, str], log: AnswerLog) -> list[Example]:
    """The texts that two files label differently; those that they label alike are accepted at once."""
    from crfner.annotate.adjudication import settled, to_adjudicate

    first, second = map(os.path.basename, paths)
    names = paths if first == second else (first, second)
    notes = formats.Notes()
    versions = [list(read_documents(path, None)) for path in paths]
    alike, examples = to_adjudicate(versions[0], versions[1], names, notes)
    for what, times in sorted(notes.items()):
        click.echo(f"{times} {what}", err=True)
    new = settled(alike, log.decisions, names)
    log.append(new)
    log.decisions.extend(new)
    click.echo(f"{_some(len(alike), 'text')} labelled alike, accepted as they are; {len(examples)} to decide", err=True)
    return examples


def _read(recognizer: Recognizer | None, examples: Sequence[Example]) -> list[tuple[Span, ...]]:
    """What the model finds in each text."""
    if recognizer is None:
        return []
    from tqdm import tqdm

    texts: list[Document] = [example.document.with_spans(()) for example in examples]
    found = recognizer.recognize(tqdm(texts, "reading", unit=" texts", disable=None, leave=False))
    return [document.spans for document in found]


def _doubts(recognizer: Recognizer | None, examples: Sequence[Example], strategy: str) -> list[float]:
    """How unsure the model is of each text; nothing where there is no model that could say, or the order stays."""
    from crfner.rules import RuleRecognizer

    if recognizer is None or isinstance(recognizer, RuleRecognizer) or strategy == "given":
        return []
    from crfner.suggest import uncertainties

    return uncertainties(recognizer, [example.document for example in examples], strategy)


def _some(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user that the system has no name for
        return "annotator"


def _tell(progress: dict[str, Any], output: str) -> None:
    answers = progress["answers"]
    counts = f"{answers['accept']} accepted, {answers['reject']} rejected, {answers['ignore']} skipped"
    click.echo(f"{counts}, {progress['left']} left; all answers are in {output}", err=True)
    if answers["accept"]:
        click.echo(f"next: crfner annotate -o {output} --export labelled.jsonl", err=True)
