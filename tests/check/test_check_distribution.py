"""Labels that are rare, a slip of another, or spread differently in two sets."""

from __future__ import annotations

import pytest
from marked import marked
from scipy.stats import chi2_contingency

from crfner.check.distribution import drift, rare_labels


def test_a_label_with_few_examples_is_rare() -> None:
    (finding,) = rare_labels([*[marked("in [Rome LOC]")] * 10, *[marked("at [Acme ORG]")] * 3])
    assert (finding.severity, finding.place) == ("warning", None)
    assert finding.message == "ORG has 3 examples; annotate more of it, or join it with another label"


@pytest.mark.parametrize(("slip", "severity"), [("Loc", "error"), ("LOK", "warning"), ("LOCC", "warning")])
def test_a_label_that_differs_from_a_frequent_one_by_case_or_a_letter_is_a_slip(slip: str, severity: str) -> None:
    (finding,) = rare_labels([*[marked("in [Rome LOC]")] * 30, marked(f"in [Oslo {slip}]")])
    assert (finding.severity, finding.message) == (severity, f"{slip} is there 1 times only; is LOC (30) meant?")
    assert finding.suggestion and finding.suggestion[0].label == "LOC"


def test_numbered_labels_and_those_of_like_number_are_no_slips() -> None:
    documents = [*[marked("in [Rome LOC1]")] * 30, *[marked("in [Rome LOC2]")] * 30, marked("in [Oslo LOC3]")]
    (finding,) = rare_labels(documents)
    assert finding.place is None


def test_a_label_of_one_set_only_is_drift() -> None:
    here = [marked("in [Rome LOC] and [Acme ORG]")] * 3
    first, *_ = drift(here, [marked("in [Oslo LOC]")] * 3)
    assert first.message == "ORG has 3 examples in this set and none in the other"


def test_shares_that_differ_beyond_chance_are_drift_with_the_statistic_of_scipy() -> None:
    here = [marked("in [Rome LOC] sat [Ann PER]")] * 20 + [marked("in [Rome LOC] sat [Lima LOC]")] * 10
    there = [marked("saw [Bob PER] and [Ann PER]")] * 20 + [marked("saw [Bob PER] and [Rome LOC]")] * 10
    statistic = chi2_contingency([[40, 20], [10, 50]], correction=False).statistic
    (finding,) = drift(here, there)
    assert finding.message == (
        f"labels are spread differently in the two sets (chi-squared {statistic:.1f}, p = 0.001): "
        "LOC 66.7% and 16.7%, PER 33.3% and 83.3%"
    )
    assert finding.score == pytest.approx(0.5)


def test_entities_of_one_document_count_as_one_draw() -> None:
    """Fifty of a kind, but all in one text: that says little of the set."""
    listed = marked(" and ".join(["[Rome LOC]"] * 50))
    mixed = [marked("in [Rome LOC] sat [Ann PER]")] * 10
    assert list(drift([*mixed, listed], mixed)) == []
    assert list(drift(mixed, mixed)) == []
