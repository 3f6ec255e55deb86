"""Entities whose border is against the habit of the data: "the Times" here, "Times" without its article elsewhere.

The habit is counted for each word, as the first or last of an entity and as the neighbour of one: how often it is part
of the entity, of that label and of any. Words that were hardly seen at a border are judged by their class, such as
determiners, marks or words in small letters.

Public names: `odd_borders`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crfner.check.chances import LEAST, mistake
from crfner.check.values import Finding, Place, place_of
from crfner.document import Chunk, Document, Span, align

_SHOWN = 5  # places that are given as evidence
_TELLING = 3  # places with the same word that say more than those with words of its class
_CLEAR = 5  # places without exception that make a habit clear enough to correct the only one against it
_BY_WORD, _BY_LABEL = 1.0, 2.0  # places that a class counts for beside those of the word, and a word beside its label's


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DETERMINERS = _words(
    "the a an this that these those his her its their our my your el la los las un una unos unas o os as um uma "
    "le les l' une des der die das den dem ein eine einen einem einer het een il lo gli"
)
_TITLES = _words(
    "mr mrs ms miss dr prof sir lord lady president sr sra sres don doña señor señora dr. mr. mrs. ms. prof. sr. sra. "
    "herr frau monsieur madame mme dhr mevrouw"
)
_CLASSES = {
    "determiner": "a determiner",
    "title": "a title",
    "mark": "a mark",
    "small": "a word in small letters",
    "capital": "a capitalised word",
    "number": "a number",
}
_BRACKETS = {")": "(", "]": "[", "}": "{", "»": "«", "”": "“", "’": "‘", "」": "「"}
_NEVER_NAMES = frozenset(",;:")  # marks that no entity ends with


Key = tuple[bool, str, str]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A word at the border of an entity.

    after   at its end, or else at its beginning
    inside  whether the entity holds it
    keys    what its peers share with it: side and class; side and word; side, word and label
    """

    document: int
    first: int
    last: int
    label: str
    after: bool
    inside: bool
    word: str
    keys: tuple[Key, Key, Key]


@dataclass
class _Habits:
    """How many edges there are of each key and what is shown of them, inside and outside."""

    counts: Mapping[bool, Counter[Key]] = field(default_factory=lambda: {True: Counter(), False: Counter()})
    shown: dict[tuple[bool, Key], list[_Edge]] = field(default_factory=lambda: defaultdict(list))

    def add(self, edge: _Edge) -> None:
        for key in edge.keys:
            self.counts[edge.inside][key] += 1
            there = self.shown[edge.inside, key]
            if len(there) < _SHOWN:
                there.append(edge)

    def peers(self, edge: _Edge, key: Key) -> tuple[int, int]:
        """How many others are as this edge is, and how many others there are."""
        same = self.counts[edge.inside][key] - 1
        return same, same + self.counts[not edge.inside][key]


def odd_borders(documents: Sequence[Document]) -> Iterator[Finding]:
    """Findings of the kind "border": a word that is part of an entity but is mostly left out elsewhere, or the reverse.

    Safe to correct is a mark that no other entity begins or ends with and five or more stand beside, where it is a
    comma or the like at the end, or the text without it is an entity of the same label elsewhere.
    """
    documents = [align(document)[0] for document in documents]
    words = [document.words() for document in documents]
    habits = _Habits()
    edges = [edge for number, document in enumerate(documents) for edge in _edges(document, number, words[number])]
    for edge in edges:
        habits.add(edge)
    known = {
        (tuple(words[number][first:last]), label)
        for number, document in enumerate(documents)
        for first, last, label in document.chunks()
    }
    for edge in edges:
        of_class, of_word, of_label = edge.keys
        same, others = habits.peers(edge, of_class)
        prior = (same + 1) / (others + 2)
        same, others = habits.peers(edge, of_word)
        prior = (same + _BY_WORD * prior) / (others + _BY_WORD)
        score = mistake(*habits.peers(edge, of_label), prior, _BY_LABEL)
        if score >= LEAST:
            yield _finding(documents, edge, habits, score, _is_safe(edge, habits, words[edge.document], known))


