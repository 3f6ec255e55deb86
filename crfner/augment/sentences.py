"""A sentence taken apart: its words with the space behind each, and its mentions as ranges of words.

Methods put such parts together anew, and offsets are counted only when the parts become a document: so they are exact,
whatever was replaced, moved or left out.

Public names: `Word`, `Sentence`, `Words`, `sentences_of`, `touching`, `as_document`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from unicodedata import east_asian_width

from crfner.document import Chunk, Document, Offsets, Span, align, sentence_chunks
from crfner.schemes import encode
from crfner.tokenize import tokenized, whole

_NO_CELL = "_"  # of a word that comes from text without the column, as CoNLL-U has it


@dataclass(frozen=True, slots=True)
class Word:
    """A token that can be moved.

    text   never empty
    gap    what stands between it and the next token, mostly a blank or nothing
    cells  its values in the further columns of CoNLL
    """

    text: str
    gap: str = " "
    cells: tuple[str, ...] = ()


Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence and its mentions, (first, last + 1, label), in order and apart from each other."""

    words: Words
    chunks: tuple[Chunk, ...]

    def texts(self) -> tuple[str, ...]:
        """The text of each word."""
        return tuple(word.text for word in self.words)

    def tags(self) -> list[str]:
        """The IOB2 tag of each word."""
        return encode(self.chunks, len(self.words), "IOB2")

    def outside(self) -> list[int]:
        """The positions of the words that are in no mention."""
        return [position for position, tag in enumerate(self.tags()) if tag == "O"]

    def with_texts(self, texts: Mapping[int, str]) -> Sentence:
        """The same sentence with other texts at some positions."""
        words = list(self.words)
        for position, text in texts.items():
            words[position] = replace(words[position], text=text)
        return Sentence(tuple(words), self.chunks)

    def with_words(self, pieces: Mapping[Offsets, Words]) -> Sentence:
        """The same sentence with other words, any number of them but none, in the place of ranges of its own.

        A range is a whole mention, whose label stays, or is outside all mentions. The gap behind the last word stays;
        words that bring no cells get those of the first word that they replace.
        """
        moved = [0]  # where each word begins among the new ones; of a replaced range, only its ends count
        words: list[Word] = []
        position = 0
        for first, last in [*sorted(pieces), (len(self.words), len(self.words))]:
            for word in self.words[position:first]:
                words.append(word)
                moved.append(len(words))
            if first < last:
                words.extend(_fitted(pieces[first, last], self.words[first], self.words[last - 1].gap))
                moved.extend([len(words)] * (last - first))
            position = last
        return Sentence(tuple(words), tuple((moved[first], moved[last], label) for first, last, label in self.chunks))


def _fitted(words: Words, first: Word, gap: str) -> Iterator[Word]:
    """The words with cells, and with `gap` behind the last one."""
    for number, word in enumerate(words, 1):
        yield Word(word.text, gap if number == len(words) else word.gap, word.cells or first.cells)


def sentences_of(document: Document) -> list[Sentence | None]:
    """The document's sentences; tokens are split where a span borders inside them.

    None stands for a sentence whose spans overlap: it has no tags.
    """
    document, _ = align(whole(tokenized(document)))
    columns: Sequence[Sequence[str]] = document.meta.get("columns", ())
    cells = list(zip(*columns, strict=True)) if columns else [()] * len(document.tokens)
    found: list[Sentence | None] = []
    for (first, last), chunks in zip(document.sentences, sentence_chunks(document), strict=True):
        stops = [start for start, _ in document.tokens[first + 1 : last]] + [document.tokens[last - 1][1]]
        words = tuple(
            Word(document.text[start:end], document.text[end:stop], tuple(cells[first + number]))
            for number, ((start, end), stop) in enumerate(zip(document.tokens[first:last], stops, strict=True))
        )
        ordered = sorted(chunks)
        apart = all(before[1] <= after[0] for before, after in pairwise(ordered))
        found.append(Sentence(words, tuple(ordered)) if apart else None)
    return found


def touching(sentences: Iterable[Sentence]) -> frozenset[tuple[str, str]]:
    """The pairs of words that stand side by side without a gap, such as "do" and "n't"."""
    return frozenset(
        (left.text, right.text)
        for sentence in sentences
        for left, right in pairwise(sentence.words)
        if not left.gap and _would_merge(left.text, right.text)
    )


def _would_merge(left: str, right: str) -> bool:
    """Whether two words without a gap would be read as one."""
    border = left[-1] + right[0]
    return border.isalnum() and not all(east_asian_width(character) == "W" for character in border)


def as_document(
    sentence: Sentence, id: str | None, meta: Mapping[str, Any], together: Container[tuple[str, str]] = ()
) -> Document:
    """The sentence as a document of its own, with its tokens, and its columns as `meta["columns"]` where it has any.

    Words that were moved side by side get a blank between them where they would be read as one, other than the pairs
    that stand `together`. The first word says how many columns there are; words that come from elsewhere are given "_"
    for what they lack.
    """
    pieces: list[str] = []
    tokens: list[Offsets] = []
    end = 0
    for number, word in enumerate(sentence.words, 1):
        gap = word.gap
        if number == len(sentence.words):
            gap = ""
        elif not gap:
            right = sentence.words[number].text
            gap = " " if _would_merge(word.text, right) and (word.text, right) not in together else ""
        tokens.append((end, end + len(word.text)))
        pieces += word.text, gap
        end += len(word.text) + len(gap)
    spans = tuple(Span(tokens[first][0], tokens[last - 1][1], label) for first, last, label in sentence.chunks)
    width = len(sentence.words[0].cells)
    columns = tuple(
        tuple(word.cells[column] if column < len(word.cells) else _NO_CELL for word in sentence.words)
        for column in range(width)
    )
    meta = {**meta, "columns": columns} if columns else meta
    return Document("".join(pieces), tuple(tokens), ((0, len(tokens)),), spans, id, meta)
