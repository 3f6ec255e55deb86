"""What is likely wrong with rules, found without any labelled text.

An error is what no one can want: a rule that never finds anything or finds everything, one that always loses, an
expression that runs away. A warning is what deserves a look.

Public names: `lint`, `Finding`, `SEVERITIES`.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crfner.document import Document
from crfner.rules.checking.overlaps import Shared, shared_terms, wins
from crfner.rules.matching.patterns import TokenMatcher
from crfner.rules.matching.regexes import RegexMatcher, compiled
from crfner.rules.values import DictionaryRule, PluginRule, RegexRule, Rule, RuleSet, TokenRule
from crfner.tokenize import tokenized

SEVERITIES = ("error", "warning")

_SHOWN = 3  # terms that a message shows
_SHORT = 2  # letters of a term in lower case that is more likely a common word or an abbreviation of something else
_SECONDS = 0.5  # that an expression may take on a probe
_PROBE = 1000  # characters of a probe
_WORDS = "the Patient saw NASA in madrid with iPhone naïve Ärzte x UK über McDonald and Élan"
"""Words of every kind: what hits all of them hits any word."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is likely wrong: the rule's name, "error" or "warning", and what it is and how to mend it."""

    rule: str
    severity: str
    message: str


def lint(rules: RuleSet) -> list[Finding]:
    """What is likely wrong, in the order of the rules, errors first.

    Expressions are run on texts made to be slow for them, which takes half a second for each that runs away.
    """
    found = [finding for rule in rules for finding in _of_one(rule)]
    found += _labels(rules)
    found += _terms(rules)
    found += _same_patterns(rules)
    order = {rule.name: number for number, rule in enumerate(rules)}
    return sorted(found, key=lambda finding: (order[finding.rule], SEVERITIES.index(finding.severity)))


def _of_one(rule: Rule) -> Iterator[Finding]:
    def error(message: str) -> Finding:
        return Finding(rule.name, "error", message)

    if isinstance(rule, DictionaryRule):
        yield from _of_dictionary(rule)
        return
    if isinstance(rule, PluginRule):
        return  # a function tells nothing before it is called
    expressions = [rule.pattern] if isinstance(rule, RegexRule) else list(_expressions(rule.alternatives))
    slow = next((each for each in expressions if _runs_away(each)), None)
    if slow is not None:
        yield error(
            f"the expression {slow!r} runs away on some texts; make its inner repeats possessive, (a++)+, or bound them"
        )
        return
    if isinstance(rule, TokenRule) and not rule.alternatives:
        yield error("it has no pattern, so it finds nothing; give it one or remove it")
    if isinstance(rule, RegexRule) and _matches_nothing(rule.pattern):
        yield Finding(
            rule.name, "warning", "the expression matches the empty text, which is passed over; was * meant as +?"
        )
    if rule.context is None and _hits_all(rule):
        yield error("it hits any word; say more of what to find, or give it a context")


def _of_dictionary(rule: DictionaryRule) -> Iterator[Finding]:
    if not rule.terms:
        yield Finding(rule.name, "error", "it has no term, so it finds nothing; give it some or remove it")
        return
    blank = sum(not term.strip() for term in rule.terms)
    if blank:
        yield Finding(rule.name, "error", f"{_count(blank, 'term')} blank and never found; remove {_them(blank)}")
    if rule.context is not None:
        return
    letters = [term for term in rule.terms if len(term.strip()) == 1]
    short = [term for term in rule.terms if 1 < len(term.strip()) <= _SHORT and term.islower()]
    for terms, what in ((letters, "of one letter"), (short, "of two small letters")):
        if terms:
            yield Finding(
                rule.name,
                "warning",
                f"{_count(len(terms), 'term')} {what}, such as {_listed(terms)}, and may be found everywhere; remove "
                f"{_them(len(terms))}, or give the rule a context",
            )


def _labels(rules: RuleSet) -> Iterator[Finding]:
    """Labels that differ by case alone."""
    first: dict[str, Rule] = {}
    told = set()
    for rule in rules:
        known = first.setdefault(rule.label.casefold(), rule)
        if known.label != rule.label and rule.label not in told:
            told.add(rule.label)
            message = f"the label {rule.label!r} differs from {known.label!r} of {known.name!r} by case alone; use one"
            yield Finding(rule.name, "error", message)


