"""Rules that are patterns of tokens: tests of successive tokens with operators, as in spaCy's `Matcher`.

A pattern is run as a non-deterministic automaton whose set of states is one integer, a bit a state (Navarro and
Raffinot 2002), first forwards to see where it may match at all and then backwards to see from where the end can be
reached. Neither pass ever goes back, so that the work grows with tokens times states, whatever the pattern.

    {n}, {n,m}, {n,}, {,m}   so many tokens that pass the test; ? is {0,1}, * is {0,}, + is {1,}
    !                        one token that does not pass the test
    {} (no test)             any token

Public names: `TokenMatcher`, `Automaton`, `check_pattern`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crfner.document import Document, Span
from crfner.errors import SettingError
from crfner.rules.matching.attributes import check_test
from crfner.rules.matching.regexes import TIMEOUT
from crfner.rules.matching.tokens import Kind, TokenTests
from crfner.rules.values import Pattern, TokenRule

Holds = Callable[[TokenRule, Span, Document], bool]

_SIGNS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None), "!": (1, 1)}
_COUNTS = re.compile(r"\{(\d{0,9})(,?)(\d{0,9})\}", re.ASCII)
_MOST = 1000  # tokens that a count may ask for


def check_pattern(pattern: Sequence[Any], what: str = "pattern") -> Pattern:
    """The pattern, as read from a file, with the names of attributes, comparisons and operators in capitals.

    what  how messages call the pattern, such as "rule 'dose'"

    Raises SettingError, which says which token is wrong, why, and what it may be.

    >>> check_pattern([{"lower": "dr", "op": "?"}, {"IS_TITLE": True}])
    ({'LOWER': 'dr', 'OP': '?'}, {'IS_TITLE': True})
    """
    if isinstance(pattern, str | Mapping) or not isinstance(pattern, Sequence):
        raise SettingError(f"{what}: a token pattern is a list of mappings, such as [{{LOWER: dr}}], not {pattern!r}")
    if not pattern:
        raise SettingError(f"{what}: a token pattern needs a token at least, such as [{{LOWER: dr}}]")
    tests = []
    for number, token in enumerate(pattern, 1):
        where = f"{what}, token {number}"
        test = check_test(token, where)
        _times(test.get("OP"), where)
        if set(test) == {"OP"} and test["OP"] == "!":
            raise SettingError(f"{where}: ! without a test is for no token at all; add a test, or leave the token out")
        tests.append(test)
    return tuple(tests)


def _times(sign: object, where: str) -> tuple[int, int | None]:
    """How often a token with this operator may come: at least, and at most (None: without bound)."""
    if sign is None:
        return 1, 1
    if isinstance(sign, str) and sign in _SIGNS:
        return _SIGNS[sign]
    match = _COUNTS.fullmatch(sign) if isinstance(sign, str) else None
    if not match or not (match[1] or match[3]) or (match[3] and not match[2]):
        raise SettingError(f"{where}: OP is one of ?, *, +, !, {{n}}, {{n,m}}, {{n,}} or {{,m}}, not {sign!r}")
    least = int(match[1] or 0)
    most = least if not match[2] else int(match[3]) if match[3] else None
    if most is not None and not max(least, 1) <= most:
        raise SettingError(f"{where}: OP {sign} asks for at most {most} tokens; write {{n,m}} with n <= m and m > 0")
    if max(least, most or 0) > _MOST:
        raise SettingError(f"{where}: OP {sign} goes beyond {_MOST}; write {{n,}} or * for a repeat without bound")
    return least, most


class Automaton:
    """A pattern as a machine. Bit j of a set of states: the places before j are done; the last bit: the match is over.

    pattern  checked by `check_pattern`
    tests    where its tests are looked up
    rule     name of the rule that it is of
    """

    __slots__ = ("_loops", "_places", "_skips", "end", "start")

    def __init__(self, pattern: Pattern, tests: TokenTests, rule: str) -> None:
        places: list[tuple[int | None, bool]] = []  # test (None for any token), and whether it must not hold
        optional = loops = 0
        for test in pattern:
            least, most = _times(test.get("OP"), rule)
            number = tests.add(test, rule) if set(test) - {"OP"} else None
            spread = least + 1 if most is None else most
            optional |= ((1 << spread) - (1 << least)) << len(places)
            if most is None:
                loops |= 1 << (len(places) + least)
            places += [(number, test.get("OP") == "!")] * spread
        self._places = tuple(places)
        self._loops = loops
        # Where 1, 2, 4, ... places in a row can be skipped, so that a run of any length takes few steps.
        self._skips: list[tuple[int, int]] = []
        length = 1
        while optional:
            self._skips.append((length, optional))
            optional &= optional >> length
            length *= 2
        self.end = 1 << len(places)
        self.start = self._skipped(1)

    def accepts(self, kind: Kind) -> int:
        """The places that a token of this kind may stand at, as a set of states."""
        try:
            return kind.accepted[self]
        except KeyError:
            accepted = 0
            for place, (test, negated) in enumerate(self._places):
                if test is None or ((test in kind.held) is not negated and test not in kind.unsure):
                    accepted |= 1 << place
            kind.accepted[self] = accepted
            return accepted

    def required(self) -> set[int]:
        """The tests of which a match has tokens that pass them."""
        skipped = self._skips[0][1] if self._skips else 0
        return {
            test
            for place, (test, negated) in enumerate(self._places)
            if test is not None and not negated and not skipped >> place & 1
        }

    def step(self, states: int, accepted: int) -> int:
        """The states after a token that may stand at the accepted places."""
        moved = states & accepted
        return self._skipped((moved & ~self._loops) << 1 | moved & self._loops) if moved else 0

    def back(self, states: int, accepted: int) -> int:
        """The states before such a token, from which it leads to one of the states."""
        return self._unskipped((states >> 1 & ~self._loops | states & self._loops) & accepted)

    def ending(self) -> int:
        """The states from which a match may be over without a further token."""
        return self._unskipped(self.end)

    def _skipped(self, states: int) -> int:
        for length, run in self._skips:
            states |= (states & run) << length
        return states

    def _unskipped(self, states: int) -> int:
        for length, run in self._skips:
            states |= states >> length & run
        return states

    def ends(self, kinds: Sequence[Kind]) -> set[int]:
        """Where a match ends that has a token at least: numbers of the tokens after it."""
        found, states = set(), 0
        for after, kind in enumerate(kinds, 1):
            states = self.step(states | self.start, self.accepts(kind))
            if states & self.end:
                found.add(after)
        return found

    def begins(self, kinds: Sequence[Kind]) -> set[int]:
        """Where a match begins that has a token at least."""
        found, states, ending = set(), 0, self.ending()
        for place in range(len(kinds) - 1, -1, -1):
            states = self.back(states | ending, self.accepts(kinds[place]))
            if states & 1:
                found.add(place)
        return found


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of tokens that no match of the pattern leaves, and that has a match.

    alive  before each of its tokens, and after the last: the states from which the end of a match can be reached
    """

    automaton: Automaton
    kinds: Sequence[Kind]
    first: int
    alive: list[int]

    def ends(self, start: int) -> Iterator[int]:
        """Where the matches from `start` that have a token at least end, the shortest first."""
        automaton, place, states = self.automaton, start, self.automaton.start
        while place - self.first < len(self.alive) - 1:
            # States that lead nowhere are dropped, so that the search stops where the match does.
            states = automaton.step(states, automaton.accepts(self.kinds[place])) & self.alive[place - self.first + 1]
            if not states:
                break
            place += 1
            if states & automaton.end:
                yield place


