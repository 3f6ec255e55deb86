"""Steps of scikit-learn's pipelines: cloned, searched over, pickled, and checked by scikit-learn itself."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils import estimator_checks

from crfner import CRFRecognizer, Document, Span, load_model
from crfner.errors import CrfnerError, SettingError
from crfner.integrations import Documents, EntityCounts


def test_a_crf_alone_is_a_pipeline(labelled: list[Document]) -> None:
    pipeline = Pipeline([("crf", CRFRecognizer("minimal", iterations=20))]).fit(labelled)
    assert pipeline.score(labelled) == 1.0


def test_labelled_texts_become_documents_for_a_crf(labelled: list[Document]) -> None:
    pairs = [(document.text, [(span.start, span.end, span.label) for span in document.spans]) for document in labelled]
    pipeline = make_pipeline(Documents(), CRFRecognizer("minimal", iterations=5))
    search = GridSearchCV(pipeline, {"crfrecognizer__iterations": [1, 20]}, cv=2).fit(pairs)
    assert search.best_params_ == {"crfrecognizer__iterations": 20} and search.score(pairs) == 1.0
    restored = pickle.loads(pickle.dumps(search))
    assert restored.predict(["Take ibuprofen now", "The bus"]) == [(Span(5, 14, "DRUG"),), ()]


def test_documents_takes_texts_pairs_and_documents() -> None:
    spans = (Span(0, 1, "A", 0.5),)
    document = Document("a", id="one")
    assert Documents().fit_transform(["a", ("a", []), ("a", spans), document]) == [
        Document("a"),
        Document("a"),
        Document("a", spans=spans),
        document,
    ]


@pytest.mark.parametrize("wrong", [3, ("a",), ("a", ["x"]), ("a", [(0, 2, "A")]), (1, []), None])
def test_what_is_no_text_is_refused_with_its_number(wrong: Any) -> None:
    with pytest.raises(CrfnerError, match="item 1 should be a text or a pair"):
        Documents().transform(["a", wrong])


def test_counts_of_entities_make_a_text_classifier(crf_model: Path, labelled: list[Document]) -> None:
    texts, classes = [document.text for document in labelled], [bool(document.spans) for document in labelled]
    pipeline = make_pipeline(EntityCounts(crf_model), DictVectorizer(), LogisticRegression())
    search = GridSearchCV(pipeline, {"entitycounts__by": ["label", "text"]}, cv=2).fit(texts, classes)
    assert search.score(texts, classes) == 1.0
    pickled = pickle.dumps(search)
    crf_model.unlink()
    assert pickle.loads(pickled).predict(["We take ibuprofen", "Take the bus"]).tolist() == [True, False]


def test_entities_are_counted_by_label_or_by_text(model: Path) -> None:
    texts = ["Ibuprofen, ibuprofen and 200mg", "none"]
    assert EntityCounts(model).fit_transform(texts) == [{"DRUG": 2, "DOSE": 1, "UNIT": 1}, {}]
    counts = EntityCounts(model).set_params(by="text").fit_transform(texts)
    assert counts == [{"DRUG=ibuprofen": 2, "DOSE=200": 1, "UNIT=mg": 1}, {}]


def test_a_clone_keeps_what_its_model_has_learnt(crf_model: Path) -> None:
    step = EntityCounts(load_model(crf_model)).fit([])
    copied = clone(step)
    assert copied.model is step.model and not hasattr(copied, "recognizer_")
    assert copied.fit_transform(["Take ibuprofen now"]) == [{"DRUG": 1}]


def test_wrong_settings_are_told_at_fit(tmp_path: Path) -> None:
    with pytest.raises(CrfnerError, match="there is no such model file"):
        EntityCounts(tmp_path / "none.crfner").fit([])
    with pytest.raises(SettingError, match="by label or text, not by 'word'"):
        EntityCounts(tmp_path / "none.crfner", by="word").fit([])
    with pytest.raises(NotFittedError):
        EntityCounts("x").transform(["a"])
    with pytest.raises(CrfnerError, match="put it into a list"):
        Documents().transform("abc")


@pytest.mark.parametrize("step", [Documents(), EntityCounts("menu.crfner"), CRFRecognizer()], ids=repr)
@pytest.mark.parametrize(
    "check",
    [
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_get_params_invariance",
        "check_set_params",
        "check_estimator_repr",
        "check_estimator_cloneable",
        "check_mixin_order",
        "check_valid_tag_types",
    ],
)
def test_scikit_learns_own_checks_of_what_is_no_array_pass(step: Any, check: str) -> None:
    run = getattr(estimator_checks, check, None)
    if run is None:
        pytest.skip("this scikit-learn has no such check")
    run(type(step).__name__, step)
