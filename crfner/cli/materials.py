"""What `crfner train` reads beside the labelled text: settings, lexicons, an earlier model, text without labels.

Public names: `config_settings`, `read_lexicons`, `read_materials`, `split`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from crfner.cli.options import feature_set, read_documents, read_rule_files
from crfner.document import Document
from crfner.errors import CrfnerError, InputError
from crfner.files import open_text
from crfner.recipes import Materials
from features import Clusters, FeatureSet, Lexicon, Vectors

_SAMPLE = 100  # lines that show what kind of lexicon a file holds


def config_settings(path: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the command line, and from the file those that the command line leaves out."""
    if path is None:
        return dict(given)
    from crfner.tune import read_config

    context = click.get_current_context()
    named = {name for name in given if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    return {**given, **{name: value for name, value in read_config(path).items() if name not in named}}


def features_config(value: str | Mapping[str, Any], lexicons: Mapping[str, Lexicon], given: Mapping[str, Any]) -> Any:
    """A feature set's whole configuration, from a preset, a file, or what a file of settings holds.

    given  files of lexicons by the entry of the feature set that has to look at them

    Raises CrfnerError when the features do not look at lexicons that were given.
    """
    features = feature_set(value, lexicons) if isinstance(value, str) else FeatureSet(value, lexicons)
    for entry, paths in given.items():
        if paths and entry not in features.config:
            raise CrfnerError(
                f"{paths[0]}: the features {value!r} do not look at {entry}; choose another preset, or a file of "
                f'features with "{entry}": {{}}'
            )
    return features.config


def read_materials(
    lexicon_files: Mapping[type[Lexicon], Iterable[str]],
    rule_files: Iterable[str],
    base: str | None,
    unlabelled: Iterable[str],
) -> Materials:
    """Everything that was named, read. Raises CrfnerError when a file cannot be read or is wrong."""
    lexicons = read_lexicons((path, kind) for kind, paths in lexicon_files.items() for path in paths)
    model = None
    if base is not None:
        from crfner.models import load_model

        model = load_model(base)
    text = tuple(document.with_spans(()) for path in unlabelled for document in read_documents(path, None))
    return Materials(lexicons, read_rule_files(rule_files), model, text)


def read_lexicons(files: Iterable[tuple[str, type[Lexicon]]]) -> dict[str, Lexicon]:
    """Lexicons from files, each named for its file."""
    lexicons: dict[str, Lexicon] = {}
    for path, kind in files:
        name = re.sub(r"[^A-Za-z0-9_]+", "_", Path(path).stem)  # it becomes part of attributes
        if name in lexicons:
            raise InputError(f"there is another lexicon of the name {name!r}; rename the file", path)
        lexicons[name] = _lexicon(path, kind)
    return lexicons


def _lexicon(path: str, kind: type[Lexicon]) -> Lexicon:
    with open_text(path) as stream:
        try:
            lexicon = kind.from_lines(stream)
        except ValueError as error:
            raise InputError(f"{error}{_other(path, kind)}", path) from None
    if not any(True for _ in lexicon.to_lines()):
        raise InputError("the file holds no entry; give one that does, or leave it out", path)
    return lexicon


def _other(path: str, kind: type[Lexicon]) -> str:
    """What to say when the file is of another kind than the option that it was given with."""
    for other, option in ((Clusters, "--clusters"), (Vectors, "--vectors")):
        if other is not kind and Path(path).is_file():  # what is no file cannot be read again
            with open_text(path) as stream, suppress(ValueError, CrfnerError):
                other.from_lines(islice(stream, _SAMPLE))
                return f"; give it with {option}"
    return ""


def split(documents: Iterable[Document], share: float, seed: int) -> tuple[list[Document], list[Document]]:
    """Two parts, by document, each in the order of the input."""
    kept = list(documents)
    if len(kept) < 2:
        raise CrfnerError("one document cannot be split; give --dev, or mark the borders of documents in the data")
    size = min(max(round(share * len(kept)), 1), len(kept) - 1)
    chosen = set(random.Random(seed).sample(range(len(kept)), size))
    parts: tuple[list[Document], list[Document]] = ([], [])
    for number, document in enumerate(kept):
        parts[number not in chosen].append(document)
    return parts
