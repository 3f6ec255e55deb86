"""How a document is laid out for features, the same way in training and in tagging.

Every token is in a sentence, and every word is one that CRFsuite can keep: it holds attributes as UTF-8 up to the first
NUL, so neither NUL nor half of a surrogate pair may reach it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from crfner.document import Document, align
from crfner.hints import Hinter
from features import FeatureSet
from features.channels import Channel, Hits, Key, Sentences, View, view

Laid = tuple[Sentences, Sequence[Sequence[str]], Hits]
"""A document as features see it: sentences of words, further columns, and what rules say of its tokens."""

HITS = "hits"
"""Where a document's `meta` has its `RuleHits`, while a recogniser works on it."""

_KEYS = "keys"  # and where its `Keys`


class RuleHits(tuple[tuple[str, ...], ...]):
    """What rules and hinters say of each token.

    It has a type of its own, so that nothing that a file holds is taken for it.
    """


_UNFIT = re.compile("[\0\ud800-\udfff]")


def fits_crfsuite(text: str) -> bool:
    """Whether CRFsuite can keep the text as it is."""
    return text.isprintable() or not _UNFIT.search(text)


def with_hits(document: Document, values: Sequence[Sequence[str]]) -> Document:
    """The document with these values of its tokens beside those that it carries already."""
    before = document.meta.get(HITS)
    if isinstance(before, RuleHits):
        values = [[*old, *new] for old, new in zip(before, values, strict=True)]
    return replace(document, meta={**document.meta, HITS: RuleHits(map(tuple, values))})


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


def laid_out(document: Document) -> Laid:
    """What features are made from; they are shown U+FFFD in place of what CRFsuite cannot keep."""
    sentences, columns = document.sentence_words(), document.meta.get("columns", ())
    if not fits_crfsuite(document.text):
        sentences = [_mended(words) for words in sentences]
    columns = [column if fits_crfsuite("".join(column)) else _mended(column) for column in columns]
    return sentences, columns, hits_of(document)


def hits_of(document: Document) -> Hits:
    """What was said of the document's tokens."""
    hits = document.meta.get(HITS)
    return hits if isinstance(hits, RuleHits) else ()


def aligned(document: Document) -> tuple[Document, int]:
    """As `crfner.document.align`, with what rules say of a token said of all its parts where it is split."""
    split, off_border = align(document)
    hits = document.meta.get(HITS)
    if isinstance(hits, RuleHits) and len(split.tokens) > len(document.tokens):
        starts = [start for start, _ in document.tokens]
        parts = RuleHits(hits[bisect_right(starts, start) - 1] for start, _ in split.tokens)
        split = replace(split, meta={**split.meta, HITS: parts})
    return split, off_border


def _mended(words: Sequence[str]) -> list[str]:
    return [_UNFIT.sub("\ufffd", word) for word in words]
