"""Hits: what rules and hinters say of the tokens of a document, while a recogniser works on it.

Public names: `HITS`, `RuleHits`, `hits_of`, `with_hits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crfner.document import Document
from features.channels import Hits

HITS = "hits"
"""Where a document's `meta` has its `RuleHits`."""


class RuleHits(tuple[tuple[str, ...], ...]):
    """What rules and hinters say of each token.

    It has a type of its own, so that nothing that a file holds is taken for it.
    """


def with_hits(document: Document, values: Sequence[Sequence[str]]) -> Document:
    """The document with these values of its tokens beside those that it carries already."""
    before = document.meta.get(HITS)
    if isinstance(before, RuleHits):
        values = [[*old, *new] for old, new in zip(before, values, strict=True)]
    return replace(document, meta={**document.meta, HITS: RuleHits(map(tuple, values))})


def hits_of(document: Document) -> Hits:
    """What was said of the document's tokens."""
    hits = document.meta.get(HITS)
    return hits if isinstance(hits, RuleHits) else ()
