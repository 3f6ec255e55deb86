"""What a fine-tuned encoder consists of, and how it goes into a model file and comes back.

The parts are the network's configuration, its weights as safetensors and the tokenizer as JSON: data only. A file that
names code of its own is read without it, nothing is looked up on the net, and no network is made that is larger than
the weights which come with it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from crfner import store
from crfner.encoder.pretrained import check_installed, quietly
from crfner.errors import CrfnerError
from crfner.version import __version__

KIND = "encoder"
"""What the manifest of a model file names as its kind."""

RECORDED = ("encoder", "learning_rate", "head_rate", "epochs", "patience", "batch", "tokenizer", "sentences", "seed")
"""The parameters that the manifest keeps."""

_SMALL = 10_000  # numbers, and tensors, that a network may have in addition

_CONFIG, _WEIGHTS, _TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"


@dataclass(frozen=True)
class Fitted:
    """A fine-tuned model.

    network    of transformers' kind
    tokenizer  of the package `tokenizers`
    manifest   settings, labels, counts, versions: plain data
    """

    network: Any
    tokenizer: Any
    manifest: Mapping[str, Any]

    @property
    def tags(self) -> list[str]:
        """The tags in the order of the network's outputs."""
        names = self.network.config.id2label
        return [names[number] for number in range(len(names))]


def make_manifest(labels: Sequence[str], settings: Mapping[str, Any], training: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a new model; of a folder only its name is kept, so that equal training gives equal files."""
    packages = ("torch", "transformers", "tokenizers")  # on which it depends whether a network can be opened
    return {
        "format_version": store.FORMAT_VERSION,
        "kind": KIND,
        "labels": list(labels),
        "settings": dict(settings),
        "training": dict(training),
        "versions": {"crfner": __version__} | {package: version(package) for package in packages},
    }


def to_parts(fitted: Fitted) -> dict[str, bytes]:
    """The parts of a model file by name."""
    from safetensors.torch import save

    weights = {name: value.contiguous() for name, value in fitted.network.state_dict().items()}
    config = fitted.network.config.to_dict()
    config.pop("_name_or_path", None)  # a path of the machine it was made on
    return {
        _CONFIG: json.dumps(config, ensure_ascii=False, sort_keys=True).encode(),
        _WEIGHTS: save(weights),
        _TOKENIZER: fitted.tokenizer.to_str().encode(),
    }


def from_stored(stored: store.Stored, path: str | os.PathLike[str]) -> Fitted:
    """The model that a file holds. Raises CrfnerError, naming the path, when it is not whole and sound."""
    check_installed()
    from safetensors.torch import load
    from tokenizers import Tokenizer
    from transformers import CONFIG_MAPPING, AutoModelForTokenClassification

    manifest = stored.manifest
    settings, labels = manifest.get("settings"), manifest.get("labels")
    if not isinstance(settings, dict) or set(settings) != set(RECORDED) or not isinstance(labels, list):
        raise CrfnerError(f"{path}: the model is damaged: its manifest lacks settings or labels")
    try:
        values = _plain(json.loads(stored.parts[_CONFIG]))
        weights = load(stored.parts[_WEIGHTS])
        config = CONFIG_MAPPING[values.pop("model_type")](**values)
        tags = [config.id2label[number] for number in range(len(config.id2label))]
        if tags != ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]:
            raise ValueError("its tags are not those of the labels that its manifest lists")
        with quietly():
            _check_size(config, weights)
            network = AutoModelForTokenClassification.from_config(config, trust_remote_code=False)
        network.load_state_dict(weights)
        try:
            tokenizer = Tokenizer.from_str(stored.parts[_TOKENIZER].decode())
        except Exception as error:  # the package has no kind of its own
            raise ValueError(f"its tokenizer cannot be read ({error})") from None
        _fits(network, tokenizer)
    except KeyError as error:
        raise CrfnerError(f"{path}: the model is damaged: it holds no {error.args[0]!r}") from None
    except (MemoryError, CrfnerError):
        raise
    except Exception as error:  # three hundred kinds of networks fail each in its own way when they are forged
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise CrfnerError(f"{path}: the model is damaged: {first[:200]}") from None
    network.eval()
    return Fitted(network, tokenizer, manifest)


def _plain(values: Any) -> Any:
    """A configuration without what could make transformers fetch or run anything that is not its own."""
    if isinstance(values, list):
        return [_plain(value) for value in values]
    if not isinstance(values, dict):
        return values
    return {
        name: _plain(value)
        for name, value in values.items()
        if not name.startswith(("_", "auto_map", "quantization")) and not name.endswith("_implementation")
    }


def _check_size(config: Any, weights: Mapping[str, Any]) -> None:
    """Raise ValueError where the network would be larger than its weights: it is outlined first, which takes no memory.

    Twice as large is let pass, as an outline counts what is shared once for each use.
    """
    import torch
    from torch.nn.modules import module
    from transformers import AutoModelForTokenClassification

    numbers = 2 * sum(value.numel() for value in weights.values()) + _SMALL
    tensors = 2 * len(weights) + _SMALL

    def counted(_: Any, name: str, value: Any) -> None:
        nonlocal numbers, tensors
        numbers -= 0 if value is None else value.numel()
        tensors -= 1
        if min(numbers, tensors) < 0:
            raise ValueError("its network is larger than the weights that come with it")

    hooks = (
        module.register_module_parameter_registration_hook(counted),
        module.register_module_buffer_registration_hook(counted),
    )
    try:
        with torch.device("meta"):
            AutoModelForTokenClassification.from_config(config, trust_remote_code=False)
    finally:
        for hook in hooks:
            hook.remove()


def _fits(network: Any, tokenizer: Any) -> None:
    """Raise ValueError where the tokenizer knows pieces that the network does not."""
    known = network.get_input_embeddings().num_embeddings
    if tokenizer.get_vocab_size() > known:
        raise ValueError(f"its tokenizer has {tokenizer.get_vocab_size()} pieces, its network {known}")
