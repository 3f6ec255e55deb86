"""What a rule is: a label, how it is weighed against others, and one of four ways to find spans.

Rules are plain frozen values. Files are turned into them by `reading`, and the matchers turn them into hits.

Public names: `Rule`, `DictionaryRule`, `RegexRule`, `TokenRule`, `PluginRule`, `Context`, `RuleSet`; `Test`, `Pattern`;
`rank`, `unused_name`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crfner.errors import SettingError

Test = Mapping[str, Any]
"""What a token must be: attribute -> value, such as {"LOWER": "dr", "IS_TITLE": True}; "OP" says how often."""

Pattern = tuple[Test, ...]
"""Tests of successive tokens."""


@dataclass(frozen=True, slots=True)
class Context:
    """What must stand around a hit for it to count. Each part is a token pattern; an empty one asks for nothing.

    left, right          must match right before and right after the hit
    not_left, not_right  must not match there
    sentence             must match somewhere in the hit's sentence, outside the hit
    not_sentence         must not match there
    """

    left: Pattern = ()
    right: Pattern = ()
    not_left: Pattern = ()
    not_right: Pattern = ()
    sentence: Pattern = ()
    not_sentence: Pattern = ()


@dataclass(frozen=True, slots=True)
class _Common:
    """What every rule has.

    name       unique within a rule set; every span that the rule makes carries it as its `source`
    label      of the spans
    priority   among overlapping hits the higher wins (then the longer, the more precise, the leftmost, the first rule)
    precision  the part of its hits that is right, 0 to 1, as far as it is known; the score of its spans
    coverage   the part of the label's entities that it finds, 0 to 1, as far as it is known
    context    what must stand around a hit, or None
    """

    name: str
    label: str
    priority: int = 0
    precision: float | None = None
    coverage: float | None = None
    context: Context | None = None


@dataclass(frozen=True, slots=True)
class DictionaryRule(_Common):
    """Finds any of the terms, the longest first, between token borders.

    terms       the terms as they were written
    case        "ignore", "match", or "smart": "AIDS" and other terms of up to 5 capitals by their case, others not
    diacritics  "match", or "ignore" to let "Muller" find "Müller" and the other way round
    plural      find regular English plurals of a term's last word too, and its singular
    hyphen      find "drug-eluting stent" by "drug eluting stent", and the other way round
    edits       at most so many inserted, removed, changed or swapped letters (0 to 2), for terms of 5 letters or more
    """

    terms: tuple[str, ...] = ()
    case: str = "ignore"
    diacritics: str = "match"
    plural: bool = False
    hyphen: bool = False
    edits: int = 0


@dataclass(frozen=True, slots=True)
class RegexRule(_Common):
    """Finds what a regular expression (as the `regex` package reads it) matches in the document's text.

    pattern  the expression; it sees the whole text, so that look-behind and ^ mean what they say
    group    number or name of the group that is the entity; 0 for the whole match
    """

    pattern: str = ""
    group: int | str = 0


@dataclass(frozen=True, slots=True)
class TokenRule(_Common):
    """Finds runs of tokens within a sentence that pass the tests of a pattern, the longest run first.

    alternatives  one pattern or several; any of them may match
    """

    alternatives: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class PluginRule(_Common):
    """Finds what a function of another package finds (see `crfner.rules.plugins`).

    plugin   the name under which the package brings it
    package  the package, with its version, for whoever has not installed it; may be empty
    """

    plugin: str = ""
    package: str = ""


Rule = DictionaryRule | RegexRule | TokenRule | PluginRule


def rank(rule: Rule) -> tuple[float, float]:
    """By priority, then by precision: of two hits of the same length, that of the rule with the lower rank stays.

    No known precision is the lowest.
    """
    return -rule.priority, 1.0 if rule.precision is None else -rule.precision


def unused_name(wish: str, taken: Container[str]) -> str:
    """The name that is wished for, with a number after it where it is taken."""
    name, number = wish, 1
    while name in taken:
        number += 1
        name = f"{wish}-{number}"
    return name


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in the order of their files. Raises SettingError when two share a name."""

    rules: tuple[Rule, ...] = ()
    by_name: Mapping[str, Rule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name: dict[str, Rule] = {}
        for rule in self.rules:
            if rule.name in by_name:
                raise SettingError(f"two rules are named {rule.name!r}; give one of them another name")
            by_name[rule.name] = rule
        object.__setattr__(self, "by_name", by_name)

    def __len__(self) -> int:
        return len(self.rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the rules give, sorted."""
        return tuple(sorted({rule.label for rule in self.rules}))
