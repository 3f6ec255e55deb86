"""Which spellings of a term are the same: case, diacritics, hyphens, white space, plurals.

Texts that should match are brought to one form, the key, and keys are compared; only plurals are listed one by one.
A key holds no white space but single blanks between two words, so that "AT & T" and "AT&T" share one: a match does not
depend on what a tokeniser sets apart. Typographic apostrophes and hyphens equal the plain ones, composed letters (é)
equal letters with marks (e and U+0301), and soft hyphens and joiners count for nothing.

Public names: `Form`, `form_of`, `is_acronym`, `is_word`, `joint`, `pieces`, `numbers`, `plurals`, `singulars`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from crfner.rules.values import DictionaryRule

_ACRONYM = 5  # letters that it has at most

_DASHES = "\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_ALIKE = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\uff07"), "'"),
    **dict.fromkeys(map(ord, "\u2010\u2011"), "-"),
    **dict.fromkeys(map(ord, "\u00ad\u200c\u200d\u2060"), None),  # soft hyphen and joiners
    **dict.fromkeys(map(ord, "\u200b\u200e\u200f\ufeff"), " "),  # other invisible characters part words
}
_ALIKE_WITH_DASHES = {**_ALIKE, **dict.fromkeys(map(ord, _DASHES), "-")}
_INVALID = re.compile(r"[\x00\ud800-\udfff]")  # what cannot be a key: the end of a C string, half a character
_NO_DIACRITIC = (0, 7, 8, 9)  # combining classes: letters, vowel signs, emoji styles; nukta; kana voicing; virama


@dataclass(frozen=True, slots=True)
class Form:
    """What is not looked at when two texts are compared.

    case        upper and lower case are the same (Unicode's full case folding)
    diacritics  letters with and without diacritics are the same
    hyphen      a dash of any length between two words is a blank: "beta-blocker", "beta – blocker", not "pre- and"
    """

    case: bool = True
    diacritics: bool = False
    hyphen: bool = False

    def key(self, text: str) -> str:
        """The key of a whole text; empty when there is nothing in the text.

        >>> Form(hyphen=True).key("Drug - Eluting  Stent (DES)")
        'drug eluting stent(des)'
        """
        if text.isascii():
            if self.case:
                text = text.lower()
            if "\0" in text:
                text = _INVALID.sub("\ufffd", text)
        else:
            text = self._unicode_key(text)
        return text if text.isalnum() else _spaced(text, self.hyphen)

    def _unicode_key(self, text: str) -> str:
        # Folding wants decomposed letters, and may leave decomposed ones (Unicode 3.13, canonical caseless matching).
        text = unicodedata.normalize("NFD", text)
        if self.case:
            text = text.casefold()
        if self.diacritics:
            text = "".join(c for c in text if unicodedata.combining(c) in _NO_DIACRITIC)
        text = text.translate(_ALIKE_WITH_DASHES if self.hyphen else _ALIKE)
        return _INVALID.sub("\ufffd", unicodedata.normalize("NFC", text))


def form_of(rule: DictionaryRule, term: str) -> Form:
    """The form in which a rule compares this term of its with a text."""
    case = rule.case == "ignore" or (rule.case == "smart" and not is_acronym(term))
    return Form(case, rule.diacritics == "ignore", rule.hyphen)


def is_acronym(text: str) -> bool:
    """Whether it is in capitals and has at most five letters, such as "AIDS" or "U.S."."""
    return text.isupper() and sum(map(str.isalpha, text)) <= _ACRONYM


def is_word(character: str) -> bool:
    """Whether a character is part of a word: a letter, digit, mark or underscore. Nothing ("") is not."""
    return character.isalnum() or character == "_" or (character > "\x7f" and unicodedata.category(character)[0] == "M")


def joint(left: str, right: str) -> str:
    """What stands between two keys that white space parts: a blank between two words, else nothing."""
    return " " if is_word(left[-1:]) and is_word(right[:1]) else ""


def _spaced(text: str, hyphen: bool) -> str:
    """White space, and with `hyphen` the hyphens between words, as a key has them."""
    chunks = text.split()
    if "".join(chunks).isalnum():
        return " ".join(chunks)
    key = ""
    for position, chunk in enumerate(chunks):
        if hyphen and "-" in chunk:
            following = chunks[position + 1] if position + 1 < len(chunks) else ""
            chunk = (joint(key, following) or chunk) if chunk == "-" else _hyphens_as_blanks(chunk)
        key += joint(key, chunk) + chunk
    return key


def _hyphens_as_blanks(chunk: str) -> str:
    """Text without white space, with a blank for each single hyphen between words."""
    joined, *rest = chunk.split("-")
    for part in rest:
        joined += (joint(joined, part) or "-") + part
    return joined


_ASCII_PIECE = re.compile(r"\w+|[^\w\s]")


def pieces(key: str) -> Iterator[tuple[int, str]]:
    """Where each word and each other character of a key starts, and what it is.

    >>> list(pieces("b.i.d. dose"))
    [(0, 'b'), (1, '.'), (2, 'i'), (3, '.'), (4, 'd'), (5, '.'), (7, 'dose')]
    """
    if key.isascii():
        for match in _ASCII_PIECE.finditer(key):
            yield match.start(), match.group()
        return
    position = 0
    for word, characters in groupby(key, is_word):
        run = "".join(characters)
        if word:
            yield position, run
        else:
            yield from ((position + i, c) for i, c in enumerate(run) if not c.isspace())
        position += len(run)


_LAST_WORD = re.compile(r"(?<!\w)[^\W\d_]{2,}\Z")


def numbers(term: str) -> list[str]:
    """The term, then its plurals and singulars: those of its last word, when it ends with one.

    A word in -s gets both, as "lens" is a singular and "pens" is not.

    >>> numbers("coronary artery"), numbers("contact lens")
    (['coronary artery', 'coronary arteries'], ['contact lens', 'contact lenses', 'contact len'])
    """
    term = term.rstrip()
    if not term.isascii():
        term = unicodedata.normalize("NFC", term)
    match = _LAST_WORD.search(term)
    if not match:
        return [term]
    word, rest = match.group(), term[: match.start()]
    return [term, *(rest + other for other in (*plurals(word), *singulars(word)))]


def plurals(word: str) -> tuple[str, ...]:
    """The regular English plurals of a word; more than one where spelling does not tell.

    >>> plurals("biopsy"), plurals("leaf"), plurals("tomato"), plurals("MRI")
    (('biopsies',), ('leafs', 'leaves'), ('tomatos', 'tomatoes'), ('MRIs',))
    """
    if is_acronym(word):
        return (word + "s",)
    lower = word.lower()
    consonant = lower[-2:-1].isalpha() and lower[-2:-1] not in "aeiou"
    if lower.endswith("y") and consonant:
        found = [word[:-1] + "ies"]
    elif lower.endswith(("s", "x", "z", "ch", "sh")):
        found = [word + "es"]
    elif lower.endswith("fe"):
        found = [word + "s", word[:-2] + "ves"]
    elif lower.endswith("f") and not lower.endswith("ff"):
        found = [word + "s", word[:-1] + "ves"]
    elif lower.endswith("o") and consonant:
        found = [word + "s", word + "es"]
    else:
        found = [word + "s"]
    return tuple(other.upper() if word.isupper() else other for other in found)


def singulars(word: str) -> tuple[str, ...]:
    """The words that have this one as a regular plural, among them some that no one uses; none for a singular.

    Words in -ss, -us and -is, acronyms and words of up to three letters are taken for singulars.

    >>> singulars("arteries"), singulars("biopsies"), singulars("MRIs"), singulars("diabetes"), singulars("virus")
    (('arterie', 'artery'), ('biopsie', 'biopsy'), ('MRI',), ('diabete',), ())
    """
    if word.endswith("s") and len(word) > 2 and is_acronym(word[:-1]):
        return (word[:-1],)
    lower = word.lower()
    if len(word) < 4 or not lower.endswith("s") or lower.endswith(("ss", "us", "is")) or is_acronym(word):
        return ()
    found = [word[:-1], word[:-2], *(word[:-3] + ending for ending in ("y", "f", "fe"))]
    if word.isupper():
        found = [other.upper() for other in found]
    return tuple(other for other in dict.fromkeys(found) if len(other) > 1 and word in plurals(other))
