"""Terms that are misspelt in a text: a trie over words whose steps allow a few edits.

An edit inserts, removes or changes a letter, or swaps two neighbours (optimal string alignment). Words are found by
their deletion neighbourhood: two words within n edits share a string that both become when at most n letters are
removed (Mor and Fraenkel 1982; Garbe's SymSpell 2012), so that a few look-ups find all candidates, wherever the edits
are. Edits are made within words, and only within words of letters alone: "B12" is not a misspelt "B6".

Public names: `MisspeltTerms`, `SpellingIndex`, `distance`, `letters_in`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crfner.rules.matching.variants import is_word, pieces

_CACHED = 1 << 16
_PREFIX = 8  # letters of a word that are indexed: removals grow with the square of the length, and these tell enough


def letters_in(key: str) -> int:
    """How many letters it has."""
    return sum(map(str.isalpha, key))


def distance(left: str, right: str, limit: int) -> int:
    """The fewest edits between two strings; limit + 1 when they are more than `limit`.

    >>> distance("aspirin", "asprin", 2), distance("aspirin", "sapirin", 2), distance("aspirin", "heparin", 2)
    (1, 1, 3)
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, above, row = row, before, [i]
        previous = before
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


class SpellingIndex:
    """Words that can be found by a misspelling of theirs."""

    def __init__(self, words: set[str], edits: int) -> None:
        self._edits = edits
        self._words = frozenset(words)
        self._by_remainder: dict[str, list[str]] = {}
        for word in sorted(filter(_is_spelt, words)):
            # Prefixes of one length share a remainder as whole words do: what one has more takes the place of an edit.
            for remainder in _remainders(word[:_PREFIX], edits):
                self._by_remainder.setdefault(remainder, []).append(word)
        self._cache: dict[str, dict[str, int]] = {}

    def near(self, word: str) -> dict[str, int]:
        """The words within the index's number of edits, each with its distance."""
        found = self._cache.get(word)
        if found is None:
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            found = self._cache[word] = dict(self._near(word))
        return found

    def _near(self, word: str) -> Iterator[tuple[str, int]]:
        if word in self._words:
            yield word, 0
        if not _is_spelt(word):
            return
        remainders = _remainders(word[:_PREFIX], self._edits)
        for other in sorted({other for remainder in remainders for other in self._by_remainder.get(remainder, ())}):
            edits = distance(word, other, self._edits)
            if 0 < edits <= self._edits:
                yield other, edits


@dataclass(slots=True)
class _Node:
    """What may follow the words so far, and the rules (number, edits allowed) that have a term of just these words."""

    following: dict[str, _Node] = field(default_factory=dict)
    rules: list[tuple[int, int]] = field(default_factory=list)


class MisspeltTerms:
    """Terms of several rules, each found with at most as many edits as its rule allows.

    terms  (key, rule, edits): the rule is only a number that is handed back
    """

    def __init__(self, terms: Sequence[tuple[str, int, int]]) -> None:
        self._root = _Node()
        words: set[str] = set()
        for key, rule, edits in terms:
            node = self._root
            for _, word in pieces(key):
                words.add(word)
                node = node.following.setdefault(word, _Node())
            if (rule, edits) not in node.rules:
                node.rules.append((rule, edits))
        self._edits = max((edits for _, _, edits in terms), default=0)
        self._index = SpellingIndex(words, self._edits)
        self._cache: dict[str, list[tuple[_Node, int]]] = {}

    def starting_at(self, words: Sequence[str], first: int) -> Iterator[tuple[int, int]]:
        """(last + 1, rule) of each term that `words` has, misspelt, from `first` on."""
        reached = self._firsts(words[first])
        for last in range(first + 1, len(words) + 1):
            for node, used in reached:
                for rule, allowed in node.rules:
                    if 0 < used <= allowed:
                        yield last, rule
            reached = [(node, used) for node, used in reached if node.following]
            if not reached or last == len(words):
                return
            near = self._index.near(words[last])
            reached = [
                (node.following[word], used + near[word])
                for node, used in reached
                for word in _shared(node.following, near)
                if used + near[word] <= self._edits
            ]

    def _firsts(self, word: str) -> list[tuple[_Node, int]]:
        """Where a term's first word leads, with the edits that it took."""
        found = self._cache.get(word)
        if found is None:
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            near, following = self._index.near(word), self._root.following
            found = self._cache[word] = [(following[other], near[other]) for other in _shared(following, near)]
        return found


def _shared(left: Mapping[str, object], right: Mapping[str, object]) -> list[str]:
    """The keys that both have."""
    if len(left) > len(right):
        left, right = right, left
    return [key for key in left if key in right]


def _is_spelt(word: str) -> bool:
    """Whether it is a word of letters alone, in which edits are looked for."""
    return is_word(word[0]) and not any(c.isnumeric() or c == "_" for c in word)


def _remainders(word: str, edits: int) -> set[str]:
    """What is left of a word when at most so many letters are removed, the word itself among it."""
    found = {word}
    latest = found
    for _ in range(edits):
        latest = {left[:i] + left[i + 1 :] for left in latest for i in range(len(left))}
        found = found | latest
    return found
