"""The n best analyses are those of counting every tag sequence, distinct, in order, and with their probabilities."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner import CRFRecognizer, Document, Span
from crfner.crf.decode import Chain, Floats, viterbi
from crfner.crf.nbest import log_partition, n_best
from crfner.errors import SettingError
from crfner.schemes import SCHEMES, decode, encode, may_follow


def random_chain(tags: int, forbidden: float, chance: np.random.Generator) -> Chain:
    """Random weights between tags, about that share of them forbidden."""
    transitions = chance.normal(size=(tags, tags))
    transitions[chance.random((tags, tags)) < forbidden] = -np.inf
    initial, final = chance.normal(size=(2, tags))
    initial[chance.random(tags) < forbidden] = -np.inf
    return Chain(transitions, initial, final, np.zeros((tags, tags), dtype=np.bool_))


def every_path(emissions: Floats, chain: Chain) -> dict[tuple[int, ...], float]:
    """The score of each tag sequence of one sentence that the chain allows."""
    tags = len(chain.initial)
    scores = {
        path: float(
            chain.initial[path[0]]
            + chain.final[path[-1]]
            + sum(row[tag] for row, tag in zip(emissions, path, strict=True))
            + sum(chain.transitions[pair] for pair in itertools.pairwise(path))
        )
        for path in itertools.product(range(tags), repeat=len(emissions))
    }
    return {path: score for path, score in scores.items() if np.isfinite(score)}


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(1, 12),
    st.sampled_from([0.0, 0.3]),
    st.integers(0, 10_000),
)
def test_the_best_are_the_best_of_all_sequences_with_their_scores_and_sum(
    lengths: list[int], tags: int, n: int, forbidden: float, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    chain = random_chain(tags, forbidden, chance)
    emissions = chance.normal(size=(sum(lengths), tags)) * 2
    paths, scores = n_best(emissions, lengths, chain, n)
    sums = log_partition(emissions, lengths, chain)
    assert paths.shape == (n, sum(lengths)) and scores.shape == (n, len(lengths))
    for number, (start, end) in enumerate(itertools.pairwise(np.cumsum([0, *lengths]).tolist())):
        wanted = every_path(emissions[start:end], chain)
        ranked = sorted(wanted.values(), reverse=True)[:n]
        assert scores[: len(ranked), number] == pytest.approx(ranked)
        assert np.isneginf(scores[len(ranked) :, number]).all()
        found = [tuple(path[start:end].tolist()) for path in paths[: len(ranked)]]
        assert len(set(found)) == len(found)
        assert [wanted[path] for path in found] == pytest.approx(ranked)
        if wanted:
            assert sums[number] == pytest.approx(np.logaddexp.reduce(list(wanted.values())))
        else:
            assert np.isneginf(sums[number])


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.integers(1, 5), st.integers(0, 10_000))
def test_the_first_is_that_of_viterbi_also_where_scores_are_equal(lengths: list[int], n: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    whole = chance.integers(0, 3, size=(3 + 2 + sum(lengths), 3)).astype(float)
    chain = Chain(whole[:3], whole[3], whole[4], np.zeros((3, 3), dtype=np.bool_))
    paths, _ = n_best(whole[5:], lengths, chain, n)
    assert paths[0].tolist() == viterbi(whole[5:], lengths, chain).tolist()


def test_no_sentences_have_no_paths() -> None:
    paths, scores = n_best(np.zeros((0, 2)), [], random_chain(2, 0, np.random.default_rng(0)), 3)
    assert paths.shape == (3, 0) and scores.shape == (3, 0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_two_sequences_that_a_scheme_allows_are_never_the_same_chunks(scheme: str) -> None:
    tags = sorted(
        {
            tag
            for label in "AC"
            for size in (1, 2, 3)
            for tag in encode([(0, size, label), (size, size + 1, label)], 5, scheme)
        }
    )
    for length in (1, 2, 3):
        allowed = [
            path
            for path in itertools.product(tags, repeat=length)
            if all(may_follow(*pair, scheme) for pair in itertools.pairwise([None, *path, None]))
        ]
        assert len({tuple(decode(path, scheme)) for path in allowed}) == len(allowed)


def document(text: str, *entities: tuple[str, str]) -> Document:
    """A document whose entities are given by their text and label."""
    return Document(text, spans=tuple(Span(text.index(t), text.index(t) + len(t), label) for t, label in entities))


TRAIN = [
    document(f"{name} sailed to {place} .", (name, "PER"), (place, "LOC"))
    for name, place in itertools.product(("Ann", "Bo Li", "Cy"), ("Oslo", "New York", "Kiel", "Rome"))
] + [document("Rome won . Oslo lost .", ("Rome", "ORG"), ("Oslo", "ORG"))] * 4
TEXTS = [
    Document("Rome sailed to Kiel . Bo won ."),
    Document(""),
    Document(" "),
    Document("Lo", id="short", meta={"ward": 3}),
]


@pytest.fixture(scope="module", params=["IOB2", "IOB1", "BIOES"])
def crf(request: pytest.FixtureRequest) -> CRFRecognizer:
    with pytest.warns(UserWarning, match="fewer than 10"):
        return CRFRecognizer("minimal", iterations=20, scheme=request.param).fit(TRAIN)


def test_analyses_are_distinct_in_falling_order_and_the_first_is_what_is_recognised(crf: CRFRecognizer) -> None:
    for found, recognised in zip(crf.nbest(TEXTS, 5), crf.recognize(TEXTS), strict=True):
        assert len(found.sentences) == len(found.document.sentences) and not found.document.spans
        assert (found.document.id, found.document.meta) == (recognised.id, recognised.meta)
        for analyses in found.sentences:
            assert 1 <= len(analyses) <= 5
            probabilities = [analysis.probability for analysis in analyses]
            assert probabilities == sorted(probabilities, reverse=True) and sum(probabilities) <= 1 + 1e-9
            assert len({analysis.spans for analysis in analyses}) == len(analyses)
        best = tuple(span for analyses in found.sentences for span in analyses[0].spans)
        assert best == recognised.spans


@pytest.mark.parametrize("temperature", [1.0, 1.7])
def test_the_analyses_that_have_a_span_are_as_probable_together_as_the_span(
    crf: CRFRecognizer, temperature: float
) -> None:
    tempered = CRFRecognizer(scheme=crf.scheme, temperature=temperature)
    tempered._set(crf.fitted_)
    ((found,), (recognised,)) = tempered.nbest(TEXTS[:1], 20_000), tempered.recognize(TEXTS[:1])
    for analyses in found.sentences:
        assert sum(analysis.probability for analysis in analyses) == pytest.approx(1.0, abs=1e-3)
    shares: defaultdict[Span, float] = defaultdict(float)
    for analyses in found.sentences:
        for analysis in analyses:
            for span in analysis.spans:
                shares[span] += analysis.probability
    assert recognised.spans
    for span in recognised.spans:
        assert span.score == pytest.approx(shares[span], abs=2e-3)


def test_a_sentence_has_no_more_analyses_than_there_are(crf: CRFRecognizer) -> None:
    (found,) = crf.nbest([Document("Lo")], 100)
    (analyses,) = found.sentences
    assert sorted({len(analysis.spans) for analysis in analyses}) == [0, 1]
    assert len(analyses) == 1 + len(crf.labels)
    assert sum(analysis.probability for analysis in analyses) == pytest.approx(1.0)


def test_a_batch_changes_nothing(crf: CRFRecognizer) -> None:
    many = [Document(f"{document.text} .") for document in TRAIN] * 30
    assert list(crf.nbest(many, 3))[-len(TRAIN) :] == list(crf.nbest(many[: len(TRAIN)], 3))


def test_less_than_one_analysis_cannot_be_asked_for(crf: CRFRecognizer) -> None:
    with pytest.raises(SettingError, match="1 or more, not 0"):
        list(crf.nbest(TEXTS, 0))
