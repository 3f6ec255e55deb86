"""What the CRF is told of rule hits, token by token."""

from dataclasses import replace

import pytest

from crfner.crf.layout import aligned
from crfner.document import Document, Span
from crfner.hits import HITS, RuleHits
from crfner.hybrid.marking import marked

TEXT = Document("Dr Ann Lee-May saw", tokens=((0, 2), (3, 6), (7, 14), (15, 18)), sentences=((0, 4),))


def marks(*hits: Span) -> list[tuple[str, ...]]:
    found = marked(TEXT, hits).meta[HITS]
    assert isinstance(found, RuleHits)
    return list(found)


def test_each_token_of_a_hit_has_its_label_place_and_grade() -> None:
    assert marks(Span(0, 14, "PER", 0.95)) == [
        ("PER/B", "PER/B/high"),
        ("PER/I", "PER/I/high"),
        ("PER/E", "PER/E/high"),
        (),
    ]


def test_a_hit_of_one_token_stands_single_and_its_neighbours_are_not_touched() -> None:
    assert marks(Span(3, 6, "PER", 0.95)) == [(), ("PER/S", "PER/S/high"), (), ()]


def test_a_hit_that_ends_within_a_token_touches_the_whole_of_it() -> None:
    assert marks(Span(4, 10, "PER", None)) == [(), ("PER/B", "PER/B/unknown"), ("PER/E", "PER/E/unknown"), ()]


def test_a_hit_on_white_space_alone_touches_none() -> None:
    assert marks(Span(2, 3, "PER", 0.9)) == [(), (), (), ()]


def test_all_hits_of_a_token_are_told() -> None:
    assert marks(Span(0, 2, "PER", 0.5), Span(0, 2, "LOC", 0.7))[0] == ("LOC/S", "LOC/S/good", "PER/S", "PER/S/fair")


@pytest.mark.parametrize(
    ("precision", "grade"),
    [(1.0, "high"), (0.9, "high"), (0.89, "good"), (0.7, "good"), (0.5, "fair"), (0.49, "low"), (0.0, "low")],
)
def test_grades_begin_at_their_least_precision(precision: float, grade: str) -> None:
    assert marks(Span(0, 2, "PER", precision))[0] == ("PER/S", f"PER/S/{grade}")


def test_what_is_said_of_a_token_holds_for_its_parts_when_training_splits_it() -> None:
    glued = replace(marked(TEXT, [Span(3, 14, "PER", 0.95)]), spans=(Span(11, 14, "PER"),))
    split, off_border = aligned(glued)
    assert off_border == 1
    assert split.words() == ["Dr", "Ann", "Lee-", "May", "saw"]
    assert [values[:1] for values in split.meta[HITS]] == [(), ("PER/B",), ("PER/E",), ("PER/E",), ()]