def _terms(rules: RuleSet) -> Iterator[Finding]:
    """Terms that are there twice, and dictionaries of which nothing is left because of that."""
    dictionaries = [rule for rule in rules if isinstance(rule, DictionaryRule)]
    for rule, other, shared in shared_terms(dictionaries):
        yield _shared(rule, other, shared)


def _shared(rule: DictionaryRule, other: DictionaryRule, shared: Shared) -> Finding:
    terms, count = _listed(shared.terms), len(shared.terms)
    if rule is other:
        message = f"{_count(count, 'term')} there twice, such as {terms}; remove {_them(count)}"
        return Finding(rule.name, "warning", message)
    if shared.hopeless:
        message = f"{other.name!r} finds all of its terms and wins over it; remove it, or raise its priority"
        return Finding(rule.name, "error", message)
    if rule.label == other.label:
        message = f"{_count(count, 'term')} in {other.name!r} too, such as {terms}; remove {_them(count)} from one"
        return Finding(rule.name, "warning", message)
    message = (
        f"{_count(count, 'term')} in {other.name!r} of the label {other.label}, such as {terms}, and that one wins; "
        f"remove {_them(count)} from one, or give one a context"
    )
    return Finding(rule.name, "warning", message)


def _same_patterns(rules: RuleSet) -> Iterator[Finding]:
    """Rules whose every pattern is in a rule that wins over them."""
    owners: dict[Any, list[Rule]] = defaultdict(list)
    for rule in rules:
        for key in _keys(rule):
            owners[key].append(rule)
    order = {rule.name: number for number, rule in enumerate(rules)}
    for rule in rules:
        keys = _keys(rule)
        rivals = [owners[key] for key in keys]
        common = [other for other in (rivals[0] if rivals else []) if all(other in each for each in rivals[1:])]
        for other in common:
            if other is not rule and other.context is None and wins(other, rule, order):
                message = f"{other.name!r} finds the same and wins over it; remove it, or raise its priority"
                yield Finding(rule.name, "error", message)
                break


def _keys(rule: Rule) -> list[Any]:
    """What a rule looks for, as values that are equal when it is the same."""
    if isinstance(rule, RegexRule):
        return [(rule.pattern, rule.group)]
    return [repr(pattern) for pattern in rule.alternatives] if isinstance(rule, TokenRule) else []


# Expressions


def _expressions(value: Any) -> Iterator[str]:
    """The regular expressions within token patterns."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if str(key).upper() == "REGEX":
                yield from _texts(item)
            else:
                yield from _expressions(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _expressions(item)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)


def _runs_away(expression: str) -> bool:
    """Whether the expression takes too long on long runs of what it is made of, with an end that makes it fail."""
    pattern = compiled(expression)
    signs = "".join(dict.fromkeys(sign for sign in expression if sign.isalnum() or sign in " -,./"))[:8]
    for unit in dict.fromkeys((*signs, "a", "A", "0", " ", ",", signs, "a ", "Aa ", "a, ")):
        if not unit:
            continue
        text = unit * (_PROBE // len(unit)) + "!" + signs
        try:
            for _ in pattern.finditer(text, timeout=_SECONDS):
                pass
        except TimeoutError:
            return True
    return False


def _matches_nothing(expression: str) -> bool:
    """Whether the expression matches the empty text anywhere, not only where nothing else is."""
    return any(not match.group() for match in compiled(expression).finditer("ab ab", timeout=_SECONDS))


def _hits_all(rule: RegexRule | TokenRule) -> bool:
    """Whether each of the probe's words is hit."""
    document = tokenized(Document(_WORDS))
    matcher: RegexMatcher | TokenMatcher = RegexMatcher([rule]) if isinstance(rule, RegexRule) else TokenMatcher([rule])
    with warnings.catch_warnings(action="ignore"):  # that time ran out is told already
        hits = list(matcher.hits(document))
    return all(any(hit.start <= start and end <= hit.end for hit in hits) for start, end in document.tokens)


# Messages


def _count(count: int, what: str) -> str:
    return f"{count} {what} is" if count == 1 else f"{count} {what}s are"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def _listed(terms: list[str] | tuple[str, ...]) -> str:
    return ", ".join(map(repr, terms[:_SHOWN]))
