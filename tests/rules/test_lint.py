"""What lint finds in rules, and that it finds nothing in good ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from crfner.rules import Context, DictionaryRule, RegexRule, RuleSet, TokenRule, lint, read_rules
from crfner.rules.values import Rule

CASES = Path(__file__).parents[1] / "cases"
AFTER_DR = Context(left=({"LOWER": "dr"},))


def findings(*rules: Rule) -> list[tuple[str, str, str]]:
    return [(found.rule, found.severity, found.message) for found in lint(RuleSet(rules))]


def only(*rules: Rule) -> tuple[str, str, str]:
    """The one finding."""
    (finding,) = findings(*rules)
    return finding


def dictionary(name: str, label: str, *terms: str, **options: object) -> DictionaryRule:
    return DictionaryRule(name, label, terms=terms, **options)  # type: ignore[arg-type]


def tokens(*patterns: object, name: str = "a", **options: object) -> TokenRule:
    return TokenRule(name, "A", alternatives=patterns, **options)  # type: ignore[arg-type]


def test_good_rules_are_passed_over() -> None:
    assert [(found.rule, found.message[:40]) for found in lint(read_rules(CASES / "rules.yaml"))] == [
        ("anticoagulants", "1 term is of two small letters, such as "),  # "no", which stands there to be found out
    ]


# Dictionaries


def test_a_dictionary_without_terms_finds_nothing() -> None:
    assert only(dictionary("a", "A")) == (
        "a",
        "error",
        "it has no term, so it finds nothing; give it some or remove it",
    )


def test_a_blank_term_is_never_found() -> None:
    _, severity, message = only(dictionary("a", "A", "aspirin", " ", ""))
    assert severity == "error" and message.startswith("2 terms are blank and never found; remove them")


def test_a_term_that_is_there_twice_in_the_way_that_the_rule_compares_is_redundant() -> None:
    assert only(dictionary("a", "A", "Aspirin", "codeine", "aspirin"))[1:] == (
        "warning",
        "1 term is there twice, such as 'aspirin'; remove it",
    )
    assert findings(dictionary("a", "A", "Aspirin", "aspirin", case="match")) == []
    assert findings(dictionary("a", "A", "Muller", "Müller")) == []
    assert only(dictionary("a", "A", "Muller", "Müller", diacritics="ignore"))[1] == "warning"


def test_a_term_of_two_rules_of_one_label_is_redundant() -> None:
    assert only(dictionary("a", "A", "aspirin", "codeine"), dictionary("b", "A", "Aspirin", "morphine")) == (
        "b",
        "warning",
        "1 term is in 'a' too, such as 'Aspirin'; remove it from one",
    )


def test_a_term_of_two_labels_is_a_conflict_and_the_winner_is_told() -> None:
    place = dictionary("places", "PLACE", "Georgia", "Paris")
    person = dictionary("persons", "PERSON", "Georgia", "Mary", priority=1)
    assert only(place, person) == (
        "places",
        "warning",
        "1 term is in 'persons' of the label PERSON, such as 'Georgia', and that one wins; remove it from one, or "
        "give one a context",
    )


def test_a_context_settles_what_two_rules_share() -> None:
    assert findings(dictionary("a", "A", "May", "June"), dictionary("b", "B", "May", "Mary", context=AFTER_DR)) == []


def test_a_rule_whose_every_term_is_found_by_a_stronger_one_always_loses() -> None:
    strong = dictionary("strong", "A", "aspirin", "codeine", "morphine")
    expected = "'strong' finds all of its terms and wins over it; remove it, or raise its priority"
    assert only(strong, dictionary("weak", "B", "Codeine", "aspirin")) == ("weak", "error", expected)
    weak = dictionary("weak", "B", "codeine", precision=0.1)
    assert only(weak, dictionary("strong", "A", "codeine", precision=0.2)) == ("weak", "error", expected)
    narrow = dictionary("narrow", "A", "codeine", "aspirin", case="match")
    assert only(narrow, dictionary("wide", "B", "codeine"))[1] == "warning"  # it still finds "Codeine"


def test_terms_that_may_be_found_everywhere_are_told() -> None:
    assert findings(dictionary("a", "A", "I", "of", "MI", "mg", "COPD", "42", "x-ray")) == [
        (
            "a",
            "warning",
            "1 term is of one letter, such as 'I', and may be found everywhere; remove it, or give the rule a context",
        ),
        (
            "a",
            "warning",
            "2 terms are of two small letters, such as 'of', 'mg', and may be found everywhere; remove them, or give "
            "the rule a context",
        ),
    ]
    assert findings(dictionary("a", "A", "I", "of", context=AFTER_DR)) == []


def test_many_terms_of_many_rules_are_compared_in_one_pass() -> None:
    rules = [dictionary(f"r{n}", "A", *(f"term {n} {m}" for m in range(100)), "shared term") for n in range(50)]
    assert len(findings(*rules)) == 50 * 49 / 2


# Expressions and patterns


@pytest.mark.parametrize(
    "rule",
    [
        RegexRule("a", "A", pattern=r"(a+)+b"),
        RegexRule("a", "A", pattern=r"(\d+)*kg"),
        tokens(({"TEXT": {"REGEX": r"(x+x+)+y"}},)),
        tokens(({"LOWER": {"NOT_IN": ["a"], "REGEX": {"IN": ["b", r"(\d+)*kg"]}}},)),
    ],
)
def test_an_expression_that_runs_away_is_an_error(rule: Rule) -> None:
    _, severity, message = only(rule)
    assert severity == "error" and "runs away on some texts" in message


@pytest.mark.parametrize("pattern", [r"\d+ mg", r"(?:[A-Z][a-z]+ )+Street", r"\s*,\s*x", r"[A-Z]\w+(?:-\w+)*ine\b"])
def test_a_decent_expression_is_passed_over(pattern: str) -> None:
    assert findings(RegexRule("a", "A", pattern=pattern)) == []


def test_an_expression_that_matches_the_empty_text_is_told() -> None:
    assert only(RegexRule("a", "A", pattern=r"\d*"))[1:] == (
        "warning",
        "the expression matches the empty text, which is passed over; was * meant as +?",
    )
    assert findings(RegexRule("a", "A", pattern=r"^(?:\d\d)*$")) == []


@pytest.mark.parametrize(
    "rule",
    [
        tokens(({},)),
        tokens(({"IS_ALPHA": True},)),
        tokens(({"LOWER": "a"},), ({"LENGTH": {">=": 1}}, {"OP": "*"})),
        RegexRule("a", "A", pattern=r"\w+"),
        RegexRule("a", "A", pattern=r".+"),
    ],
)
def test_a_rule_that_hits_any_word_is_an_error(rule: Rule) -> None:
    assert only(rule)[1:] == ("error", "it hits any word; say more of what to find, or give it a context")


def test_a_rule_may_hit_any_word_in_its_context() -> None:
    assert findings(tokens(({"IS_ALPHA": True},), context=AFTER_DR)) == []


def test_a_rule_without_pattern_finds_nothing() -> None:
    assert only(tokens())[1:] == ("error", "it has no pattern, so it finds nothing; give it one or remove it")


def test_a_pattern_that_a_stronger_rule_has_too_always_loses() -> None:
    one, two = ({"LOWER": "ward"}, {"LIKE_NUM": True}), ({"LOWER": "icu"},)
    expected = "'a' finds the same and wins over it; remove it, or raise its priority"
    assert only(tokens(one, two), tokens(two, name="b")) == ("b", "error", expected)
    assert findings(tokens(one), tokens(one, two, name="b")) == []
    assert findings(tokens(one, context=AFTER_DR), tokens(one, name="b")) == []
    regexes = RegexRule("b", "B", pattern="a{2}"), RegexRule("a", "A", pattern="a{2}", priority=1)
    assert only(*regexes) == ("b", "error", expected)
    assert findings(RegexRule("a", "A", pattern="(a)b"), RegexRule("b", "B", pattern="(a)b", group=1)) == []


# All together


def test_labels_that_differ_by_case_alone_are_an_error() -> None:
    assert only(dictionary("a", "Drug", "aspirin"), dictionary("b", "DRUG", "codeine")) == (
        "b",
        "error",
        "the label 'DRUG' differs from 'Drug' of 'a' by case alone; use one",
    )


def test_findings_come_in_the_order_of_the_rules_errors_first() -> None:
    found = findings(dictionary("b", "A", "of", " "), RegexRule("a", "A", pattern=".*"))
    assert [(rule, severity) for rule, severity, _ in found] == [
        ("b", "error"),
        ("b", "warning"),
        ("a", "error"),
        ("a", "warning"),
    ]
