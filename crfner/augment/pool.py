"""What methods draw from: the mentions, words and sentences of the data that is to be augmented.

Everything is kept in the order of the data, so that one seed gives one result.

Public names: `Pool`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random

from crfner.augment.sentences import Sentence, Word, Words
from crfner.tokenize import tokenize
from features.words import compressed_shape

Cut = tuple[str, str]
"""What stands on both sides of a place where a sentence may be cut."""


class Pool:
    """The material of the data.

    sentences  those that can be drawn from, at least one
    mentions   the different mentions of each label, by their words' texts
    terms      the mentions that a lexicon adds, by label
    """

    def __init__(self, sentences: Sequence[Sentence], lexicon: Mapping[str, Sequence[str]] | None = None) -> None:
        self.sentences = sentences
        mentions: dict[str, dict[tuple[str, ...], Words]] = defaultdict(dict)
        texts: dict[str, Counter[str]] = defaultdict(Counter)
        for sentence in sentences:
            for first, last, label in sentence.chunks:
                words = sentence.words[first:last]
                mentions[label].setdefault(tuple(word.text for word in words), words)
            for word, tag in zip(sentence.words, sentence.tags(), strict=True):
                texts[tag][word.text] += 1
        self.mentions = {label: list(found.values()) for label, found in mentions.items()}
        self.terms = {
            label: [words for term in terms if (words := _term(term))] for label, terms in (lexicon or {}).items()
        }
        self._by_form: dict[tuple[str, tuple[str, ...]], list[Words]] = defaultdict(list)
        for source in (self.mentions, self.terms):
            for label, found_words in source.items():
                for words in found_words:
                    self._by_form[label, form_of(words)].append(words)
        self._texts = {tag: (list(count), list(accumulate(count.values()))) for tag, count in texts.items()}
        self._cuts: dict[Cut, list[tuple[int, int]]] | None = None
        self._with_label: dict[str, list[Sentence]] = defaultdict(list)
        for sentence in sentences:
            for label in dict.fromkeys(label for *_, label in sentence.chunks):
                self._with_label[label].append(sentence)

    def alike(self, words: Words, label: str) -> Sequence[Words]:
        """The mentions and terms of the label that have as many words as these, each of the same shape."""
        return self._by_form.get((label, form_of(words)), ())

    def text(self, tag: str, rng: Random) -> str:
        """A word's text, as often as words with this IOB2 tag have it."""
        texts, weights = self._texts[tag]
        return rng.choices(texts, cum_weights=weights)[0]

    def with_label(self, label: str) -> Sequence[Sentence]:
        """The sentences that have a mention of the label."""
        return self._with_label.get(label, ())

    def cuts(self, key: Cut) -> Sequence[tuple[int, int]]:
        """The places (sentence, position of the word behind) outside mentions that have these words on both sides."""
        if self._cuts is None:
            self._cuts = defaultdict(list)
            for number, sentence in enumerate(self.sentences):
                for position, cut in cut_places(sentence).items():
                    self._cuts[cut].append((number, position))
        return self._cuts.get(key, ())


def form_of(words: Words) -> tuple[str, ...]:
    """The compressed shape of each word, as the CRF's features see it."""
    return tuple(shape for word in words for shape in compressed_shape(word.text))


def cut_places(sentence: Sentence) -> dict[int, Cut]:
    """Where a sentence may be cut, before which words, as no mention is open there; and the context of each place.

    That is the label or the word in lower case before it, and the label or the form of the word behind.
    """
    tags = sentence.tags()
    places = {}
    for position in range(1, len(tags)):
        if tags[position][:1] != "I":
            before, after = sentence.words[position - 1].text, sentence.words[position].text
            places[position] = tags[position - 1][2:] or before.lower(), tags[position][2:] or _form(after)
    return places


def _form(text: str) -> str:
    """The coarse form of a word: its two last letters, or what it is instead of a word in lower case."""
    if text.islower():
        return f"-{text[-2:]}"
    return "Word" if text[0].isalpha() else "0" if text[0].isdigit() else text


def _term(term: str) -> Words:
    """The words of a lexicon's term."""
    tokens = tokenize(term)
    stops = [start for start, _ in tokens[1:]] + [tokens[-1][1]] if tokens else []
    return tuple(Word(term[start:end], term[end:stop]) for (start, end), stop in zip(tokens, stops, strict=True))
