"""Rules that are regular expressions on a document's text, run by the `regex` package under a time limit.

The expression is run over the whole text at once, so that `^`, look-behind and look-ahead mean what they say; its hits
need not begin or end with a token.

Public names: `RegexMatcher`, `check_regex`, `compiled`, `TIMEOUT`.
"""

from __future__ import annotations

import os
import re
import threading
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence

import regex

from crfner.document import Document, Span
from crfner.errors import SettingError
from crfner.rules.values import RegexRule

TIMEOUT = 1.0
"""Seconds that one expression may take on one document of up to `_USUAL` characters; on a longer one in proportion."""

_USUAL = 1_000_000

_UNROLLED = 100_000
"""Characters that counted repeats may add to an expression when they are written out, as `regex` does for some."""

_GIVEN_UP = 3  # documents on which a rule runs out of time before it is left off for good

_SHOWN = 60  # characters of an expression that a message shows

_compiling = threading.RLock()
"""Held where warnings are switched off, which is done for all threads: two at once might leave them so."""

_REMEDY = "make repeats within repeats such as (a+)+ possessive, (a++)+, or give them a bound"


class RegexMatcher:
    """Finds the spans of regular-expression rules.

    rules    in the order in which their hits come
    timeout  seconds that one rule may take on one document of up to a million characters; on a longer one in proportion

    A rule that takes longer is left off for the rest of that document, with the hits that it had found by then; the
    first time, a RuntimeWarning names it. `timeouts` counts these documents by the rule's name. After the third, the
    rule is left off for good, with another warning, so that a corpus cannot be held up document by document.

    Raises SettingError for an expression that `check_regex` refuses, and for a timeout that is not positive.
    """

    def __init__(self, rules: Sequence[RegexRule], *, timeout: float = TIMEOUT) -> None:
        if not timeout > 0:
            raise SettingError(f"timeout is a number of seconds above 0, not {timeout}")
        self.timeout = timeout
        self.timeouts: Counter[str] = Counter()
        self._rules: list[tuple[RegexRule, regex.Pattern[str]]] = []
        for rule in rules:
            try:
                self._rules.append((rule, compiled(rule.pattern, rule.group)))
            except SettingError as error:
                raise SettingError(f"rule {rule.name!r}: {error}") from None

    def hits(self, document: Document) -> Iterator[Span]:
        """What the rules match in the text, rule by rule, each from left to right and without overlaps.

        Empty matches are passed over, and so are matches in which the rule's group took no part.
        """
        seconds = seconds_for(document, self.timeout)
        for rule, pattern in self._rules:
            if self.timeouts[rule.name] >= _GIVEN_UP:  # threads may count at once
                continue
            found = []  # all at once: the clock would run on while the caller looks at one
            try:
                for match in pattern.finditer(document.text, timeout=seconds):
                    start, end = match.span(rule.group)
                    if 0 <= start < end:
                        found.append(Span(start, end, rule.label, score=rule.precision, source=rule.name))
            except TimeoutError:
                self.timeouts[rule.name] += 1
                if self.timeouts[rule.name] == 1:
                    warn_slow(pattern.pattern, rule.name, seconds)
                if self.timeouts[rule.name] == _GIVEN_UP:
                    message = f"rule {rule.name!r} ran out of time on {_GIVEN_UP} documents and is left off from now on"
                    warnings.warn(f"{message}: {_REMEDY}", RuntimeWarning, stacklevel=2)
            yield from found


def seconds_for(document: Document, timeout: float) -> float:
    """The seconds that an expression may take on this document."""
    return timeout * max(1.0, len(document.text) / _USUAL)


def warn_slow(pattern: str, rule: str, seconds: float) -> None:
    """A RuntimeWarning that the expression of the rule ran out of time, and what to do."""
    warnings.warn(
        f"rule {rule!r}: the regular expression {_shown(pattern)} took over {seconds:.3g} s on one document and was "
        f"left off for the rest of it: {_REMEDY}",
        RuntimeWarning,
        stacklevel=3,
    )


def check_regex(pattern: str, group: int | str = 0) -> None:
    """Whether the expression can be compiled, has the group, and stays within bounds when it is.

    Raises SettingError with the column of the fault where there is one.

    >>> check_regex(r"(?P<year>[0-9]{4})-[0-9]{2}", "year")
    """
    compiled(pattern, group)


def compiled(pattern: str, group: int | str = 0) -> regex.Pattern[str]:
    """The expression, compiled. Raises SettingError as `check_regex` does."""
    if not isinstance(pattern, str) or not pattern:
        raise SettingError(f"a regular expression is a text that is not empty, not {pattern!r}")
    if _size(pattern) > len(pattern) + _UNROLLED:
        raise SettingError(
            f"the regular expression {_shown(pattern)} has repeats that ask for more than {_UNROLLED:,} characters; "
            "lower their counts, or write + for a repeat without bound"
        )
    try:
        with _compiling, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of notations that may change their meaning in later versions
            result = regex.compile(pattern)
    except regex.error as error:
        column = "" if error.pos is None else f" at column {error.pos + 1}"
        raise SettingError(f"the regular expression {_shown(pattern)} is wrong{column}: {error.msg}") from None
    except (RecursionError, OverflowError, MemoryError):
        raise SettingError(f"the regular expression {_shown(pattern)} is nested too deeply; take it apart") from None
    known = range(result.groups + 1) if isinstance(group, int) else result.groupindex
    if isinstance(group, bool) or group not in known:
        names = ", ".join([str(number) for number in range(result.groups + 1)] + [repr(n) for n in result.groupindex])
        raise SettingError(f"the regular expression {_shown(pattern)} has no group {group!r}; its groups are {names}")
    return result


def _shown(pattern: str) -> str:
    return repr(pattern if len(pattern) <= _SHOWN else pattern[: _SHOWN - 1] + "…")


_PARTS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+(?:\]|\\?\Z)|\((?:\?:)?|\)|\{(\d+)(?:,\d*)?\}", re.DOTALL)


def _size(pattern: str) -> int:
    """About how long the shortest text is that the expression can match, with alternatives counted as if in a row.

    `regex` writes such a text out, so that (a{1000}){1000} takes a million characters and half a second to compile, and
    one more such repeat all the memory there is: neither is covered by the time limit, which is for matching alone.
    """
    groups = [0]  # sizes so far of the groups that are open
    last = 0  # size of what stands before this place: what a count repeats
    place = 0
    for part in _PARTS.finditer(pattern):
        if part.start() > place:
            last = 1
            groups[-1] += part.start() - place
        place = part.end()
        if part[0].startswith("("):
            groups.append(0)
        elif part[0] == ")":
            last = groups.pop() if len(groups) > 1 else 0
            groups[-1] += last
        elif part[1] is not None:
            count = int(part[1][:9])  # a longer one is refused all the same
            groups[-1] += last * (count - 1)
            last *= count
        else:
            last = 1
            groups[-1] += 1
    return max(groups)


def _after_fork() -> None:
    """In the child, where a thread that compiled is not there to let go."""
    global _compiling
    _compiling = threading.RLock()


if hasattr(os, "register_at_fork"):  # where there is fork
    os.register_at_fork(after_in_child=_after_fork)
