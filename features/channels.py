"""Channels: the one form that every feature takes inside a `FeatureSet`.

A channel gives each token a small hashable key (its word, a pair of shapes, its evidence) and turns a key into
attribute strings, once per distinct key and window offset. What is costly is thereby done per word type and not per
token, and a reader of weights can hold one vector of scores per key in place of the strings.

Keys are laid out with `pad` empty places (None) before, between and after the sentences, so that a window never
reaches into a neighbouring sentence and shifting a list is all it takes to look sideways.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from features.typed import Form

K = TypeVar("K")
V = TypeVar("V")
Key = Hashable
Sentences = Sequence[Sequence[str]]
Hits = Sequence[Sequence[str]]

CACHE_SIZE = 1 << 17
"""Distinct keys that a cache may hold before it is emptied and begun anew."""


@dataclass(frozen=True, slots=True)
class View:
    """One document as channels see it.

    sentences  list over sentences of lists over words
    columns    extra values of each token, a flat list over the document's tokens for each column
    words      all words, with None at the empty places
    positions  the place of each token in `words`
    hits       what something else, such as rules, says of each token: a flat list over tokens of lists of values
    """

    sentences: Sentences
    columns: Sequence[Sequence[str]]
    words: list[str | None]
    positions: list[int]
    hits: Hits = ()

    def spread(self, values: Sequence[Key]) -> list[Key]:
        """A flat list over tokens laid out like `words`."""
        laid: list[Key] = [None] * len(self.words)
        for position, value in zip(self.positions, values, strict=True):
            laid[position] = value
        return laid


def view(sentences: Sentences, columns: Sequence[Sequence[str]], pad: int, hits: Hits = ()) -> View:
    """Lay a document out for windows of `pad` tokens to each side.

    Raises ValueError for a sentence that is a string, an empty token, or a column or hits not as long as the document.
    """
    gap: list[str | None] = [None] * pad
    words = gap.copy()
    positions: list[int] = []
    for number, sentence in enumerate(sentences, 1):
        if isinstance(sentence, str):
            raise ValueError(f"sentence {number} should be a list of tokens, not the string {sentence!r}")
        if "" in sentence:
            raise ValueError(f"token {list(sentence).index('') + 1} of sentence {number} is empty: leave it out")
        start = len(words)
        words.extend(sentence)
        positions.extend(range(start, len(words)))
        words.extend(gap)
    for index, column in enumerate(columns):
        if len(column) != len(positions):
            raise ValueError(
                f"column {index} has {len(column)} values for {len(positions)} tokens; give one value for each token"
            )
    if hits and len(hits) != len(positions):
        raise ValueError(f"there are hits for {len(hits)} tokens, but {len(positions)} tokens; give a list for each")
    return View(sentences, columns, words, positions, hits)


@dataclass(frozen=True, slots=True)
class Channel:
    """A source of attributes.

    name        what its attributes begin with, for readers
    offsets     the window: relative positions whose key a token sees
    keys        View -> list of keys laid out like `View.words`
    attributes  key -> for each offset, in order, the attribute strings; the key is None beyond a sentence's border
    reach       how many tokens to either side `keys` itself looks
    of_hits     whether keys come from the view's hits, and not from its words and columns alone
    form        how the same keys are told of a whole batch at once, where that is possible (see `features.typed`)
    """

    name: str
    offsets: tuple[int, ...]
    keys: Callable[[View], list[Key]]
    attributes: Callable[[Key], list[list[str]]]
    reach: int = 0
    of_hits: bool = False
    form: Form | None = None


class Cache(dict[K, V]):
    """The values of a function, kept by its argument; emptied when it is full."""

    def __init__(self, function: Callable[[K], V]) -> None:
        self._function = function

    def __missing__(self, key: K) -> V:
        if len(self) >= CACHE_SIZE:
            self.clear()
        self[key] = value = self._function(key)
        return value
