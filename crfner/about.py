"""What can be said about a model, as rows of a name and a value: what it is, gives, has learnt from, and was scored.

Public names: `about`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from crfner.crf import CRFRecognizer
    from crfner.encoder import EncoderRecognizer
    from crfner.ensemble import EnsembleRecognizer
    from crfner.models import Model

_SECTIONS = ("hybrid", "ensemble", "settings", "training", "scores", "packages", "versions")


def about(recognizer: Model) -> list[tuple[str, str]]:
    """The rows; those of a section of the manifest are named "section.name". Raises NotFittedError before `fit`."""
    manifest = recognizer.manifest
    rows = [("kind", manifest["kind"]), ("labels", ", ".join(recognizer.labels))]
    weights = _weights(recognizer)
    if weights:
        rows.append(("weights", weights))
    if isinstance(manifest.get("rules"), int):
        rows.append(("rules", str(manifest["rules"])))
    for section in _SECTIONS:
        for name, value in manifest.get(section, {}).items():
            rows.append((f"{section}.{name}", _shown(value)))
    return rows


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
