"""Scores by what training held: each entity answers every question for itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner.document import Document, Span
from crfner.evaluation import QUESTIONS, Score, breakdowns, evaluate, mention_counts
from crfner.tokenize import tokenized

TEXT = "Amal Haddad took aspirin in New York City with Omar."


def document(*spans: tuple[str, str], text: str = TEXT) -> Document:
    """The first occurrence of each text as an entity."""
    return Document(
        text, spans=tuple(Span(text.index(words), text.index(words) + len(words), label) for words, label in spans)
    )


def given_by(answers: dict[str, Score]) -> dict[str, Score]:
    """The answers that any entity gives."""
    return {answer: score for answer, score in answers.items() if score != Score(0, 0, 0)}


def test_mentions_are_counted_without_case_and_with_single_spaces() -> None:
    training = [document(("New\n York", "LOC"), text="in New\n York"), document(("NEW YORK", "LOC"), text="NEW YORK")]
    assert mention_counts(training) == {("new york", "LOC"): 2}
    assert mention_counts([document(("Straße", "LOC"), text="Straße")]) == {("strasse", "LOC"): 1}


def test_an_entity_given_twice_is_counted_once() -> None:
    twice = Document("Omar", spans=(Span(0, 4, "PER"), Span(0, 4, "PER")))
    assert mention_counts([twice]) == {("omar", "PER"): 1}


def test_a_mention_is_seen_with_its_label_or_with_another_or_not_at_all() -> None:
    seen = {("omar", "PER"): 1, ("aspirin", "FOOD"): 3}
    gold = document(("Omar", "PER"), ("aspirin", "DRUG"), ("Amal Haddad", "PER"))
    assert breakdowns([gold], [gold], seen)["seen in training"] == {
        "seen": Score(1, 0, 0),
        "seen with another label": Score(1, 0, 0),
        "unseen": Score(1, 0, 0),
    }


def test_gold_entities_answer_for_themselves_and_so_do_spurious_ones() -> None:
    seen = {("aspirin", "FOOD"): 1}
    result = breakdowns([document(("aspirin", "DRUG"))], [document(("aspirin", "FOOD"))], seen)
    assert given_by(result["seen in training"]) == {"seen": Score(0, 1, 0), "seen with another label": Score(0, 0, 1)}


def test_lengths_are_in_tokens_of_the_gold_document() -> None:
    gold = document(("Omar", "PER"), ("Amal Haddad", "PER"), ("New York City", "LOC"))
    guess = document(("Omar", "PER"), ("aspirin in New York", "LOC"))
    expected = {
        "1 token": Score(1, 0, 0),
        "2 tokens": Score(0, 0, 1),
        "3 tokens": Score(0, 0, 1),
        "4+ tokens": Score(0, 1, 0),
    }
    assert breakdowns([gold], [guess], {})["length"] == expected
    assert breakdowns([tokenized(gold)], [guess], {})["length"] == expected
    one_token = Document(TEXT, tokens=((0, len(TEXT)),), sentences=((0, 1),), spans=gold.spans)
    assert breakdowns([one_token], [guess], {})["length"]["1 token"] == Score(1, 1, 2)


def test_an_entity_of_white_space_is_as_short_as_can_be() -> None:
    blank = Document("a  b", spans=(Span(1, 3, "X"),))
    assert given_by(breakdowns([blank], [blank], {})["length"]) == {"1 token": Score(1, 0, 0)}


@pytest.mark.parametrize(
    ("times", "answer"),
    [(0, "0"), (1, "1"), (2, "2-4"), (4, "2-4"), (5, "5-19"), (19, "5-19"), (20, "20+"), (900, "20+")],
)
def test_frequency_is_that_of_the_text_with_any_label(times: int, answer: str) -> None:
    seen = {("omar", "PER"): times // 2, ("omar", "LOC"): times - times // 2}
    gold = document(("Omar", "PER"))
    assert given_by(breakdowns([gold], [gold], seen)["frequency in training"]) == {answer: Score(1, 0, 0)}


SPANS = st.sets(
    st.sampled_from([(words, label) for words in ("Omar", "aspirin", "New York", "York") for label in "AB"])
)


@settings(deadline=None)
@given(gold=SPANS, predicted=SPANS, training=SPANS)
def test_the_answers_to_each_question_add_up_to_the_exact_scores(gold: set, predicted: set, training: set) -> None:
    truth, guess = document(*gold), document(*predicted)
    seen = mention_counts([document(*training)])
    result = breakdowns([truth], [guess], seen)
    micro = evaluate([truth], [guess], samples=1).micro
    assert {question: tuple(answers) for question, answers in result.items()} == QUESTIONS
    for answers in result.values():
        parts = answers.values()
        assert micro == Score(sum(s.tp for s in parts), sum(s.fp for s in parts), sum(s.fn for s in parts))
    assert result["frequency in training"]["0"] == result["seen in training"]["unseen"]


def test_documents_that_do_not_pair_are_refused() -> None:
    with pytest.raises(ValueError, match="document 1 has different texts"):
        breakdowns([document()], [Document("Omar")], {})
