"""spaCy as a system: it learns, its spans stand on our tokens, and without it the message says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from contestants import DRINKS, document

from crfner import CrfnerError, Document, Recognizer, Span, evaluate
from crfner.compare import make_systems, spacy_ner
from crfner.compare.spacy_ner import SpacyRecognizer, train_spacy
from crfner.errors import SettingError

TRAIN = [document(drink, f"thing{number}") for number, drink in enumerate(DRINKS * 5)]


def test_where_spacy_is_missing_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spacy_ner, "find_spec", lambda name: None)
    with pytest.raises(SettingError, match=r"run pip install 'crfner\[spacy\]', or leave it out"):
        make_systems(["spacy"])


@pytest.fixture(scope="module")
def trained() -> SpacyRecognizer:
    pytest.importorskip("spacy")
    return train_spacy(TRAIN)


def test_it_learns(trained: SpacyRecognizer) -> None:
    assert isinstance(trained, Recognizer) and trained.labels == ("DRINK",)
    test = [document("tea", "soda"), document("thing"), document("milk")]
    found = list(trained.recognize(test))
    assert evaluate(test, found, samples=1).micro.f1 > 0.7
    assert {span.source for document in found for span in document.spans} == {"spacy"}


def test_documents_of_any_form_come_back_in_order(trained: SpacyRecognizer) -> None:
    given = [Document(""), Document("  \n"), *TRAIN[:40], Document("We like some tea")]
    found = list(trained.recognize(given))
    assert [document.text for document in found] == [document.text for document in given]


def test_one_seed_gives_one_model(trained: SpacyRecognizer) -> None:
    again = train_spacy(TRAIN)
    assert [d.spans for d in again.recognize(TRAIN)] == [d.spans for d in trained.recognize(TRAIN)]


def test_it_can_be_saved(trained: SpacyRecognizer, tmp_path: Path) -> None:
    trained.save(tmp_path / "model")
    assert (tmp_path / "model").stat().st_size > 10_000


def test_entities_within_a_token_are_learnt_from_too() -> None:
    pytest.importorskip("spacy")
    assert train_spacy([Document("teapot", spans=(Span(0, 3, "DRINK"),))] * 3).labels == ("DRINK",)


def test_overlapping_entities_and_none_at_all_are_refused() -> None:
    pytest.importorskip("spacy")
    with pytest.raises(CrfnerError, match="has overlapping spans, which spaCy's ner cannot learn"):
        train_spacy([Document("a b c", spans=(Span(0, 3, "X"), Span(2, 5, "Y")))])
    with pytest.raises(CrfnerError, match="holds no labelled span"):
        train_spacy([Document("a b c")])


def test_a_language_that_spacy_does_not_know_is_refused() -> None:
    pytest.importorskip("spacy")
    assert make_systems(["spacy:en"])[0].name == "spacy ner"
    for language in ("zz", "../etc", "en.stop_words"):
        with pytest.raises(SettingError, match="spaCy does not know the language"):
            make_systems([f"spacy:{language}"])
