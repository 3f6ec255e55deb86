"""Features of a document: what the same word does elsewhere, and sentences in capitals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features import FeatureSet
from features.documents import capitals, elsewhere

DOCUMENTS = st.lists(
    st.lists(st.sampled_from(["Apple", "apple", "APPLE", "McKay", "aspirin", "the", "7", "é", "ǅep"]), max_size=6),
    max_size=5,
)


def evidence(sentences: list[list[str]], sentence: int, token: int, neighbours: int = 4) -> set[str]:
    return set(elsewhere(sentences, neighbours)[sentence][token])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["EU", "REJECTS", "CALL"], True),
        (["EU", "REJECTS", "42", "."], True),
        (["EU", "rejects", "CALL"], False),
        (["EU"], False),
        (["EU", "."], False),
        (["1996-08-22", "."], False),
        (["東京", "大阪"], False),
        ([], False),
    ],
    ids=str,
)
def test_a_sentence_in_capitals_has_two_cased_words_and_none_in_lower_case(words: list[str], expected: bool) -> None:
    assert capitals([words]) == [expected]


def test_capitals_mark_every_token_of_their_sentence_only() -> None:
    rows = FeatureSet({"capitals": {}}).lists([["EU", "REJECTS", "."], ["The", "EU"]])
    assert rows == [[["capitals"]] * 3, [[], []]]


def test_a_word_in_lower_case_elsewhere() -> None:
    assert evidence([["Apples", "fall"], ["I", "eat", "apples"]], 0, 0) == {"low"}


def test_a_capital_inside_another_sentence_brings_its_neighbours() -> None:
    sentences = [["Rome", "grows"], ["We", "love", "Rome", "now"]]
    assert evidence(sentences, 0, 0) == {"cap", "left=love", "right=now", "seq=0/1"}


def test_a_capital_that_starts_a_sentence_elsewhere_is_no_sign_of_a_name() -> None:
    assert evidence([["In", "Rome"], ["Rome", "grows"]], 0, 1) == {"right=grows", "seq=0/1"}


def test_the_run_of_capitalised_words_elsewhere_is_seen_from_the_word() -> None:
    sentences = [["Clinton", "left"], ["then", "President", "Bill", "Clinton", "spoke"]]
    assert "seq=2/3" in evidence(sentences, 0, 0)


def test_long_runs_are_cut() -> None:
    sentences = [["E"], ["x", "A", "B", "C", "D", "E", "F", "G", "H"]]
    assert "seq=3/4" in evidence(sentences, 0, 0)


def test_neighbours_are_in_lower_case_and_stay_within_their_sentence() -> None:
    sentences = [["Rome"], ["Old", "Rome"], ["Rome", "Today"]]
    assert {value for value in evidence(sentences, 0, 0) if "=" in value and not value.startswith("seq")} == {
        "left=old",
        "right=today",
    }


def test_a_headline_in_capitals_is_no_evidence_but_is_given_some() -> None:
    sentences = [["ROME", "BEATS", "MILAN"], ["We", "love", "Rome"]]
    assert evidence(sentences, 0, 0) == {"cap", "left=love", "seq=0/1"}
    assert evidence(sentences, 1, 2) == set()


def test_words_are_the_same_whatever_their_capitals() -> None:
    assert "cap" in evidence([["McKay"], ["by", "MCKAY", "himself"]], 0, 0)


def test_an_occurrence_is_never_evidence_for_itself() -> None:
    assert evidence([["In", "Rome", "today"]], 0, 1) == set()


def test_a_second_occurrence_in_the_same_sentence_is_evidence() -> None:
    sentences = [["from", "Rome", "to", "Rome", "again"]]
    assert {"left=to", "right=again"} <= evidence(sentences, 0, 1)
    assert {"left=from", "right=to"} <= evidence(sentences, 0, 3)
    assert "right=again" not in evidence(sentences, 0, 3)


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_only_the_first_other_places_are_looked_at(limit: int) -> None:
    sentences = [[f"word{number}", "Rome"] for number in range(9)]
    for here, row in enumerate(elsewhere(sentences, limit)):
        lefts = [value for value in row[1] if value.startswith("left=")]
        assert lefts == [f"left=word{number}" for number in range(9) if number != here][:limit]


def test_a_word_in_lower_case_has_its_neighbours_elsewhere() -> None:
    sentences = [["some", "codeine", "daily"], ["codeine", "helps"]]
    assert evidence(sentences, 0, 1) == {"right=helps"}
    assert evidence(sentences, 1, 0) == {"left=some", "right=daily"}


def test_short_words_in_lower_case_have_no_evidence() -> None:
    assert evidence([["so", "there", "it", "is"], ["there", "it", "was"]], 0, 1) == set()


def test_common_words_in_lower_case_have_no_evidence() -> None:
    assert evidence([["because", "of"]] * 10, 0, 0) == {"right=of"}
    assert evidence([["because", "of"]] * 11, 0, 0) == set()


def test_a_single_word_document_has_no_evidence() -> None:
    assert elsewhere([["Rome"]]) == [[()]]
    assert elsewhere([]) == []
    assert elsewhere([[]]) == [[]]


@given(sentences=DOCUMENTS, neighbours=st.integers(0, 5))
def test_evidence_is_one_sorted_row_for_each_token(sentences: list[list[str]], neighbours: int) -> None:
    found = elsewhere(sentences, neighbours)
    assert [len(row) for row in found] == [len(words) for words in sentences]
    assert all(list(values) == sorted(set(values)) for row in found for values in row)


@given(sentences=DOCUMENTS)
def test_one_occurrence_of_each_word_gives_no_evidence_at_all(sentences: list[list[str]]) -> None:
    seen: set[str] = set()
    unique = [[w for w in words if w.lower() not in seen and not seen.add(w.lower())] for words in sentences]
    assert not any(values for row in elsewhere(unique) for values in row)


def test_evidence_may_be_read_from_a_window() -> None:
    rows = FeatureSet({"elsewhere": {"window": [1]}}).lists([["say", "Apples"], ["eat", "apples"]])
    assert rows == [[["elsewhere[1]=low"], []], [[], []]]
