"""The training kernel, held to CRFsuite, to finite differences and to sums over all tag sequences."""

import itertools
import signal
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("crfner.crf.kernel._training", reason="the kernel was not compiled")

from crfner.crf import CRFRecognizer, engines, kernel
from crfner.crf.corpus import keeper
from crfner.crf.crfsuite import train as by_crfsuite
from crfner.crf.kernel import _training, training
from crfner.crf.kernel.alike import alike
from crfner.crf.kernel.lbfgs import Step, minimised
from crfner.crf.kernel.objective import Objective
from crfner.crf.kernel.rows import Labelled, Text, read
from crfner.crf.weights import Weights, read_weights
from crfner.document import Document, Span
from crfner.errors import SettingError
from features import FeatureSet, OfDocument, preset

WORDS = ["Ann", "ann", "saw", "Bob", "in", "Oslo", "Bergen", "the", "B-52", ".", "7"]
CONFIGS = [
    {"base": "default"},
    {"base": "minimal"},
    {"word": {"window": 2}, "bag": {"size": 3}},
    {"own": {"window": 1}, "word": {}, "columns": {"indices": [0], "window": 1}},
]


def doubled(sentences: Sequence[Sequence[str]]) -> list[list[list[str]]]:
    """A feature that gives some values twice, and none to some words."""
    return [[[word[0], word[0]] if len(word) > 2 else [] for word in words] for words in sentences]


def features_of(config: dict[str, object]) -> FeatureSet:
    return FeatureSet(config, functions={"own": OfDocument(doubled)} if "own" in config else None)


def drawn(count: int, seed: int, tags: int = 4, longest: int = 12) -> list[Labelled]:
    """Documents of random words, whose tags follow the words but for some noise."""
    chance = np.random.default_rng(seed)
    found: list[Labelled] = []
    for _ in range(count):
        sentences, labels = [], []
        for _ in range(int(chance.integers(1, 4))):
            words = [WORDS[n] for n in chance.integers(0, len(WORDS), int(chance.integers(1, longest)))]
            noise = chance.integers(0, tags, len(words))
            keep = chance.random(len(words)) < 0.7
            sentences.append(words)
            labels.append([f"T{len(w) % tags if k else n}" for w, n, k in zip(words, noise, keep, strict=True)])
        flat = [word[:1] for words in sentences for word in words]
        found.append(((sentences, [flat], ()), labels))
    return found


def objective(text: Text, c1: float = 0.0, c2: float = 0.1, threads: int = 1, **options: object) -> Objective:
    return Objective(text, c1, c2, **{"min_freq": 0, "all_possible_transitions": False, **options}, threads=threads)


def steps_of(text: Text, count: int, **options: object) -> tuple[list[Step], Weights]:
    with objective(text, **options) as function:
        found = list(itertools.islice(minimised(function, function.size, function.l1), count))
        return found, function.weights(found[-1].variables)


def score(weights: Weights, sentence: Sequence[Sequence[str]], tags: Sequence[int]) -> float:
    total = sum(weights.transitions[before, after] for before, after in itertools.pairwise(tags))
    return float(total + sum(weights.summed([list(word)])[0, tag] for word, tag in zip(sentence, tags, strict=True)))


# What is learnt from


@pytest.mark.parametrize("config", CONFIGS)
def test_rows_hold_the_attributes_of_the_feature_set_and_each_as_often(config: dict[str, object]) -> None:
    labelled, features = drawn(5, seed=1), features_of(config)
    text = read(labelled, features)
    expected = [
        (words, tags) for laid, gold in labelled for words, tags in zip(features.lists(*laid), gold, strict=True)
    ]
    found = list(text.sentences())
    assert [tags for _, tags in found] == [tags for _, tags in expected]
    for (ours, _), (theirs, _) in zip(found, expected, strict=True):
        assert list(map(Counter, ours)) == list(map(Counter, theirs))


def test_left_out_attributes_are_in_no_row() -> None:
    kept = keeper(0.5, seed=3)
    text = read(drawn(5, seed=1), preset("default"), kept)
    assert text.attributes and all(map(kept, text.attributes))
    assert len(text.attributes) < 0.7 * len(read(drawn(5, seed=1), preset("default")).attributes)


