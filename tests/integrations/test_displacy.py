"""displaCy's own form of a document, shown by displaCy."""

from __future__ import annotations

import pytest

from crfner import Document, Span
from crfner.errors import CrfnerError
from crfner.integrations import to_displacy

DOCUMENT = Document("Ana saw <b>Rome</b>.", spans=(Span(11, 15, "LOC", 0.9), Span(0, 3, "PER")), id="one")


def test_text_entities_and_title_are_there() -> None:
    assert to_displacy(DOCUMENT) == {
        "text": DOCUMENT.text,
        "ents": [{"start": 0, "end": 3, "label": "PER"}, {"start": 11, "end": 15, "label": "LOC"}],
        "title": "one",
    }


def test_displacy_shows_one_document_and_several() -> None:
    spacy = pytest.importorskip("spacy")
    nlp = spacy.blank("en")
    doc = nlp("Ana saw Rome.")
    doc.set_ents([doc.char_span(0, 3, label="PER"), doc.char_span(8, 12, label="LOC")])
    ours = to_displacy(Document(doc.text, spans=(Span(0, 3, "PER"), Span(8, 12, "LOC"))))
    render = spacy.displacy.render
    assert render(ours, style="ent", manual=True, jupyter=False) == render(doc, style="ent", jupyter=False)
    both = render([to_displacy(DOCUMENT), ours], style="ent", manual=True, jupyter=False)
    assert both.count("<mark") == 4 and "&lt;b&gt;" in both and ">one<" in both


def test_entities_that_overlap_are_refused() -> None:
    with pytest.raises(CrfnerError, match=r"\(0\.\.3 and 2\.\.4\)"):
        to_displacy(Document("abcd", spans=(Span(0, 3, "A"), Span(2, 4, "B"))))
