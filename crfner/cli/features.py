"""`crfner features`: what the feature extractors say of a text."""

from __future__ import annotations

import json

import click

from crfner.cli.options import feature_set, features_option, text_of
from crfner.document import Document
from crfner.files import STANDARD_STREAM, atomic_output
from crfner.tokenize import TOKENIZERS, tokenized


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
    extractor = feature_set(features)
    sentences = tokenized(Document(text_of(text)), tokenizer).sentence_words()
    with atomic_output(STANDARD_STREAM) as output:
        for words, attributes in zip(sentences, extractor.lists(sentences), strict=True):
            for word, found in zip(words, attributes, strict=True):
                record = {"token": word, "features": found}
                line = json.dumps(record, ensure_ascii=False) if as_json else "\t".join([word, *found])
                output.write(line + "\n")
            if not as_json:
                output.write("\n")
