"""Text with words that were never seen, made of real text: some words get other letters, and keep length and case.

Public names: `changed`, `with_changed`.
"""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from dataclasses import replace

from crfner import Document


def changed(word: str, shuffler: random.Random) -> str:
    """The word with other ASCII letters in place of its letters; what is no letter stays."""
    return "".join(_other(character, shuffler) if character.isalpha() else character for character in word)


def with_changed(document: Document, words: Mapping[str, str]) -> Document:
    """The document with other words in place of some, each as long as it was, so that every span stays."""
    pieces = []
    end = 0
    for (start, after), word in zip(document.tokens, document.words(), strict=True):
        pieces += [document.text[end:start], words.get(word, word)]
        end = after
    return replace(document, text="".join([*pieces, document.text[end:]]))


def _other(letter: str, shuffler: random.Random) -> str:
    return shuffler.choice(string.ascii_uppercase if letter.isupper() else string.ascii_lowercase)
