"""Parts of documents: samples are nested and cut at sentences, and stretches of a document lose nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crfner import Document, Span, tokenized
from crfner.hits import RuleHits
from crfner.parts import apart, sample
from crfner.splits import make_folds


def corpus(number: int) -> list[Document]:
    """So many documents of two sentences, none alike."""
    texts = (f"We drank tea{place} there. It was {place} degrees." for place in range(number))
    return [tokenized(Document(text, spans=(Span(9, 12, "DRINK"),))) for text in texts]


def sentences(documents: list[Document]) -> list[str]:
    return [" ".join(words) for document in documents for words in document.sentence_words()]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 24])
def test_a_sample_has_as_many_sentences_as_asked_for(size: int) -> None:
    documents = [tokenized(document) for document in corpus(12)]
    assert sentences(sample(documents, size)) == sentences(documents)[:size]


def test_a_larger_sample_holds_the_smaller_ones() -> None:
    documents = [tokenized(document) for document in corpus(12)]
    for smaller, larger in pairwise(sentences(sample(documents, size)) for size in range(1, 25)):
        assert larger[: len(smaller)] == smaller


def test_the_last_document_is_cut_with_all_that_belongs_to_it() -> None:
    text = "Tea is hot. Milk is not. Water"
    whole = tokenized(Document(text, spans=(Span(0, 3, "DRINK"), Span(7, 16, "LONG"), Span(12, 16, "DRINK"))))
    columns = (tuple(str(number) for number in range(len(whole.tokens))),)
    meta = {"columns": columns, "hits": RuleHits((number,) for number in columns[0]), "ward": 3}
    whole = Document(whole.text, whole.tokens, whole.sentences, whole.spans, "a", meta)
    first, second = sample([whole], 2)
    assert (first.text, first.spans) == ("Tea is hot.", (Span(0, 3, "DRINK"),))
    assert (second.text, second.spans) == ("Milk is not.", (Span(0, 4, "DRINK"),))
    assert second.words() == ["Milk", "is", "not", "."] and second.sentences == ((0, 4),)
    hits = RuleHits((number,) for number in "4567")
    assert second.meta == {"columns": (("4", "5", "6", "7"),), "hits": hits, "ward": 3}
    assert isinstance(second.meta["hits"], RuleHits)


@given(st.lists(st.integers(0, 9), max_size=5), st.integers(1, 12))
def test_documents_are_cut_apart_until_there_are_enough_or_no_more_sentences(sizes: list[int], least: int) -> None:
    documents = [
        tokenized(Document(" ".join(f"Tea {number} is {n}." for n in range(size)), id=str(number)))
        for number, size in enumerate(sizes)
    ]
    cut = apart(documents, least)
    assert sentences(cut) == sentences(documents)
    assert [document.id for document in cut] == sorted(document.id or "" for document in cut)
    if len({document.text for document in documents}) >= least:
        assert cut == documents
    elif sizes and min(sizes) >= least:
        assert len(cut) >= least


def test_a_single_document_can_be_cut_into_folds() -> None:
    text = "Tea is hot. Milk is cold. Water is wet. Juice is sweet."
    document = tokenized(Document(text, spans=(Span(0, 3, "DRINK"), Span(12, 16, "DRINK"))))
    folds = make_folds(apart([document], 3), 3)
    assert sorted(text for fold in folds for text in sentences(list(fold.test))) == sorted(sentences([document]))
    assert sum(len(document.spans) for fold in folds for document in fold.test) == 2
