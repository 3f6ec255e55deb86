"""Token patterns from labelled sentences: how entities are built and what stands beside them.

Every entity is described in a few general ways (a run of capitalised words, a suffix, a head word, a shape) with and
without the words around it. Descriptions that fit entities often and other words seldom are kept, the ones first that
explain most entities not yet explained: sequential covering, as in rule learning since AQ (Michalski 1969) and for text
in RAPIER and (LP)2 (Califf and Mooney 1999; Ciravegna 2001).

Public names: `mine_patterns`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crfner.rules.checking.estimates import wilson
from crfner.rules.matching.attributes import shape
from crfner.rules.mining.terms import Sentence
from crfner.rules.values import Context, Test, TokenRule

_SUPPORT = 3  # entities that a pattern must fit,
_DISTINCT = 2  # with so many different texts,
_PRECISION = 0.4  # as this share of all that it fits
_NEW = 2  # entities that no earlier pattern fits
_MOST = 40  # patterns a label

Body = tuple[str, ...]
"""How an entity is built: "T+" a run of capitalised words, "U+" of words in capitals, "w" any longer word, "=x" the
word x, "~x" a word that ends in x, "#x" a word of shape x."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A pattern: the entity's body, and the words that must stand before and after it."""

    body: Body
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()


def mine_patterns(sentences: Sequence[Sentence]) -> list[TokenRule]:
    """Token rules for each label, the most reliable first, named for what they look for."""
    fits: dict[tuple[_Key, str], list[int]] = defaultdict(list)  # numbers of the entities that a pattern fits
    texts: list[str] = []
    for sentence in sentences:
        gold = {(first, last): (label, len(texts) + n) for n, (first, last, label) in enumerate(sentence.chunks)}
        texts += [" ".join(sentence.words[first:last]).lower() for first, last, _ in sentence.chunks]
        lower = [word.lower() for word in sentence.words]
        for first, last, body in _bodies(sentence.words, lower):
            if (first, last) in gold:
                label, number = gold[first, last]
                for key in _in_context(body, lower, first, last):
                    fits[key, label].append(number)
    fits = {
        pattern: found
        for pattern, found in fits.items()
        if len(found) >= _SUPPORT and len({texts[number] for number in found}) >= _DISTINCT
    }
    totals = _totals(sentences, {key for key, _ in fits})
    ranked: dict[str, list[tuple[float, _Key, list[int]]]] = defaultdict(list)
    for (key, label), found in fits.items():
        if len(found) >= _PRECISION * totals[key]:
            ranked[label].append((wilson(len(found), totals[key])[0], key, found))
    return [rule for label in sorted(ranked) for rule in _covering(label, ranked[label])]


def _totals(sentences: Sequence[Sentence], keys: set[_Key]) -> Counter[_Key]:
    """How many places each pattern fits, entity or not."""
    totals: Counter[_Key] = Counter()
    bodies = {key.body for key in keys}
    for sentence in sentences:
        lower = [word.lower() for word in sentence.words]
        for first, last, body in _bodies(sentence.words, lower):
            if body in bodies:
                totals.update(key for key in _in_context(body, lower, first, last) if key in keys)
    return totals


def _covering(label: str, ranked: list[tuple[float, _Key, list[int]]]) -> Iterator[TokenRule]:
    """The patterns that explain entities which no better pattern explains."""
    explained: set[int] = set()
    taken = 0
    for _, key, found in sorted(ranked, key=lambda item: (-item[0], len(item[1].left + item[1].right), str(item[1]))):
        new = set(found) - explained
        if len(new) >= _NEW and taken < _MOST:
            taken += 1
            explained |= new
            yield _rule(label, key)


def _bodies(words: Sequence[str], lower: Sequence[str]) -> Iterator[tuple[int, int, Body]]:
    """Every place (first, last + 1) that some description fits, with the description."""
    for mark, flags in (("T+", [word.istitle() for word in words]), ("U+", [word.isupper() for word in words])):
        for first, last in _runs(flags):
            yield first, last, (mark,)
            for start in range(first + 1, min(first + 3, last)):  # "President" before it is context, not name
                yield start, last, (mark,)
            if mark == "T+":
                for place in range(first + 1, last):
                    yield first, place + 1, ("T+", f"={lower[place]}")
                    yield place - 1, last, (f"={lower[place - 1]}", "T+")
    shapes = list(map(_shape, words))
    for place, word in enumerate(lower):
        if word.isalpha():
            for length in (3, 4, 5):
                if len(word) >= length + 3:
                    yield place, place + 1, (f"~{word[-length:]}",)
            if place and len(lower[place - 1]) > 3 and lower[place - 1].isalpha():
                yield place - 1, place + 1, ("w", f"={word}")
        for length in (1, 2, 3):
            if place + length <= len(words) and any(map(_is_telling, shapes[place : place + length])):
                yield place, place + length, tuple(f"#{form}" for form in shapes[place : place + length])


_shape = lru_cache(maxsize=1 << 16)(shape)


@lru_cache(maxsize=1 << 16)
def _is_telling(form: str) -> bool:
    """Whether a shape says more than that the word is capitalised or not."""
    return not re.fullmatch("X?x*|X+|[^Xxd]", form)


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for place, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = place
        elif not flag and start is not None:
            yield start, place
            start = None


def _in_context(body: Body, lower: Sequence[str], first: int, last: int) -> Iterator[_Key]:
    """The description without and with its neighbours; numbers are left out, as they seldom come again."""
    yield _Key(body)
    before, after = lower[max(0, first - 2) : first], lower[last : last + 1]
    left, right = _words(before[-1:]), _words(after)
    if left:
        yield _Key(body, left)
    if right:
        yield _Key(body, (), right)
    if left and right:
        yield _Key(body, left, right)
    if len(before) == 2 and (both := _words(before)):
        yield _Key(body, both)


def _words(neighbours: Sequence[str]) -> tuple[str, ...]:
    """The neighbours, or none when one of them holds a digit."""
    return tuple(neighbours) if not any(map(_has_digit, neighbours)) else ()


@lru_cache(maxsize=1 << 16)
def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def _rule(label: str, key: _Key) -> TokenRule:
    pattern = tuple(_test(mark) for mark in key.body)
    context = None
    if key.left or key.right:
        context = Context(left=_literal(key.left), right=_literal(key.right))
    return TokenRule(name=_name(label, key), label=label, context=context, alternatives=(pattern,))


def _literal(words: tuple[str, ...]) -> tuple[Test, ...]:
    return tuple({"LOWER": word} for word in words)


def _test(mark: str) -> Test:
    if mark == "T+":
        return {"IS_TITLE": True, "OP": "+"}
    if mark == "U+":
        return {"IS_UPPER": True, "OP": "+"}
    if mark == "w":
        return {"IS_ALPHA": True, "LENGTH": {">=": 4}}
    kind, value = mark[0], mark[1:]
    if kind == "=":
        return {"LOWER": value}
    if kind == "~":
        return {"LOWER": {"REGEX": rf"^[^\W\d_]{{3,}}{re.escape(value)}$"}}
    return {"SHAPE": value}


def _name(label: str, key: _Key) -> str:
    shown = {"T+": "Capitalised+", "U+": "CAPITALS+", "w": "word"}
    body = " ".join(shown.get(mark) or {"=": "", "~": "*", "#": "shape "}[mark[0]] + mark[1:] for mark in key.body)
    left = f" after {' '.join(key.left)}" if key.left else ""
    right = f" before {' '.join(key.right)}" if key.right else ""
    return f"{label}: {body}{left}{right}"
