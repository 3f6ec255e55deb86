"""Hinters: what else looks at a document before the CRF does, and says something of each token.

A hinter's values become attributes of the CRF (the entry `hits` of a feature set), beside those of the words. The model
that an earlier one is built on is such a hinter, and so are the frozen states of a pretrained encoder, the first of two
stages, and what is counted in the training text. They are not trained with the CRF, and travel in its model file.

Public names: `Hinter`, `LEARNT`, `WITHIN`, `read_hinter`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Protocol

from crfner.document import Document
from features import Function, Lexicon


class Hinter(Protocol):
    """Says something of each token of a document.

    kind  the key of `HINTERS` under which a model file knows it
    """

    kind: str

    def hints(self, documents: Sequence[Document]) -> Sequence[Sequence[Sequence[str]]]:
        """For each document, and each of its tokens, the values that hold of it; they are tokenised, without spans.

        They carry what hinters before this one said of them.
        """
        ...

    def to_bytes(self) -> bytes:
        """What a model file keeps of it; `from_bytes` of its class makes it anew (see `read_hinter`)."""
        ...


HINTERS = {
    "base": ("crfner.hints.base", "BaseHints"),
    "encoder": ("crfner.hints.encoder", "EncoderHints"),
    "seen": ("crfner.hints.seen", "SeenHints"),
    "stage": ("crfner.hints.stage", "StageHints"),
}
"""Module and class by kind; imported for the kinds that a file holds."""

WITHIN = ("stage",)
"""The kinds that share the lexicons and functions of the model that they belong to; they are the last to speak."""

LEARNT = ("seen", "stage")
"""The kinds that a CRF makes for itself from its training text, as its parameters say."""


def read_hinter(
    kind: str, data: bytes, lexicons: Mapping[str, Lexicon], functions: Mapping[str, Function] | None = None
) -> Hinter:
    """A hinter from what a model file keeps of it, and from the lexicons and functions of the model.

    Raises ValueError for an unknown kind or damaged data.
    """
    if kind not in HINTERS:
        raise ValueError(f"it needs hints of the unknown kind {kind!r}; upgrade crfner")
    module, name = HINTERS[kind]
    from_bytes: Callable[..., Hinter] = getattr(import_module(module), name).from_bytes
    return from_bytes(data, lexicons, functions) if kind in WITHIN else from_bytes(data)
