"""Terms that dictionary rules share, compared as the rules compare them, and who wins where they do.

Public names: `shared_terms`, `Shared`, `wins`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crfner.rules.matching.variants import Form, form_of
from crfner.rules.values import DictionaryRule, Rule, rank

_BROADEST = Form(case=True, diacritics=True, hyphen=True)
_Term = tuple[int, str]  # number of its rule, and the term


@dataclass(frozen=True, slots=True)
class Shared:
    """What a rule has in common with one that wins over it.

    terms     of the losing rule, in order
    hopeless  whether these are all of its terms, and the other rule finds them in every form that it would
    """

    terms: tuple[str, ...]
    hopeless: bool


def wins(one: Rule, other: Rule, order: Mapping[str, int]) -> bool:
    """Whether the first rule's hit stays where both hit the same text; `order` is that of the rules, by name."""
    return (*rank(one), order[one.name]) < (*rank(other), order[other.name])


def shared_terms(rules: Sequence[DictionaryRule]) -> Iterator[tuple[DictionaryRule, DictionaryRule, Shared]]:
    """Each rule with each that wins over it and finds some of its terms, or with itself for terms that it has twice.

    Rules with a context are compared with themselves only: what they share with others, they share on purpose.
    """
    order = {rule.name: number for number, rule in enumerate(rules)}
    shared: dict[tuple[int, int], list[str]] = defaultdict(list)
    for group in _alike(rules):
        distinct: list[_Term] = []
        for number, term in group:
            partners = {n: t for n, t in reversed(distinct) if _meet(rules, (number, term), (n, t))}
            if number in partners:
                shared[number, number].append(term)
                continue
            distinct.append((number, term))
            for other, other_term in partners.items():
                if wins(rules[number], rules[other], order):
                    shared[other, number].append(other_term)
                else:
                    shared[number, other].append(term)
    for (loser, winner), terms in sorted(shared.items()):
        rule, rival = rules[loser], rules[winner]
        unique = tuple(dict.fromkeys(terms))
        hopeless = loser != winner and len(unique) == len(set(rule.terms)) and _finds_more(rival, rule)
        yield rule, rival, Shared(unique, hopeless)


def _alike(rules: Sequence[DictionaryRule]) -> Iterator[list[_Term]]:
    """Terms, in the order of the rules, that are the same at least in the broadest form; groups of two or more."""
    first: dict[str, _Term] = {}
    groups: dict[str, list[_Term]] = {}
    for number, rule in enumerate(rules):
        for term in rule.terms:
            key = _BROADEST.key(term)
            if not key:
                continue
            if key in first:
                groups.setdefault(key, [first[key]]).append((number, term))
            else:
                first[key] = number, term
    yield from groups.values()


def _meet(rules: Sequence[DictionaryRule], one: _Term, other: _Term) -> bool:
    """Whether one of the terms is found by the other's rule too."""
    (number, term), (other_number, other_term) = one, other
    rule, other_rule = rules[number], rules[other_number]
    if number != other_number and (rule.context or other_rule.context):
        return False
    forms = form_of(rule, term), form_of(other_rule, other_term)
    return any(form.key(term) == form.key(other_term) for form in forms)


def _finds_more(one: DictionaryRule, other: DictionaryRule) -> bool:
    """Whether the first rule finds the terms that they share in every form in which the other does."""
    cases = ("match", "smart", "ignore")
    return (
        cases.index(one.case) >= cases.index(other.case)
        and (one.diacritics == "ignore" or other.diacritics == "match")
        and one.plural >= other.plural
        and one.hyphen >= other.hyphen
        and one.edits >= other.edits
    )
