"""What a trained CRF consists of, and how it goes into a model file and comes back."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from crfner import schemes, store
from crfner.collector import at_rest
from crfner.crf.packed import pack, unpack
from crfner.crf.weights import DamagedModel, Weights, read_weights
from crfner.errors import CrfnerError
from crfner.hints import WITHIN, Hinter, read_hinter
from crfner.hints.stage import StageHints
from crfner.version import __version__
from features import Clusters, FeatureSet, Function, Gazetteer, Lexicon, Vectors, plugins

KIND = "crf"
"""What the manifest of a CRF alone names as its kind."""

_WEIGHTS = "model.weights"
_CRFSUITE = "model.crfsuite"  # what files of format version 1 hold in its place
_PACKAGES = "packages"  # of the manifest: what brings the features that are not crfner's own, by their names
_HINTERS = "hinters/"  # and then the hinter's name, a point and its kind
_LEXICONS: dict[str, type[Lexicon]] = {"gazetteers/": Gazetteer, "clusters/": Clusters, "vectors/": Vectors}


@dataclass(frozen=True)
class Fitted:
    """A trained model.

    features  the feature set, with its lexicons
    weights   the weights
    manifest  settings of training and tagging, labels, counts, versions, scores: plain data
    hinters   what looks at a document before it does, by name
    """

    features: FeatureSet
    weights: Weights
    manifest: Mapping[str, Any]
    hinters: Mapping[str, Hinter] = field(default_factory=dict)


@dataclass(frozen=True)
class Shared:
    """What several models may have together: lexicons and hinters, by name."""

    lexicons: Mapping[str, Lexicon] = field(default_factory=dict)
    hinters: Mapping[str, Hinter] = field(default_factory=dict)


def make_manifest(
    labels: list[str], settings: Mapping[str, Any], training: Mapping[str, Any], brought: Mapping[str, str]
) -> dict[str, Any]:
    """The manifest of a new model; no time and no path in it, so that equal training gives equal files.

    brought  for each feature that another package brings, that package's name and version
    """
    from importlib.metadata import version  # slow to import, and only needed in training

    packages = ("python-crfsuite", "numpy")
    versions = {"crfner": __version__, "python": platform.python_version()}
    return {
        "kind": KIND,
        "labels": labels,
        "settings": dict(settings),
        "training": dict(training),
        "versions": versions | {package: version(package) for package in packages},
        **({_PACKAGES: dict(brought)} if brought else {}),
    }


def with_setting(fitted: Fitted, name: str, value: Any) -> Fitted:
    """The model with another value of one setting in its manifest."""
    settings = {**fitted.manifest["settings"], name: value}
    return replace(fitted, manifest={**fitted.manifest, "settings": settings})


def to_parts(fitted: Fitted) -> dict[str, bytes]:
    """The parts of a model file: the weights, the lexicons cut down to what has weight, and the hinters."""
    return {**weight_parts(fitted), **shared_parts([fitted])}


def weight_parts(fitted: Fitted) -> dict[str, bytes]:
    """The part with the weights."""
    return {_WEIGHTS: pack(fitted.weights)}


def shared_parts(several: Sequence[Fitted]) -> dict[str, bytes]:
    """The parts with lexicons and hinters that all of these models have, without what none of them gives weight."""
    parts = {}
    hinters = several[0].hinters
    stages = [hinter.first.fitted_ for hinter in hinters.values() if isinstance(hinter, StageHints)]
    attributes = chain.from_iterable(fitted.weights.attributes for fitted in (*several, *stages))
    for name, lexicon in _weighty(several[0].features.lexicons, attributes).items():
        folder = next(folder for folder, kind in _LEXICONS.items() if isinstance(lexicon, kind))
        parts[f"{folder}{name}.txt"] = "".join(f"{line}\n" for line in lexicon.to_lines()).encode()
    for name, hinter in hinters.items():
        parts[f"{_HINTERS}{name}.{hinter.kind}"] = hinter.to_bytes()
    return parts


@at_rest()  # lexicons have up to a million words
def read_shared(stored: store.Stored, functions: Mapping[str, Function] | None = None) -> Shared:
    """The lexicons and hinters that a model file holds. Raises ValueError when they are damaged."""
    lexicons: dict[str, Lexicon] = {}
    hinters: dict[str, Hinter] = {}
    for part, content in stored.parts.items():
        for folder, kind in _LEXICONS.items():
            if part.startswith(folder):
                name = part.removeprefix(folder).removesuffix(".txt")
                lexicons[name] = kind.from_lines(content.decode().split("\n"))
    names = (part.removeprefix(_HINTERS).rpartition(".")[::2] for part in stored.parts if part.startswith(_HINTERS))
    for name, hinter_kind in sorted(names, key=lambda pair: pair[1] in WITHIN):
        content = stored.parts[f"{_HINTERS}{name}.{hinter_kind}"]
        hinters[name] = read_hinter(hinter_kind, content, lexicons, functions)
    return Shared(lexicons, hinters)


@at_rest()
def from_stored(
    stored: store.Stored,
    path: str | os.PathLike[str],
    functions: Mapping[str, Function] | None = None,
    shared: Shared | None = None,
) -> Fitted:
    """The CRF that a model file holds. Raises CrfnerError, naming the path, when it is not whole and sound.

    shared  its lexicons and hinters, where the file does not hold them
    """
    manifest = stored.manifest
    if not isinstance(manifest.get("settings"), dict) or not _are_texts(manifest.get("labels")):
        raise CrfnerError(f"{path}: the model is damaged: its manifest lacks settings or labels")
    _check_packages(manifest.get(_PACKAGES, {}), path, functions or {})
    try:
        shared = shared or read_shared(stored, functions)
        old = stored.parts.get(_CRFSUITE)
        weights = unpack(stored.parts[_WEIGHTS]) if old is None else read_weights(old)
        for tag in weights.tags:
            _, label = schemes.split_tag(tag)
            if label and (label.isspace() or label not in manifest["labels"]):
                raise DamagedModel(f"it gives the label {label!r}, which its manifest does not list")
        features = FeatureSet(manifest["settings"]["features"], shared.lexicons, functions)
        for hinter in shared.hinters.values():
            if isinstance(hinter, StageHints) and hinter.first.fitted_.features.config != features.config:
                raise DamagedModel("its first stage reads other features")
    except KeyError as error:
        raise CrfnerError(f"{path}: the model is damaged: it holds no {error.args[0]!r}") from None
    except DamagedModel as error:
        raise CrfnerError(f"{path}: the model is damaged: {error}") from None
    except (TypeError, ValueError) as error:
        raise CrfnerError(f"{path}: the model cannot be used here: {error}") from None
    return Fitted(features, weights, manifest, shared.hinters)


def _check_packages(packages: Any, path: str | os.PathLike[str], functions: Mapping[str, Function]) -> None:
    """Raise CrfnerError for a feature that another package brought in training, and that nothing brings here."""
    if not isinstance(packages, dict):
        raise CrfnerError(f"{path}: the model is damaged: its manifest does not say what packages bring its features")
    missing = set(packages) - set(functions)
    for name in sorted(missing - set(plugins.offered() if missing else ())):
        raise CrfnerError(
            f"{path}: the model reads the feature {name!r} of the package {packages[name]}, which is not installed "
            f"here; install it"
        )


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _weighty(lexicons: Mapping[str, Lexicon], attributes: Iterable[str]) -> dict[str, Lexicon]:
    """The lexicons without what no attribute refers to: whole gazetteers and vectors, and words of clusters."""
    values: dict[str, set[str]] = {}
    for attribute in attributes:
        if attribute.startswith(("gazetteer.", "cluster.", "vector.")):
            source, _, value = attribute.partition("=")
            values.setdefault(source.partition("[")[0], set()).add(value)
    kept: dict[str, Lexicon] = {}
    for name, lexicon in lexicons.items():
        if isinstance(lexicon, Clusters):
            known = values.get(f"cluster.{name}", set())
            lengths = sorted({len(value) for value in known})
            paths = {w: path for w, path in lexicon.paths.items() if any(path[:n] in known for n in lengths)}
            if paths:
                kept[name] = Clusters(paths)
        elif f"{'vector' if isinstance(lexicon, Vectors) else 'gazetteer'}.{name}" in values:
            kept[name] = lexicon
    return kept
