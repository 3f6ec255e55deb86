"""Documents with what hinters say of them, and with what features were made of their words, for the next stage.

Public names: `hinted`, `hinted_by`, `without_hits`, `Keys`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from crfner.crf.layout import laid_out
from crfner.document import Document
from crfner.hints import Hinter
from crfner.hits import HITS, hits_of, with_hits
from features import FeatureSet
from features.channels import Channel, Key, View, view

_KEYS = "keys"  # where a document's `meta` has its `Keys`


def hinted(documents: Sequence[Document], hinters: Mapping[str, Hinter]) -> list[Document]:
    """The tokenised documents, which have no spans, with what the hinters say of their tokens.

    Each hinter is shown what those before it have said.
    """
    found = list(documents)
    if hinters:
        found = [replace(document, meta={**document.meta, _KEYS: Keys(document)}) for document in found]
    for name, hinter in hinters.items():
        found = [hinted_by(name, *pair) for pair in zip(found, hinter.hints(found), strict=True)]
    return found


def hinted_by(name: str, document: Document, values: Sequence[Sequence[str]]) -> Document:
    """The document with what the hinter of this name says of its tokens."""
    return with_hits(document, [[_said(name, value) for value in of_token] for of_token in values])


@lru_cache(maxsize=1 << 16)
def _said(name: str, value: str) -> str:
    """One string for all tokens that it is said of: there are many."""
    return f"{name}/{value}"


def without_hits(document: Document) -> Document:
    """The document without what was said of its tokens."""
    meta = {name: value for name, value in document.meta.items() if name not in (HITS, _KEYS)}
    return replace(document, meta=meta)


class Keys:
    """What a feature set made of a document's words, kept for the next stage, which only reads further hits."""

    __slots__ = ("_document", "_features", "_keys", "_view")

    def __init__(self, document: Document) -> None:
        self._document = document
        self._features: FeatureSet | None = None
        self._view: View | None = None
        self._keys: dict[int, list[Key]] = {}

    @classmethod
    def of(cls, document: Document) -> Keys:
        """Those that the document carries, if it has not been cut otherwise since; else new ones."""
        kept = document.meta.get(_KEYS)
        if isinstance(kept, Keys):
            before = kept._document
            if before.tokens is document.tokens and before.sentences is document.sentences:
                return kept
        return cls(document)

    def view(self, features: FeatureSet, document: Document) -> View:
        """The document as the channels of the feature set see it, with its present hits."""
        if self._view is None or (self._features is not features and self._features != features):
            self._view = view(*laid_out(document)[:2], features.pad)
            self._keys = {}
        self._features = features
        return replace(self._view, hits=hits_of(document))

    def keys(self, number: int, channel: Channel, seen: View) -> list[Key]:
        """The keys of a channel of the feature set that the view was last made for, by its number."""
        if channel.of_hits:
            return channel.keys(seen)
        found = self._keys.get(number)
        if found is None:
            found = self._keys[number] = channel.keys(seen)
        return found
