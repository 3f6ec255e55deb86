"""Two stages: what a first CRF finds in one sentence helps a second one to read the others of the document."""

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import stories as story
from processes import one_process
from sklearn.base import clone

from crfner import CRFRecognizer, evaluate, store
from crfner.document import Document, Span
from crfner.errors import CrfnerError, SettingError
from crfner.hints.stage import StageHints, evidence
from crfner.stages import first_stage
from crfner.tokenize import tokenized
from features import Gazetteer, OfSentence

PLAIN = {"word": {"window": 1}, "shape": {}}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Few examples are enough here."""
    with warnings.catch_warnings(action="ignore"):
        yield


def stories(number: int, seed: int) -> list[Document]:
    """Those where the name comes up in the last sentence too."""
    return story.stories(number, seed, "Soon {name} comes up.")


@pytest.fixture(scope="module")
def trained() -> CRFRecognizer:
    with warnings.catch_warnings(action="ignore"), one_process():
        return CRFRecognizer(PLAIN, stages=2, iterations=40).fit(stories(60, 0))


# Evidence


def test_what_stands_but_once_has_no_evidence() -> None:
    assert evidence(["Ada", "met", "Bo"], ["PER"], np.ones((3, 1)), [(0, 1, "PER"), (2, 3, "PER")]) == [[], [], []]


def test_words_that_are_an_entity_elsewhere_are_told_so_in_their_order() -> None:
    words = ["New", "York", "is", "not", "York", "New", "nor", "New", "York"]
    found = evidence(words, ["LOC"], np.zeros((9, 1)), [(7, 9, "LOC")])
    assert found[0] == ["same/LOC/B", "within/LOC/B", "word/O"]
    assert found[1] == ["same/LOC/E", "within/LOC/E", "word/O"]
    assert found[4] == ["within/LOC/E", "word/O"]  # the order is another
    assert found[7] == ["word/O"]  # the entity itself tells nothing of itself


def test_function_words_and_signs_have_no_evidence() -> None:
    words = ["the", ",", "12", "the", ",", "12"]
    assert not any(evidence(words, ["X"], np.ones((6, 1)), [(0, 3, "X")]))


def test_evidence_of_several_documents_is_that_of_each(trained: CRFRecognizer) -> None:
    hints = trained.fitted_.hinters["first"]
    given = [*stories(5, 7), Document(""), *stories(3, 8)]
    assert hints.hints(given) == [hints.hints([document])[0] for document in given]
    assert [len(values) for values in hints.hints(given)] == [len(document.tokens) for document in given]


# The two stages


def test_a_second_stage_reads_what_the_first_could_not(trained: CRFRecognizer) -> None:
    test = stories(40, 1)
    one = CRFRecognizer(PLAIN, iterations=40).fit(stories(60, 0))
    assert one.score(test) < 0.8
    assert trained.score(test) > 0.95


def test_training_documents_are_read_by_those_that_have_not_learnt_from_them() -> None:
    spans = (Span(8, 16, "PER"), Span(28, 36, "PER"))
    named = [tokenized(Document(f"Here is {8 * c}. There was {8 * c}.", spans=spans)) for c in "ABCDEF"]
    documents = [*named, *(tokenized(Document(f"Here is {8 * c}. There was {8 * c}.")) for c in "UVWXYZ")]
    with one_process():
        told, first = first_stage(CRFRecognizer({"word": {}}), documents)
    assert not {"word/O", "word/PER/3"} & {*first.hints(documents)[0][2]}
    said = {value for document in told for of_token in document.meta["hits"] for value in of_token}
    assert said and said <= {"first/word/O", "first/word/PER", "first/word/PER/3"}


def test_the_same_comes_back_from_the_file(trained: CRFRecognizer, tmp_path: Path) -> None:
    trained.save(tmp_path / "two.crfner")
    loaded = CRFRecognizer.load(tmp_path / "two.crfner")
    test = stories(20, 2)
    assert list(loaded.recognize(test)) == list(trained.recognize(test))
    assert loaded.get_params()["stages"] == 2
    assert all("hits" not in document.meta for document in trained.recognize(test))


def test_a_clone_has_learnt_nothing_and_can_learn_again(trained: CRFRecognizer, tmp_path: Path) -> None:
    trained.save(tmp_path / "two.crfner")
    again = clone(CRFRecognizer.load(tmp_path / "two.crfner"))
    assert again.hinters is None
    with one_process():
        again.fit(stories(60, 0))
    assert list(again.recognize(stories(20, 2))) == list(trained.recognize(stories(20, 2)))


def test_hints_of_something_else_than_a_crf_are_refused(trained: CRFRecognizer) -> None:
    assert isinstance(StageHints.from_bytes(StageHints(trained).to_bytes(), {}), StageHints)
    with pytest.raises(ValueError, match="its first stage"):
        StageHints.from_bytes(b"nothing", {})
    rules = store.to_bytes({"kind": "rules"}, {})
    with pytest.raises(ValueError, match="its first stage is no CRF"):
        StageHints.from_bytes(rules, {})


def test_both_stages_have_the_lexicons_and_functions_of_the_file(tmp_path: Path) -> None:
    names = Gazetteer.from_lines(["Bo", "Never mentioned"])
    features = {**PLAIN, "gazetteers": {}, "initial": {}}
    functions = {"initial": story.initial}
    crf = CRFRecognizer(features, stages=2, seen=True, iterations=20, lexicons={"names": names}, functions=functions)
    crf.fit([*stories(30, 0), tokenized(Document("Here is Bo.", spans=(Span(8, 10, "PER"),)))])
    crf.save(tmp_path / "two.crfner")
    loaded = CRFRecognizer.load(tmp_path / "two.crfner", functions)
    first = loaded.fitted_.hinters["first"]
    assert isinstance(first, StageHints)
    assert first.first.fitted_.features.lexicons["names"] is loaded.fitted_.features.lexicons["names"]
    assert not first.first.fitted_.hinters
    test = stories(20, 2)
    assert list(loaded.recognize(test)) == list(crf.recognize(test))


def test_what_the_first_stage_made_of_the_words_is_not_made_again() -> None:
    functions = {"counted": OfSentence(story.counted)}
    crf = CRFRecognizer({**PLAIN, "counted": {}}, stages=2, iterations=10, functions=functions)
    with one_process():
        crf.fit(stories(20, 0))
    test = stories(3, 1)
    story.CALLS.clear()
    list(crf.recognize(test))
    assert [word for words in story.CALLS for word in words] == [word for document in test for word in document.words()]


def test_a_single_document_is_cut_so_that_each_part_is_told_what_the_others_show() -> None:
    text = " ".join(document.text for document in stories(12, 0))
    spans = tuple(Span(found.start(), found.end(), "X") for found in re.finditer("[A-J][a-j]{7}", text))
    with one_process():
        crf = CRFRecognizer(PLAIN, stages=2, seen=True, iterations=20).fit([Document(text, spans=spans)])
    assert evaluate([Document(text, spans=spans)], crf.recognize([Document(text)])).micro.f1 > 0.9
    assert any(attribute.startswith("hit[0]=seen/") for attribute in crf.fitted_.weights.attributes)


def test_there_are_one_or_two_stages() -> None:
    with pytest.raises(SettingError, match="unknown stages 3; known are 1, 2"):
        CRFRecognizer(stages=3).check()
    with pytest.raises(CrfnerError, match="3 folds need"):
        CRFRecognizer(PLAIN, stages=2).fit([Document("Ada", spans=(Span(0, 3, "PER"),))])
