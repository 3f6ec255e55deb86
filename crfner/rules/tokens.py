"""Tests of single tokens: what the attributes of token patterns mean, and which tests hold for which token.

All but the tests of a token's place depend on its word alone, and words come back: the tests that hold for a word are
looked up once and kept. Tokens for which the same tests hold share one `Kind`, and patterns deal with kinds only. The
attributes mean what they mean in spaCy's `Matcher`, so that pattern files written for it keep their sense.

    texts     TEXT (or ORTH), LOWER, NORM (lower case, straight quotes), SHAPE, PREFIX (1 letter), SUFFIX (3 letters),
              TAG (or POS): the document's first further column; no test of it holds in a document without one
    numbers   LENGTH
    true or   IS_ALPHA, IS_ASCII, IS_DIGIT, IS_LOWER, IS_UPPER, IS_TITLE, IS_PUNCT, IS_SPACE, IS_BRACKET, IS_QUOTE,
    false     IS_LEFT_PUNCT, IS_RIGHT_PUNCT, IS_CURRENCY, IS_SENT_START, LIKE_NUM, LIKE_URL, LIKE_EMAIL

A text or number may be compared by a mapping: IN and NOT_IN (a list); for texts REGEX, which is looked for anywhere in
the text (anchor it with ^ and $ to match the whole), and FUZZY, FUZZY1 to FUZZY9 (at most so many letters inserted,
removed or changed; FUZZY alone: 2, or 3 in 10 of the letters), each with a text or with an IN or NOT_IN of its own; for
numbers ==, !=, >=, <=, >, <. REGEX in the place of an attribute is short for {TEXT: {REGEX: ...}}.

Public names: `TokenTests`, `Kind`, `check_test`.
"""

from __future__ import annotations

import difflib
import json
import operator
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import regex

from crfner.document import Document
from crfner.errors import SettingError
from crfner.rules.regexes import TIMEOUT, compiled, warn_slow
from crfner.rules.values import Test
from crfner.tokenize import _DOMAINS

_CACHED = 1 << 16  # words whose kinds are kept
_LONG = 100  # letters of the longest word that is kept

# What the attributes mean ---------------------------------------------------------------------------------------------

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


@lru_cache(maxsize=1 << 16)
def _shape(word: str) -> str:
    """spaCy's shape: letters X and x, digits d, others as they are; runs of one sign are cut to 4.

    >>> _shape("Philadelphia-1976b")
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
    "SHAPE": _shape,
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
_OF_WORDS: dict[str, Callable[[str], Any]] = {**_TEXTS, **_NUMBERS, **_FLAGS}
_OTHER_NAMES = {"ORTH": "TEXT", "POS": "TAG", "SENT_START": "IS_SENT_START"}

_TEXT_NAMES = (*_TEXTS, "TAG", "ORTH", "POS")
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

# Whether a test is well-formed ----------------------------------------------------------------------------------------

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_FUZZY: dict[str, int | None] = {"FUZZY": None, **{f"FUZZY{edits}": edits for edits in range(1, 10)}}
_OF_TEXTS = ("IN", "NOT_IN", "REGEX", *_FUZZY)
_OF_NUMBERS = ("IN", "NOT_IN", *_ORDER)


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


# Which tests hold -----------------------------------------------------------------------------------------------------


class _Token(NamedTuple):
    """All of a token that a test can see."""

    word: str
    opens: bool | None  # its sentence; None where no test asks
    tag: str | None


def _value(token: _Token, attribute: str) -> Any:
    if attribute == "TAG":
        return token.tag
    if attribute == "IS_SENT_START":
        return token.opens
    return _OF_WORDS[attribute](token.word)


class _Clock:
    """The time that each regular expression has left on one document."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._left: dict[str, float] = {}

    def search(self, pattern: regex.Pattern[str], text: str) -> bool:
        """Whether the pattern is somewhere in the text. Raises TimeoutError, then and ever after, when time is up."""
        left = self._left.get(pattern.pattern, self._seconds)
        if left <= 0:
            raise TimeoutError(pattern.pattern)
        begun = time.perf_counter()
        try:
            found = pattern.search(text, timeout=left) is not None
        except TimeoutError:
            self._left[pattern.pattern] = 0
            raise TimeoutError(pattern.pattern) from None
        self._left[pattern.pattern] = left - (time.perf_counter() - begun)
        return found


