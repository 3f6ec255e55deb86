"""The same text annotated in two ways, and borders against the habit of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st
from marked import marked

from crfner import Document
from crfner.check import Finding
from crfner.check.borders import odd_borders
from crfner.check.chances import mistake
from crfner.check.consistency import inconsistencies

Rule = Callable[[Sequence[Document]], Iterator[Finding]]


def found(rule: Rule, *texts: str) -> list[tuple[str, str, str]]:
    """Kind, text of the place and message of each finding."""
    findings = rule([marked(text) for text in texts])
    return [(finding.kind, finding.place.text, finding.message) for finding in findings if finding.place]


# The estimate


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0.01, 0.99), st.floats(0.1, 3))
def test_more_peers_that_are_alike_make_a_mistake_less_likely_and_more_that_are_not_make_it_likelier(
    same: int, unlike: int, prior: float, weight: float
) -> None:
    score = mistake(same, same + unlike, prior, weight)
    assert 0 <= score <= 1
    assert (
        mistake(same + 1, same + 1 + unlike, prior, weight) <= score <= mistake(same, same + unlike + 1, prior, weight)
    )


# The same text


def test_a_label_that_the_same_text_has_nowhere_else_is_a_conflict_that_shows_the_other_places() -> None:
    documents = [marked("[Lima LOC] is far") for _ in range(4)] + [
        marked("[Lima ORG] is near"),
        marked("[Acme ORG] is"),
    ]
    (finding,) = inconsistencies(documents)
    assert (finding.kind, finding.severity) == ("conflict", "warning")
    assert finding.message == "'Lima' is ORG here, but LOC in 4 of 4 other places"
    assert finding.place and (finding.place.document, finding.place.label, finding.place.right) == (
        4,
        "ORG",
        " is near",
    )
    assert [(place.document, place.label) for place in finding.evidence] == [(n, "LOC") for n in range(4)]
    assert finding.suggestion and [span.label for span in finding.suggestion] == ["LOC"]
    assert 0.3 < finding.score < 0.9


def test_a_text_that_is_an_entity_elsewhere_is_missed() -> None:
    assert found(inconsistencies, *["in [New York LOC] ."] * 3, "to New York .") == [
        ("missing", "New York", "'New York' is not marked here, but is LOC in 3 of 3 other places")
    ]


def test_an_entity_whose_text_is_mostly_not_marked_is_best_removed() -> None:
    documents = [*(marked("The sun") for _ in range(20)), marked("[The LOC] sun"), marked("[Oslo LOC] sun")]
    (finding,) = inconsistencies(documents)
    assert finding.message == "'The' is LOC here, but not marked in 20 of 20 other places"
    assert finding.suggestion == ()


def test_a_text_that_is_cut_by_an_entity_of_other_borders_is_to_be_an_entity_as_a_whole() -> None:
    documents = [*(marked("saw [Ann Lee PER] .") for _ in range(4)), marked("saw [Ann PER] Lee .")]
    (finding,) = inconsistencies(documents)
    assert finding.kind == "border" and finding.place and finding.place.text == "Ann"
    assert finding.message == "'Ann' is PER here, but 'Ann Lee' as a whole is PER in 4 of 4 other places"
    assert finding.suggestion and (finding.suggestion[0].start, finding.suggestion[0].end) == (4, 11)


def test_a_part_of_a_longer_entity_is_not_missed() -> None:
    assert found(inconsistencies, *["in [York LOC] ."] * 4, *["the [York Times ORG] ."] * 2, "the York Times .") == [
        ("missing", "York Times", "'York Times' is not marked here, but is ORG in 2 of 2 other places")
    ]


def test_a_usual_word_that_begins_a_sentence_is_not_missed() -> None:
    marks = ["in [Let LOC] now"] * 2
    assert found(inconsistencies, *marks, *["we let it be"] * 30, "Let it be") == []
    assert len(found(inconsistencies, *marks, "Let it be")) == 1


def test_case_tells_texts_apart() -> None:
    assert found(inconsistencies, *["[Turkey LOC] is"] * 5, "some turkey") == []


# Borders


def test_a_determiner_that_others_leave_out_is_left_out() -> None:
    towns = ["Rome", "Oslo", "Bonn", "Kiel", "Graz", "Lima"]
    texts = [f"near the [{town} LOC] road" for town in towns]
    assert found(odd_borders, *texts, "near [the Cork LOC] road") == [
        ("border", "the Cork", "'the' at the beginning is part of LOC here, but it is left out in 6 of 6 other places")
    ]


def test_a_title_that_others_hold_is_taken_in() -> None:
    names = ["Ann", "Bob", "Cem", "Dan", "Eve", "Fay", "Gus"]
    documents = [*(marked(f"saw [Dr {name} PER] .") for name in names), marked("saw Dr [Hal PER] .")]
    (finding,) = odd_borders(documents)
    assert (
        finding.message == "'Dr' at the beginning is left out of PER here, but it is part of it in 7 of 7 other places"
    )
    assert finding.suggestion and documents[7].text[finding.suggestion[0].start : finding.suggestion[0].end] == "Dr Hal"


def test_words_never_seen_at_a_border_are_judged_by_their_class() -> None:
    texts = [f"[Ann Lee PER] {letter}ied it" for letter in "abcdefghijklmnopqrst"]
    assert found(odd_borders, *texts, "[Ann Lee wrote PER] it") == [
        (
            "border",
            "Ann Lee wrote",
            "'wrote', a word in small letters, at the end is part of PER here, but its like is left out "
            "in 21 of 21 other places",
        )
    ]


def test_a_mark_that_no_other_entity_ends_with_is_safe_to_leave_out() -> None:
    documents = [*(marked(f"[Corp{number} ORG], once") for number in range(6)), marked("[Acme, ORG] once")]
    (finding,) = odd_borders(documents)
    assert finding.safe and finding.suggestion and (finding.suggestion[0].start, finding.suggestion[0].end) == (0, 4)


def test_a_mark_that_some_other_entity_ends_with_is_not() -> None:
    documents = [*(marked(f"[Corp{number} ORG], once") for number in range(30)), *[marked("[Acme, ORG] once")] * 2]
    findings = list(odd_borders(documents))
    assert findings and not any(finding.safe for finding in findings)


def test_a_bracket_that_closes_within_the_entity_belongs_to_it() -> None:
    texts = [f"([Corp{number} ORG]) once" for number in range(20)]
    assert found(odd_borders, *texts, "[Acme (UK) ORG] once") == []
