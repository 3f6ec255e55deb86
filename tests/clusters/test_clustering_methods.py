"""Clusters of words that stand in like places and look alike, and vectors of what is beside a word."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from crfner.clusters import METHODS, learn, learn_clusters
from crfner.clusters.counting import numbered, ranked
from crfner.clusters.exchange import exchanged
from crfner.clusters.forms import Forms
from crfner.document import Document
from crfner.errors import SettingError
from features import Clusters, Vectors

STEMS = ["lam", "tor", "pin", "gal", "mer", "sod", "bik", "fen", "rud", "vol"]
NOUNS, VERBS, TOWNS = ([stem + end for stem in STEMS] for end in ("ity", "izes", "burg"))
TOWNS = [town.title() for town in TOWNS]


def _text(sentences: int = 300) -> list[Document]:
    rng = random.Random(0)
    return [
        Document(f"the {rng.choice(NOUNS)} {rng.choice(VERBS)} the {rng.choice(NOUNS)} in {rng.choice(TOWNS)}")
        for _ in range(sentences)
    ]


def _classes(documents: list[Document], **settings: int) -> dict[str, str]:
    found = learn_clusters(documents, method="morphological", classes=5, **settings)
    assert isinstance(found, Clusters)
    return dict(found.paths)


def test_words_of_one_place_and_form_share_a_class() -> None:
    paths = _classes(_text())
    groups = [{paths[word] for word in group} for group in (NOUNS, VERBS, TOWNS)]
    assert [len(group) for group in groups] == [1, 1, 1]
    assert len(set.union(*groups)) == 3


def test_a_rare_word_goes_where_its_place_and_form_say() -> None:
    paths = _classes([*_text(), Document("the zonkity lamizes"), Document("in Zonkburg")])
    assert paths["zonkity"] == paths[NOUNS[0]]
    assert paths["Zonkburg"] == paths[TOWNS[0]]


def test_a_form_decides_where_places_do_not() -> None:
    texts = [Document(f"{word} ;") for group in (VERBS, TOWNS) for word in group for _ in range(3)]
    paths = _classes(texts)
    assert not {paths[word] for word in VERBS} & {paths[word] for word in TOWNS}


@pytest.mark.parametrize("method", METHODS)
def test_equal_text_gives_equal_results(method: str) -> None:
    assert learn_clusters(_text(50), method=method) == learn_clusters(_text(50), method=method)


@pytest.mark.parametrize("method", METHODS)
def test_two_words_are_enough(method: str) -> None:
    found = learn(numbered([["a", "b"]] * 3), method=method)
    assert set(found.signs if isinstance(found, Vectors) else found.paths) == {"a", "b"}


def test_the_context_method_is_the_usual_one() -> None:
    assert learn_clusters(_text(50)) == learn_clusters(_text(50), method="context")


def test_an_unknown_method_is_told_the_known_ones() -> None:
    with pytest.raises(SettingError, match=r"no method 'brown' .* known are context, morphological, vectors"):
        learn(numbered([["a", "b"]]), method="brown")


def test_words_of_one_place_have_like_signs() -> None:
    found = learn_clusters(_text(), method="vectors")
    assert isinstance(found, Vectors)
    town, noun = found.signs[TOWNS[0]], found.signs[NOUNS[0]]
    assert _alike(town, found.signs[TOWNS[1]]) > _alike(town, noun)


def _alike(one: str, other: str) -> int:
    worth = {"+": 1, ".": 0, "-": -1}
    return sum(worth[a] * worth[b] for a, b in zip(one, other, strict=True))


def test_numbers_of_as_many_digits_share_their_vector() -> None:
    found = learn(numbered([["in", "1990"], ["in", "1991"], ["of", "2002"]] * 2), method="vectors", min_freq=2)
    assert isinstance(found, Vectors)
    assert found.signs["1990"] == found.signs["2002"]


def test_each_exchange_makes_the_text_and_the_forms_more_probable() -> None:
    words = ranked(numbered([document.text.split() for document in _text(60)]), 1)
    beside = words.neighbours(len(words.counts) + 1, words.frequent + 2)

    def bits(paths: list[str]) -> float:
        """The log likelihood of the classes of the text, counted anew, without what does not depend on them."""
        of_rank = ["border", *paths]
        classes = [of_rank[rank] for rank in words.ranks[words.text.tokens]]
        pairs, alone = _counts(list(pairwise(classes))), _counts(classes)
        return sum(n * np.log(n) for n in pairs) - 2 * sum(n * np.log(n) for n in alone)

    found = exchanged(beside, words.counts, words.forms(), 6)
    at_first = [str(rank % 6) for rank in range(len(words.counts))]
    assert bits(found) > bits(at_first)


def _counts(values: list[object]) -> list[int]:
    return [values.count(value) for value in set(values)]


def test_forms_that_a_class_holds_are_probable_in_it() -> None:
    forms = Forms([*NOUNS, *TOWNS], 2)
    for number, group in enumerate((NOUNS, TOWNS)):
        for word in group:
            forms.add(forms.of(word), number)
    assert forms.scores(forms.of("sanity")).argmax() == 0
    assert forms.scores(forms.of("Hamburg")).argmax() == 1
    forms.add(forms.of("Hamburg"), 0)
    forms.add(forms.of("Hamburg"), 0, -1)
    assert forms.scores(forms.of("Hamburg")).argmax() == 1
