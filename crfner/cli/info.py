"""`crfner info`: what a model file holds."""

from __future__ import annotations

import json
import os

import click


@click.command("info")
@click.argument("model")
@click.option("--json", "as_json", is_flag=True, help="Print the whole manifest as JSON.")
def info(model: str, as_json: bool) -> None:
    """Show the labels, settings, training and scores of MODEL, after checking the whole file.

    \b
    crfner info model.crfner
    """
    from crfner.about import about
    from crfner.models import load_model

    recognizer = load_model(model)
    manifest = recognizer.manifest
    if as_json:
        click.echo(json.dumps(manifest, ensure_ascii=False, indent=2))
        return
    size = os.path.getsize(model) / 1e6
    rows = [("file", f"{model}, {size:.2f} MB, format version {manifest['format_version']}"), *about(recognizer)]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}")
