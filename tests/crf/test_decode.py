"""Decoding agrees with counting every tag sequence one by one, whatever the batch, and stays finite on long input."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from crfner.crf.decode import Chain, Floats, confidence, viterbi

TAGS = 3
LENGTHS = ([1], [4], [2, 2], [1, 3, 2], [4, 1, 1, 3])


def random_chain(chance: np.random.Generator, forbidden: float) -> Chain:
    """A chain in which about that share of the transitions is forbidden."""
    transitions = chance.normal(size=(TAGS, TAGS))
    transitions[chance.random((TAGS, TAGS)) < forbidden] = -np.inf
    np.fill_diagonal(transitions, 0.5)  # so that a path is always there
    initial, final = chance.normal(size=(2, TAGS))
    return Chain(transitions, initial, final, chance.random((TAGS, TAGS)) < 0.4)


def every_path(emissions: Floats, chain: Chain) -> tuple[list[tuple[int, ...]], Floats]:
    """All tag sequences of one sentence, and the log score of each."""
    paths = list(itertools.product(range(TAGS), repeat=len(emissions)))
    scores = [
        chain.initial[path[0]]
        + chain.final[path[-1]]
        + sum(row[tag] for row, tag in zip(emissions, path, strict=True))
        + sum(chain.transitions[pair] for pair in itertools.pairwise(path))
        for path in paths
    ]
    return paths, np.array(scores)


def cases(forbidden: float) -> Iterator[tuple[Floats, list[int], Chain]]:
    """Random scores for batches of sentences."""
    for seed, lengths in itertools.product(range(6), LENGTHS):
        chance = np.random.default_rng(seed)
        yield chance.normal(size=(sum(lengths), TAGS)) * 2, lengths, random_chain(chance, forbidden)


def sentences(lengths: list[int]) -> Iterator[tuple[int, int]]:
    """Where each sentence of a batch begins and ends."""
    yield from itertools.pairwise(np.cumsum([0, *lengths]).tolist())


some_forbidden = pytest.mark.parametrize("forbidden", [0.0, 0.3])


@some_forbidden
def test_the_best_path_is_the_best_of_all_paths(forbidden: float) -> None:
    for emissions, lengths, chain in cases(forbidden):
        found = viterbi(emissions, lengths, chain)
        for start, end in sentences(lengths):
            paths, scores = every_path(emissions[start:end], chain)
            assert tuple(found[start:end]) == paths[scores.argmax()]


@some_forbidden
def test_the_probability_of_a_chunk_is_the_share_of_all_paths_that_have_exactly_it(forbidden: float) -> None:
    for emissions, lengths, chain in cases(forbidden):
        path = viterbi(emissions, lengths, chain)
        found = confidence(emissions, lengths, chain, path)
        for start, end in sentences(lengths):
            paths, scores = every_path(emissions[start:end], chain)
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            best = tuple(path[start:end])
            for first, last in itertools.combinations(range(end - start + 1), 2):
                exact = [
                    other[first:last] == best[first:last]
                    and not (first > 0 and chain.continues[other[first - 1], other[first]])
                    and not (last < end - start and chain.continues[other[last - 1], other[last]])
                    for other in paths
                ]
                assert found.of_chunk(start + first, start + last) == pytest.approx(shares[exact].sum(), abs=1e-9)


def test_node_and_link_are_the_marginals_along_the_path() -> None:
    for emissions, lengths, chain in cases(forbidden=0.3):
        path = viterbi(emissions, lengths, chain)
        found = confidence(emissions, lengths, chain, path)
        for start, end in sentences(lengths):
            paths, scores = every_path(emissions[start:end], chain)
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            table = np.array(paths)
            here = table == path[start:end]
            assert found.node[start:end] == pytest.approx(shares @ here, abs=1e-9)
            for token in range(1, end - start):
                pair = shares @ (here[:, token - 1] & here[:, token])
                assert found.link[start + token] == pytest.approx(pair / (shares @ here[:, token - 1]), abs=1e-9)
            assert found.link[start] == 1.0


def test_a_sentence_is_decoded_alike_alone_and_in_a_batch() -> None:
    emissions, lengths, chain = list(cases(0.3))[-1]
    together = viterbi(emissions, lengths, chain)
    confident = confidence(emissions, lengths, chain, together)
    for start, end in sentences(lengths):
        alone = viterbi(emissions[start:end], [end - start], chain)
        assert alone.tolist() == together[start:end].tolist()
        assert confidence(emissions[start:end], [end - start], chain, alone).node == pytest.approx(
            confident.node[start:end], abs=1e-12
        )


def test_a_forbidden_transition_is_never_taken_however_high_the_emissions() -> None:
    never = np.array([[0.0, -np.inf], [0.0, 0.0]])
    chain = Chain(never, np.zeros(2), np.zeros(2), np.zeros((2, 2), dtype=bool))
    emissions = np.array([[50.0, 0.0], [0.0, 40.0], [0.0, 40.0]])
    assert viterbi(emissions, [3], chain).tolist() == [1, 1, 1]


def test_forbidden_starts_and_ends_are_kept_to() -> None:
    chain = Chain(np.zeros((2, 2)), np.array([0.0, -np.inf]), np.array([0.0, -np.inf]), np.zeros((2, 2), dtype=bool))
    path = viterbi(np.array([[0.0, 9.0]] * 3), [3], chain)
    assert path.tolist() == [0, 1, 0]
    assert confidence(np.array([[0.0, 9.0]] * 3), [3], chain, path).node[[0, 2]].tolist() == [1.0, 1.0]


def test_decoding_leaves_its_input_as_it_was() -> None:
    emissions, lengths, chain = next(cases(0.3))
    before = emissions.copy(), chain.transitions.copy()
    confidence(emissions, lengths, chain, viterbi(emissions, lengths, chain))
    assert np.array_equal(emissions, before[0]) and np.array_equal(chain.transitions, before[1])


def test_an_empty_batch_gives_empty_arrays() -> None:
    chain = random_chain(np.random.default_rng(0), 0)
    path = viterbi(np.zeros((0, TAGS)), [], chain)
    found = confidence(np.zeros((0, TAGS)), [], chain, path)
    assert [len(path), len(found.node), len(found.link), len(found.closed), len(found.separate)] == [0] * 5


def test_a_sentence_of_a_hundred_thousand_tokens_stays_finite() -> None:
    size = 100_000
    chance = np.random.default_rng(0)
    emissions, chain = chance.normal(size=(size, TAGS)) * 30, random_chain(chance, 0.2)
    path = viterbi(emissions, [size], chain)
    found = confidence(emissions, [size], chain, path)
    for values in (found.node, found.link, found.separate, found.closed):
        assert np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1 + 1e-9


@pytest.mark.parametrize("scale", [0.0, 1e-9, 1e3, 1e6])
def test_extreme_scores_give_probabilities_all_the_same(scale: float) -> None:
    for emissions, lengths, chain in itertools.islice(cases(0.3), 8):
        path = viterbi(emissions * scale, lengths, chain)
        found = confidence(emissions * scale, lengths, chain, path)
        chunks = [found.of_chunk(token, token + 1) for token in range(len(path))]
        assert all(0 <= chunk <= 1 for chunk in chunks)
        assert np.isfinite(found.link).all()


def test_extreme_weights_between_tags_do_not_overflow() -> None:
    for emissions, lengths, chain in itertools.islice(cases(0.3), 8):
        steep = Chain(chain.transitions * 1e4, chain.initial * 1e4, chain.final * 1e4, chain.continues)
        found = confidence(emissions, lengths, steep, viterbi(emissions, lengths, steep))
        assert np.isfinite(found.node).all() and np.isfinite(found.link).all()