@pytest.mark.parametrize("config", CONFIGS)
def test_classes_are_the_attributes_that_occur_at_the_same_tokens(config: dict[str, object]) -> None:
    text = read(drawn(6, seed=2), features_of(config))
    tokens: dict[str, Counter[int]] = {attribute: Counter() for attribute in text.attributes}
    for number, word in enumerate(word for words, _ in text.sentences() for word in words):
        for attribute in word:
            tokens[attribute][number] += 1
    by_tokens: dict[frozenset[tuple[int, int]], set[str]] = {}
    for attribute, places in tokens.items():
        if places:
            by_tokens.setdefault(frozenset(places.items()), set()).add(attribute)
    found = alike(text)
    by_class: dict[int, set[str]] = {}
    for attribute, number in zip(text.attributes, found.of_attribute.tolist(), strict=True):
        if number >= 0:
            by_class.setdefault(number, set()).add(attribute)
    assert sorted(map(sorted, by_class.values())) == sorted(map(sorted, by_tokens.values()))
    assert found.sizes.tolist() == [len(by_class[number]) for number in range(len(found.sizes))]


# The function


def test_the_exponential_is_that_of_numpy_to_the_last_places() -> None:
    x = -np.concatenate([np.linspace(0, 1, 1000), np.geomspace(1e-300, 690, 5000), [0.0]])
    found = x.copy()
    _training.exponentiate(found)
    np.testing.assert_allclose(found, np.exp(x), rtol=1e-15)
    lowest = np.array([-1e9, -np.inf])
    _training.exponentiate(lowest)
    assert (lowest < 1e-300).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(CONFIGS), st.integers(2, 5), st.booleans())
def test_the_value_is_that_of_all_tag_sequences(seed: int, config: dict[str, object], tags: int, every: bool) -> None:
    text = read(drawn(2, seed, tags, longest=5), features_of(config))
    with objective(text, c2=0.3, all_possible_transitions=every) as function:
        variables = np.random.default_rng(seed).normal(0, 0.5, function.size)
        value, _ = function(variables)
        weights = function.weights(variables)
    expected = 0.3 * (np.square(weights.values).sum() + np.square(weights.transitions).sum())
    for words, gold in text.sentences():
        ways = itertools.product(range(len(text.tags)), repeat=len(words))
        scores = np.array([score(weights, words, way) for way in ways])
        expected += scores.max() + np.log(np.exp(scores - scores.max()).sum())
        expected -= score(weights, words, [text.tags.index(tag) for tag in gold])
    assert value == pytest.approx(expected, rel=1e-10)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(CONFIGS), st.integers(2, 30), st.floats(0, 1))
def test_the_gradient_is_that_of_finite_differences(seed: int, config: dict[str, object], tags: int, c2: float) -> None:
    text = read(drawn(4, seed, tags), features_of(config))
    with objective(text, c2=c2) as function:
        chance = np.random.default_rng(seed)
        at, towards = chance.normal(0, 0.5, function.size), chance.normal(0, 1, function.size)
        _, gradient = function(at)
        small = 1e-5
        rise = (function(at + small * towards)[0] - function(at - small * towards)[0]) / (2 * small)
    assert float(gradient @ towards) == pytest.approx(rise, rel=1e-6, abs=1e-5)


def test_each_variable_has_its_own_derivative() -> None:
    text = read(drawn(1, seed=5), features_of(CONFIGS[2]))
    with objective(text) as function:
        at = np.random.default_rng(0).normal(0, 0.5, function.size)
        _, gradient = function(at)
        for number in range(function.size):
            step = np.zeros(function.size)
            step[number] = 1e-5
            rise = (function(at + step)[0] - function(at - step)[0]) / 2e-5
            assert gradient[number] == pytest.approx(rise, rel=1e-6, abs=1e-7)


def test_neither_huge_weights_nor_long_sentences_overflow() -> None:
    words = WORDS * 500
    text = read([(([words], [words], ()), [[f"T{len(word) % 3}" for word in words]])], preset("minimal"))
    with objective(text) as function:
        for scale in (1.0, 1e3, 1e5):
            value, gradient = function(np.random.default_rng(1).normal(0, scale, function.size))
            assert np.isfinite(value) and np.isfinite(gradient).all()


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_any_number_of_threads_gives_the_same_bits(threads: int) -> None:
    text = read(drawn(300, seed=4, tags=9), preset("default"))
    (alone, weights), (together, others) = (steps_of(text, 6, c1=0.1, threads=n) for n in (1, threads))
    assert [step.value for step in alone] == [step.value for step in together]
    assert weights.values.tobytes() == others.values.tobytes()


# CRFsuite as the oracle

PENALTIES = [(0.0, 1.0), (0.1, 0.05), (1.0, 0.0), (0.0, 0.0)]


