"""What is wrong with an entity by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from marked import marked

from crfner import Document, Span
from crfner.check import Finding
from crfner.check.spans import blank_borders, odd_shapes, off_tokens, overlaps
from crfner.tokenize import tokenized

TEXT = "The Bank of England said so. "


def document(*spans: tuple[int, int, str], text: str = TEXT) -> Document:
    return tokenized(Document(text, spans=tuple(Span(*span) for span in spans)))


def told(findings: Iterable[Finding]) -> Iterator[tuple[str, str, bool]]:
    return ((finding.severity, finding.message, finding.safe) for finding in findings)


# Overlaps


def test_an_entity_that_is_marked_twice_is_safe_to_mark_once() -> None:
    (finding,) = overlaps([document((4, 19, "ORG"), (4, 19, "ORG"))])
    assert (finding.severity, finding.message, finding.safe) == (
        "error",
        "'Bank of England' is marked as ORG twice",
        True,
    )
    assert finding.suggestion == (Span(4, 19, "ORG"),)


def test_two_labels_of_the_same_text_and_borders_that_cross_are_errors() -> None:
    assert list(told(overlaps([document((4, 19, "LOC"), (4, 19, "ORG"))]))) == [
        ("error", "'Bank of England' is ORG and LOC; a word has one label", False)
    ]
    assert list(told(overlaps([document((0, 8, "ORG"), (4, 19, "ORG"))]))) == [
        ("error", "'Bank of England', ORG, is across the border of 'The Bank', ORG; a word has one label", False)
    ]


def test_an_entity_within_another_is_less_likely_a_mistake_where_that_is_common() -> None:
    nested, plain = document((4, 19, "ORG"), (12, 19, "LOC")), document((4, 19, "ORG"))
    (rare,) = overlaps([nested, *[plain] * 50])
    assert rare.severity == "warning"
    assert rare.message == "'England', LOC, is within 'Bank of England', ORG; a word has one label"
    assert all(common.score < rare.score / 5 for common in overlaps([nested] * 20))


def test_entities_apart_do_not_overlap() -> None:
    assert list(overlaps([document((4, 8, "ORG"), (8, 11, "ORG"), (12, 19, "LOC"))])) == []


# White space


def test_white_space_at_the_borders_is_safe_to_leave_out() -> None:
    (finding,) = blank_borders([document((3, 20, "ORG"))])
    assert finding.message == "the ORG begins and ends with white space"
    assert finding.safe and finding.suggestion == (Span(4, 19, "ORG"),)


def test_an_entity_of_white_space_alone_is_safe_to_remove() -> None:
    (finding,) = blank_borders([document((3, 4, "ORG"))])
    assert finding.message == "the ORG is nothing but white space"
    assert finding.safe and finding.suggestion == ()


# Words


def test_an_entity_that_ends_inside_a_word_is_to_take_the_whole_of_it() -> None:
    (finding,) = off_tokens([*[document((4, 19, "ORG"))] * 20, document((4, 18, "ORG"))])
    assert finding.message == "'Bank of Englan', ORG, is a part of the words 'Bank of England' only"
    assert finding.score > 0.15 and finding.suggestion == (Span(4, 19, "ORG"),) and not finding.safe


def test_a_rest_of_a_word_that_is_left_out_often_is_a_habit() -> None:
    texts = [document((0, 6, "PLACE"), text=f"London-based firm {number}") for number in range(9)]
    assert all(finding.score < 0.05 for finding in off_tokens(texts))


# Shapes


def test_an_entity_far_longer_than_others_of_its_label_is_suspicious() -> None:
    (finding,) = odd_shapes(
        [*[marked("[Ann Lee PER] sat")] * 30, marked("[Ann Lee who sat down and then left again PER]")]
    )
    assert finding.message == "the PER has 9 words, 99% have 2 or fewer"
    assert 0.1 < finding.score < 0.5


def test_marks_alone_and_broken_lines_are_suspicious_where_they_are_rare() -> None:
    plain = [marked("[Ann PER] sat")] * 30
    odd = document((0, 1, "PER"), text="- sat"), document((0, 7, "PER"), text="Ann\nLee sat")
    assert [finding.message for finding in odd_shapes([*plain, *odd])] == [
        "'-', PER, has neither letter nor digit",
        "the PER goes on after the end of the line",
    ]
    assert list(odd_shapes([document((0, 1, "SMILE"), text="\U0001f600 yes")] * 30)) == []