_Accepts = Callable[[Any, _Clock], bool]


class _Condition(NamedTuple):
    """One comparison of a test. `exact` lists the values that it accepts, where that can be done."""

    attribute: str
    accepts: _Accepts
    exact: frozenset[Any] | None = None
    slow: bool = False


def _conditions(test: Test) -> list[_Condition]:
    """The comparisons of a checked test, the quick ones first; all must hold."""
    found = []
    for written, value in test.items():
        if written == "OP":
            continue
        attribute = _OTHER_NAMES.get(written, written)
        if attribute == "REGEX":
            found.append(_comparison("TEXT", "REGEX", value))
        elif isinstance(value, Mapping):
            found.extend(_comparison(attribute, kind, operand) for kind, operand in value.items())
        else:
            found.append(_comparison(attribute, "IN", [value]))
    return sorted(found, key=lambda condition: condition.slow)


def _comparison(attribute: str, kind: str, operand: Any) -> _Condition:
    if kind == "IN":
        return _Condition(attribute, partial(_among, frozenset(operand)), frozenset(operand))
    if kind == "NOT_IN":
        return _Condition(attribute, partial(_not, partial(_among, frozenset(operand))))
    if kind in _ORDER:
        return _Condition(attribute, partial(_ordered, _ORDER[kind], operand))
    negated = isinstance(operand, Mapping) and "NOT_IN" in operand
    operands = next(iter(operand.values())) if isinstance(operand, Mapping) else [operand]
    accepts: _Accepts
    if kind == "REGEX":
        accepts = partial(_found, [compiled(pattern) for pattern in operands])
    else:
        accepts = partial(_near, [(text, _edits_allowed(text, _FUZZY[kind])) for text in operands])
    return _Condition(attribute, partial(_not, accepts) if negated else accepts, slow=True)


def _among(values: frozenset[Any], value: Any, clock: _Clock) -> bool:
    return value in values


def _not(accepts: _Accepts, value: Any, clock: _Clock) -> bool:
    return not accepts(value, clock)


def _ordered(order: Callable[[Any, Any], bool], operand: float, value: Any, clock: _Clock) -> bool:
    return order(value, operand)


def _found(patterns: Iterable[regex.Pattern[str]], value: str, clock: _Clock) -> bool:
    return any(clock.search(pattern, value) for pattern in patterns)


def _near(texts: Iterable[tuple[str, int]], value: str, clock: _Clock) -> bool:
    return any(_within(value, text, edits) for text, edits in texts)


def _edits_allowed(text: str, edits: int | None) -> int:
    return max(2, round(0.3 * len(text))) if edits is None else edits


def _within(one: str, other: str, edits: int) -> bool:
    """Whether at most so many letters are inserted, removed or changed between the two (Levenshtein 1966)."""
    if one == other or abs(len(one) - len(other)) > edits:
        return one == other
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, rival in enumerate(other, 1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != rival)))
        if min(line) > edits:
            return False
        above = line
    return above[-1] <= edits


class Kind:
    """Tokens for which the same tests hold.

    held      numbers of the tests that hold
    unsure    numbers of the tests that ran out of time: neither they nor their opposites count as holding
    accepted  what patterns keep about the kind
    """

    __slots__ = ("accepted", "held", "starts", "unsure")

    def __init__(self, held: frozenset[int], unsure: frozenset[int]) -> None:
        self.held = held
        self.unsure = unsure
        self.accepted: dict[Any, int] = {}
        self.starts: tuple[int, ...] | None = None


