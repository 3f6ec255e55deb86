"""The attributes that tests of tokens ask for: what each means, and which values it may be compared with.

They mean what they mean in spaCy's `Matcher`, so that pattern files written for it keep their sense.

    texts     TEXT (or ORTH), LOWER, NORM (lower case, straight quotes), SHAPE, PREFIX (1 letter), SUFFIX (3 letters),
              TAG (or POS): the document's first further column; no test of it holds in a document without one
    numbers   LENGTH
    true or   IS_ALPHA, IS_ASCII, IS_DIGIT, IS_LOWER, IS_UPPER, IS_TITLE, IS_PUNCT, IS_SPACE, IS_BRACKET, IS_QUOTE,
    false     IS_LEFT_PUNCT, IS_RIGHT_PUNCT, IS_CURRENCY, IS_SENT_START, LIKE_NUM, LIKE_URL, LIKE_EMAIL

A text or number may be compared by a mapping: IN and NOT_IN (a list); for texts REGEX, which is looked for anywhere in
the text (anchor it with ^ and $ to match the whole), and FUZZY, FUZZY1 to FUZZY9 (at most so many letters inserted,
removed or changed; FUZZY alone: 2, or 3 in 10 of the letters), each with a text or with an IN or NOT_IN of its own; for
numbers ==, !=, >=, <=, >, <. REGEX in the place of an attribute is short for {TEXT: {REGEX: ...}}.

Public names: `check_test`; `OF_WORDS`, `OTHER_NAMES`, `RARITY`, `ORDERS`, `EDITS` for `crfner.rules.matching.tokens`.
"""

from __future__ import annotations

import difflib
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from crfner.errors import SettingError
from crfner.rules.matching.regexes import compiled
from crfner.tokenize import _DOMAINS

