"""Word clusters: words that stand in like places get like paths."""

from __future__ import annotations

import random

import numpy as np
import pytest

from crfner.clusters import learn, learn_clusters
from crfner.clusters.counting import BORDER, neighbours, numbered
from crfner.clusters.tree import paths
from crfner.document import Document
from crfner.errors import CrfnerError, SettingError

PEOPLE, TOWNS, VERBS = ["Ana", "Ben", "Eva", "Tom"], ["Rome", "Oslo", "Bern", "Lima"], ["likes", "sees", "leaves"]


def _text(sentences: int = 400) -> list[Document]:
    rng = random.Random(0)
    return [
        Document(f"{rng.choice(PEOPLE)} {rng.choice(VERBS)} a town, {rng.choice(TOWNS)} in {rng.randint(1900, 1999)}")
        for _ in range(sentences)
    ]


def test_words_of_one_place_share_a_class_and_words_of_others_do_not() -> None:
    found = learn_clusters(_text(), classes=6).paths
    classes = [{found[word] for word in group} for group in (PEOPLE, TOWNS, VERBS)]
    assert [len(group) for group in classes] == [1, 1, 1]
    assert len(set.union(*classes)) == 3


def test_numbers_of_as_many_digits_share_their_class() -> None:
    found = learn_clusters(_text(), classes=6).paths
    assert len({path for word, path in found.items() if word.isdigit()}) == 1


def test_equal_text_and_seed_give_equal_clusters() -> None:
    assert learn_clusters(_text(), seed=3) == learn_clusters(_text(), seed=3)


def test_rare_words_get_no_path() -> None:
    text = [*_text(), Document("Ana likes Quito .")]
    assert "Quito" not in learn_clusters(text, min_freq=2).paths
    assert "Quito" in learn_clusters(text, min_freq=1).paths


def test_text_without_two_frequent_words_is_refused() -> None:
    with pytest.raises(CrfnerError, match="give more text"):
        learn_clusters([Document("one two three")])


@pytest.mark.parametrize("wrong", [{"classes": 1}, {"min_freq": 0}])
def test_settings_below_their_least_value_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(SettingError):
        learn(numbered([["a", "b"]]), **wrong)


def test_a_neighbour_in_another_sentence_is_the_border() -> None:
    text = numbered([["a", "b"], ["a"]])
    a, b = text.types["a"], text.types["b"]
    found = neighbours(text.tokens, rows=3, columns=4, offsets=(-1, 1)).toarray()
    assert text.tokens.tolist() == [BORDER, a, b, BORDER, a, BORDER]
    assert found[a, BORDER] == 2  # before it
    assert (found[a, 4 + b], found[a, 4 + BORDER]) == (1, 1)  # after it
    assert found.sum() == 6


def test_close_classes_share_more_of_their_path() -> None:
    points = np.array([[0.0], [0.1], [5.0], [5.1]])
    one, other, far, farther = paths(points, np.ones(4), classes=4, seed=0)
    assert one[0] == other[0] != far[0] == farther[0]
    assert len({one, other, far, farther}) == 4


def test_equal_vectors_are_one_class() -> None:
    assert paths(np.zeros((3, 2)), np.ones(3), classes=5, seed=0) == ["0", "0", "0"]


def test_the_number_of_tokens_counts_no_border() -> None:
    assert numbered([["a", "b"], ["a"]]).size == 3