def _edges(document: Document, number: int, words: Sequence[str]) -> Iterator[_Edge]:
    """The words at both borders of each entity, within it (where it has two words or more) and beside it.

    Words of other entities, and marks that belong to another in the same entity, as closing brackets do, are left out.
    """
    chunks = document.chunks()
    taken = {token for first, last, _ in chunks for token in range(first, last)}
    sentences = iter(document.sentences)
    start, end = 0, 0
    for first, last, label in chunks:
        while end <= first and (following := next(sentences, None)):
            start, end = following
        for after, within, beside in ((False, first, first - 1), (True, last - 1, last)):
            if last - first > 1 and not _paired(words[first:last], after):
                yield _edge(number, (first, last, label), after, True, words[within])
            if start <= beside < end and beside not in taken:
                yield _edge(number, (first, last, label), after, False, words[beside])


def _edge(number: int, chunk: Chunk, after: bool, inside: bool, word: str) -> _Edge:
    of_class = _class(word)
    same = word.casefold() if of_class in ("determiner", "title") else word  # Edward Said said so
    keys = (after, "", of_class), (after, same, ""), (after, same, chunk[2])
    return _Edge(number, *chunk, after, inside, word, keys)


def _paired(words: Sequence[str], after: bool) -> bool:
    """Whether the last word, or the first, is a bracket or quote whose other half is among the words."""
    mark, others = (words[-1], words[:-1]) if after else (words[0], words[1:])
    halves = {mark, _BRACKETS.get(mark), *(closing for closing, opening in _BRACKETS.items() if opening == mark)}
    return _class(mark) == "mark" and any(half in other for half in halves if half for other in others)


def _class(word: str) -> str:
    lower = word.casefold()
    if lower in _TITLES:
        return "title"
    if lower in _DETERMINERS:
        return "determiner"
    if not any(character.isalnum() for character in word):
        return "mark"
    if word[0].isdecimal():
        return "number"
    return "small" if word.islower() else "capital"


def _is_safe(edge: _Edge, habits: _Habits, words: Sequence[str], known: Container[tuple[tuple[str, ...], str]]) -> bool:
    if not edge.inside or _class(edge.word) != "mark":
        return False
    same, others = habits.peers(edge, edge.keys[1])
    if same or others < _CLEAR:
        return False
    first, last = _moved(edge)
    return (edge.after and edge.word in _NEVER_NAMES) or (tuple(words[first:last]), edge.label) in known


def _moved(edge: _Edge) -> tuple[int, int]:
    """The entity's tokens with the border on the other side of the word."""
    step = -1 if edge.inside == edge.after else 1
    return (edge.first, edge.last + step) if edge.after else (edge.first + step, edge.last)


def _finding(documents: Sequence[Document], edge: _Edge, habits: _Habits, score: float, safe: bool) -> Finding:
    document = documents[edge.document]
    first, last = _moved(edge)
    moved = Span(document.tokens[first][0], document.tokens[last - 1][1], edge.label)
    by_class, *by_word = edge.keys
    key = next((key for key in reversed(by_word) if habits.peers(edge, key)[1] >= _TELLING), by_class)
    same, others = habits.peers(edge, key)
    name = repr(edge.word) + (f", {_CLASSES[_class(edge.word)]}," if key == by_class else "")
    is_here, is_there = ("part of", "left out") if edge.inside else ("left out", "part of it")
    side = "end" if edge.after else "beginning"
    what = f"{is_here} {edge.label}" if edge.inside else f"{is_here} of {edge.label}"
    of_what = "its like" if key == by_class else "it"
    message = (
        f"{name} at the {side} is {what} here, but {of_what} is {is_there} in {others - same} of {others} other places"
    )
    evidence = tuple(_place(documents, peer) for peer in habits.shown[not edge.inside, key])
    return Finding("border", "warning", score, message, _place(documents, edge), evidence, (moved,), safe)


def _place(documents: Sequence[Document], edge: _Edge) -> Place:
    """The entity at whose border the word stands."""
    document = documents[edge.document]
    start, end = document.tokens[edge.first][0], document.tokens[edge.last - 1][1]
    return place_of(document, edge.document, start, end, edge.label)
