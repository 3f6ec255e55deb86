"""Weights read from CRFsuite's file are those CRFsuite itself sees, and no damaged file can do more than be refused."""

import random
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pycrfsuite
import pytest

from crfner.crf.crfsuite import train
from crfner.crf.decode import Chain, confidence, viterbi
from crfner.crf.emissions import Emissions, Views
from crfner.crf.weights import DamagedModel, Weights, joined, read_weights
from crfner.document import Document
from crfner.formats import read
from crfner.schemes import encode
from crfner.tokenize import tokenized
from features import preset

CLINIC = Path(__file__).parents[2] / "data" / "clinic" / "train.jsonl"
ODD = ("é=ü", "日本", "😀", "a b", "tab\there", "a:b", "a\\b", "=", "\u200b", "x" * 300)


def trained(sentences: list[tuple[list[list[str]], list[str]]], **settings: float) -> bytes:
    return train(sentences, {"algorithm": "lbfgs", "c1": 0.0, "c2": 0.1, **settings}, 10, 0, False).model


def small_corpus() -> list[tuple[list[list[str]], list[str]]]:
    """Sentences of attributes and tags, some of them odd."""
    chance = random.Random(0)
    corpus = []
    for _ in range(60):
        words = [chance.choice(("cat", "dog", "oak", *ODD)) for _ in range(chance.randint(1, 6))]
        attributes = [[f"word={word}", f"first={word[0]}", chance.choice(ODD), "bias"] for word in words]
        corpus.append((attributes, ["B-X" if word < "d" else chance.choice(("O", "I-Ü")) for word in words]))
    return corpus


@pytest.fixture(scope="module")
def model() -> bytes:
    return trained(small_corpus())


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [tokenized(document) for document in list(read(CLINIC))[:60]]


def tagger_of(model: bytes, folder: Path) -> pycrfsuite.Tagger:
    path = folder / "model.crfsuite"
    path.write_bytes(model)
    tagger = pycrfsuite.Tagger()
    tagger.open(str(path))
    return tagger


def unconstrained(weights: Weights) -> Chain:
    """A chain in which every tag may follow every other."""
    size = len(weights.tags)
    return Chain(weights.transitions, np.zeros(size), np.zeros(size), np.zeros((size, size), dtype=bool))


# As CRFsuite reads it


def test_tags_attributes_and_weights_are_those_that_crfsuite_prints(tmp_path: Path) -> None:
    plain = [([[f"w={i % 7}", f"ü={i % 3}"], ["last"]], [f"B-{i % 4}", "O"]) for i in range(40)]
    data = trained(plain)
    weights, printed = read_weights(data), tagger_of(data, tmp_path).info()
    assert {tag: str(number) for number, tag in enumerate(weights.tags)} == printed.labels
    assert {attribute: str(number) for attribute, number in weights.attributes.items()} == printed.attributes
    states = {
        (attribute, weights.tags[weights.targets[place]]): weights.values[place]
        for attribute, number in weights.attributes.items()
        for place in range(weights.starts[number], weights.starts[number + 1])
    }
    assert states == pytest.approx(printed.state_features, abs=1e-5)
    transitions = {
        (before, after): weights.transitions[row, column]
        for row, before in enumerate(weights.tags)
        for column, after in enumerate(weights.tags)
        if weights.transitions[row, column]
    }
    assert transitions == pytest.approx({k: v for k, v in printed.transitions.items() if v}, abs=1e-5)


def test_odd_attributes_are_found_under_their_own_names(model: bytes) -> None:
    attributes = read_weights(model).attributes
    assert set(ODD) <= set(attributes)
    assert {f"word={word}" for word in ODD} <= set(attributes)


@pytest.mark.parametrize("name", ["minimal", "default"])
def test_tags_and_marginals_are_those_of_crfsuites_own_tagger(
    name: str, documents: list[Document], tmp_path: Path
) -> None:
    features = preset(name)
    sentences = []
    for document in documents:
        chunks = document.chunks()
        tags = encode(chunks, len(document.tokens), "IOB2")
        lists = features.lists(document.sentence_words())
        sentences.extend(
            (words, tags[first:last]) for words, (first, last) in zip(lists, document.sentences, strict=True)
        )
    data = trained(sentences)
    tagger, weights = tagger_of(data, tmp_path), read_weights(data)
    lengths = [len(words) for words, _ in sentences]
    emissions = Emissions(features, weights).words(Views(features, documents))
    path = viterbi(emissions, lengths, unconstrained(weights))
    marginals = confidence(emissions, lengths, unconstrained(weights), path).node
    tags = [weights.tags[number] for number in path]
    start = 0
    for words, _ in sentences:
        assert tagger.tag(words) == tags[start : start + len(words)]
        expected = [tagger.marginal(tag, place) for place, tag in enumerate(tags[start : start + len(words)])]
        assert marginals[start : start + len(words)] == pytest.approx(expected, abs=1e-6)
        start += len(words)