@pytest.mark.parametrize(("c1", "c2"), PENALTIES)
@pytest.mark.parametrize(("min_freq", "every"), [(0, False), (3, False), (0, True), (2, True)])
def test_the_minimum_is_that_of_crfsuite(c1: float, c2: float, min_freq: int, every: bool) -> None:
    text = read(drawn(60, seed=7), preset("minimal"))
    options = {"min_freq": min_freq, "all_possible_transitions": every}
    found, weights = steps_of(text, 200, c1=c1, c2=c2, **options)
    peer = by_crfsuite(text.sentences(), {"algorithm": "lbfgs", "c1": c1, "c2": c2, **options}, 200, 0, False)
    if c1:  # the same search along lines: the same steps
        assert len(found) == peer.iterations
        assert found[-1].value == pytest.approx(peer.loss, rel=1e-6)
    else:  # another search along lines, which ends within the tests of convergence
        assert found[-1].value == pytest.approx(peer.loss, rel=1e-3)
    theirs = read_weights(peer.model)
    if c1 or c2:
        assert set(weights.tags) == set(theirs.tags)
        assert {*weights.attributes} == {*theirs.attributes} or c1


@pytest.mark.parametrize("iterations", [1, 2, 3, 7, 15])
def test_each_iteration_with_an_l1_penalty_is_that_of_crfsuite(iterations: int) -> None:
    text = read(drawn(40, seed=8), preset("default"))
    found, ours = steps_of(text, iterations, c1=0.1, c2=0.05)
    peer = by_crfsuite(text.sentences(), {"algorithm": "lbfgs", "c1": 0.1, "c2": 0.05}, iterations, 0, False)
    assert found[-1].value == pytest.approx(peer.loss, rel=1e-6)
    theirs = read_weights(peer.model)
    attributes = sorted({*ours.attributes, *theirs.attributes})
    order = [theirs.tags.index(tag) for tag in ours.tags]
    rows = [[attribute] for attribute in attributes]
    np.testing.assert_allclose(ours.summed(rows), theirs.summed(rows)[:, order], atol=1e-6)
    np.testing.assert_allclose(ours.transitions, theirs.transitions[np.ix_(order, order)], atol=1e-6)


def test_the_value_at_the_weights_of_crfsuite_is_the_loss_that_it_tells() -> None:
    text = read(drawn(40, seed=9), preset("default"))
    peer = by_crfsuite(text.sentences(), {"algorithm": "lbfgs", "c1": 0.0, "c2": 0.5}, 30, 0, False)
    theirs = read_weights(peer.model)
    with objective(text, c2=0.5) as function:
        found, _ = function(variables_of(function, text, theirs))
    assert found == pytest.approx(peer.loss, rel=1e-6)


def variables_of(function: Objective, text: Text, weights: Weights) -> np.ndarray:
    """The variables that stand for CRFsuite's weights: found by asking which weights each variable moves."""
    names = np.random.default_rng(0).random(function.size) + 1.0  # no two alike, whatever they are divided by
    marked = function.weights(names)
    order = [weights.tags.index(tag) for tag in text.tags]
    of_value: dict[float, list[tuple[str, int]]] = {}
    for attribute, number in marked.attributes.items():
        for at in range(marked.starts[number], marked.starts[number + 1]):
            of_value.setdefault(float(marked.values[at]), []).append((attribute, int(marked.targets[at])))
    variables = np.zeros(function.size)
    for value, ((attribute, tag), *others) in of_value.items():
        root = np.sqrt(1 + len(others))
        number = int(np.abs(names - value * root).argmin())
        variables[number] = weights.summed([[attribute]])[0, order[tag]] * root
    for before, after in np.argwhere(marked.transitions):
        number = int(np.abs(names - marked.transitions[before, after]).argmin())
        variables[number] = weights.transitions[order[before], order[after]]
    return variables


# The engine

DOCUMENTS = [
    Document(f"Ann saw Bob in {town} on day {n}.", spans=(Span(0, 3, "PER"), Span(8, 11, "PER"), Span(15, 19, "LOC")))
    for n, town in enumerate(["Oslo", "Bonn", "Rome", "Lima"] * 8)
]


def found_by(engine: str | None, **options: object) -> tuple[CRFRecognizer, list[tuple[Span, ...]]]:
    crf = CRFRecognizer("minimal", engine=engine, **options).fit(DOCUMENTS)
    return crf, crf.predict(document.with_spans(()) for document in DOCUMENTS)


def test_both_engines_find_the_same_and_the_model_says_which_it_was() -> None:
    (ours, found), (theirs, others) = found_by("kernel"), found_by("crfsuite")
    assert [[(s.start, s.end, s.label) for s in spans] for spans in found] == [
        [(s.start, s.end, s.label) for s in spans] for spans in others
    ]
    assert ours.manifest["training"]["engine"] == "kernel" and theirs.manifest["training"]["engine"] == "crfsuite"
    assert ours.manifest["training"]["loss"] == pytest.approx(theirs.manifest["training"]["loss"], rel=1e-6)


