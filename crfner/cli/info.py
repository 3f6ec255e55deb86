"""`crfner info`: what a model file holds."""

from __future__ import annotations

import json
import os
from typing import Any

import click


@click.command("info")
@click.argument("model")
@click.option("--json", "as_json", is_flag=True, help="Print the whole manifest as JSON.")
def info(model: str, as_json: bool) -> None:
    """Show the labels, settings, training and scores of MODEL, after checking the whole file.

    \b
    crfner info model.crfner
    """
    from crfner.hybrid import HybridRecognizer
    from crfner.models import load_model
    from crfner.rules import RuleRecognizer

    recognizer = load_model(model)
    manifest = recognizer.manifest
    if as_json:
        click.echo(json.dumps(manifest, ensure_ascii=False, indent=2))
        return
    rows = [
        ("file", f"{model}, {os.path.getsize(model) / 1e6:.2f} MB, format version {manifest['format_version']}"),
        ("kind", manifest["kind"]),
        ("labels", ", ".join(recognizer.labels)),
    ]
    if not isinstance(recognizer, RuleRecognizer):
        crf = recognizer.crf if isinstance(recognizer, HybridRecognizer) else recognizer
        weights = crf.fitted_.weights
        rows.append(
            ("weights", f"{len(weights.values)} of {len(weights.attributes)} attributes, {len(weights.tags)} tags")
        )
    if isinstance(manifest.get("rules"), int):
        rows.append(("rules", str(manifest["rules"])))
    for section in ("hybrid", "settings", "training", "scores", "versions"):
        for name, value in manifest.get(section, {}).items():
            rows.append((f"{section}.{name}", _shown(value)))
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}")


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
