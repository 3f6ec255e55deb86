"""Documents with what hinters say of their tokens.

Public names: `hinted`, `hinted_by`, `without_hits`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from crfner.document import Document
from crfner.hints import Hinter
from crfner.hits import HITS, with_hits


def hinted(documents: Sequence[Document], hinters: Mapping[str, Hinter]) -> list[Document]:
    """The tokenised documents, which have no spans, with what the hinters say of their tokens.

    Each hinter is shown what those before it have said.
    """
    found = list(documents)
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
    return replace(document, meta={name: value for name, value in document.meta.items() if name != HITS})
