"""Rules and hybrids explained: which rules fired, what the CRF said, and who decided."""

from __future__ import annotations

import pytest
from explained import crf, orders, rules

from crfner import CRFRecognizer, Document
from crfner.crf.tracing import trace
from crfner.explain import explain_document, to_dict
from crfner.explain.values import Hit
from crfner.hybrid import POLICIES, HybridRecognizer
from crfner.hybrid.marking import marked
from crfner.hybrid.policies import Override
from crfner.rules.recognizer import RuleRecognizer
from crfner.rules.values import RegexRule, RuleSet

TEXT = "We split the fish and chips and a bottle of Zqwrk."


@pytest.fixture(scope="module")
def hybrid_of_features() -> HybridRecognizer:
    """A CRF that reads what mined rules say."""
    crf = CRFRecognizer("minimal", iterations=15)
    return HybridRecognizer(crf, policy="features", mine=True, folds=2).fit(orders())


def test_all_hits_are_told_with_their_rule_and_whether_they_were_kept() -> None:
    explanation = explain_document(RuleRecognizer(rules()), Document(TEXT))
    assert explanation.hits == (
        Hit(13, 27, "fish and chips", "FOOD", "dishes", "dictionary", 0.9, None, kept=True),
        Hit(22, 27, "chips", "FOOD", "fried", "tokens", None, None, kept=False),
        Hit(44, 49, "Zqwrk", "DRINK", "bottles", "regex", 0.6, None, kept=True),
    )
    assert [(span.text, span.by, span.source) for span in explanation.spans] == [
        ("fish and chips", "dictionary", "dishes"),
        ("Zqwrk", "regex", "bottles"),
    ]


def test_tokens_name_the_hits_that_they_are_in() -> None:
    explanation = explain_document(RuleRecognizer(rules()), Document(TEXT))
    hits = {token.text: token.hits for token in explanation.tokens}
    assert (hits["fish"], hits["chips"], hits["Zqwrk"], hits["split"]) == ((0,), (0, 1), (2,), ())
    assert all(token.decision is None for token in explanation.tokens)
    assert [token.text for token in explanation.tokens if token.telling] == ["fish", "and", "chips", "Zqwrk"]


@pytest.mark.parametrize("policy", ["fallback", "override", "union"])
def test_a_hybrid_tells_what_both_said_and_what_came_of_it(policy: str) -> None:
    hybrid = HybridRecognizer(crf(), rules(), policy)
    for document in (Document(TEXT), *orders()[:30]):
        explanation, alone = explain_document(hybrid, document), explain_document(crf(), document)
        (recognized,) = hybrid.recognize([document])
        assert (explanation.kind, explanation.policy) == ("hybrid", policy)
        assert [(span.start, span.end, span.label, span.source) for span in explanation.spans] == [
            (span.start, span.end, span.label, span.source) for span in recognized.spans
        ]
        assert explanation.crf_spans == alone.spans
        assert [token.decision for token in explanation.tokens] == [token.decision for token in alone.tokens]
        by_rules = explain_document(RuleRecognizer(rules()), document)
        assert [(hit.rule, hit.start, hit.end) for hit in explanation.hits] == [
            (hit.rule, hit.start, hit.end) for hit in by_rules.hits
        ]


def test_who_decided_is_told_of_each_span() -> None:
    splits = RuleSet((RegexRule("splits", "DRINK", precision=0.6, pattern="split"),))
    hybrid = HybridRecognizer(crf(), splits, "override")
    hybrid.policy_ = Override(0.5)
    explanation = explain_document(hybrid, Document(TEXT))
    by_rule, *by_crf = explanation.spans
    assert (by_rule.text, by_rule.by, by_rule.source) == ("split", "regex", "splits")
    assert tuple(by_crf) == explanation.crf_spans and {span.by for span in by_crf} == {"crf"}
    hybrid.policy_ = Override(0.99)
    explanation = explain_document(hybrid, Document(TEXT))
    assert explanation.spans == explanation.crf_spans == tuple(by_crf)
    assert [hit.kept for hit in explanation.hits] == [False]


def test_a_hit_carries_what_the_crf_gives_it() -> None:
    explanation = explain_document(HybridRecognizer(crf(), rules(), "union"), Document(TEXT))
    ((_, probabilities),) = crf().weigh([(Document(TEXT), RuleRecognizer(rules()).hits(Document(TEXT)))])
    assert [hit.probability for hit in explanation.hits] == probabilities
    assert to_dict(explanation)["hits"][0]["probability"] == probabilities[0]


def test_hits_that_are_features_are_among_the_features(hybrid_of_features: HybridRecognizer) -> None:
    named = 0
    for order in orders()[:20]:
        explanation = explain_document(hybrid_of_features, order, 1000)
        ((recognized, evidence),) = hybrid_of_features.decided([order.with_spans(())])
        seen = marked(recognized, evidence.hits)
        traced = trace(hybrid_of_features.crf, seen)
        for token, features in zip(explanation.tokens, traced.attributes, strict=True):
            assert token.decision is not None
            pulls = {pull.feature for pull in (*token.decision.supporting, *token.decision.opposing)}
            assert pulls <= set(features)
            named += any(feature.startswith("hit[") for feature in pulls)
        assert [(span.start, span.end, span.by) for span in explanation.spans] == [
            (span.start, span.end, "crf") for span in recognized.spans
        ]
    assert named


def test_every_policy_can_be_explained(hybrid_of_features: HybridRecognizer) -> None:
    for policy in POLICIES:
        hybrid = hybrid_of_features if policy == "features" else HybridRecognizer(crf(), rules(), policy)
        assert explain_document(hybrid, Document("")).tokens == ()
        assert explain_document(hybrid, Document(TEXT)).policy == policy
