"""`crfner info`: what a model file holds."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, cast

import click

if TYPE_CHECKING:
    from crfner.crf import CRFRecognizer
    from crfner.encoder import EncoderRecognizer
    from crfner.ensemble import EnsembleRecognizer
    from crfner.models import Model


@click.command("info")
@click.argument("model")
@click.option("--json", "as_json", is_flag=True, help="Print the whole manifest as JSON.")
def info(model: str, as_json: bool) -> None:
    """Show the labels, settings, training and scores of MODEL, after checking the whole file.

    \b
    crfner info model.crfner
    """
    from crfner.models import load_model

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
    weights = _weights(recognizer)
    if weights:
        rows.append(("weights", weights))
    if isinstance(manifest.get("rules"), int):
        rows.append(("rules", str(manifest["rules"])))
    for section in ("hybrid", "ensemble", "settings", "training", "scores", "packages", "versions"):
        for name, value in manifest.get(section, {}).items():
            rows.append((f"{section}.{name}", _shown(value)))
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}")


def _weights(recognizer: Model) -> str | None:
    """How many weights the model has; None for one of rules."""
    # by the kind in the manifest, as importing every kind to ask for its class would take long
    if recognizer.manifest["kind"] == "encoder":
        network = cast("EncoderRecognizer", recognizer).fitted_.network
        return f"{network.num_parameters() / 1e6:.1f} million, of the kind {network.config.model_type}"
    if recognizer.manifest["kind"] == "rules":
        return None
    if recognizer.manifest["kind"] == "ensemble":
        several = [member.fitted_.weights for member in cast("EnsembleRecognizer", recognizer).members_]
        return f"{sum(len(weights.values) for weights in several)} in {len(several)} CRFs"
    crf = cast("CRFRecognizer", getattr(recognizer, "crf", recognizer))  # hybrids and models built on others have one
    weights = crf.fitted_.weights
    return f"{len(weights.values)} of {len(weights.attributes)} attributes, {len(weights.tags)} tags"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
