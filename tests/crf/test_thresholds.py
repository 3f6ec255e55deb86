"""Spans by thresholds: every chunk that is likely enough is found, the most probable of several is given, and tuning
chooses for each label what serves F-beta best."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crfner import CRFRecognizer, Document, Span
from crfner.crf.decode import Chain, lattice
from crfner.crf.likely import Likely, apart, chances, likely_chunks
from crfner.crf.thresholds import tune_thresholds
from crfner.errors import SettingError
from crfner.schemes import SCHEMES, continues, decode, encode, may_follow


def random_chain(tags: list[str], scheme: str, chance: np.random.Generator) -> Chain:
    """Random weights between tags, with what the scheme does not allow forbidden."""
    allowed = np.array([[may_follow(before, tag, scheme) for tag in tags] for before in tags])
    return Chain(
        np.where(allowed, chance.normal(size=allowed.shape), -np.inf),
        np.array([0.0 if may_follow(None, tag, scheme) else -np.inf for tag in tags]),
        np.array([0.0 if may_follow(tag, None, scheme) else -np.inf for tag in tags]),
        np.array([[continues(before, tag) for tag in tags] for before in tags]),
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_chunk_is_likely_when_the_tag_sequences_that_have_it_are_so_together(scheme: str) -> None:
    tags = sorted({tag for size in (1, 2, 3) for tag in encode([(0, size, "A"), (size, size + 1, "A")], 6, scheme)})
    if len(tags) < 4:  # so that the number of sequences stays small
        tags += [tag.replace("A", "C") for tag in tags[:-1]]
    assert tags[-1] != "O"
    for seed, lengths in enumerate(([1], [4], [1, 3], [2, 2])):
        chance = np.random.default_rng(seed)
        chain = random_chain(tags, scheme, chance)
        emissions = chance.normal(size=(sum(lengths), len(tags))) * 1.5
        wanted: Counter[tuple[int, int, str]] = Counter()
        start = 0
        for length in lengths:
            scores = {}
            for path in itertools.product(range(len(tags)), repeat=length):
                score = chain.initial[path[0]] + chain.final[path[-1]]
                score += sum(emissions[start + place, tag] for place, tag in enumerate(path))
                scores[path] = score + sum(chain.transitions[pair] for pair in itertools.pairwise(path))
            whole = sum(np.exp(score) for score in scores.values())
            for path, score in scores.items():
                for first, last, label in decode([tags[tag] for tag in path], scheme):
                    wanted[start + first, start + last, label] += np.exp(score) / whole
            start += length
        found = likely_chunks(lattice(emissions, lengths, chain), tags, {"A": 0.05, "C": 0.3})
        least = {"A": 0.05, "C": 0.3}
        assert {(chunk.first, chunk.last, chunk.label): chunk.probability for chunk in found} == pytest.approx(
            {chunk: probability for chunk, probability in wanted.items() if probability >= least[chunk[2]]}
        )
        every = [
            (first, last, label)
            for first, last in itertools.combinations(range(sum(lengths) + 1), 2)
            for label in ("A", "C", "unknown")
        ]
        probable = chances(lattice(emissions, lengths, chain), tags, [*every, (0, 0, "A")])
        assert probable.tolist() == pytest.approx([wanted[chunk] for chunk in every] + [0.0])


chunks = st.builds(
    lambda first, size, label, probability: Likely(first, first + size, label, probability),
    st.integers(0, 12), st.integers(1, 4), st.sampled_from("AB"), st.floats(0.01, 1),
)  # fmt: skip


@given(st.lists(chunks, max_size=12), st.floats(0, 1))
def test_chunks_that_are_given_lie_apart_and_a_higher_threshold_only_takes_from_them(
    likely: list[Likely], threshold: float
) -> None:
    kept = apart(likely)
    assert all(before.last <= after.first for before, after in itertools.pairwise(kept))
    reaching = [chunk for chunk in likely if chunk.probability >= threshold]
    assert apart(reaching) == [chunk for chunk in kept if chunk.probability >= threshold]


def document(text: str, *entities: tuple[str, str]) -> Document:
    """A document whose entities are given by their text and label."""
    return Document(text, spans=tuple(Span(text.index(t), text.index(t) + len(t), label) for t, label in entities))


TRAIN = [
    *[document(f"{name} sailed to {place} .", (name, "PER"), (place, "LOC"))
      for name, place in itertools.product(("Ann", "Bo", "Cy"), ("Oslo", "Rome", "Kiel"))],
    *[document(f"The {ship} sailed to Rome .", (ship, "SHIP"), ("Rome", "LOC")) for ship in ("Vasa", "Argo")],
    *[document(f"The {thing} sailed off .") for thing in ("Wind", "Crew", "Cook")],
]  # fmt: skip
UNSEEN = [document("The Kon sailed to Rome .", ("Kon", "SHIP"), ("Rome", "LOC"))]


@pytest.fixture(scope="module")
def crf() -> CRFRecognizer:
    """A recogniser that has seen few ships, and has been told of as many things that are none."""
    with pytest.warns(UserWarning, match="fewer than 10"):
        return CRFRecognizer(iterations=30).fit(TRAIN)


def with_thresholds(crf: CRFRecognizer, thresholds: dict[str, float]) -> CRFRecognizer:
    """The same model with thresholds."""
    other = CRFRecognizer(thresholds=thresholds)
    other._set(crf.fitted_)
    return other


def labelled(crf: CRFRecognizer, documents: list[Document]) -> list[list[tuple[str, str]]]:
    """Text and label of what is found in each document."""
    return [[(d.text[span.start : span.end], span.label) for span in d.spans] for d in crf.recognize(documents)]


def test_a_label_with_a_threshold_is_given_wherever_it_is_probable_enough(crf: CRFRecognizer) -> None:
    ((_, [probability]),) = crf.weigh([(UNSEEN[0], [UNSEEN[0].spans[0]])])
    assert 0.01 < probability < 0.5
    assert labelled(crf, UNSEEN) == [[("Rome", "LOC")]]
    assert labelled(with_thresholds(crf, {"SHIP": probability - 0.005}), UNSEEN) == [[("Kon", "SHIP"), ("Rome", "LOC")]]
    assert labelled(with_thresholds(crf, {"SHIP": probability + 0.005}), UNSEEN) == [[("Rome", "LOC")]]


def test_a_span_of_the_best_tags_that_does_not_reach_its_threshold_is_not_given(crf: CRFRecognizer) -> None:
    found = labelled(with_thresholds(crf, {"LOC": 1.0}), TRAIN)
    assert not any(label == "LOC" for spans in found for _, label in spans)
    assert any(label == "PER" for spans in found for _, label in spans)


def test_scores_of_spans_are_their_probabilities_with_thresholds_too(crf: CRFRecognizer) -> None:
    (found,) = with_thresholds(crf, {"SHIP": 0.01}).recognize(UNSEEN)
    ((_, probabilities),) = crf.weigh([(UNSEEN[0], found.spans)])
    assert [span.score for span in found.spans] == pytest.approx(probabilities, abs=1e-4)


def test_a_threshold_for_a_label_that_was_not_learnt_is_an_error_that_names_it(crf: CRFRecognizer) -> None:
    with pytest.raises(SettingError, match=r"'BOAT'.*LOC, PER, SHIP"):
        list(with_thresholds(crf, {"BOAT": 0.5}).recognize(UNSEEN))


def test_tuning_lowers_the_threshold_of_a_label_that_is_missed(crf: CRFRecognizer) -> None:
    thresholds = tune_thresholds(crf, UNSEEN)
    assert set(thresholds) == {"SHIP"} and thresholds["SHIP"] < 0.5
    assert labelled(with_thresholds(crf, thresholds), UNSEEN) == [[("Kon", "SHIP"), ("Rome", "LOC")]]


def test_tuning_leaves_labels_alone_that_no_threshold_makes_better(crf: CRFRecognizer) -> None:
    assert tune_thresholds(crf, TRAIN) == {}
    assert tune_thresholds(crf, []) == {}


def test_a_high_beta_takes_wrong_spans_for_a_found_one_and_a_low_one_does_not(crf: CRFRecognizer) -> None:
    wrong = [document(f"The {word} sailed to Rome .", ("Rome", "LOC")) for word in ("Gud", "Hul", "Mik")]
    assert "SHIP" in tune_thresholds(crf, [*UNSEEN, *wrong], beta=3)
    assert not {"SHIP"} & set(tune_thresholds(crf, [*wrong], beta=0.1))
    with pytest.raises(SettingError, match="beta"):
        tune_thresholds(crf, UNSEEN, beta=0)
