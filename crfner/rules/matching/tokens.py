"""Which tests of single tokens hold for the tokens of a document.

All but the tests of a token's place depend on its word alone, and words come back: the tests that hold for a word are
looked up once and kept. Tokens for which the same tests hold share one `Kind`, and patterns deal with kinds only. What
the attributes mean is said in `crfner.rules.matching.attributes`.

Public names: `TokenTests`, `Kind`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

import regex

from crfner.document import Document
from crfner.errors import SettingError
from crfner.rules.matching.attributes import EDITS, OF_WORDS, ORDERS, OTHER_NAMES, RARITY
from crfner.rules.matching.regexes import TIMEOUT, compiled, seconds_for, warn_slow
from crfner.rules.values import Test

_CACHED = 1 << 16  # words whose kinds are kept
_LONG = 100  # letters of the longest word that is kept


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
    return OF_WORDS[attribute](token.word)


class _Clock:
    """The time that each regular expression has left on one document."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left: dict[str, float] = {}

    def search(self, pattern: regex.Pattern[str], text: str) -> bool:
        """Whether the pattern is somewhere in the text. Raises TimeoutError, then and ever after, when time is up."""
        left = self._left.get(pattern.pattern, self.seconds)
        if left <= 0:
            raise TimeoutError(pattern.pattern)
        begun = time.thread_time()  # what others do meanwhile is not its fault
        try:
            found = pattern.search(text, timeout=left) is not None
        except TimeoutError:
            self._left[pattern.pattern] = 0
            raise TimeoutError(pattern.pattern) from None
        self._left[pattern.pattern] = left - (time.thread_time() - begun)
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
        attribute = OTHER_NAMES.get(written, written)
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
    if kind in ORDERS:
        return _Condition(attribute, partial(_ordered, ORDERS[kind], operand))
    negated = isinstance(operand, Mapping) and "NOT_IN" in operand
    operands = next(iter(operand.values())) if isinstance(operand, Mapping) else [operand]
    accepts: _Accepts
    if kind == "REGEX":
        accepts = partial(_found, [compiled(pattern) for pattern in operands])
    else:
        accepts = partial(_near, [(text, _edits_allowed(text, EDITS[kind])) for text in operands])
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
    accepted  for each pattern that has asked, the places in it at which such a token may stand
    """

    __slots__ = ("accepted", "held", "unsure")

    def __init__(self, held: frozenset[int], unsure: frozenset[int]) -> None:
        self.held = held
        self.unsure = unsure
        self.accepted: dict[Any, int] = {}


class TokenTests:
    """The distinct tests of many patterns, and the kinds of a document's tokens by them.

    timeout  seconds that one regular expression may take on the tokens of one document; a test that takes longer does
             not hold for the rest of them, nor does its opposite, and the first time a RuntimeWarning names its rule

    `rarity` has a guess for each test how rare the words are that it holds for, the lower the rarer.
    """

    def __init__(self, timeout: float = TIMEOUT) -> None:
        if not timeout > 0:
            raise SettingError(f"timeout is a number of seconds above 0, not {timeout}")
        self.timeout = timeout
        self._numbers: dict[str, int] = {}
        self._tests: list[list[_Condition]] = []
        self.rarity: list[int] = []
        self._rules: list[str] = []  # the first rule that has the test
        self._index: dict[str, dict[Any, list[int]]] = {}  # attribute -> value -> tests that accept it
        self._unindexed: list[int] = []
        self._asks_place = self._asks_tag = False
        self._kinds: dict[str | _Token, Kind] = {}
        self._by_tests: dict[tuple[frozenset[int], frozenset[int]], Kind] = {}
        self._warned: set[str] = set()

    def add(self, test: Test, rule: str) -> int:
        """The number of the test, which `check_test` has passed; `rule` is named where it takes too long."""
        key = repr(sorted((name, value) for name, value in test.items() if name != "OP"))
        if key in self._numbers:
            return self._numbers[key]
        number = self._numbers[key] = len(self._tests)
        conditions = _conditions(test)
        self._rules.append(rule)
        names = {condition.attribute for condition in conditions}
        self._asks_place |= "IS_SENT_START" in names
        self._asks_tag |= "TAG" in names
        # Words are many and tests too: a test is tried on those words only that have one of its exact values.
        exact = [c for c in conditions if c.attribute in RARITY and c.exact is not None]
        if exact:
            best = min(exact, key=lambda c: RARITY[c.attribute])
            self.rarity.append(RARITY[best.attribute])
            table = self._index.setdefault(best.attribute, {})
            for value in best.exact or ():
                table.setdefault(value, []).append(number)
            conditions.remove(best)
        else:
            self._unindexed.append(number)
            self.rarity.append(len(RARITY) + (not any(condition.slow for condition in conditions)))
        self._tests.append(conditions)
        self._kinds.clear()
        self._by_tests.clear()
        return number

    def kinds(self, document: Document) -> list[Kind]:
        """The kind of each token of the document."""
        clock = _Clock(seconds_for(document, self.timeout))
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
                self._warn(str(error), self._rules[number], clock.seconds)
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

    def _warn(self, pattern: str, rule: str, seconds: float) -> None:
        if pattern not in self._warned:
            self._warned.add(pattern)
            warn_slow(pattern, rule, seconds)
