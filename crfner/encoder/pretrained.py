"""Opening a pretrained encoder: from a folder, from a pip package that holds one, or by its name on the hub.

Only weights in the safetensors format are read, and code that comes with a model is never run. What is asked of
transformers is its configuration, its network and its fast tokenizer; everything else is ours.

Public names: `Pretrained`, `check_encoder`, `check_installed`, `encoder_path`, `read_pretrained`,
`read_network`, `quietly`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from crfner.errors import SettingError

_CONFIG = "config.json"


@dataclass(frozen=True)
class Pretrained:
    """An encoder before fine-tuning.

    source     the folder or hub name that it comes from
    config     its configuration, of transformers' kind
    tokenizer  what cuts words into pieces, of the package `tokenizers`
    local      whether it must be there already, and no net is asked
    """

    source: str
    config: Any
    tokenizer: Any
    local: bool = False


def check_encoder(name: str) -> None:
    """Raise SettingError where torch or transformers is not installed, or the name cannot be that of an encoder."""
    check_installed()
    encoder_path(name)


def check_installed() -> None:
    """Raise SettingError where torch or transformers is not installed."""
    for package in ("torch", "transformers"):
        if find_spec(package) is None:
            raise SettingError(
                f"pretrained encoders need the package {package}, which is not installed; run pip install "
                "'crfner[transformers]', or leave the encoder out"
            )


def encoder_path(name: str) -> str:
    """Where an encoder is: a folder as it is, or that within a pip package of this name; else the name, for the hub.

    >>> encoder_path("some-user/some-model")
    'some-user/some-model'

    Raises SettingError for a folder or package that holds no encoder, and for what can only be a missing folder.
    """
    if os.path.isdir(name):
        if not os.path.isfile(os.path.join(name, _CONFIG)):
            raise SettingError(f"{name}: this folder holds no encoder, as it has no {_CONFIG}; name another")
        return name
    if "/" in name.strip("/") and not name.startswith((".", "/", "~")) and name.count("/") == 1:
        return name
    inside = _within_package(name)
    if inside is not None:
        return inside
    if not name or name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise SettingError(
            f"there is no encoder {name!r}; name a folder, a pip package that holds one, or a model on Hugging Face's "
            "hub"
        )
    return name


def _within_package(name: str) -> str | None:
    """The first folder with a configuration and weights, from the top, within the package; None when there is none."""
    module = name.replace("-", "_")
    if not module.isidentifier():
        return None
    spec = find_spec(module)
    if spec is None:
        return None
    for root in map(Path, spec.submodule_search_locations or ()):
        configs = sorted(root.rglob(_CONFIG), key=lambda path: (len(path.parts), path))
        for config in configs:
            if any(config.parent.glob("*.safetensors")):
                return str(config.parent)
    raise SettingError(f"the package {name!r} holds no encoder; name a folder or another package")


def read_pretrained(name: str, local: bool = False) -> Pretrained:
    """Configuration and tokenizer of an encoder; no net is asked where it is `local`.

    Raises SettingError when it is not there or cannot be used.
    """
    check_encoder(name)
    from transformers import AutoConfig, AutoTokenizer

    source = encoder_path(name)
    with quietly(), _naming(name):
        places: dict[str, Any] = {"trust_remote_code": False, "local_files_only": local}
        config = AutoConfig.from_pretrained(source, **places)
        fast = AutoTokenizer.from_pretrained(source, use_fast=True, add_prefix_space=True, **places)
        tokenizer = fast.backend_tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return Pretrained(source, config, tokenizer, local)


def read_network(pretrained: Pretrained, head: str, **options: Any) -> Any:
    """The network with its weights; `head` is the name of one of transformers' automatic classes."""
    import transformers

    with quietly(), _naming(pretrained.source):
        return getattr(transformers, head).from_pretrained(
            pretrained.source,
            trust_remote_code=False,
            local_files_only=pretrained.local,
            use_safetensors=True,
            **options,
        )


@contextmanager
def quietly() -> Iterator[None]:
    """transformers says nothing of new heads and shows no bars of its own."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Whatever goes wrong within is about the encoder of this name."""
    try:
        yield
    except (OSError, ValueError, AttributeError, ImportError) as error:
        first = (str(error).strip() or type(error).__name__).split("\n")[0]
        raise SettingError(
            f"the encoder {name!r} cannot be opened ({first}); name a folder, a pip package that holds one, or a model "
            "on Hugging Face's hub"
        ) from error
