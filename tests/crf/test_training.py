"""Training: all of CRFsuite's algorithms, reproducible to the byte, fed by a stream, and interrupted without loss."""

import gc
import random
import signal
import warnings
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crfner.crf.corpus import Corpus
from crfner.crf.crfsuite import Trained, TrainingSentence, _seed_c_library, _Trainer, train
from crfner.crf.settings import ALGORITHMS
from crfner.crf.weights import read_weights
from crfner.document import Document, Span
from crfner.errors import CrfnerError
from crfner.tokenize import tokenized
from features import preset

Hook = Callable[[_Trainer], None]

every_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS)


def noisy_sentences() -> list[TrainingSentence]:
    """Sentences that no model can fit wholly, so that no algorithm ends before its last iteration."""
    chance = random.Random(0)
    sentences = []
    for _ in range(200):
        words = [[f"a{chance.randint(0, 50)}é" for _ in range(4)] for _ in range(chance.randint(1, 12))]
        fitting = ["B-X" if int(word[0][1:-1]) < 25 else "O" for word in words]
        sentences.append((words, [chance.choice(("B-X", "I-X", "O")) if chance.random() < 0.5 else t for t in fitting]))
    return sentences


SENTENCES = noisy_sentences()


def trained(algorithm: str, iterations: int = 12, seed: int = 1) -> Trained:
    return train(iter(SENTENCES), {"algorithm": algorithm}, iterations, seed, progress=False)


@pytest.fixture
def after_iteration(monkeypatch: pytest.MonkeyPatch) -> Callable[[Hook], None]:
    """Have a function called with the trainer after each iteration."""
    original = _Trainer._on_iteration

    def install(hook: Hook) -> None:
        def hooked(trainer: _Trainer, info: dict[str, Any]) -> None:
            original(trainer, info)
            hook(trainer)

        monkeypatch.setattr(_Trainer, "_on_iteration", hooked)

    return install


# All algorithms


@every_algorithm
def test_every_algorithm_learns(algorithm: str) -> None:
    result = trained(algorithm)
    weights = read_weights(result.model)
    assert set(weights.tags) == {"B-X", "I-X", "O"}
    assert weights.values.any() and weights.transitions.any()
    assert result.iterations == 12 and not result.interrupted
    assert result.loss is not None and result.loss > 0


@every_algorithm
def test_one_seed_gives_one_model_to_the_byte(algorithm: str) -> None:
    assert trained(algorithm) == trained(algorithm)


def test_another_seed_gives_another_model_where_the_data_is_shuffled() -> None:
    assert trained("l2sgd", seed=1).model != trained("l2sgd", seed=2).model


def test_settings_reach_crfsuite() -> None:
    few = train(iter(SENTENCES), {"algorithm": "lbfgs", "c1": 5.0, "c2": 0.0}, 12, 0, progress=False)
    assert len(read_weights(few.model).values) < len(read_weights(trained("lbfgs").model).values)


@every_algorithm
def test_the_model_is_that_of_sklearn_crfsuite_to_the_byte(algorithm: str, tmp_path: Path) -> None:
    sklearn_crfsuite = pytest.importorskip("sklearn_crfsuite")
    settings = {"algorithm": algorithm, "min_freq": 2, "all_possible_transitions": True}
    settings |= {"c1": 0.1, "c2": 0.01} if algorithm == "lbfgs" else {}
    peer = sklearn_crfsuite.CRF(**settings, max_iterations=8, model_filename=str(tmp_path / "peer"))
    _seed_c_library(3)
    peer.fit(*zip(*SENTENCES, strict=True))
    ours = train(iter(SENTENCES), settings, 8, 3, progress=False)
    assert ours.model == (tmp_path / "peer").read_bytes()


# Ctrl-C


@every_algorithm
def test_ctrl_c_keeps_the_model_of_the_last_iteration_to_the_byte(
    algorithm: str, after_iteration: Callable[[Hook], None]
) -> None:
    seven = trained(algorithm, iterations=7)

    def interrupt(trainer: _Trainer) -> None:
        if trainer.reached == 7 and not trainer.interrupted:
            signal.raise_signal(signal.SIGINT)

    after_iteration(interrupt)
    cut = trained(algorithm)
    assert cut.interrupted and cut.iterations == 7
    assert cut.model == seven.model