class TokenTests:
    """The distinct tests of many patterns, and the kinds of a document's tokens by them.

    timeout  seconds that one regular expression may take on the tokens of one document; a test that takes longer does
             not hold for the rest of them, nor does its opposite, and the first time a RuntimeWarning names its rule
    """

    def __init__(self, timeout: float = TIMEOUT) -> None:
        if not timeout > 0:
            raise SettingError(f"timeout is a number of seconds above 0, not {timeout}")
        self.timeout = timeout
        self._numbers: dict[str, int] = {}
        self._tests: list[list[_Condition]] = []
        self._rules: list[str] = []  # the first rule that has the test
        self._index: dict[str, dict[Any, list[int]]] = {}  # attribute -> value -> tests that accept it
        self._unindexed: list[int] = []
        self._asks_place = self._asks_tag = False
        self._kinds: dict[str | _Token, Kind] = {}
        self._by_tests: dict[tuple[frozenset[int], frozenset[int]], Kind] = {}
        self._warned: set[str] = set()

    def add(self, test: Test, rule: str) -> int:
        """The number of the test, which `check_test` has passed; `rule` is named where it takes too long."""
        key = json.dumps({name: value for name, value in test.items() if name != "OP"}, sort_keys=True)
        if key in self._numbers:
            return self._numbers[key]
        number = self._numbers[key] = len(self._tests)
        conditions = _conditions(test)
        self._rules.append(rule)
        names = {condition.attribute for condition in conditions}
        self._asks_place |= "IS_SENT_START" in names
        self._asks_tag |= "TAG" in names
        # Words are many and tests too: a test is tried on those words only that have one of its exact values.
        exact = [c for c in conditions if c.exact is not None and c.attribute not in _FLAG_NAMES]
        if exact:
            best = min(exact, key=lambda c: (*_TEXT_NAMES, *_NUMBERS).index(c.attribute))
            table = self._index.setdefault(best.attribute, {})
            for value in best.exact or ():
                table.setdefault(value, []).append(number)
            conditions.remove(best)
        else:
            self._unindexed.append(number)
        self._tests.append(conditions)
        self._kinds.clear()
        self._by_tests.clear()
        return number

    def kinds(self, document: Document) -> list[Kind]:
        """The kind of each token of the document."""
        clock = _Clock(self.timeout)
        words = document.words()
        known = self._kinds
        if not (self._asks_place or self._asks_tag):
            return [known.get(word) or self._judged(word, _Token(word, None, None), clock) for word in words]
        columns = document.meta.get("columns")
        tags = columns[0] if columns and self._asks_tag else [None] * len(words)
        opening = {first for first, _ in document.sentences} or {0}
        tokens = [
            _Token(word, place in opening if self._asks_place else None, tag)
            for place, (word, tag) in enumerate(zip(words, tags, strict=True))
        ]
        return [known.get(token) or self._judged(token, token, clock) for token in tokens]

    def _judged(self, key: str | _Token, token: _Token, clock: _Clock) -> Kind:
        held, unsure, values = [], [], {}
        candidates = list(self._unindexed)
        for attribute, table in self._index.items():
            values[attribute] = value = _value(token, attribute)
            candidates.extend(table.get(value, ()))
        for number in candidates:
            try:
                for attribute, accepts, _, _ in self._tests[number]:
                    if attribute not in values:
                        values[attribute] = _value(token, attribute)
                    value = values[attribute]
                    if value is None or not accepts(value, clock):
                        break
                else:
                    held.append(number)
            except TimeoutError as error:
                unsure.append(number)
                self._warn(str(error), self._rules[number])
        tests = frozenset(held), frozenset(unsure)
        if max(len(self._kinds), len(self._by_tests)) >= _CACHED:
            self._kinds.clear()
            self._by_tests.clear()
        kind = self._by_tests.get(tests)
        if kind is None:
            kind = self._by_tests[tests] = Kind(*tests)
        if not unsure and len(token.word) <= _LONG:  # in the next document the time begins anew
            self._kinds[key] = kind
        return kind

    def _warn(self, pattern: str, rule: str) -> None:
        if pattern not in self._warned:
            self._warned.add(pattern)
            warn_slow(pattern, rule, self.timeout)