def _windows(automaton: Automaton, kinds: Sequence[Kind], starts: Sequence[int]) -> Iterator[tuple[_Window, list[int]]]:
    """The windows of a pattern with the starts in each; `starts` are all the tokens that a match may begin with."""
    done = 0
    while done < len(starts):
        first = place = starts[done]
        begun, states, matched = done, 0, False
        while place < len(kinds):
            if done < len(starts) and starts[done] == place:
                states |= automaton.start
                done += 1
            states = automaton.step(states, automaton.accepts(kinds[place]))
            if not states:
                break
            place += 1
            matched = matched or bool(states & automaton.end)
        if matched:
            alive = [ending := automaton.ending()]
            for kind in reversed(kinds[first:place]):
                alive.append(automaton.back(alive[-1], automaton.accepts(kind)) | ending)
            alive.reverse()
            yield _Window(automaton, kinds, first, alive), list(starts[begun:done])


class TokenMatcher:
    """Finds the spans of token-pattern rules, each within a sentence.

    rules    in the order in which their hits come, sentence by sentence
    timeout  seconds that one regular expression of theirs may take on the tokens of one document (see `TokenTests`)

    Raises SettingError for a pattern that `check_pattern` refuses.
    """

    def __init__(self, rules: Sequence[TokenRule], *, timeout: float = TIMEOUT) -> None:
        self._rules = tuple(rules)
        self._tests = TokenTests(timeout)
        self._automata: list[tuple[int, Automaton]] = []  # with the number of the rule
        # Most patterns need a token that few sentences have; they are tried on those sentences alone.
        self._by_rarest: dict[int, list[int]] = {}  # test that they need -> automata
        self._always: list[int] = []  # automata that need none
        for number, rule in enumerate(rules):
            around = self._required_around(rule)
            for pattern in rule.alternatives:
                automaton = Automaton(check_pattern(pattern, f"rule {rule.name!r}"), self._tests, rule.name)
                required = automaton.required() | around
                rarest = min(required, key=lambda test: (self._tests.rarity[test], test), default=None)
                likely = self._always if rarest is None else self._by_rarest.setdefault(rarest, [])
                likely.append(len(self._automata))
                self._automata.append((number, automaton))

    def _required_around(self, rule: TokenRule) -> frozenset[int]:
        """The tests that tokens beside a hit must pass for its context to hold."""
        sides = (rule.context.left, rule.context.right) if rule.context else ()
        what = f"the context of rule {rule.name!r}"
        automata = (Automaton(check_pattern(side, what), self._tests, rule.name) for side in sides if side)
        return frozenset().union(*(automaton.required() for automaton in automata))

    def hits(self, document: Document, holds: Holds | None = None) -> Iterator[Span]:
        """What the rules match in the tokens: of each rule the leftmost match, there the longest, and so on after it.

        holds  whether a match may count, going by its context; where the longest does not, shorter ones and later
               starts are tried. None to count all

        The document is tokenised; without sentences it counts as one. Hits of one rule do not overlap. An empty match
        is none.
        """
        tokens = document.tokens
        kinds = self._tests.kinds(document)
        sentences = document.sentences or ([(0, len(tokens))] if tokens else [])
        for first, last in sentences:
            for number, begins in self._matches(kinds[first:last]):
                rule, free = self._rules[number], 0
                for start in sorted(begins):
                    if start < free:
                        continue
                    for end in sorted({end for window in begins[start] for end in window.ends(start)}, reverse=True):
                        offsets = tokens[first + start][0], tokens[first + end - 1][1]
                        hit = Span(*offsets, rule.label, score=rule.precision, source=rule.name)
                        if holds is None or holds(rule, hit, document):
                            yield hit
                            free = end
                            break

    def _matches(self, kinds: Sequence[Kind]) -> Iterator[tuple[int, dict[int, list[_Window]]]]:
        """For each rule that may match in a sentence its number, and the windows by the token they may begin at."""
        held = frozenset().union(*(kind.held for kind in set(kinds)))
        likely = [*self._always, *(i for test in held & self._by_rarest.keys() for i in self._by_rarest[test])]
        found: dict[int, dict[int, list[_Window]]] = {}  # rule -> token -> windows in which a match may begin there
        for index in likely:
            number, automaton = self._automata[index]
            starts = [place for place, kind in enumerate(kinds) if automaton.start & automaton.accepts(kind)]
            for window, begun in _windows(automaton, kinds, starts):
                for place in begun:
                    found.setdefault(number, {}).setdefault(place, []).append(window)
        yield from sorted(found.items())
