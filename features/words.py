"""Features of one word: functions from a word to the values it has, computed once per distinct word.

Each function takes a non-empty string and returns a list of values (often one, sometimes none). The values are language
neutral: they rest on Unicode's properties of characters, and a letter with a combining mark is the letter that Unicode
composes of the two, wherever it has one.
`WORD_FEATURES` names them all; a function of your own with the same form can stand beside them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

WordFeature = Callable[..., list[str]]

_NUMBER = re.compile(r"[+-]?\d+(?:[.,:/]\d+)*")
_NUMBER_WITH_UNIT = re.compile(r"([+-]?\d+(?:[.,:/-]\d+)*)([^\W\d_]{1,6}|[%‰°€$£¥])")
_ROMAN = re.compile(r"(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|er|ère|eme|ème|e|º|ª|o|a)\b\.?", re.IGNORECASE)
_URL = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+", re.IGNORECASE)
_WORD = re.compile(r"\w")

_UNITS = {
    "mass": "µg mcg ug mg g kg t lb lbs oz gram grams gramme grammes kilogram kilograms",
    "volume": "µl ul ml cl dl l litre litres liter liters pint pints cup cups tsp tbsp gallon gallons",
    "length": "nm µm mm cm m km in ft mile miles inch inches metre metres meter meters feet",
    "time": "ms s sec secs min mins h hr hrs hour hours day days week weeks month months year years",
    "share": "% ‰ percent pct",
    "amount": "iu u units mmol mol meq kcal cal kj puff puffs tablet tablets capsule capsules drop drops",
    "money": "$ € £ ¥ usd eur gbp dollar dollars euro euros pound pounds million billion bn",
    "other": "° °c °f hz khz mhz ghz kb mb gb tb w kw v bar mmhg bpm",
}
_UNIT_KIND = {unit: kind for kind, units in _UNITS.items() for unit in units.split()}

_MARKS = {
    ".": "stop", "!": "stop", "?": "stop", "…": "stop", "。": "stop",
    ",": "comma", ";": "comma", ":": "colon",
    "(": "open", "[": "open", "{": "open", ")": "close", "]": "close", "}": "close",
    "-": "dash", "–": "dash", "—": "dash", "/": "slash", "&": "and", "+": "plus",
    "@": "at", "#": "hash", "%": "percent", "*": "star",
}  # fmt: skip


def identity(word: str) -> list[str]:
    """The word as written."""
    return [word]


def lower(word: str) -> list[str]:
    """The word in lower case."""
    return [word.lower()]


def folded(word: str) -> list[str]:
    """The word in lower case without diacritics, digits as 0: "Bàbá" and "baba" share a value."""
    return [_fold(word)]


@lru_cache(maxsize=1 << 16)
def _fold(word: str) -> str:
    if word.isascii():
        return word.lower().translate(_ASCII_DIGITS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return "".join("0" if c.isdigit() else c for c in plain.lower()) or word


@lru_cache(maxsize=1 << 16)
def letters(word: str) -> str:
    """The word with its combining marks composed (NFC), so that affixes and lengths count letters and not marks."""
    return word if word.isascii() else unicodedata.normalize("NFC", word)


def shape(word: str) -> list[str]:
    """Each character's class: upper X, lower x, caseless letter c, digit d, mark of punctuation as it is.

    >>> shape("Dr."), shape("B-52s"), shape("東京")
    (['Xx.'], ['X-ddx'], ['cc'])
    """
    return [_shape(word)]


@lru_cache(maxsize=1 << 16)
def _shape(word: str) -> str:
    if word.isascii():
        return word.translate(_ASCII_SHAPES)
    return "".join(map(_character_class, letters(word)))


def _character_class(character: str) -> str:
    if character.islower():
        return "x"
    if character.isupper() or character.istitle():
        return "X"
    if character.isdigit():
        return "d"
    if character.isalpha():
        return "c"
    category = unicodedata.category(character)
    return "" if category[0] == "M" or category == "Cf" else character


def compressed_shape(word: str) -> list[str]:
    """The shape with runs of one class written once (Collins 2002): "McDonald" is XxXx."""
    return [_compressed(_shape(word))]


# The same for all of ASCII at once, where most words of most languages written in Latin letters are at home.
_ASCII_SHAPES = {code: _character_class(chr(code)) for code in range(128)}
_ASCII_DIGITS = dict.fromkeys(map(ord, "123456789"), "0")


@lru_cache(maxsize=1 << 16)
def _compressed(shape: str) -> str:
    return re.sub(r"(.)\1+", r"\1", shape, flags=re.DOTALL)


def prefix(word: str, lengths: Sequence[int] = (1, 2, 3, 4, 5)) -> list[str]:
    """The first n characters, for each n in `lengths` that is shorter than the word."""
    word = letters(word)
    size = len(word)
    return [word[:n] for n in lengths if n < size]


def suffix(word: str, lengths: Sequence[int] = (1, 2, 3, 4, 5)) -> list[str]:
    """The last n characters, for each n in `lengths` that is shorter than the word."""
    word = letters(word)
    size = len(word)
    return [word[-n:] for n in lengths if n < size]


def ngrams(word: str, lengths: Sequence[int] = (2, 3, 4), limit: int = 40) -> list[str]:
    """Distinct character n-grams of the lower-cased word between border signs `<` and `>`.

    What stands beyond `limit` characters is left out.

    >>> ngrams("Oslo", lengths=[3])
    ['<os', 'osl', 'slo', 'lo>']
    """
    text = bordered(word, limit)
    grams = (text[i : i + n] for n in lengths for i in range(len(text) - n + 1))
    return list(dict.fromkeys(grams))


def bordered(word: str, limit: int) -> str:
    """What `ngrams` are taken from."""
    return f"<{letters(word).lower()[:limit]}>"


def case(word: str) -> list[str]:
    """lower, upper, title, mixed (McDonald), camel (iPhone), initial (J.), or caseless.

    >>> [case(w)[0] for w in ("of", "NATO", "Paris", "McKay", "eBay", "J.", "42")]
    ['lower', 'upper', 'title', 'mixed', 'camel', 'initial', 'caseless']
    """
    return [_case(word)]


@lru_cache(maxsize=1 << 16)
def _case(word: str) -> str:
    if word.islower():
        return "lower"
    if word.lower() == word.upper():
        return "caseless"
    cased = [c for c in word if c.islower() or c.istitle()]  # of one letter: upper case too, and digraphs such as ǅ
    if len(cased) == 1:
        return "initial"
    if word.isupper():
        return "upper"
    if cased[0].islower():
        return "camel"
    return "title" if all(c.islower() for c in cased[1:]) else "mixed"


def digits(word: str) -> list[str]:
    """How the word holds digits: all of n (up to four told apart), a number, an ordinal, within letters; or nothing.

    >>> digits("1996"), digits("3.5"), digits("2nd"), digits("B52"), digits("word")
    (['4', 'all'], ['number'], ['ordinal'], ['some'], [])
    """
    if word.isalpha() or not any(c.isdigit() for c in word):
        return ["roman"] if len(word) > 1 and _ROMAN.fullmatch(word) else []
    if word.isdigit():
        return [str(min(len(word), 5)), "all"]
    if _NUMBER.fullmatch(word):
        return ["number"]
    if _ORDINAL.fullmatch(word):
        return ["ordinal"]
    return ["some"]


def unit(word: str) -> list[str]:
    """The kind of unit the word is ("mg": mass) or carries after a number ("500mg": number+mass)."""
    kind = _UNIT_KIND.get(word.lower())
    if kind:
        return [kind]
    match = None if word.isalpha() else _NUMBER_WITH_UNIT.fullmatch(word)
    if match:
        return [f"number+{_UNIT_KIND.get(match[2].lower(), 'unknown')}"]
    return []


def punctuation(word: str) -> list[str]:
    """Inner hyphen, apostrophe, point; or the kind of mark, symbol or emoji that the word is.

    >>> punctuation("O'Neill"), punctuation("U.S."), punctuation("("), punctuation("word")
    (["inner'"], ['inner.', 'last.'], ['open'], [])
    """
    if word.isalnum():
        return []
    if not _WORD.search(word):
        return [_mark(word)]
    if _URL.fullmatch(word):
        return ["url"]
    found = []
    inner = word[1:-1]
    if "-" in inner:
        found.append("inner-")
    if "'" in inner or "’" in inner:
        found.append("inner'")
    if "." in inner:
        found.append("inner.")
    if word[-1] in ".'’":
        found.append("last.")
    if word[0] in "@#":
        found.append(_MARKS[word[0]])
    return found


def _mark(word: str) -> str:
    if word[0] in _MARKS:
        return _MARKS[word[0]]
    category = unicodedata.category(word[0])
    if word[0] in "\"'`“”‘’«»„" or category in ("Pi", "Pf"):
        return "quote"
    return {"Sc": "currency", "So": "emoji", "Ps": "open", "Pe": "close", "Pd": "dash"}.get(category, "other")


def length(word: str) -> list[str]:
    """The number of characters, from 12 on counted as 12."""
    return [str(min(len(letters(word)), 12))]


WORD_FEATURES: dict[str, WordFeature] = {
    "word": identity,
    "lower": lower,
    "folded": folded,
    "shape": shape,
    "short_shape": compressed_shape,
    "prefix": prefix,
    "suffix": suffix,
    "ngrams": ngrams,
    "case": case,
    "digits": digits,
    "unit": unit,
    "punctuation": punctuation,
    "length": length,
}
