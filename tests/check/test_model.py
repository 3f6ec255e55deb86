"""What a model doubts: confident learning as its peer has it, mistakes told from a model's own faults, and those
that were made on purpose found first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from crfner.check.confident import confident_errors, thresholds
from crfner.check.model import label_errors
from crfner.check.noise import excess, mistakes
from crfner.check.values import Finding
from crfner.crf.decode import Floats, Ints
from crfner.document import Document, Span
from crfner.errors import SettingError
from crfner.tokenize import tokenized

NAMES = ("Anna", "Bert", "Carla", "David", "Emma", "Frank", "Greta", "Hugo")
PLACES = ("Oslo", "Paris", "Rome", "Vienna", "Lisbon", "Dublin", "Prague", "Athens")


def letters(number: int) -> list[Document]:
    """Documents of two sentences, with a person and a place each."""
    found = []
    for at in range(number):
        name = f"{NAMES[at % 8]} {NAMES[(at * 3 + at // 8) % 8]}son"
        place = PLACES[(at * 5 + at // 8) % 8]
        text = f"Yesterday {name} wrote a letter number {at}. The train to {place} was late."
        start = text.index(place)
        spans = (Span(10, 10 + len(name), "PER"), Span(start, start + len(place), "LOC"))
        found.append(tokenized(Document(text, spans=spans, id=f"letter-{at}")))
    return found


def spoilt() -> list[Document]:
    """Sixty letters, the first four with a mistake each."""
    documents = letters(60)
    person, place = documents[0].spans
    documents[0] = documents[0].with_spans([person])
    person, place = documents[1].spans
    documents[1] = documents[1].with_spans([person, Span(place.start, place.end, "PER")])
    person, place = documents[2].spans
    documents[2] = documents[2].with_spans([Span(person.start, documents[2].text.index(" ", 10), "PER"), place])
    documents[3] = documents[3].with_spans([*documents[3].spans, Span(0, 9, "LOC")])
    return documents


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return sorted(label_errors(spoilt(), folds=2), key=lambda finding: -finding.score)


def noisy(seed: int, number: int = 3000, classes: int = 4) -> tuple[Ints, Floats]:
    """Classes, a twelfth of them given wrongly, and probabilities of an able model."""
    chance = np.random.default_rng(seed)
    truth = chance.choice(classes, size=number, p=[0.7, *[0.3 / (classes - 1)] * (classes - 1)])
    scores = np.full((number, classes), 0.4)
    scores[np.arange(number), truth] += chance.uniform(0.5, 4, number)
    probabilities = scores / scores.sum(axis=1, keepdims=True) / 2 + chance.dirichlet(np.ones(classes), number) / 2
    given = np.where(chance.random(number) < 1 / 12, chance.integers(0, classes, number), truth)
    return given, probabilities


# Confident learning


def test_a_threshold_is_the_mean_probability_of_what_is_said_to_be_of_the_class() -> None:
    given = np.array([0, 0, 1])
    probabilities = np.array([[0.9, 0.1, 0.0], [0.5, 0.5, 0.0], [0.2, 0.7, 0.1]])
    assert thresholds(given, probabilities).tolist() == [pytest.approx(0.7), pytest.approx(0.7), np.inf]


@pytest.mark.parametrize("seed", range(3))
def test_the_same_tokens_are_taken_for_wrong_as_by_cleanlab(seed: int) -> None:
    peer = pytest.importorskip("cleanlab.token_classification.filter")
    given, probabilities = noisy(seed)
    theirs = peer.find_label_issues(
        np.split(given, 300), np.split(probabilities, 300), filter_by="confident_learning", n_jobs=1
    )
    ours = np.flatnonzero(confident_errors(given, probabilities))
    assert len(ours) > 100
    assert set(ours.tolist()) == {10 * int(sentence) + int(token) for sentence, token in theirs}


def test_what_has_the_most_probable_class_is_no_error() -> None:
    given, probabilities = noisy(0)
    assert not (confident_errors(given, probabilities) & (probabilities.argmax(axis=1) == given)).any()


# Mistakes and a model's own faults


def contradictions(seed: int, rate: float) -> tuple[Floats, np.ndarray, np.ndarray]:
    """Confidences, whether each is contradicted, and whether by a mistake; the model is too sure of itself."""
    chance = np.random.default_rng(seed)
    confidence = np.minimum(1 - chance.beta(0.3, 1.5, 8000), 0.9999)
    wrong = chance.random(8000) < rate * confidence
    odds = confidence / (1 - confidence)
    own = chance.random(8000) < 1 / (1 + np.exp(0.5) * odds**0.6)
    return confidence, wrong | own, wrong


@pytest.mark.parametrize("rate", [0.005, 0.03, 0.1])
def test_the_chances_sum_to_about_as_many_mistakes_as_there_are(rate: float) -> None:
    confidence, contradicted, wrong = contradictions(1, rate)
    chances = mistakes(confidence, contradicted)[contradicted]
    assert ((chances >= 0) & (chances <= 1)).all()
    assert chances.sum() == pytest.approx(wrong.sum(), rel=0.35, abs=40)


def test_a_surer_contradiction_is_likelier_a_mistake() -> None:
    confidence, contradicted, _ = contradictions(2, 0.05)
    chances = mistakes(confidence, contradicted)[np.argsort(confidence)]
    assert (np.diff(chances) >= -1e-9).all() and chances[-1] > 0.5 > chances[0]


def test_the_fewer_are_doubted_as_much_the_likelier_is_a_mistake() -> None:
    chances = excess(np.array([0.0] * 96 + [0.5, 0.5, 0.9, 0.99]), 0.02)
    assert chances[-4:].tolist() == pytest.approx([2 / 6, 2 / 6, 2 / 4, 2 / 3])


# Findings


def test_each_kind_of_mistake_is_found_before_anything_else(findings: Sequence[Finding]) -> None:
    first = {finding.place.id: finding for finding in findings[:4] if finding.place}
    text = {document.id: document.text for document in spoilt()}

    def suggested(name: str) -> list[tuple[str, str]]:
        spans = first[name].suggestion
        assert spans is not None
        return [(text[name][span.start : span.end], span.label) for span in spans]

    assert {name: finding.kind for name, finding in first.items()} == {
        "letter-0": "unlabelled",
        "letter-1": "mislabelled",
        "letter-2": "misplaced",
        "letter-3": "doubtful",
    }
    assert suggested("letter-0") == [(PLACES[0], "LOC")]
    assert suggested("letter-1") == [(PLACES[5], "LOC")]
    assert suggested("letter-2")[0][1] == "PER" and suggested("letter-2")[0][0].endswith("son")
    assert suggested("letter-3") == []


def test_a_finding_says_what_stands_there_and_what_the_model_reads(findings: Sequence[Finding]) -> None:
    found = next(finding for finding in findings if finding.kind == "mislabelled")
    assert found.place is not None and (found.place.text, found.place.label) == (PLACES[5], "PER")
    assert found.message.startswith("a model that has not seen it reads LOC, not PER, with a probability of 0.")
    assert 0 < found.score <= 1 and not found.safe


def test_few_documents_are_read_sentence_by_sentence() -> None:
    documents = spoilt()
    text, spans = "", []
    for document in documents:
        spans += [Span(span.start + len(text), span.end + len(text), span.label) for span in document.spans]
        text += document.text + "\n"
    (whole,) = ([*label_errors([Document(text, spans=tuple(spans), id="all")], folds=2)],)
    found = next(finding for finding in whole if finding.kind == "mislabelled")
    assert found.place is not None and found.place.text == PLACES[5]
    assert found.place.start == text.index(f"to {PLACES[5]}") + 3


def test_overlaps_and_borders_within_words_or_white_space_stop_nothing() -> None:
    documents = letters(24)
    start, end = documents[0].spans[0].start, documents[0].spans[0].end
    odd = [Span(start, end + 1, "PER"), Span(start, start + 2, "LOC"), Span(start - 1, start, "LOC")]
    documents[0] = documents[0].with_spans(odd)
    assert all(0 <= finding.score <= 1 for finding in label_errors(documents, folds=2))


@pytest.mark.parametrize(
    "documents",
    [[], [Document("Anna left.", spans=(Span(0, 4, "PER"),))], [Document("No one."), Document("Nothing there.")]],
    ids=["no documents", "one sentence", "no entities"],
)
def test_nothing_is_said_of_too_little_text(documents: list[Document]) -> None:
    assert [*label_errors(documents, folds=2)] == []


def test_a_single_fold_is_refused() -> None:
    with pytest.raises(SettingError, match="at least 2"):
        [*label_errors(letters(4), folds=1)]
