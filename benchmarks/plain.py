"""The features of the `default` preset built the usual way: one dictionary a token, everything computed anew.

This is how tutorials do it, and what the speed of `FeatureSet.lists` is measured against. Functions that remember
their last values in `features.words` are written out here without memory. What a document says of a word elsewhere is
gathered once a document, by the same function on both sides.

Public names: `document_features`, `word2features`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial

from features import PRESETS, WORD_FEATURES
from features.documents import capitals, elsewhere

Features = dict[str, float]


def document_features(sentences: Sequence[Sequence[str]]) -> list[list[Features]]:
    """The features of a document: a list over sentences of lists over tokens of attribute -> count."""
    evidence = elsewhere(sentences, **_DEFAULT["elsewhere"])
    shouting = capitals(sentences)
    return [
        [word2features(words, position, evidence[number][position], shouting[number]) for position in range(len(words))]
        for number, words in enumerate(sentences)
    ]


def word2features(words: Sequence[str], position: int, evidence: Sequence[str], shouting: bool) -> Features:
    """The features of one token, from its sentence and what the document says of it."""
    features: Features = {}
    for offset in range(-_BAG, _BAG + 1):
        place = position + offset
        if 0 <= place < len(words):
            word = words[place]
            for name, window, function in _FUNCTIONS:
                if abs(offset) <= window:
                    for value in function(word):
                        features[f"{name}[{offset}]={value}"] = 1.0
            if offset:
                bagged = f"bag={word.lower()}"
                features[bagged] = features.get(bagged, 0.0) + 1.0
        elif abs(offset) <= 2:
            features[f"border[{offset}]"] = 1.0

    around = [words[place] if 0 <= place < len(words) else "" for place in range(position - 1, position + 2)]
    before, here, after = (word.lower() for word in around)
    features[f"lower[-1]&lower[0]={before}|{here}"] = 1.0
    features[f"lower[0]&lower[1]={here}|{after}"] = 1.0
    before, here, after = (_short_shape(word) for word in around)
    features[f"short_shape[-1]&short_shape[0]={before}|{here}"] = 1.0
    features[f"short_shape[0]&short_shape[1]={here}|{after}"] = 1.0
    features[f"short_shape[-1]&short_shape[0]&short_shape[1]={before}|{here}|{after}"] = 1.0

    features[f"position={_position(position, len(words))}"] = 1.0
    if shouting:
        features["capitals"] = 1.0
    for value in evidence:
        features[f"elsewhere[0]={value}"] = 1.0
    return features


def _position(position: int, length: int) -> str:
    if length == 1:
        return "alone"
    if position == length - 1:
        return "last"
    return ("first", "second")[position] if position < 2 else "inner"


def _folded(word: str) -> str:
    letters = (c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return "".join("0" if c.isdigit() else c for c in "".join(letters).lower()) or word


def _shape(word: str) -> str:
    shape = ""
    for c in unicodedata.normalize("NFC", word):
        if c.islower():
            shape += "x"
        elif c.isupper() or c.istitle():
            shape += "X"
        elif c.isdigit():
            shape += "d"
        elif c.isalpha():
            shape += "c"
        elif not unicodedata.category(c).startswith("M") and unicodedata.category(c) != "Cf":
            shape += c
    return shape


def _short_shape(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", _shape(word), flags=re.DOTALL)


def _case(word: str) -> str:
    if word.islower():
        return "lower"
    if word.lower() == word.upper():
        return "caseless"
    cased = [c for c in word if c.islower() or c.istitle()]
    if len(cased) == 1:
        return "initial"
    if word.isupper():
        return "upper"
    if cased[0].islower():
        return "camel"
    return "title" if all(c.islower() for c in cased[1:]) else "mixed"


_ANEW: dict[str, Callable[[str], list[str]]] = {
    "folded": lambda word: [_folded(word)],
    "shape": lambda word: [_shape(word)],
    "short_shape": lambda word: [_short_shape(word)],
    "case": lambda word: [_case(word)],
}


def _bound(name: str, window: int = 0, **settings: object) -> tuple[str, int, Callable[[str], list[str]]]:
    function = _ANEW.get(name, WORD_FEATURES[name])
    return name, window, partial(function, **settings) if settings else function


_DEFAULT = PRESETS["default"]
_BAG: int = _DEFAULT["bag"]["size"]
_FUNCTIONS = [_bound(name, **settings) for name, settings in _DEFAULT.items() if name in WORD_FEATURES]
"""Name, size of the window and function of each feature of a single word."""
