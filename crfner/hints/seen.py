"""Hints of the training text: how other documents label the same word, and the same words in a row.

A weight of its own is learnt badly for a word that is seen once or twice. That a word was seen twice, and always in the
name of an organisation, is true of many words, and gets one weight that is learnt well. So this is a gazetteer mined
from the training text, with how often and how surely each entry holds (gazetteers from outside, and what ambiguous
entries cost: Ratinov and Roth 2009; Nothman et al. 2013). What is said of a training document is counted without that
document, as in leave-one-out estimates: it would seem surer than it is of new text.

Public names: `SEEN`, `SeenHints`, `seen_elsewhere`.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from crfner.crf.hinting import hinted_by
from crfner.document import Document
from crfner.schemes import places_of

SEEN = "seen"
"""Its name among the hinters."""

Values = list[list[str]]
Words = tuple[str, ...]
Key = TypeVar("Key", bound=Hashable)
Counts = Mapping[Key, Counter[str]]

_OUTSIDE = ""
_TIMES = (1, 2, 5, 20)  # upper ends of the grades of how often
_SHARES = (0.3, 0.6, 0.9, 0.99)  # lower ends of the grades of how surely
_TOLD = 1 << 16  # words of new text whose values are kept at hand
_LONGEST = 8  # words of an entity that is looked for again


@dataclass
class Seen:
    """What was counted in labelled documents.

    words    by word, how often it has which role: "PER/B" and the like, "" outside of entities
    strings  by words that are an entity somewhere, how often they have which label; "" where they stand otherwise
    """

    words: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    strings: dict[Words, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, document: Document, entities: _Entities) -> None:
        """Count a document with gold spans."""
        words = document.words()
        roles = [_OUTSIDE] * len(words)
        labels: dict[tuple[int, int], str] = {}
        for first, last, label in document.chunks():
            labels[first, last] = label
            roles[first:last] = [f"{label}/{place}" for place in places_of(last - first)]
        for word, role in zip(words, roles, strict=True):
            self.words[word][role] += 1
        for first, last in entities.matches(words):
            self.strings[tuple(words[first:last])][labels.get((first, last), _OUTSIDE)] += 1

    def folded(self) -> dict[str, Counter[str]]:
        """What was counted of words, by their lower case."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for word, roles in self.words.items():
            found[word.lower()].update(roles)
        return found