_IN_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion "
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth "
    "ninetieth hundredth thousandth millionth billionth trillionth"
)
_NUMBER_WORDS = frozenset(_IN_WORDS.split())
_STRAIGHT = str.maketrans("’‘´`“”„«»", '\'\'\'\'"""""')
_EMAIL = re.compile(r"[\w.+-]++@(?:[\w-]++\.)++[\w-]++")
_URL = re.compile(rf"(?:https?|ftp)://\S+|www\.\S+|(?:[\w-]++\.)++(?:{_DOMAINS})(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
_QUOTES_LEFT, _QUOTES_BOTH, _QUOTES_RIGHT = "«‘‚‛“„‟‹❮", "\"'", "»’”›❯"
_LEFT = frozenset([*"([{<", *_QUOTES_BOTH, *_QUOTES_LEFT, "``"])
_RIGHT = frozenset([*")]}>", *_QUOTES_BOTH, *_QUOTES_RIGHT, "''"])
_QUOTES = frozenset([*_QUOTES_LEFT, *_QUOTES_BOTH, *_QUOTES_RIGHT, "`", "``", "''"])
_BRACKETS = frozenset("()[]{}<>")


def _norm(word: str) -> str:
    return word.translate(_STRAIGHT).lower()


def shape(word: str) -> str:
    """spaCy's shape: letters X and x, digits d, others as they are; runs of one sign are cut to 4.

    >>> shape("Philadelphia-1976b")
    'Xxxxx-ddddx'
    """
    if len(word) >= 100:
        return "LONG"
    signs = "".join(("X" if c.isupper() else "x") if c.isalpha() else "d" if c.isdigit() else c for c in word)
    return re.sub(r"(.)\1{4,}", r"\1\1\1\1", signs, flags=re.DOTALL)


def _like_num(word: str) -> bool:
    """Digits with their marks, fractions, and English number words: 1,000.5, -3, 1/2, 21st, ten, twenty-one."""
    word = word[1:] if word[0] in "+-±~" else word
    word = word.replace(",", "").replace(".", "").lower()
    parts = word.split("/")
    if len(parts) <= 2 and all(part.isdigit() for part in parts):
        return True
    if word[-2:] in {"st", "nd", "rd", "th"} and word[:-2].isdigit():
        return True
    return all(part in _NUMBER_WORDS for part in word.split("-"))


def _all_of(category: str, word: str) -> bool:
    return all(unicodedata.category(character).startswith(category) for character in word)


_TEXTS: dict[str, Callable[[str], str]] = {
    "TEXT": str,
    "LOWER": str.lower,
    "NORM": _norm,
    "SUFFIX": lambda word: word[-3:],
    "SHAPE": shape,
    "PREFIX": lambda word: word[:1],
}
_NUMBERS: dict[str, Callable[[str], int]] = {"LENGTH": len}
_FLAGS: dict[str, Callable[[str], bool]] = {
    "IS_ALPHA": str.isalpha,
    "IS_ASCII": str.isascii,
    "IS_DIGIT": str.isdigit,
    "IS_LOWER": str.islower,
    "IS_UPPER": str.isupper,
    "IS_TITLE": str.istitle,
    "IS_SPACE": str.isspace,
    "IS_PUNCT": partial(_all_of, "P"),
    "IS_CURRENCY": partial(_all_of, "Sc"),
    "IS_BRACKET": _BRACKETS.__contains__,
    "IS_QUOTE": _QUOTES.__contains__,
    "IS_LEFT_PUNCT": _LEFT.__contains__,
    "IS_RIGHT_PUNCT": _RIGHT.__contains__,
    "LIKE_NUM": _like_num,
    "LIKE_URL": lambda word: _URL.fullmatch(word) is not None,
    "LIKE_EMAIL": lambda word: _EMAIL.fullmatch(word) is not None,
}
OF_WORDS: dict[str, Callable[[str], Any]] = {**_TEXTS, **_NUMBERS, **_FLAGS}
OTHER_NAMES = {"ORTH": "TEXT", "POS": "TAG", "SENT_START": "IS_SENT_START"}

_TEXT_NAMES = (*_TEXTS, "TAG", "ORTH", "POS")
RARITY = {name: rank for rank, name in enumerate((*_TEXTS, "TAG", *_NUMBERS))}  # of the words with one value
_FLAG_NAMES = (*_FLAGS, "IS_SENT_START", "SENT_START")
_KNOWN = (*_TEXT_NAMES, *_NUMBERS, *_FLAG_NAMES, "REGEX", "OP")

_REFUSED = {
    **dict.fromkeys(("LEMMA", "MORPH", "DEP", "HEAD"), "needs a parser, which crfner does not have"),
    **dict.fromkeys(("ENT_TYPE", "ENT_IOB", "ENT_ID", "ENT_KB_ID"), "needs entities, which are not known yet"),
    "IS_STOP": "needs a list of stop words; list the words that you mean with {LOWER: {IN: [...]}}",
    "IS_OOV": "needs a vocabulary, which crfner does not have",
    "SPACY": "asks for the space after a token, which tokens do not know here",
    "_": "asks for spaCy's extension attributes, which crfner does not have",
}

ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
EDITS: dict[str, int | None] = {"FUZZY": None, **{f"FUZZY{edits}": edits for edits in range(1, 10)}}
_OF_TEXTS = ("IN", "NOT_IN", "REGEX", *EDITS)
_OF_NUMBERS = ("IN", "NOT_IN", *ORDERS)


def check_test(test: object, where: str) -> dict[str, Any]:
    """The test with its names in capitals; "OP" is not looked at.

    Raises SettingError, beginning with `where`, for an attribute, comparison or value that makes no sense.
    """
    if not isinstance(test, Mapping):
        raise SettingError(f"{where}: a token is a mapping such as {{LOWER: dr}}, not {test!r}")
    checked: dict[str, Any] = {}
    for written, value in test.items():
        name = str(written).upper()
        if name in checked:
            raise SettingError(f"{where}: {name} is there twice; leave one out")
        if name in _REFUSED:
            raise SettingError(f"{where}: {name} {_REFUSED[name]}; known are {', '.join(_KNOWN)}")
        if name not in _KNOWN:
            raise SettingError(f"{where}: there is no attribute {written!r}; {_meant(name, _KNOWN)}")
        if name == "OP":
            checked[name] = value
        elif name in _FLAG_NAMES:
            if not isinstance(value, bool):
                raise SettingError(f"{where}: {name} is true or false, not {value!r}")
            checked[name] = value
        elif name == "REGEX":
            checked[name] = _checked_text(value, "REGEX", f"{where}: REGEX")
        else:
            checked[name] = _checked_comparison(value, name, where)
    return checked


def _checked_comparison(value: Any, name: str, where: str) -> Any:
    is_text = name in _TEXT_NAMES
    if not isinstance(value, Mapping):
        return (_checked_text if is_text else _checked_number)(value, "", f"{where}: {name}")
    known = _OF_TEXTS if is_text else _OF_NUMBERS
    checked: dict[str, Any] = {}
    for written, operand in value.items():
        kind = str(written).upper()
        if kind not in known:
            raise SettingError(f"{where}: {name} has no comparison {written!r}; {_meant(kind, known)}")
        checked[kind] = (_checked_text if is_text else _checked_number)(operand, kind, f"{where}: {name} {kind}")
    if not checked:
        raise SettingError(f"{where}: {name} is compared with nothing; known are {', '.join(known)}")
    return checked


def _checked_text(value: Any, kind: str, where: str) -> Any:
    if kind in ("IN", "NOT_IN"):
        return [_checked_text(each, "", where) for each in _checked_list(value, where)]
    if isinstance(value, Mapping) and kind:  # {REGEX: {IN: [...]}}
        checked = {str(inner).upper(): operand for inner, operand in value.items()}
        if len(checked) != 1 or next(iter(checked)) not in ("IN", "NOT_IN"):
            raise SettingError(f"{where} takes a text, or a mapping of IN or NOT_IN to a list, not {value!r}")
        return {i: [_checked_text(v, kind, where) for v in _checked_list(vs, where)] for i, vs in checked.items()}
    if not isinstance(value, str):
        raise SettingError(f'{where} takes a text, not {value!r}; put it in quotes ("...")')
    if kind == "REGEX":
        try:
            compiled(value)
        except SettingError as error:
            raise SettingError(f"{where}: {error}") from None
    return value


def _checked_number(value: Any, kind: str, where: str) -> Any:
    if kind in ("IN", "NOT_IN"):
        return [_checked_number(each, "", where) for each in _checked_list(value, where)]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingError(f"{where} takes a number, not {value!r}")
    return value


def _checked_list(value: Any, where: str) -> Sequence[Any]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise SettingError(f"{where} takes a list, such as [dr, prof], not {value!r}")
    return value


def _meant(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
