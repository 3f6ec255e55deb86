"""`crfner explain`: why a model finds what it finds in a text, and what it has learnt as a whole."""

from __future__ import annotations

import json
import os

import click

from crfner.cli.options import keep_inputs, text_of
from crfner.document import Document
from crfner.files import atomic_output, check_writable

FORMATS = ("text", "json", "html")
_ENDINGS = {".json": "json", ".html": "html", ".htm": "html"}
_TOP_OF_TOKEN, _TOP_OF_TAG = 5, 20


@click.command("explain")
@click.argument("model")
@click.argument("text", required=False)
@click.option("-o", "--output", default="-", metavar="OUT", help="File to write; standard output when left out.")
@click.option("--format", "output_format", type=click.Choice(FORMATS), help="By OUT's ending, or text, when left out.")
@click.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Features to list for and against; {_TOP_OF_TOKEN} a token or {_TOP_OF_TAG} a tag when left out.",
)
@click.option("--all", "every", is_flag=True, help="Show every token; JSON always does.")
def explain(model: str, text: str | None, output: str, output_format: str | None, top: int | None, every: bool) -> None:
    """Explain why MODEL finds what it finds in TEXT ("-" reads it from standard input), or, without TEXT, what it has
    learnt as a whole: the strongest features of each tag, the transitions, the rules.

    Each token is shown with its tag, the tag's probability, the runner-up, and what every feature and transition adds
    to the score of the one less that of the other. Tokens outside entities are left out where no rule found anything
    and no other tag has a probability above 0.1.

    \b
    crfner explain model.crfner "Dr Lindqvist stopped the ibuprofen."
    crfner explain model.crfner - --all -o why.html < letter.txt
    crfner explain model.crfner --top 10
    """
    chosen = output_format or _ENDINGS.get(os.path.splitext(output)[1].lower(), "text")
    document = None if text is None else Document(text_of(text, ", or leave TEXT out to explain the model as a whole"))
    keep_inputs(output, [model])
    check_writable(output)

    from crfner.explain import explain_document, explain_model, to_dict, to_page, to_text
    from crfner.models import load_model

    recognizer = load_model(model)
    explanation = (
        explain_model(recognizer, top or _TOP_OF_TAG)
        if document is None
        else explain_document(recognizer, document, top or _TOP_OF_TOKEN)
    )
    with atomic_output(output) as stream:
        if chosen == "json":
            json.dump(to_dict(explanation), stream, ensure_ascii=False, indent=2, allow_nan=False)
            stream.write("\n")
        elif chosen == "html":
            stream.write(to_page(explanation, every=every))
        else:
            stream.write(to_text(explanation, every=every) + "\n")
