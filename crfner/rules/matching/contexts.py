"""What must stand around a hit for it to count: token patterns beside it, or elsewhere in its sentence.

Where the patterns of a context match is worked out once for each sentence that has a hit, so that many hits in one
sentence cost no more than a few.

Public names: `Contexts`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields

from crfner.document import Document, Span, touched_by
from crfner.rules.matching.patterns import Automaton, check_pattern
from crfner.rules.matching.regexes import TIMEOUT
from crfner.rules.matching.tokens import Kind, TokenTests
from crfner.rules.values import Context, Rule


class Contexts:
    """Judges hits by the contexts of their rules.

    rules    of any kind, with and without a context
    timeout  seconds that one regular expression may take on the tokens of one document (see `TokenTests`)

    Matches of a context's patterns do not leave the sentence and take no token of the hit. As everywhere, an empty
    match is none: with `left: [{LOWER: dr, OP: "?"}]` there must be a "dr". A hit that begins or ends inside a token
    counts as having the whole of it; one that spans sentences has the left of its first and the right of its last, and
    all of them for `sentence`.

    Raises SettingError for a pattern that `check_pattern` refuses.
    """

    def __init__(self, rules: Sequence[Rule], *, timeout: float = TIMEOUT) -> None:
        self._tests = TokenTests(timeout)
        self._parts = {rule.name: self._compiled(rule.context, rule.name) for rule in rules if rule.context}
        self._view: _View | None = None

    def _compiled(self, context: Context, rule: str) -> dict[str, Automaton]:
        """The patterns of the context that are not empty, by their names."""
        patterns = {part.name: getattr(context, part.name) for part in fields(context)}
        return {
            name: Automaton(check_pattern(pattern, f"rule {rule!r}, context, {name}"), self._tests, rule)
            for name, pattern in patterns.items()
            if pattern
        }

    def holds(self, rule: Rule, span: Span, document: Document) -> bool:
        """Whether the rule's context lets its hit `span` in the tokenised document count.

        Quickest when the hits of one document are asked for together.
        """
        if not rule.context:
            return True
        view = self._view
        if view is None or view.document is not document:
            view = self._view = _View(document, self._tests)
        first, last = view.touched(span)
        for name, automaton in self._parts[rule.name].items():
            wanted = not name.startswith("not_")
            if view.matches(name.removeprefix("not_"), automaton, first, last) is not wanted:
                return False
        return True


@dataclass(frozen=True, slots=True)
class _Matches:
    """Where a pattern matches in a sentence: tokens of the document."""

    begins: frozenset[int]
    ends: frozenset[int]
    last_begin: int
    first_end: int


class _View:
    """A document as contexts see it."""

    def __init__(self, document: Document, tests: TokenTests) -> None:
        self.document = document
        self._kinds: list[Kind] = tests.kinds(document)
        self._touched = touched_by(document.tokens)
        self._sentences = document.sentences or ([(0, len(document.tokens))] if document.tokens else [])
        self._sentence_ends = [last for _, last in self._sentences]
        self._found: dict[tuple[Automaton, int], _Matches] = {}

    def touched(self, span: Span) -> tuple[int, int]:
        """(first, last + 1) of the tokens that the span shares a character with; empty between two tokens."""
        return self._touched(span.start, span.end)

    def matches(self, where: str, automaton: Automaton, first: int, last: int) -> bool:
        """Whether the pattern matches "left", "right" or in the "sentence" of the tokens first to last - 1."""
        before = self._matches(automaton, self._sentence(first))
        after = self._matches(automaton, self._sentence(max(first, last - 1)))
        if where == "left":
            return before is not None and first in before.ends
        if where == "right":
            return after is not None and last in after.begins
        return (before is not None and before.first_end <= first) or (after is not None and after.last_begin >= last)

    def _sentence(self, token: int) -> int | None:
        """The number of the sentence that the token is in, if it is in one; beyond the last token, the last."""
        number = bisect_right(self._sentence_ends, min(token, len(self._kinds) - 1))
        within = number < len(self._sentences) and self._sentences[number][0] <= token
        return number if within else None

    def _matches(self, automaton: Automaton, sentence: int | None) -> _Matches | None:
        if sentence is None:
            return None
        known = self._found.get((automaton, sentence))
        if known is None:
            first, last = self._sentences[sentence]
            kinds = self._kinds[first:last]
            begins = frozenset(first + place for place in automaton.begins(kinds))
            ends = frozenset(first + place for place in automaton.ends(kinds))
            known = _Matches(begins, ends, max(begins, default=-1), min(ends, default=len(self._kinds) + 1))
            self._found[automaton, sentence] = known
        return known
