"""The explanation of a whole model: CRFsuite's own weights, and the rules as they are."""

from __future__ import annotations

import math

import pytest
from explained import crf, crfsuite, free_crf, rules

from crfner.explain import explain_model, to_dict
from crfner.hybrid import HybridRecognizer
from crfner.rules.recognizer import RuleRecognizer
from crfner.rules.values import Context, DictionaryRule, RuleSet


def test_the_strongest_features_are_those_that_crfsuite_prints() -> None:
    printed = crfsuite().info().state_features
    explanation = explain_model(free_crf(), 7)
    assert explanation.labels == free_crf().labels
    for tag in explanation.tags:
        weights = {feature: weight for (feature, of), weight in printed.items() if of == tag.tag}
        assert tag.features == len(weights)
        for listed, sign in ((tag.positive, 1), (tag.negative, -1)):
            strongest = sorted((w for w in weights.values() if w * sign > 0), reverse=sign > 0)[:7]
            assert [one.weight for one in listed] == pytest.approx(strongest, abs=1e-5)
            assert [weights[one.feature] for one in listed] == pytest.approx(strongest, abs=1e-5)


def test_transitions_are_those_that_crfsuite_prints() -> None:
    printed = crfsuite().info().transitions
    explanation = explain_model(free_crf())
    names = [tag.tag for tag in explanation.tags]
    table = {
        (before, after): weight
        for before, row in zip(names, explanation.transitions, strict=True)
        for after, weight in zip(names, row, strict=True)
        if weight
    }
    assert table == pytest.approx({pair: weight for pair, weight in printed.items() if weight}, abs=1e-5)


def test_what_the_scheme_forbids_is_minus_infinity_and_null_in_json() -> None:
    explanation = explain_model(crf())
    names = [tag.tag for tag in explanation.tags]
    outside, inside = names.index("O"), names.index("I-FOOD")
    assert explanation.transitions[outside][inside] == -math.inf
    assert to_dict(explanation)["transitions"][outside][inside] is None


def test_no_more_features_are_listed_than_asked_for() -> None:
    few, many = explain_model(crf(), 2), explain_model(crf(), 50)
    for short, long in zip(few.tags, many.tags, strict=True):
        assert (short.positive, short.negative) == (long.positive[:2], long.negative[:2])
        assert len(short.positive) <= 2
        assert all(one.weight > 0 for one in long.positive) and all(one.weight < 0 for one in long.negative)


def test_rules_are_told_with_what_is_known_of_them_and_what_they_match() -> None:
    explanation = explain_model(RuleRecognizer(rules()))
    assert (explanation.kind, explanation.tags, explanation.transitions) == ("rules", (), ())
    assert explanation.labels == ("DRINK", "FOOD")
    dishes, bottles, fried = explanation.rules
    assert (dishes.name, dishes.kind, dishes.label) == ("dishes", "dictionary", "FOOD")
    assert (dishes.precision, dishes.coverage, dishes.priority) == (0.9, 0.25, 0)
    assert (bottles.kind, bottles.precision, bottles.coverage) == ("regex", 0.6, None)
    assert [rule.matches for rule in (dishes, bottles, fried)] == [
        "fish and chips, soup",
        r"bottle of (\w+)",
        "[LOWER=chips] | [LOWER=fries]+",
    ]


def test_of_a_long_dictionary_the_first_terms_are_told() -> None:
    terms = tuple(f"dish {number}" for number in range(1000))
    explanation = explain_model(RuleRecognizer(RuleSet((DictionaryRule("dishes", "FOOD", terms=terms),))))
    assert explanation.rules[0].matches.endswith("dish 7 and 992 more")


def test_a_rule_s_context_is_told_with_what_it_matches() -> None:
    context = Context(left=({"LOWER": "the"},), not_right=({"IS_DIGIT": True}, {"LOWER": "mg", "OP": "?"}))
    rule = DictionaryRule("dishes", "FOOD", terms=("soup",), context=context)
    explanation = explain_model(RuleRecognizer(RuleSet((rule,))))
    assert explanation.rules[0].matches == "soup; left [LOWER=the]; not_right [IS_DIGIT=True] [LOWER=mg]?"


@pytest.mark.parametrize("policy", ["fallback", "override", "union"])
def test_a_hybrid_tells_of_its_crf_its_rules_and_its_policy(policy: str) -> None:
    explanation = explain_model(HybridRecognizer(crf(), rules(), policy), 5)
    assert (explanation.kind, explanation.policy) == ("hybrid", policy)
    assert explanation.tags == explain_model(crf(), 5).tags
    assert explanation.transitions == explain_model(crf()).transitions
    assert explanation.rules == explain_model(RuleRecognizer(rules())).rules
    assert explanation.settings
