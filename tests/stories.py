"""Documents that only their first sentence explains, and functions that a test's processes import from here.

Nothing heavy is imported: every process that is sent one of the functions pays for what this module imports.

Public names: `stories`, `initial`, `counted`, `CALLS`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from crfner.document import Document, Span
from crfner.tokenize import tokenized

CALLS: list[Sequence[str]] = []
"""What `counted` was asked about in this process."""


def stories(number: int, seed: int, end: str = "Nothing came of it.") -> list[Document]:
    """Documents about a person or a place of a new name each, that only the first sentence tells apart.

    end  the last sentence; "{name}" stands for the name
    """
    shuffler = random.Random(seed)
    found = []
    for _ in range(number):
        label = shuffler.choice(["PER", "LOC"])
        name = "".join(shuffler.choices("abcdefghij", k=8)).capitalize()
        start = "Doctor" if label == "PER" else "In"
        text = f"{start} {name} it rained. Now {name} is quiet. {end.format(name=name)}"
        starts = [place for place in range(len(text)) if text.startswith(name, place)]
        found.append(tokenized(Document(text, spans=tuple(Span(start, start + 8, label) for start in starts))))
    return found


def initial(word: str) -> list[str]:
    """A feature of a word."""
    return [word[0]]


def counted(words: Sequence[str]) -> list[list[str]]:
    """A feature of a sentence that keeps count of what it is asked."""
    CALLS.append(words)
    return [[] for _ in words]
