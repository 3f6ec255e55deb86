"""New documents come after the old ones, for the labels that need them, as many as target and cap allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from crfner import CrfnerError, Document, Span, read, tokenized, write
from crfner.augment import METHODS, MIXTURES, augmented, parse_methods

DATA = Path(__file__).parents[2] / "data"
CLINIC = list(read(DATA / "clinic" / "train.jsonl"))
BEFORE = Counter(span.label for document in CLINIC for span in document.spans)


def mentions(documents: Sequence[Document]) -> Counter[str]:
    return Counter(span.label for document in documents for span in document.spans)


def marked(text: str) -> Document:
    """A document from a text such as "drank [tea|DRINK]"."""
    plain, spans = "", []
    for part in text.replace("]", "[").split("["):
        words, _, label = part.partition("|")
        if label:
            spans.append(Span(len(plain), len(plain) + len(words), label))
        plain += words
    return Document(plain, spans=tuple(spans))


def test_the_documents_come_first_and_as_they_were() -> None:
    assert augmented(CLINIC)[: len(CLINIC)] == CLINIC


def test_the_default_gives_more_of_the_rarest_label() -> None:
    after = mentions(augmented(CLINIC))
    rarest = min(BEFORE, key=BEFORE.__getitem__)
    assert after[rarest] > 2 * BEFORE[rarest]


def test_the_default_leaves_labels_alone_that_are_not_far_below_the_others() -> None:
    documents = [marked("[ale|DRINK] and [pie|FOOD]"), marked("[tea|DRINK], [jam|FOOD], [rum|DRINK]")]
    assert augmented(documents) == documents
    assert len(augmented(documents, target=3)) > len(documents)


@pytest.mark.parametrize("methods", ["balanced", "tokens,shuffle,crossover,typos"])
def test_the_same_seed_gives_the_same_documents_and_another_seed_others(methods: str) -> None:
    first, again, other = (augmented(CLINIC, methods, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_every_label_reaches_the_target_unless_all_its_sentences_are_at_the_cap() -> None:
    found = augmented(CLINIC, "oversampling", target=130, cap=3)
    after, used = mentions(found), Counter(_parent(document) for document in found[len(CLINIC) :])
    assert max(used.values()) == 3
    for label in BEFORE:
        short = after[label] < 130
        assert not short or label == "DEVICE"
    assert after["DEVICE"] == 4 * BEFORE["DEVICE"]


def _parent(document: Document) -> tuple[str, int]:
    return document.meta["augmented"]["parent"], document.meta["augmented"]["sentence"]


@pytest.mark.parametrize("cap", [1, 2])
def test_no_sentence_is_the_parent_of_more_than_the_cap(cap: int) -> None:
    used = Counter(map(_parent, augmented(CLINIC, target=1000, cap=cap)[len(CLINIC) :]))
    assert max(used.values()) == cap


def test_labels_that_have_the_target_get_nothing() -> None:
    assert augmented(CLINIC, "mentions", target=1) == CLINIC
    assert augmented([Document("no entity here")]) == [Document("no entity here")]
    assert augmented([]) == []


def test_a_new_document_tells_its_parent_and_the_method() -> None:
    documents = [marked("Tea first. Then [ale|DRINK] came."), replace(marked("drank [cocoa|DRINK]"), id="d2")]
    new = {document.text: document for document in augmented(documents, "mentions", target=9, cap=1)[2:]}
    assert {text: document.meta["augmented"] for text, document in new.items()} == {
        "Then cocoa came.": {"parent": 0, "sentence": 1, "method": "mentions"},
        "drank ale": {"parent": "d2", "sentence": 0, "method": "mentions"},
    }
    assert new["Then cocoa came."].id is None
    assert new["drank ale"].id in ("d2+1", "d2+2")


def test_no_new_sentence_is_like_one_there_was_unless_it_is_oversampled() -> None:
    found = augmented(
        CLINIC, ",".join(name for name in METHODS if name not in ("oversampling", "synonyms")), target=300
    )
    new = [(document.text, document.spans) for document in found[len(CLINIC) :]]
    assert len(set(new)) == len(new)


def test_the_columns_of_conll_come_along() -> None:
    meta = {"columns": (("VBD", "JJ", "NN", "CC", "NNS"),)}
    document = replace(tokenized(marked("drank [black tea|DRINK] and [ales|DRINK]")), meta=meta)
    tags = dict(zip(document.words(), *meta["columns"], strict=True))
    for new in augmented([document], "mentions,shuffle", target=20, cap=9)[1:]:
        assert new.meta["columns"] == (tuple(tags[word] for word in new.words()),)


def test_words_that_were_moved_side_by_side_do_not_merge() -> None:
    documents = [marked("([ale|DRINK]) (tea) now"), marked("I don't drink [cocoa|DRINK]/[mead|DRINK]-ish stuff")]
    for new in augmented(documents, "shuffle,tokens", target=60, cap=20)[2:]:
        for (_, end), (start, _) in pairwise(new.tokens):
            assert start > end or not (new.text[end - 1] + new.text[start]).isalnum()


def test_sentences_with_overlapping_spans_are_left_alone() -> None:
    document = Document("drank green tea", spans=(Span(6, 15, "DRINK"), Span(12, 15, "DRINK")))
    assert augmented([document], "oversampling", target=9) == [document]


@pytest.mark.parametrize("ending", ["jsonl", "conll"])
def test_what_is_written_can_be_read_again(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"more.{ending}"
    found = augmented(CLINIC)
    write(found, path)
    again = list(read(path))
    assert [(document.text, document.spans) for document in again] == [
        (document.text, document.spans) for document in found
    ]
    assert again[-1].meta["augmented"] == found[-1].meta["augmented"]


def test_methods_are_given_by_a_mixture_or_with_weights() -> None:
    assert parse_methods("balanced") == MIXTURES["balanced"].weights
    assert parse_methods("mentions=2, typos") == {"mentions": 2.0, "typos": 1.0}
    new = augmented(CLINIC, {"typos": 3, "case": 1}, target=400)[len(CLINIC) :]
    made = Counter(document.meta["augmented"]["method"] for document in new)
    assert set(made) == {"typos", "case"} and made["typos"] > 2 * made["case"]


@pytest.mark.parametrize(
    ("methods", "settings", "message"),
    [
        ("mention", {}, "unknown method of augmentation 'mention'; known are balanced, oversampling"),
        ("", {}, "augmentation needs a method"),
        ("typos,typos", {}, "'typos' is given twice"),
        ("typos=much", {}, "the weight of the method 'typos' should be a number, not 'much'"),
        ("typos=0", {}, "should be a number above 0, not 0.0"),
        ("typos=nan", {}, "should be a number above 0, not nan"),
        ("typos", {"target": 0}, "the target of augmentation should be at least 1, not 0"),
        ("typos", {"cap": 0}, "the cap of augmentation should be at least 1, not 0"),
        ("mentions", {"lexicon": {"DRUG": ["ale"]}}, "terms of 'DRUG', but no mention in the data has this label"),
    ],
)
def test_what_cannot_be_done_is_told(methods: str, settings: dict[str, object], message: str) -> None:
    with pytest.raises(CrfnerError, match=message):
        augmented(CLINIC[:3], methods, **settings)  # type: ignore[arg-type]
