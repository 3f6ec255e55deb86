"""Rules that are functions of other packages.

Public names: `FunctionMatcher`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crfner.document import Document, Span
from crfner.rules.plugins import Finder, loaded
from crfner.rules.values import PluginRule


class FunctionMatcher:
    """Finds the spans of rules that name a plugin. A function is called once for a document, however many rules ask it.

    Raises what `loaded` and `Finder.check` of `crfner.rules.plugins` raise.
    """

    def __init__(self, rules: Sequence[PluginRule]) -> None:
        self._rules: dict[str, tuple[Finder, list[PluginRule]]] = {}
        for rule in rules:
            if rule.plugin not in self._rules:
                self._rules[rule.plugin] = loaded(rule), []
            finder, mine = self._rules[rule.plugin]
            finder.check(rule)
            mine.append(rule)

    def hits(self, document: Document) -> Iterator[Span]:
        """What the functions find. Where a function gives no score, the rule's precision is it."""
        for finder, rules in self._rules.values():
            for span in finder.spans(document):
                for rule in rules:
                    if not finder.labels or span.label == rule.label:
                        score = rule.precision if span.score is None else span.score
                        yield replace(span, label=rule.label, score=score, source=rule.name)