def test_an_ensembles_left_out_attributes_are_the_same_ones_with_both_engines() -> None:
    (ours, _), (theirs, _) = (found_by(engine, left_out=0.4) for engine in ("kernel", "crfsuite"))
    assert ours.manifest["training"]["loss"] == pytest.approx(theirs.manifest["training"]["loss"], rel=1e-6)


def test_the_kernel_is_what_trains_where_nothing_else_is_said() -> None:
    assert found_by(None)[0].manifest["training"]["engine"] == "kernel"
    assert found_by(None, algorithm="ap")[0].manifest["training"]["engine"] == "crfsuite"


def test_crfsuite_trains_where_the_kernel_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    model, _ = found_by("kernel")
    monkeypatch.setattr(kernel, "installed", lambda: False)
    assert found_by(None)[0].manifest["training"]["engine"] == "crfsuite"
    with pytest.raises(SettingError, match="C compiler"):
        found_by("kernel")
    assert model.predict([DOCUMENTS[0].with_spans(())])[0]


def test_crfsuite_trains_where_the_kernels_tables_would_be_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_LARGEST", 0)
    fallen_back, _ = found_by(None)
    assert fallen_back.manifest["training"]["engine"] == "crfsuite"
    loss = found_by("crfsuite")[0].manifest["training"]["loss"]
    assert fallen_back.manifest["training"]["loss"] == pytest.approx(loss, rel=1e-6)


@pytest.mark.parametrize(("engine", "algorithm", "says"), [("gpu", "lbfgs", "known are"), ("kernel", "ap", "crfsuite")])
def test_an_engine_that_cannot_is_refused_before_any_work(engine: str, algorithm: str, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        CRFRecognizer(engine=engine, algorithm=algorithm).check()


def test_ctrl_c_keeps_the_model_of_the_last_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object) -> Iterator[Step]:
        for number, step in enumerate(minimised(*arguments), 1):  # type: ignore[arg-type]
            yield step
            if number == 5:
                signal.raise_signal(signal.SIGINT)

    five, _ = found_by("kernel", iterations=5)
    monkeypatch.setattr(training, "minimised", interrupted)
    cut, _ = found_by("kernel")
    assert cut.manifest["training"]["interrupted"] and cut.manifest["training"]["iterations"] == 5
    assert cut.fitted_.weights.values.tobytes() == five.fitted_.weights.values.tobytes()


def test_ctrl_c_before_the_first_iteration_ends_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object) -> Iterator[Step]:
        signal.raise_signal(signal.SIGINT)
        yield from ()

    monkeypatch.setattr(training, "minimised", interrupted)
    with pytest.raises(KeyboardInterrupt):
        found_by("kernel")


def test_threads_are_as_many_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert training.threads() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert training.threads() >= 1


# What the loops are handed


@pytest.mark.parametrize(
    "call",
    [
        lambda: _training.dot(np.zeros(3), np.zeros(4)),
        lambda: _training.axpy(1.0, np.zeros(3), np.zeros(4)),
        lambda: _training.pseudo(np.zeros(3), np.zeros(3), np.zeros(2), np.zeros(3)),
        lambda: _training.project(np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(2), 1.0, np.zeros(3)),
        lambda: _training.rows(0, 9, *[np.zeros(2, dtype=np.int64)] * 5, 4, np.zeros(4)),
        lambda: _training.classes(-1, 1, *[np.zeros(9, dtype=np.int64)] * 4, 4, np.zeros(4), np.zeros(4)),
        lambda: _training.gather(0, 1, np.zeros(1, np.int32), np.zeros(1, np.int32), 5, 4, np.zeros(4), np.zeros(4)),
        lambda: _training.chains(
            0, 1, np.array([0]), np.array([9]), (), 3, 2, 4, *[np.zeros(12)] * 3, np.zeros(12), np.zeros(8)
        ),
        lambda: _training.chains(
            0, 1, np.array([0]), np.array([3]), ((np.zeros(1, np.int32), np.zeros(1, np.int32)),), 3, 2, 4,
            *[np.zeros(12)] * 3, np.zeros(12), np.zeros(8),
        ),
    ],
)  # fmt: skip
def test_buffers_that_are_too_short_are_refused(call: object) -> None:
    with pytest.raises(ValueError, match=r"fewer|differ|outside|range"):
        call()  # type: ignore[operator]