@every_algorithm
def test_a_second_ctrl_c_ends_the_training(algorithm: str, after_iteration: Callable[[Hook], None]) -> None:
    seen: list[int] = []

    def interrupt(trainer: _Trainer) -> None:
        seen.append(trainer.reached)
        if trainer.reached == 4:
            signal.raise_signal(signal.SIGINT)

    after_iteration(interrupt)
    with pytest.raises(KeyboardInterrupt):
        trained(algorithm)
    assert seen == [1, 2, 3, 4, 1, 2, 3, 4]


@every_algorithm
def test_ctrl_c_before_the_first_iteration_ends_the_training(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(trainer: _Trainer, message: str) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(_Trainer, "message", interrupted)
    with pytest.raises(KeyboardInterrupt):
        trained(algorithm)


def test_ctrl_c_while_the_data_is_read_ends_the_training() -> None:
    def sentences() -> Iterator[TrainingSentence]:
        yield from SENTENCES[:10]
        signal.raise_signal(signal.SIGINT)
        yield from SENTENCES[10:]

    with pytest.raises(KeyboardInterrupt):
        train(sentences(), {"algorithm": "ap"}, 5, 0, progress=False)


def test_training_after_an_interrupted_one_is_not_changed_by_it(after_iteration: Callable[[Hook], None]) -> None:
    before = trained("l2sgd")
    with pytest.raises(KeyboardInterrupt), pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Trainer, "message", lambda trainer, message: signal.raise_signal(signal.SIGINT))
        trained("l2sgd")
    assert trained("l2sgd") == before


# The stream


class Mark:
    """Something whose life can be watched."""


class Watched:
    """Documents handed out one by one, of which it is known how many are still held."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.most = 0
        self._held: list[weakref.ref[Mark]] = []

    def __iter__(self) -> Iterator[Document]:
        for number in range(self.count):
            mark = Mark()
            self._held = [held for held in self._held if held() is not None] + [weakref.ref(mark)]
            self.most = max(self.most, len(self._held))
            yield Document(f"Ann {number} saw Bob.", spans=(Span(0, 3, "PER"),), meta={"mark": mark})


def corpus_of(documents: Any, declared: frozenset[str] | None = None) -> Corpus:
    return Corpus(documents, preset("minimal"), tokenized, "IOB2", declared)


def test_documents_are_read_one_by_one_and_let_go() -> None:
    gc.collect()
    watched = Watched(100)
    train(corpus_of(watched).sentences(), {"algorithm": "ap"}, 1, 0, progress=False)
    assert watched.most <= 3


def test_an_error_in_the_stream_comes_through_as_it_is() -> None:
    def documents() -> Iterator[Document]:
        yield Document("Ann", spans=(Span(0, 3, "PER"),))
        raise CrfnerError("line 2 is wrong")

    with pytest.raises(CrfnerError, match=r"^line 2 is wrong$"):
        train(corpus_of(documents()).sentences(), {"algorithm": "ap"}, 1, 0, progress=False)


def test_the_corpus_counts_what_goes_by() -> None:
    documents = [
        Document("Ann saw Bob. Eve left.", spans=(Span(0, 3, "PER"), Span(8, 11, "PER"), Span(13, 16, "PER"))),
        Document("take 100mg", spans=(Span(5, 8, "DOSE"),)),
        Document(""),
    ]
    corpus = corpus_of(documents)
    with warnings.catch_warnings(record=True, action="always") as caught:
        sentences = list(corpus.sentences())
    assert [tags for _, tags in sentences] == [
        ["B-PER", "O", "B-PER", "O"],
        ["B-PER", "O", "O"],
        ["O", "B-DOSE", "O"],
    ]
    assert corpus.counts == {"documents": 3, "sentences": 3, "tokens": 10, "spans_off_token_borders": 1}
    assert dict(corpus.entities) == {"PER": 3, "DOSE": 1}
    assert [str(warning.message).rpartition(": ")[2] for warning in caught] == ["DOSE (1), PER (3)"]


def test_the_fingerprint_tells_corpora_apart() -> None:
    texts = [Document("Ann", spans=(Span(0, 3, "PER"),)), Document("Bob", spans=(Span(0, 3, "PER"),))]
    others = [texts[0], texts[1].with_spans([Span(0, 2, "PER")])]
    prints = []
    for documents in (texts, texts, others, texts[::-1]):
        corpus = corpus_of(documents)
        with pytest.warns(UserWarning, match="fewer than 10"):
            list(corpus.sentences())
        prints.append(corpus.fingerprint)
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3
