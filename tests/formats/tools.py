"""What the tests of the annotation tools' formats share: reading from strings, refusals, documents to draw."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from crfner import formats
from crfner.document import Document, Span
from crfner.errors import InputError

GOLDEN = Path(__file__).parent / "golden"

Draw = Callable[[st.SearchStrategy[Any]], Any]

marks = st.one_of(
    st.sampled_from("aB1 .\"',;|\t\n\r\u00a0\u0301é🎉👩\u200d\ufeff"), st.characters(exclude_categories=["Cs"])
)
texts = st.text(marks.filter(lambda mark: mark != "\0"), max_size=30)
labels = st.sampled_from(["PER", "LOC", "B-X", "É_ß"])


@st.composite
def documents(draw: Draw, overlapping: bool = True, texts: st.SearchStrategy[str] = texts) -> Document:
    """A document whose spans are all different; they overlap or not."""
    text = draw(texts)
    if overlapping:
        borders = st.integers(0, len(text))
        pairs = draw(st.lists(st.tuples(borders, borders), max_size=5))
    else:
        pairs = list(pairwise(sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))))[::2]
    spans = {Span(*pair, draw(labels)) for pair in pairs if pair[0] < pair[1] and not text[slice(*pair)].isspace()}
    return Document(text, spans=tuple(sorted(spans)))


def named(given: list[Document]) -> list[Document]:
    """The documents with ids that any format can hold."""
    return [Document(one.text, spans=one.spans, id=f"n{number}") for number, one in enumerate(given)]


def read_text(folder: Path, content: str, format: str | None = None, **options: Any) -> list[Document]:
    path = folder / "input"
    path.write_bytes(content.encode())
    return list(formats.read(path, format, **options))


def refusal(folder: Path, content: str, format: str | None = None, **options: Any) -> str:
    """What is said of the content, without the path."""
    with pytest.raises(InputError) as caught:
        read_text(folder, content, format, **options)
    return str(caught.value).removeprefix(str(folder / "input"))


def written(folder: Path, given: list[Document], format: str, **options: Any) -> str:
    formats.write(given, folder / "output", format, **options)
    return (folder / "output").read_bytes().decode()
