"""What each rule is worth on labelled text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crfner.document import Document, Span
from crfner.evaluation import Score
from crfner.rules import DictionaryRule, RegexRule, RuleSet, try_rules
from crfner.rules.checking.estimates import wilson
from crfner.rules.checking.testing import RuleResult, to_dict, to_table
from crfner.rules.values import Rule

TEXT = "Aspirin 50 mg, then codeine, then aspirin cardio in Aspirin Street."
GOLD = (Span(0, 7, "DRUG"), Span(8, 13, "DOSE"), Span(20, 27, "DRUG"), Span(34, 48, "DRUG"), Span(52, 66, "PLACE"))
DOCUMENT = Document(TEXT, spans=GOLD)


def result(*rules: Rule, documents: tuple[Document, ...] = (DOCUMENT,)) -> RuleResult:
    """That of the first rule."""
    return try_rules(RuleSet(rules), documents).rules[0]


def test_every_hit_is_correct_or_wrong_in_one_way() -> None:
    one = result(RegexRule("words", "DRUG", pattern="[Aa]spirin|codeine|50 mg|then"))
    assert (one.hits, one.correct, one.wrong_label, one.wrong_border, one.spurious) == (7, 2, 1, 2, 2)


def test_precision_is_of_its_hits_and_coverage_of_its_labels_entities() -> None:
    one = result(RegexRule("words", "DRUG", pattern="Aspirin|codeine"))
    assert (one.hits, one.correct, one.entities) == (3, 2, 3)
    assert one.precision == pytest.approx(2 / 3)
    assert one.coverage == pytest.approx(2 / 3)


def test_unique_is_what_no_other_rule_finds() -> None:
    other = DictionaryRule("other", "DRUG", terms=("codeine", "aspirin cardio"))
    one = result(DictionaryRule("one", "DRUG", terms=("aspirin", "codeine")), other)
    assert (one.correct, one.unique) == (2, 1)
    assert one.unique_coverage == pytest.approx(1 / 3)


def test_a_hit_of_the_same_borders_with_another_label_makes_nothing_less_unique() -> None:
    one = result(DictionaryRule("one", "DRUG", terms=("codeine",)), DictionaryRule("two", "FOOD", terms=("codeine",)))
    assert one.unique == 1


def test_conflicts_name_the_rules_that_it_loses_to() -> None:
    street = RegexRule("street", "PLACE", pattern=r"\w+ Street")
    cardio = DictionaryRule("cardio", "DRUG", terms=("aspirin cardio",))
    agreeing = DictionaryRule("agreeing", "DRUG", terms=("codeine",), precision=0.9)
    one = result(RegexRule("one", "DRUG", pattern="[Aa]spirin|codeine"), street, cardio, agreeing)
    assert one.conflicts == {"cardio": 1, "street": 1}  # where others agree, nothing is lost


def test_hits_of_one_rule_are_no_conflict() -> None:
    both = DictionaryRule("one", "DRUG", terms=("aspirin",)), RegexRule("two", "DRUG", pattern="50 mg|50|mg")
    assert try_rules(RuleSet(both), [DOCUMENT]).rules[1].conflicts == {}


def test_all_rules_together_are_scored_with_overlaps_resolved() -> None:
    rules = (
        RegexRule("street", "PLACE", pattern=r"\w+ Street"),
        DictionaryRule("drugs", "DRUG", terms=("aspirin", "aspirin cardio", "then")),
    )
    report = try_rules(RuleSet(rules), [DOCUMENT, Document("nothing")])
    assert report.documents == 2
    assert report.labels == {"DOSE": Score(0, 0, 1), "DRUG": Score(2, 2, 1), "PLACE": Score(1, 0, 0)}
    assert report.micro == Score(3, 2, 2)


def test_documents_are_read_once_as_a_stream() -> None:
    def stream() -> Iterator[Document]:
        yield from [DOCUMENT] * 3

    assert try_rules(RuleSet((RegexRule("a", "DOSE", pattern="50 mg"),)), stream()).rules[0].correct == 3


def test_a_corpus_given_twice_leaves_every_share_as_it_was() -> None:
    rules = RuleSet(
        (RegexRule("a", "DRUG", pattern="[Aa]spirin|then"), DictionaryRule("b", "DRUG", terms=("codeine",)))
    )
    once, twice = try_rules(rules, [DOCUMENT]), try_rules(rules, [DOCUMENT, DOCUMENT])
    for one, two in zip(once.rules, twice.rules, strict=True):
        assert (one.precision, one.coverage, one.unique_coverage) == (two.precision, two.coverage, two.unique_coverage)
    assert once.micro.f1 == twice.micro.f1


def test_rules_without_hits_and_documents_without_entities_give_zeros() -> None:
    report = try_rules(RuleSet((RegexRule("a", "A", pattern="zzz"),)), [Document("nothing")])
    assert (report.rules[0].precision, report.rules[0].coverage, report.rules[0].interval) == (0.0, 0.0, (0.0, 1.0))
    assert report.labels == {"A": Score(0, 0, 0)}
    assert to_table(report)


@given(st.integers(1, 200).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_wilsons_interval_holds_the_share_and_is_the_inverse_of_the_score_test(counts: tuple[int, int]) -> None:
    correct, total = counts
    share = correct / total
    low, high = wilson(correct, total)
    assert 0 <= low <= share <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            z = abs(share - bound) / (bound * (1 - bound) / total) ** 0.5
            assert z == pytest.approx(1.96, abs=1e-3)


REPORT = try_rules(
    RuleSet(
        (
            RegexRule("street", "PLACE", pattern=r"\w+ Street"),
            RegexRule("drugs", "DRUG", pattern="[Aa]spirin|codeine"),
            RegexRule("never", "FOOD", pattern="zzz"),
        )
    ),
    [DOCUMENT],
)


def test_the_table_has_a_row_a_rule_the_conflicts_and_all_rules_together() -> None:
    assert to_table(REPORT).splitlines() == [
        "rule    label  hits  correct  wrong label  wrong border  spurious  precision   95% interval  coverage  unique",
        "-" * 109,
        "street  PLACE     1        1            0             0         0      100.0  20.7 to 100.0     100.0   100.0",
        "drugs   DRUG      4        2            0             2         0       50.0   15.0 to 85.0      66.7    66.7",
        "never   FOOD      0        0            0             0         0          -              -         -       -",
        "",
        "hits that lose to another rule where they overlap",
        "     1  drugs -> street",
        "",
        "all rules together, overlaps resolved, on 1 documents",
        "DOSE   precision    0.0  recall    0.0  F1    0.0  0 of 1 entities",
        "DRUG   precision   66.7  recall   66.7  F1   66.7  2 of 3 entities",
        "FOOD   precision    0.0  recall    0.0  F1    0.0  0 of 0 entities",
        "PLACE  precision  100.0  recall  100.0  F1  100.0  1 of 1 entities",
        "all    precision   75.0  recall   60.0  F1   66.7  3 of 5 entities",
    ]


def test_as_data_it_has_every_count_and_share() -> None:
    data = to_dict(REPORT)
    assert data["documents"] == 1
    assert data["micro"]["correct"] == 3
    drugs = data["rules"][1]
    assert drugs["name"] == "drugs" and drugs["conflicts"] == {"street": 1}
    assert (drugs["precision"], drugs["coverage"], drugs["unique"]) == (0.5, pytest.approx(2 / 3), 2)
