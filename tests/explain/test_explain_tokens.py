"""Explanations are true: their numbers are CRFsuite's own, and they add up to what decided."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from explained import crf, crfsuite, free_crf, long_entity, orders

from crfner import CrfnerError, CRFRecognizer, Document, Span
from crfner.crf.tracing import Trace, trace
from crfner.explain import explain_document
from crfner.explain.values import Decision, DocumentExplanation

ALL = 1_000_000
TEXT = "We split the fish and chips. Then a bottle of Chianti, and fish again!"


def decisions(explanation: DocumentExplanation) -> list[Decision]:
    found = [token.decision for token in explanation.tokens]
    assert None not in found
    return [decision for decision in found if decision is not None]


def score(traced: Trace, path: list[int]) -> float:
    """The score of a tag sequence of the document, from its definition."""
    total = float(traced.emissions[np.arange(len(path)), path].sum())
    for first, last in traced.document.sentences:
        total += traced.chain.initial[path[first]] + traced.chain.final[path[last - 1]]
        total += sum(traced.chain.transitions[pair] for pair in pairwise(path[first:last]))
    return total


# The CRF's numbers


def test_the_weights_that_crfsuite_prints_sum_to_the_emissions() -> None:
    printed = crfsuite().info().state_features
    for order in orders()[:10]:
        traced = trace(free_crf(), order)
        for token, features in enumerate(traced.attributes):
            sums = [sum(printed.get((feature, tag), 0.0) for feature in features) for tag in traced.weights.tags]
            assert traced.emissions[token] == pytest.approx(sums, abs=1e-4)  # it prints six decimals


def test_probabilities_are_the_marginals_of_crfsuite() -> None:
    for order in orders()[:20]:
        traced, found = trace(free_crf(), order), decisions(explain_document(free_crf(), order))
        for first, last in traced.document.sentences:
            tags = crfsuite().tag(traced.attributes[first:last])
            assert [decision.tag for decision in found[first:last]] == tags
            for place, decision in enumerate(found[first:last]):
                marginals = {tag: crfsuite().marginal(tag, place) for tag in traced.weights.tags}
                assert decision.probability == pytest.approx(marginals.pop(decision.tag), abs=1e-6)
                assert decision.runner_up_probability == pytest.approx(max(marginals.values()), abs=1e-6)
                assert marginals[str(decision.runner_up)] == pytest.approx(max(marginals.values()), abs=1e-6)


def test_transitions_are_those_between_the_chosen_tags() -> None:
    printed = defaultdict(float, crfsuite().info().transitions)
    explanation = explain_document(free_crf(), Document(TEXT))
    for (left, before), (right, here) in pairwise(zip(explanation.tokens, decisions(explanation), strict=True)):
        if left.sentence == right.sentence:
            assert (before.leaving.neighbour, here.arriving.neighbour) == (here.tag, before.tag)
            assert here.arriving.scores.chosen == pytest.approx(printed[before.tag, here.tag], abs=1e-5)
            assert here.arriving.scores.runner_up == pytest.approx(printed[before.tag, here.runner_up], abs=1e-5)
            assert before.leaving.scores.chosen == here.arriving.scores.chosen
        else:
            assert (before.leaving.neighbour, here.arriving.neighbour) == (None, None)
            assert here.arriving.scores.difference == before.leaving.scores.difference == 0.0


def test_the_features_that_are_shown_and_the_others_sum_to_the_emission() -> None:
    for order in orders()[:20]:
        for top in (1, 5, ALL):
            for decision in decisions(explain_document(crf(), order, top)):
                shown = [pull.scores.difference for pull in (*decision.supporting, *decision.opposing)]
                assert sum(shown) + decision.others_difference == pytest.approx(decision.emission.difference, abs=1e-9)


def test_the_margin_is_what_the_sequence_loses_with_the_runner_up_in_place() -> None:
    infinite = 0
    for order in orders()[:20]:
        traced = trace(crf(), order)
        path = traced.path.tolist()
        for token, decision in enumerate(decisions(explain_document(crf(), order))):
            other = path.copy()
            other[token] = traced.weights.tags.index(str(decision.runner_up))
            if math.isinf(decision.margin):
                infinite += 1
                assert score(traced, other) == -math.inf
            else:
                assert score(traced, path) - score(traced, other) == pytest.approx(decision.margin, abs=1e-8)
                assert decision.margin >= 0.0
    assert infinite


def test_a_feature_that_holds_twice_counts_twice() -> None:
    document = Document("tea and fish and tea")
    traced = trace(crf(), document)
    assert traced.attributes[2].count("bag=tea") == 2
    weights = traced.weights.summed([["bag=tea"]])[0]
    decision = decisions(explain_document(crf(), document, ALL))[2]
    pulls = {pull.feature: pull.scores for pull in (*decision.supporting, *decision.opposing)}
    assert pulls["bag=tea"].chosen == 2 * weights[traced.weights.tags.index(decision.tag)]


# What is listed


def test_the_strongest_features_stand_first_and_no_more_than_asked_for() -> None:
    everything = decisions(explain_document(crf(), Document(TEXT), ALL))
    for decision, full in zip(decisions(explain_document(crf(), Document(TEXT), 3)), everything, strict=True):
        assert decision.supporting == full.supporting[:3] and decision.opposing == full.opposing[:3]
        assert full.others == 0
        assert decision.others == len(full.supporting[3:]) + len(full.opposing[3:])
        pulls = [pull.scores.difference for pull in (*full.supporting, *reversed(full.opposing))]
        assert pulls == sorted(pulls, reverse=True) and 0.0 not in pulls
        assert all(pull.scores.difference > 0 for pull in full.supporting)


def test_spans_are_those_that_the_model_finds() -> None:
    for order, recognized in zip(orders()[:40], crf().recognize(orders()[:40]), strict=True):
        explanation = explain_document(crf(), order)
        found = [(span.start, span.end, span.label, span.score, span.by) for span in explanation.spans]
        assert found == [(span.start, span.end, span.label, span.score, "crf") for span in recognized.spans]
        assert all(span.text == order.text[span.start : span.end] for span in explanation.spans)


def test_tokens_are_in_the_span_that_covers_them() -> None:
    order = long_entity()
    explanation = explain_document(crf(), order)
    expected: list[int | None] = [None] * len(order.tokens)
    for number, (first, last, _) in enumerate(order.chunks()):
        expected[first:last] = [number] * (last - first)
    assert [token.span for token in explanation.tokens] == expected


def test_tokens_have_their_text_and_sentence() -> None:
    tokens = explain_document(crf(), Document("A tea. With fish!")).tokens
    assert [(token.text, token.sentence) for token in tokens] == [
        *(("A", 0), ("tea", 0), (".", 0)),
        *(("With", 1), ("fish", 1), ("!", 1)),
    ]
    assert (tokens[1].start, tokens[1].end) == (2, 5)


def test_spans_of_the_document_itself_are_not_looked_at() -> None:
    labelled = Document(TEXT, spans=(Span(0, 2, "DRINK"),))
    assert explain_document(crf(), labelled) == explain_document(crf(), Document(TEXT))


def test_a_token_is_telling_by_its_tag_or_by_a_close_runner_up() -> None:
    explanation = explain_document(crf(), Document(TEXT))
    outside = next(token for token in explanation.tokens if token.span is None and token.decision is not None)
    assert outside.decision is not None
    sure = replace(outside.decision, tag="O", runner_up_probability=0.05)
    assert not replace(outside, decision=sure).telling
    assert replace(outside, decision=replace(sure, runner_up_probability=0.2)).telling
    assert replace(outside, decision=replace(sure, tag="B-FOOD")).telling
    assert replace(outside, decision=sure, hits=(0,)).telling
    assert not replace(outside, decision=None).telling


def test_a_model_of_one_tag_has_no_runner_up() -> None:
    food = [Document("soup", spans=(Span(0, 4, "FOOD"),)) for _ in range(10)]
    one = CRFRecognizer("minimal", iterations=5, scheme="IO").fit(food)
    (decision,) = decisions(explain_document(one, Document("soup")))
    assert (decision.tag, decision.runner_up) == ("I-FOOD", None)
    assert decision.probability == pytest.approx(1.0)
    assert decision.emission.runner_up == decision.arriving.scores.runner_up == decision.runner_up_probability == 0.0


@pytest.mark.parametrize("text", ["", " ", "\n", "\0", "a\0b fish", "\ud800", "😀 tea", "e\u0301" * 30])
def test_any_text_can_be_explained(text: str) -> None:
    explanation = explain_document(crf(), Document(text))
    assert explanation.text == text
    assert [text[token.start : token.end] for token in explanation.tokens] == [t.text for t in explanation.tokens]


def test_a_recogniser_of_another_kind_is_refused() -> None:
    class Other:
        labels = ("A",)

        def recognize(self, documents: object) -> object: ...

    with pytest.raises(CrfnerError, match="this Other cannot be explained; give a CRF, rules or a hybrid"):
        explain_document(Other(), Document("tea"))  # type: ignore[arg-type]