def test_summed_weights_are_the_sums_one_by_one(model: bytes) -> None:
    weights = read_weights(model)
    keys = [["bias", "word=cat"], [], ["never seen"], ["bias", "bias", "never seen"], list(ODD)]
    expected = np.zeros((len(keys), len(weights.tags)))
    for row, key in enumerate(keys):
        for attribute in key:
            number = weights.attributes.get(attribute)
            if number is not None:
                run = slice(weights.starts[number], weights.starts[number + 1])
                np.add.at(expected[row], weights.targets[run], weights.values[run])
    assert weights.summed(keys) == pytest.approx(expected)
    assert weights.summed([]).shape == (0, len(weights.tags))


def test_a_model_in_which_no_weight_is_left_can_be_read() -> None:
    weights = read_weights(trained(small_corpus(), c1=1e6))
    assert not len(weights.values) and not weights.transitions.any()
    assert not weights.summed([["bias"]]).any()


# Damaged and forged files


def accepted(data: bytes) -> bool:
    """Whether the bytes are read; anything raised but DamagedModel, or a great appetite for memory, is a failure."""
    tracemalloc.start()
    try:
        return isinstance(read_weights(data), Weights)
    except DamagedModel as damaged:
        assert "\n" not in str(damaged)
        return False
    finally:
        assert tracemalloc.get_traced_memory()[1] < 30 * len(data) + 1_000_000
        tracemalloc.stop()


def test_a_model_cut_short_anywhere_is_refused(model: bytes) -> None:
    assert accepted(model)
    assert not any(accepted(model[:length]) for length in [*range(0, 200), *range(200, len(model), 23)])


@pytest.mark.parametrize("data", [b"", b"text", b"lCRF", b"lCRF" + b"\xff" * 44, b"\x00" * 500])
def test_what_is_no_model_is_refused(data: bytes) -> None:
    assert not accepted(data)


def test_changed_bytes_are_refused_or_give_other_weights(model: bytes) -> None:
    chance = random.Random(1)
    for _ in range(2000):
        forged = bytearray(model)
        # half of the changes in the head, where the counts and offsets are
        place = chance.randrange(60 if chance.random() < 0.5 else len(model))
        forged[place] = chance.randrange(256)
        accepted(bytes(forged))


@pytest.mark.parametrize("number", [0, 1, 2**16, 2**31 - 1, 2**31, 2**32 - 12, 2**32 - 1])
def test_a_forged_count_or_offset_is_refused_without_a_large_allocation(model: bytes, number: int) -> None:
    tables = [position for position in range(len(model)) if model[position : position + 4] in (b"CQDB", b"FEAT")]
    assert len(tables) >= 3
    for position in [*range(4, 48, 4), *(table + field for table in tables for field in range(4, 24, 4))]:
        forged = bytearray(model)
        struct.pack_into("<I", forged, position, number)
        accepted(bytes(forged))


def test_a_table_that_points_to_one_long_string_again_and_again_is_refused() -> None:
    count, long = 20_000, b"a" * 100_000 + b"\x00"
    record = struct.pack("<II", 0, len(long)) + long
    head = struct.pack("<4sIIIII", b"CQDB", 24 + len(record) + 4 * count, 0, 0x62445371, count, 24 + len(record))
    forged_strings = head + record + struct.pack("<I", 24) * count
    tag = struct.pack("<II", 0, 2) + b"O\x00"
    tags = struct.pack("<4sIIIII", b"CQDB", 24 + len(tag) + 4, 0, 0x62445371, 1, 24 + len(tag)) + tag
    tags += struct.pack("<I", 24)
    features = struct.pack("<4sII", b"FEAT", 12, 0)
    offsets = (48, 48 + len(features), 48 + len(features) + len(tags))
    header = struct.pack("<4sI4sI8I", b"lCRF", 0, b"FOMC", 100, 0, 1, count, *offsets, 0, 0)
    assert not accepted(header + features + tags + forged_strings)


def test_more_tags_than_a_table_of_transitions_can_hold_are_refused(model: bytes) -> None:
    forged = bytearray(model)
    struct.pack_into("<I", forged, 20, 1_000_000)
    with pytest.raises(DamagedModel, match="claims to have 1000000 tags"):
        read_weights(bytes(forged))


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_no_numbers_are_refused(model: bytes, weight: float) -> None:
    forged = bytearray(model)
    struct.pack_into("<d", forged, model.index(b"FEAT") + 12 + 12, weight)
    with pytest.raises(DamagedModel, match="no numbers"):
        read_weights(bytes(forged))


def test_joined_weights_are_those_of_each_side_by_side() -> None:
    corpus = small_corpus()
    several = [read_weights(trained(corpus[:20])), read_weights(trained(corpus, c1=0.5))]
    keys = [*(words for words, _ in corpus[15:25]), [["unknown"]], [[]]]
    lists = [attributes for words in keys for attributes in words]
    both = joined(several)
    assert both.tags == several[0].tags + several[1].tags
    np.testing.assert_allclose(both.summed(lists), np.hstack([weights.summed(lists) for weights in several]))
