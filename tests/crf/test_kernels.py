"""What the C modules compute is what numpy and Python compute, and nothing that they are given can lead them astray."""

import importlib.util
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner import CRFRecognizer, Document, read
from crfner.crf import attributes as attributes_module
from crfner.crf import decode, emissions
from crfner.crf.attributes import Attributes
from crfner.crf.decode import Chain, Floats, lattice, viterbi
from crfner.crf.emissions import Emissions, Views
from crfner.crf.packed import pack, unpack
from crfner.crf.weights import DamagedModel, Weights
from crfner.tokenize import tokenized
from features import PRESETS, preset, typed

CLINIC = Path(__file__).parents[2] / "data" / "clinic" / "train.jsonl"
HOSTILE_WORDS = ["a", "Ab", "ABC", "é", "ǅ", "日本", "x|y", "|", "1.5mg", "don't", "B-52s", "a" * 60, "İi", "e\u0301"]


def kernel(name: str) -> ModuleType:
    """A C module; the test is skipped where it was not built."""
    return pytest.importorskip(name, exc_type=ImportError)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A switch to what works without any C module."""

    def switch() -> None:
        for module, name in (
            (decode, "_decoding"), (emissions, "_scoring"), (attributes_module, "_scoring"), (typed, "_typed"),
        ):  # fmt: skip
            monkeypatch.setattr(module, name, None)

    return switch


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [tokenized(document) for document in list(read(CLINIC))[:80]]


# Decoding


@st.composite
def batches(draw: st.DrawFn) -> tuple[Floats, list[int], Chain]:
    size, lengths = draw(st.integers(1, 6)), draw(st.lists(st.integers(0, 7), max_size=6))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    scale = draw(st.sampled_from([0.1, 3.0, 300.0, 2000.0]))
    transitions = chance.normal(size=(size, size)) * scale
    transitions[chance.random((size, size)) < draw(st.sampled_from([0.0, 0.3]))] = -np.inf
    np.fill_diagonal(transitions, 0.5)
    ends = chance.normal(size=(2, size))
    emissions = chance.normal(size=(sum(lengths), size)) * scale
    if draw(st.booleans()):
        emissions = np.round(emissions)  # so that there are ties
    return emissions, lengths, Chain(transitions, *ends, chance.random((size, size)) < 0.4)


@given(batches())
@settings(max_examples=60, deadline=None)
def test_decoding_in_c_is_decoding_in_numpy(batch: tuple[Floats, list[int], Chain]) -> None:
    kernel("crfner.crf.kernel._decoding")
    scores, lengths, chain = batch
    quick_path, quick = viterbi(scores, lengths, chain), lattice(scores, lengths, chain)
    quick_along = quick.along(quick_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decode, "_decoding", None)
        path, slow = viterbi(scores, lengths, chain), lattice(scores, lengths, chain)
        along = slow.along(path)
    assert quick_path.tolist() == path.tolist()
    assert quick.starts.tolist() == slow.starts.tolist()
    for one, other in ((quick, slow), (quick_along, along)):
        for name in (
            ("forward", "coming", "leaving", "node") if one is quick else ("node", "link", "separate", "closed")
        ):
            assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-9), name


@given(st.lists(st.floats(-800, 0), min_size=1, max_size=20))
def test_the_exponential_is_numpys_to_the_last_digits(values: list[float]) -> None:
    kernel("crfner.crf.kernel._decoding")
    scores = np.array([[0.0, *values]])
    size = scores.shape[1]
    zeros = np.zeros(size)
    found = lattice(scores, [1], Chain(np.zeros((size, size)), zeros, zeros, np.zeros((size, size), dtype=bool)))
    expected = np.exp(scores) / np.exp(scores).sum()
    assert found.forward == pytest.approx(expected, rel=1e-13, abs=1e-320)


# Whole models


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("c1", [0.1, 0.0])
def test_scores_in_c_are_those_of_numpy_to_the_last_bit(
    name: str, c1: float, documents: list[Document], plain: Any
) -> None:
    kernel("crfner.crf.kernel._scoring")
    recognizer = CRFRecognizer(name, c1=c1, iterations=8).fit(documents[:30])
    fitted = recognizer.fitted_
    weights = unpack(pack(fitted.weights))
    odd = [Document(" ".join(HOSTILE_WORDS * 2)), Document("A B\n\nAND SO ON . And so on and on"), Document("")]
    every = [*documents, *map(tokenized, odd)]
    emitting = Emissions(fitted.features, weights)
    quick = [emitting.words(Views(fitted.features, part)) for part in (every, every[::-1], every)]
    found = [document.spans for document in recognizer.recognize(every)]
    scores = [span.score for spans in found for span in spans]
    weights = replace(weights, attributes=dict(weights.attributes.items()))
    plain()
    emitting = Emissions(fitted.features, weights)
    for one, part in zip(quick, (every, every[::-1], every), strict=True):
        assert (one == emitting.words(Views(fitted.features, part))).all()
    recognizer._set(replace(fitted, weights=weights))
    slow = [document.spans for document in recognizer.recognize(every)]
    assert found == slow and scores == [span.score for spans in slow for span in spans]


def test_tables_that_are_full_begin_anew_and_say_the_same(
    documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    recognizer = CRFRecognizer(iterations=8).fit(documents[:30])
    features, weights = recognizer.fitted_.features, recognizer.fitted_.weights
    expected = [Emissions(features, weights).words(Views(features, [one])) for one in documents[:20]]
    monkeypatch.setattr(emissions, "_TABLE_SIZE", 40)
    emitting = Emissions(features, weights)
    for _ in range(2):
        assert all(
            (emitting.words(Views(features, [one])) == e).all() for one, e in zip(documents[:20], expected, strict=True)
        )
    assert len(emitting._types) < 400


def test_one_model_tags_in_sixteen_threads_at_once(documents: list[Document]) -> None:
    recognizer = CRFRecognizer(iterations=8).fit(documents[:30])
    expected = [document.spans for document in recognizer.recognize(documents)]
    recognizer._set(recognizer.fitted_)  # nothing is learnt yet
    wrong: list[BaseException | int] = []

    def tag(shift: int) -> None:
        try:
            for _ in range(2):
                moved = documents[shift:] + documents[:shift]
                found = [document.spans for document in recognizer.recognize(moved)]
                wrong.extend([shift] * (found != expected[shift:] + expected[:shift]))
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=tag, args=(3 * number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# Attributes

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)


@given(st.lists(texts, unique=True, max_size=40), st.lists(st.text(max_size=6), max_size=20), texts)
@settings(deadline=None)
def test_attributes_are_found_by_their_strings(names: list[str], others: list[str], head: str) -> None:
    found = Attributes.of(names)
    known = {name: number for number, name in enumerate(names)}
    assert dict(found) == known and list(found) == names and len(found) == len(names)
    assert found.numbers(names + others).tolist() == [known.get(name, -1) for name in names + others]
    assert found.numbers(others, head).tolist() == [known.get(head + other, -1) for other in others]
    assert found.starting(head) == [name.removeprefix(head) for name in names if name.startswith(head)]
    assert found.begin(head) == any(name.startswith(head) for name in names) or not names
    assert all((name in found) == (name in known) for name in others)


@pytest.mark.parametrize("blob", [b"a\0a", b"\0", b"b\0a\0b"])
def test_a_string_that_comes_twice_is_refused_with_and_without_c(blob: bytes, plain: Any) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="twice"):
            Attributes(blob, blob.count(b"\0") + 1)
        plain()


@pytest.mark.parametrize(("blob", "count"), [(b"a", 2), (b"a\0b", 1), (b"", 2), (b"a", 0), (b"\xff", 1)])
def test_bytes_that_are_not_so_many_strings_are_refused(blob: bytes, count: int) -> None:
    with pytest.raises(ValueError):
        Attributes(blob, count)


def test_a_model_file_whose_attributes_are_forged_is_refused_in_one_sentence() -> None:
    weights = Weights(
        ("O",), {"abc": 0, "abd": 1}, np.array([0, 1, 2]), np.zeros(2, np.int64), np.ones(2), np.zeros((1, 1))
    )
    data = pack(weights)
    for forged in (data.replace(b"abd", b"abc"), data.replace(b"abd", b"ab\xff"), data.replace(b"abd", b"a\0d")):
        with pytest.raises(DamagedModel) as caught:
            unpack(forged)
        assert "\n" not in str(caught.value)


# What is unsound is refused

ARRAYS = st.sampled_from(
    [
        np.zeros((2, 2)), np.zeros((3, 2)), np.zeros((2, 3, 2)), np.zeros(2), np.zeros(3), np.zeros(0),
        np.zeros((0, 2)), np.array([0, 1]), np.array([1, 2]), np.array([-1, 9]), np.array([2**62, 2**62]),
        np.array([0, 1, 2]),
        np.array([1, 1], dtype=np.int32), np.array([-5, 70], dtype=np.int32), np.zeros((2, 2), dtype=np.int32),
        np.zeros(2, dtype=np.uint8), np.zeros((2, 2), dtype=np.bool_), np.zeros((4, 4))[::2, ::2],
        np.zeros(2, np.float32),
    ]
)  # fmt: skip
STORES = st.tuples(st.just(b"ab\0cd"), ARRAYS, ARRAYS, st.integers(0, 2**64 - 1), ARRAYS, ARRAYS, ARRAYS)
THINGS = st.one_of(
    ARRAYS,
    STORES,
    st.lists(st.sampled_from(["a", "cd", "\ud800", "日", 1]), max_size=3),
    st.just([["a"], ("cd", "\0")]),
    st.tuples(st.just(b"a"), st.just(b"")),
    st.sampled_from([b"ab", None, 0, 1, 2, -1, 2**70, {}, {"a": 0}, {"a": -7}]),
)
FUNCTIONS = [
    ("crfner.crf.kernel._decoding", "viterbi", 6),
    ("crfner.crf.kernel._decoding", "lattice", 8),
    ("crfner.crf.kernel._decoding", "along", 11),
    ("crfner.crf.kernel._scoring", "index", 4),
    ("crfner.crf.kernel._scoring", "numbers", 4),
    ("crfner.crf.kernel._scoring", "add_values", 5),
    ("crfner.crf.kernel._scoring", "add_pieces", 7),
    ("crfner.crf.kernel._scoring", "gather", 5),
    ("crfner.crf.kernel._scoring", "add_evidence", 7),
    ("features._typed", "number", 3),
    ("features._typed", "elsewhere", 11),
]


@pytest.mark.parametrize(("module", "name", "count"), FUNCTIONS)
def test_whatever_a_function_in_c_is_given_it_works_or_raises(module: str, name: str, count: int) -> None:
    function = getattr(kernel(module), name)

    @given(st.tuples(*[THINGS] * count))
    @settings(max_examples=50, deadline=None)
    def check(arguments: tuple[Any, ...]) -> None:
        copied = tuple(one.copy() if isinstance(one, np.ndarray | dict) else one for one in arguments)
        with suppress(ValueError, TypeError, OverflowError):
            function(*copied)

    check()


def test_an_index_beyond_its_table_is_refused() -> None:
    scoring = kernel("crfner.crf.kernel._scoring")
    decoding = kernel("crfner.crf.kernel._decoding")
    words = kernel("features._typed")
    scores, vectors, places = np.zeros((2, 3)), np.ones((2, 1, 3)), np.array([0, 1])
    rows = np.array([0, 1], dtype=np.int32)
    scoring.gather(scores, vectors, rows, places, np.array([0]))
    assert scores.tolist() == [[0, 0, 0], [1, 1, 1]]
    for wrong in (
        (scores, vectors, rows, places, np.array([1])), (scores, vectors, rows, places, np.array([-1])),
        (scores, vectors, rows, places, np.array([2**63 - 1])), (scores, vectors, rows + 1, places, np.array([0])),
        (scores, vectors, rows - 1, places, np.array([0])), (scores, vectors, rows, places + 2**62, np.array([0])),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            scoring.gather(*wrong)
    known = Attributes.of(["ab", "cd"])
    good = [known.blob, known.offsets, known.table, known.seed, np.array([0, 1, 2]), np.array([0, 2]), np.ones(2)]
    sums = np.zeros((1, 1, 3))
    scoring.add_values(tuple(good), (b"a",), np.array([0]), [["b"]], sums)
    assert sums.tolist() == [[[1, 0, 0]]]
    everything = [
        (1, np.array([0, 99, 6])), (1, np.array([5, 3, 1])), (1, known.offsets - 9), (2, known.table | 0x7FFF),
        (4, np.array([0, 99, 99])), (4, np.array([2, 1, 0])), (5, np.array([3, 3])), (5, np.array([-1, -1])),
    ]  # fmt: skip
    for place, array in everything:
        forged = [*good[:place], array, *good[place + 1 :]]
        with pytest.raises(ValueError):
            scoring.add_values(tuple(forged), (b"a", b"c"), np.array([0, 0]), [["b", "d"]], sums)
    with pytest.raises(ValueError):
        scoring.add_values(tuple(good), (b"a",), np.array([1]), [["b"]], sums)
    square, path = np.zeros((2, 2)), np.zeros(3, dtype=np.int64)
    for lengths in ([4], [-1, 4], [2], [2**62, 2**62], [1, 1]):
        with pytest.raises(ValueError):
            decoding.viterbi(np.zeros((3, 2)), np.array(lengths), square, np.zeros(2), np.zeros(2), path)
    with pytest.raises(ValueError, match="type that is none"):
        words.elsewhere(
            np.array([5], dtype=np.int32), np.array([1]), np.array([1]), np.zeros(2, np.uint8), np.zeros(2, np.int32),
            np.zeros(2, np.int32), np.zeros(1, np.uint8), 1, 4, 10, np.zeros(1, np.int32),
        )  # fmt: skip


def test_without_any_module_in_c_everything_is_imported_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("crfner.crf.kernel._decoding", "crfner.crf.kernel._scoring", "features._typed"):
        package, _, inner = name.rpartition(".")
        monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.delattr(sys.modules[package], inner, raising=False)
    for module in (decode, emissions, attributes_module, typed):
        spec = importlib.util.spec_from_file_location(f"{module.__name__}_plain", str(module.__file__))
        assert spec is not None and spec.loader is not None
        again = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, again.__name__, again)
        spec.loader.exec_module(again)
        absent = {getattr(again, name) for name in ("_decoding", "_scoring", "_typed") if hasattr(again, name)}
        assert absent == {None}


def test_the_default_preset_needs_no_views_of_documents(documents: list[Document]) -> None:
    kernel("features._typed")
    features = preset("default")
    views = Views(features, documents)
    recognizer = CRFRecognizer(iterations=3).fit(documents[:10])
    Emissions(features, recognizer.fitted_.weights).words(views)
    assert "each" not in vars(views)
