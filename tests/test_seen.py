"""Hints of the training text: a document is told what the others show of its words, not what it shows itself."""

import json
import random
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sklearn.base import clone

from crfner import CRFRecognizer
from crfner.document import Document, Span
from crfner.hints.seen import SeenHints, seen_elsewhere
from crfner.hits import HITS
from crfner.tokenize import tokenized

PLAIN = {"shape": {}, "suffix": {"lengths": [1]}}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Few examples are enough here."""
    with warnings.catch_warnings(action="ignore"):
        yield


def labelled(text: str, *entities: tuple[str, str]) -> Document:
    """A document in which these words have these labels, wherever they stand."""
    spans = {
        Span(start, start + len(words), label)
        for words, label in entities
        for start in range(len(text))
        if text.startswith(words, start)
    }
    return tokenized(Document(text, spans=tuple(sorted(spans))))


def told(documents: list[Document]) -> list[list[tuple[str, ...]]]:
    """What each document is told of each of its words, without the hinter's name."""
    found, _ = seen_elsewhere(documents)
    return [[tuple(v.removeprefix("seen/") for v in values) for values in d.meta[HITS]] for d in found]


def test_a_document_is_told_what_the_others_show() -> None:
    paris = labelled("Paris is far", ("Paris", "LOC"))
    first, second = told([paris, labelled("Is Paris far from Rome", ("Paris", "LOC"), ("Rome", "LOC"))])
    assert first[0] == ("word/LOC/4", "word/LOC/4/0", "role/LOC/S", "string/LOC/S/4", "string/LOC/S/4/0")
    assert second[1] == first[0]
    assert second[4] == ("new",)  # only this document has it
    assert first[1:] == [(), ()]


def test_what_a_document_shows_itself_is_not_told_to_it() -> None:
    documents = [labelled("Ada and Ada met Ada", ("Ada", "PER")), labelled("it rained all day")]
    assert told(documents)[0][0] == ("new",)


def test_how_surely_and_how_often_are_graded() -> None:
    others = [labelled("May was here", ("May", "PER"))] * 3 + [labelled("In May it rained")] * 3
    (values, *_) = told([labelled("May"), *others])
    assert values[0] == ("word/PER/1", "word/PER/1/3", "role/PER/S", "string/PER/S/1", "string/PER/S/1/3")


def test_words_in_a_row_are_told_their_places_and_the_longest_row_wins() -> None:
    others = [labelled("New York City", ("New York City", "LOC")), labelled("York", ("York", "PER"))]
    (values, *_) = told([labelled("in New York City"), *others])
    rows = [[value for value in of_word if value.startswith("string")] for of_word in values]
    assert rows == [[], *([f"string/LOC/{place}/4", f"string/LOC/{place}/4/0"] for place in "BIE")]
    assert "role/LOC/I" in values[2] or "role/PER/S" in values[2]


def test_a_word_in_other_capitals_is_told_so() -> None:
    (values, _) = told([labelled("PARIS"), labelled("Paris", ("Paris", "LOC"))])
    assert values[0][0] == "folded/LOC/4"


def test_names_that_are_never_entities_are_told_so_and_plain_words_not() -> None:
    (values, _) = told([labelled("However it rained"), labelled("However it rained")])
    assert values == [("word/O/0",), (), ()]


def test_new_text_is_told_what_all_documents_show() -> None:
    documents = [labelled("Paris is far", ("Paris", "LOC")), labelled("So is Rome", ("Rome", "LOC"))]
    _, hints = seen_elsewhere(documents)
    (values,) = hints.hints([labelled("Rome, Oslo")])
    assert values[0][0] == "word/LOC/4"
    assert values[2] == ["new"]
    assert hints.hints([Document("")]) == [[]]


def test_the_file_gives_back_the_same_hints() -> None:
    _, hints = seen_elsewhere([labelled("Ærø \ud800 \0 lies there", ("Ærø", "LOC"))] * 2)
    given = [labelled("To Ærø or ærø")]
    again = SeenHints.from_bytes(hints.to_bytes())
    assert again.hints(given) == hints.hints(given)
    assert again.to_bytes() == hints.to_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        json.dumps({"words": {"a": {"X/B": "1"}}, "strings": []}).encode(),
        json.dumps({"words": {"a": {}}, "strings": []}).encode(),
        json.dumps({"words": {}, "strings": [["ab", {"X": 1}]]}).encode(),
        json.dumps({"words": {}, "strings": [[[], {"X": 1}]]}).encode(),
        json.dumps({"words": {}, "strings": [[["a"], {"X": -1}]]}).encode(),
        b"[" * 100_000,
    ],
)
def test_damaged_content_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        SeenHints.from_bytes(content)


# In a CRF


def letters(number: int, seed: int, names: list[str]) -> list[Document]:
    """Documents in which some names are people and the others places, by nothing but the name."""
    shuffler = random.Random(seed)
    found = []
    for _ in range(number):
        name = shuffler.choice(names)
        found.append(labelled(f"Then {name} came up", (name, "PER" if names.index(name) % 2 else "LOC")))
    return found


NAMES = ["".join(random.Random(number).choices("abcdefgh", k=8)).capitalize() + "a" for number in range(40)]


@pytest.fixture(scope="module")
def trained() -> CRFRecognizer:
    with warnings.catch_warnings(action="ignore"):
        return CRFRecognizer(PLAIN, seen=True, iterations=40).fit(letters(120, 0, NAMES))


def test_a_crf_learns_how_far_to_trust_what_was_seen(trained: CRFRecognizer) -> None:
    test = letters(40, 1, NAMES)
    assert trained.score(test) > 0.9
    assert CRFRecognizer(PLAIN, iterations=40).fit(letters(120, 0, NAMES)).score(test) < 0.7


def test_it_travels_in_the_model_file(trained: CRFRecognizer, tmp_path: Path) -> None:
    trained.save(tmp_path / "m.crfner")
    again = CRFRecognizer.load(tmp_path / "m.crfner")
    test = letters(20, 2, NAMES)
    assert list(again.recognize(test)) == list(trained.recognize(test))
    assert again.seen
    assert clone(again).hinters is None  # it is counted anew from what the clone learns from


def test_documents_come_back_without_hints(trained: CRFRecognizer) -> None:
    (found,) = trained.recognize(letters(1, 3, NAMES))
    assert HITS not in found.meta


def test_it_goes_with_two_stages_and_with_augmentation() -> None:
    crf = CRFRecognizer(PLAIN, seen=True, stages=2, augment="balanced", iterations=20).fit(letters(40, 0, NAMES))
    assert crf.score(letters(20, 1, NAMES)) > 0.7
