"""Two annotators of a short text, as the tests of agreement need them.

Public names: `document`, `documents`, `pairs`.
"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from crfner import Document, Span

TEXT = "Ann Lee flew from Oslo to New York with Bo."


def document(*spans: tuple[str, str], text: str = TEXT, id: str | None = None) -> Document:
    """The first occurrence of each text as an entity."""
    found = [(text.index(words), text.index(words) + len(words), label) for words, label in spans]
    return Document(text, spans=tuple(Span(*entity) for entity in found), id=id)


@st.composite
def spans(draw: st.DrawFn, length: int) -> tuple[Span, ...]:
    """Entities of three labels that do not overlap."""
    borders = sorted(draw(st.sets(st.integers(0, length), max_size=6)))
    kept = [(start, end) for start, end in pairwise(borders) if draw(st.booleans())]
    return tuple(Span(start, end, draw(st.sampled_from("ABC"))) for start, end in kept)


@st.composite
def pairs(draw: st.DrawFn) -> list[tuple[Document, Document]]:
    """Up to four short texts, each marked twice."""
    texts = draw(st.lists(st.text("ab .", min_size=1, max_size=20), min_size=0, max_size=4))
    return [
        (Document(text, spans=draw(spans(len(text)))), Document(text, spans=draw(spans(len(text))))) for text in texts
    ]
