"""`crfner features`: what the feature extractors say of a text."""

from __future__ import annotations

import json
import sys

import click

from crfner.cli.options import feature_config, features_option
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.files import open_text
from crfner.tokenize import TOKENIZERS, tokenized
from features import FeatureSet


@click.command("features")
@click.argument("text")
@features_option
@click.option("--tokenizer", default="default", show_default=True, type=click.Choice(list(TOKENIZERS)))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a token.")
def features(text: str, features: str, tokenizer: str, as_json: bool) -> None:
    """Print the features of TEXT token by token ("-" reads it from standard input).

    \b
    crfner features "Started ramipril 2.5 mg today."
    crfner features "Started ramipril 2.5 mg today." --features minimal --json
    """
    if text == "-":
        with open_text(text) as stream:
            text = stream.read()
    try:
        feature_set = FeatureSet(feature_config(features))
    except ValueError as error:
        raise CrfnerError(f"{features}: {error}") from None
    document = tokenized(Document(text), tokenizer)
    for words, attributes in zip(document.sentence_words(), feature_set.lists(document.sentence_words()), strict=True):
        for word, found in zip(words, attributes, strict=True):
            line = (
                json.dumps({"token": word, "features": found}, ensure_ascii=False)
                if as_json
                else "\t".join([word, *found])
            )
            sys.stdout.write(line + "\n")
        if not as_json:
            sys.stdout.write("\n")
