"""Lexicons: gazetteers of known names, and word clusters.

A gazetteer matches the longest entries over tokens, ignoring case, and tells each token its place in the match (B, I,
E or S, as in Ratinov and Roth 2009). Clusters give each word a path of bits in a tree of classes; prefixes of the path
are classes of growing width (Miller, Guinness and Zamanian 2004; Brown et al. 1992). Vectors, in a file of their own,
are the third kind. All read and write plain lines of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from features.vectors import Vectors
from features.words import letters

_PIECE = re.compile(r"\w+|[^\w\s]")


def _cut(text: str) -> tuple[str, ...]:
    """Runs of word characters and single other ones: tokenisers differ over "U.S." and "AT&T", these pieces do not."""
    lower = text.lower()
    if not lower.isascii():
        lower = letters(lower)
    return (lower,) if lower.isalnum() else tuple(_PIECE.findall(lower))  # most are one, and there can be many


_pieces = lru_cache(maxsize=1 << 16)(_cut)  # words recur in texts, entries do not


@dataclass(frozen=True)
class Gazetteer:
    """A set of entries, each a tuple of lower-case pieces as `from_lines` makes them."""

    entries: frozenset[tuple[str, ...]]
    _longest: dict[str, int] = field(
        init=False, repr=False, compare=False
    )  # first piece -> pieces of its longest entry

    def __post_init__(self) -> None:
        longest: dict[str, int] = {}
        for entry in self.entries:
            if not entry:
                raise ValueError("an entry of a gazetteer should have at least one piece")
            if len(entry) > longest.get(entry[0], 0):
                longest[entry[0]] = len(entry)
        object.__setattr__(self, "_longest", longest)

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Gazetteer:
        """One entry a line; blank lines are passed over.

        >>> sorted(Gazetteer.from_lines(["New York", "St. Ives"]).entries)
        [('new', 'york'), ('st', '.', 'ives')]
        """
        return cls(frozenset(entry for entry in map(_cut, lines) if entry))

    def within(self, words: Iterable[str]) -> Gazetteer:
        """The entries that can match in text of these words; of such text, it says the same."""
        known = {piece for word in words for piece in _pieces(word)}
        return Gazetteer(frozenset(entry for entry in self.entries if known.issuperset(entry)))

    def to_lines(self) -> Iterator[str]:
        """The entries, sorted, their pieces parted by blanks."""
        return (" ".join(entry) for entry in sorted(self.entries))

    def match(self, words: Sequence[str]) -> list[str]:
        """For each token its place in the longest match that starts leftmost: B, I, E, S, or "" outside.

        It does not matter which of "AT&T" and "AT", "&", "T" the tokens are, and a final point that a tokeniser leaves
        on a word ("Inc.") matches an entry with or without it.
        """
        pieces = [_pieces(word) for word in words]
        places = [""] * len(words)
        position = 0
        while position < len(words):
            first = pieces[position]
            longest = self._longest.get(first[0]) if first else None
            if longest is None:  # most words begin no entry
                position += 1
                continue
            size = self._size_at(pieces, position, longest)
            if size == 1:
                places[position] = "S"
            elif size:
                places[position : position + size] = ["B", *["I"] * (size - 2), "E"]
            position += size or 1
        return places

    def _size_at(self, pieces: Sequence[tuple[str, ...]], position: int, longest: int) -> int:
        """How many tokens the longest entry that starts here covers; none has more than `longest` pieces."""
        for size in range(min(longest, len(pieces) - position), 0, -1):
            last = pieces[position + size - 1]
            found = tuple(chain.from_iterable(pieces[position : position + size]))
            if last and found in self.entries:
                return size
            # only a point within a token belongs to it: alone, it ends the sentence
            if len(last) > 1 and last[-1] == "." and found[:-1] in self.entries:
                return size
        return 0


@dataclass(frozen=True)
class Clusters:
    """Bit paths by word, such as {"monday": "0110", "tuesday": "0111"}."""

    paths: Mapping[str, str]

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Clusters:
        """Lines of `path<TAB>word`, further columns ignored (the form that Brown clustering programs write).

        Raises ValueError for a line of another form.
        """
        paths = {}
        sound: dict[str, str] = {}  # words are many and paths few: each path is looked at, and kept, once
        for number, line in enumerate(lines, 1):
            path, _, rest = line.partition("\t")
            word = rest.partition("\t")[0].rstrip("\r\n")
            if word and path in sound:
                paths[word] = sound[path]
                continue
            if not line.strip():
                continue
            if not word or not path or set(path) - {"0", "1"}:
                raise ValueError(
                    f"line {number} of the clusters should be a path of 0 and 1, a tab and a word: {line[:80]!r}"
                )
            paths[word] = sound[path] = path
        return cls(paths)

    def within(self, words: Iterable[str]) -> Clusters:
        """The paths of these words, in these capitals and in lower case; of text of them, it says the same."""
        known = {form for word in words for form in (word, word.lower())}
        return Clusters({word: path for word, path in self.paths.items() if word in known})

    def to_lines(self) -> Iterator[str]:
        """Lines of `path<TAB>word`, sorted."""
        return (f"{path}\t{word}" for path, word in sorted((path, word) for word, path in self.paths.items()))

    def prefixes(self, word: str, lengths: Sequence[int] = (4, 6, 10, 20)) -> list[str]:
        """The first bits of the word's path, one value a length; of an unknown word, those of its lower case.

        >>> Clusters({"monday": "011010"}).prefixes("Monday", (2, 4))
        ['01', '0110']
        """
        path = self.paths.get(word) or self.paths.get(word.lower())
        return list(dict.fromkeys(path[:length] for length in lengths)) if path else []


Lexicon = Gazetteer | Clusters | Vectors
