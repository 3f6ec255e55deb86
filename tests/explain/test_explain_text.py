"""The plain text of an explanation: sums that can be followed, aligned, and safe to print."""

from __future__ import annotations

import re
from itertools import groupby

from explained import crf, long_entity, rules

from crfner import CRFRecognizer, Document, Span
from crfner.explain import explain_document, explain_model, to_text
from crfner.hybrid import HybridRecognizer
from crfner.rules.recognizer import RuleRecognizer

TEXT = "We split the fish and chips and a bottle of Chianti."


def blocks(text: str) -> list[list[str]]:
    """Lines between blank lines."""
    return [list(lines) for blank, lines in groupby(text.split("\n"), key=lambda line: line == "") if not blank]


def test_rules_are_told_in_aligned_columns() -> None:
    assert to_text(explain_document(RuleRecognizer(rules()), Document(TEXT))).split("\n") == [
        "We split the [fish and chips](FOOD) and a bottle of [Chianti](DRINK).",
        "",
        "entities",
        "  label  score  by                 text",
        "  FOOD   0.900  dictionary dishes  fish and chips",
        "  DRINK  0.600  regex bottles      Chianti",
        "",
        "rules that fired",
        "  label  precision  crf  outcome  rule               text",
        "  FOOD   0.900      -    kept     dictionary dishes  fish and chips",
        "  FOOD   -          -    dropped  tokens fried       chips",
        "  DRINK  0.600      -    kept     regex bottles      Chianti",
    ]


def test_a_token_is_a_sum_that_ends_with_its_total() -> None:
    explanation = explain_document(crf(), Document(TEXT))
    sums = 0
    for block in blocks(to_text(explanation, every=True)):
        if re.fullmatch(r".+: \S+ \d\.\d{3}, runner-up \S+ \d\.\d{3}", block[0]) and block[-1].endswith("in all"):
            numbers = [float(line.split()[0]) for line in block[1:]]
            assert abs(sum(numbers[:-1]) - numbers[-1]) < 0.005 * len(numbers)  # each is rounded to two digits
            sums += 1
    assert sums > 3


def test_what_the_scheme_forbids_is_said_and_not_summed_up() -> None:
    block = next(
        block
        for block in blocks(to_text(explain_document(crf(), long_entity())))
        if ": B-" in block[0] and "never" in "".join(block)
    )
    never = next(line for line in block if "never" in line)
    assert re.fullmatch(r"     never  transition \S+ -> \S+ [+-]\d+\.\d\d, O -> I-\S+ forbidden", never)
    assert not block[-1].endswith("in all")


def test_only_tokens_with_something_to_tell_are_shown_unless_all_are_asked_for() -> None:
    explanation = explain_document(crf(), Document(TEXT))
    telling = [token.text for token in explanation.tokens if token.telling]

    def shown(every: bool) -> list[str]:
        heads = [block[0] for block in blocks(to_text(explanation, every=every))]
        return [head.rpartition(": ")[0] for head in heads if "runner-up" in head]

    assert shown(False) == telling and "We" not in telling
    assert shown(True) == [token.text for token in explanation.tokens]


def test_a_hybrid_names_the_rules_beside_the_features() -> None:
    text = to_text(explain_document(HybridRecognizer(crf(), rules(), "override"), Document(TEXT)))
    found = blocks(text)
    assert {"entities", "entities of the CRF alone", "rules that fired"} <= {block[0] for block in found}
    fish = next(block for block in found if block[0].startswith("fish: "))
    assert fish[-1] == "      rule  FOOD by dictionary dishes"


def test_a_model_is_told_whole() -> None:
    found = blocks(to_text(explain_model(HybridRecognizer(crf(), rules(), "override"), 4)))
    assert found[0] == ["conditional random field and rules, policy override; labels DIET, DRINK, FOOD"]
    assert found[1] == ["settings of the policy", "  precision    0.9"]
    assert found[2][1].split() == ["label", "precision", "coverage", "priority", "rule", "matches"]
    assert found[3][0].startswith("transitions from the tag on the left")
    width = {len(line) for line in found[3][1:]}
    assert len(width) == 1  # columns of numbers end under each other
    assert [block[0].partition(":")[0] for block in found[4:]] == list(crf().fitted_.weights.tags)
    assert all(len(block) <= 9 for block in found[4:])


def test_transitions_of_many_tags_are_lists_and_not_a_wide_table() -> None:
    labels = [f"LABEL-NUMBER-{number}" for number in range(12)]
    soups = [Document("hot soup", spans=(Span(0, 8, label),)) for label in labels for _ in range(10)]
    explanation = explain_model(CRFRecognizer("minimal", iterations=3).fit(soups), 1)
    (block,) = (block for block in blocks(to_text(explanation)) if block[0].startswith("transitions"))
    assert max(map(len, block)) <= 120
    assert re.fullmatch(r"  B-LABEL-NUMBER-3: I-LABEL-NUMBER-3 \+\d\.\d\d", block[7])


def test_nothing_in_the_text_commands_the_terminal() -> None:
    text = to_text(explain_document(crf(), Document("fish \x1b[31m\x07 \u202e and\r\nchips \ud800")), every=True)
    assert all(character.isprintable() for character in text.replace("\n", ""))