class SeenHints:
    """What was seen in training of each token's word, and of the words that it is in a row with."""

    kind = "seen"

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._view = _View(seen, seen.folded(), _Entities(seen.strings))

    def __reduce__(self) -> tuple[Any, ...]:  # what was told is not pickled; a thread may be adding to it
        return SeenHints, (self._seen,)

    def hints(self, documents: Sequence[Document]) -> list[Values]:
        """For each tokenised document, and each of its tokens, the values that hold of it (see `seen_elsewhere`)."""
        return [self._view.values(document.words()) for document in documents]

    def to_bytes(self) -> bytes:
        """As JSON."""
        content = {
            "words": {word: dict(sorted(roles.items())) for word, roles in sorted(self._seen.words.items())},
            "strings": [[words, dict(sorted(labels.items()))] for words, labels in sorted(self._seen.strings.items())],
        }
        return json.dumps(content, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> SeenHints:
        """From what `to_bytes` made. Raises ValueError when it is something else."""
        try:
            content = json.loads(data)
            seen = Seen()
            seen.words.update((word, _counts(roles)) for word, roles in content["words"].items())
            seen.strings.update((_row(words), _counts(labels)) for words, labels in content["strings"])
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            raise ValueError("what it has seen in training is damaged") from None
        return cls(seen)


def seen_elsewhere(documents: Iterable[Document]) -> tuple[list[Document], SeenHints]:
    """The tokenised documents with what the others show of them, and what all of them show of new text.

    new               the word was never seen, and is not in lower case
    word/PER/3        the label that the word has most often within entities, and the grade of how surely it is in one
                      of them; word/PER/3/1 with the grade of how often it was seen; word/O/1 where it never is
    folded/PER/3      the same of a word that was only seen in other capitals
    role/PER/B        the label and the place in the entity that it has most often
    string/PER/B/4    it begins words that are an entity elsewhere, and how surely; string/PER/B/4/2 also how often

    Grades of how surely: from 30% (1), 60% (2), 90% (3), 99% (4). Of how often: once (0), twice (1), up to 5 (2), up to
    20 times (3) or more (4).
    """
    given = list(documents)
    entities = _Entities(
        tuple(words[first:last])
        for document in given
        for words in [document.words()]
        for first, last, _ in document.chunks()
    )
    seen = Seen()
    for document in given:
        seen.add(document, entities)
    view = _View(seen, seen.folded(), entities)
    found = []
    for document in given:
        own = Seen()
        own.add(document, entities)
        found.append(hinted_by(SEEN, document, view.values(document.words(), own)))
    return found, SeenHints(seen)


class _Entities:
    """Words that are an entity somewhere, to be found again."""

    def __init__(self, strings: Iterable[Words]) -> None:
        self._strings = frozenset(string for string in strings if len(string) <= _LONGEST)
        self._lengths: dict[str, set[int]] = defaultdict(set)
        for string in self._strings:
            self._lengths[string[0]].add(len(string))

    def matches(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Where they stand, from the left, the longest first, also one within another."""
        for first, word in enumerate(words):
            for length in sorted(self._lengths.get(word, ()), reverse=True):
                if first + length <= len(words) and tuple(words[first : first + length]) in self._strings:
                    yield first, first + length


@dataclass(frozen=True)
class _View:
    """What was seen, made ready to be asked."""

    seen: Seen
    folded: Counts[str]
    entities: _Entities
    told: dict[str, list[str]] = field(default_factory=dict)  # of words of new text, as they recur

    def values(self, words: Sequence[str], own: Seen | None = None) -> Values:
        """What was seen of these words, less what their own document shows of them if it was counted too."""
        if own is None:
            own = Seen()
            values = [[*self._of_new(word)] for word in words]
        else:
            folded = own.folded()
            values = [self._of_word(word, own, folded) for word in words]
        taken = 0
        for first, last in self.entities.matches(words):
            if first < taken:
                continue
            string = tuple(words[first:last])
            counts = _rest(self.seen.strings.get(string), own.strings.get(string))
            best = _commonest(counts)
            if best is None:
                continue
            surely, often = _grades(counts[best], sum(counts.values()))
            for number, place in enumerate(places_of(last - first), first):
                value = f"string/{best}/{place}/{surely}"
                values[number] += [value, f"{value}/{often}"]
            taken = last
        return values

    def _of_new(self, word: str) -> list[str]:
        told = self.told.get(word)
        if told is None:
            if len(self.told) >= _TOLD:
                self.told.clear()
            told = self.told[word] = self._of_word(word, Seen(), {})
        return told

    def _of_word(self, word: str, own: Seen, folded: Counts[str]) -> list[str]:
        name, roles = "word", _rest(self.seen.words.get(word), own.words.get(word))
        if not roles:
            lower = word.lower()
            name, roles = "folded", _rest(self.folded.get(lower), folded.get(lower))
        if not roles:
            return [] if word.islower() else ["new"]
        role = _commonest(roles)
        total = sum(roles.values())
        if role is None:
            is_telling = word[0].isalnum() and not word.islower()
            return [f"{name}/O/{bisect_left(_TIMES, total)}"] if is_telling else []
        labels: Counter[str] = Counter()
        for other, count in roles.items():
            labels[other.rpartition("/")[0]] += count
        label = _commonest(labels)
        assert label is not None
        surely, often = _grades(labels[label], total)
        return [f"{name}/{label}/{surely}", f"{name}/{label}/{surely}/{often}", f"role/{role}"]


def _rest(counts: Counter[str] | None, own: Counter[str] | None) -> Counter[str]:
    """The counts less a document's own."""
    if counts is None or not own:
        return counts or Counter()
    return counts - own


def _commonest(counts: Counter[str]) -> str | None:
    """The commonest that is not outside; of equals the first by the alphabet."""
    inside = [(-count, name) for name, count in counts.items() if name != _OUTSIDE]
    return min(inside)[1] if inside else None


def _grades(count: int, total: int) -> tuple[int, int]:
    """Of how surely and of how often."""
    return bisect_right(_SHARES, count / total), bisect_left(_TIMES, total)


def _counts(value: Mapping[str, int]) -> Counter[str]:
    counts = Counter(dict(value.items()))
    if not counts or not all(type(count) is int and count > 0 for count in counts.values()):
        raise ValueError("no counts")
    return counts


def _row(words: Sequence[str]) -> Words:
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise ValueError("no words in a row")
    return tuple(words)
