"""A CRF that builds on an earlier model: its labels may differ, and nothing that the base knew is lost."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crfner import CRFRecognizer, load_model, read, store
from crfner.document import Document, Span
from crfner.errors import CrfnerError, SettingError
from crfner.hints.base import BaseHints
from crfner.models import MAX_DEPTH, model_from_bytes
from crfner.rules import RegexRule, RuleRecognizer, RuleSet
from crfner.tokenize import tokenized
from crfner.transfer import ExtendedRecognizer, base_lexicons, counterparts, forgetting, forgetting_table
from features import Gazetteer

CLINIC = Path(__file__).parents[2] / "data" / "clinic"
TRAIN, DEV = list(read(CLINIC / "train.jsonl"))[:120], list(read(CLINIC / "dev.jsonl"))[:60]
OLD, NEW = TRAIN[:80], TRAIN[80:]


def only(documents: list[Document], *labels: str) -> list[Document]:
    return [document.with_spans(span for span in document.spans if span.label in labels) for document in documents]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Few examples are what these models are for."""
    with warnings.catch_warnings(action="ignore"):
        yield


@pytest.fixture(scope="module")
def base() -> CRFRecognizer:
    with warnings.catch_warnings(action="ignore"):
        lexicons = {"pills": Gazetteer.from_lines(["aspirin", "ibuprofen", "paracetamol"])}
        return CRFRecognizer("minimal", lexicons=lexicons, iterations=15).fit(only(OLD, "MEDICINE", "DOSE"))


@pytest.fixture(scope="module")
def extended(base: CRFRecognizer) -> ExtendedRecognizer:
    with warnings.catch_warnings(action="ignore"):
        return ExtendedRecognizer(base, CRFRecognizer("minimal", iterations=15)).fit(only(NEW, "CONDITION", "DOSE"))


DOSES = RuleRecognizer(RuleSet((RegexRule("dose", "DOSE", pattern=r"\d+ mg", precision=0.8),)))


# Hints


def test_each_token_is_told_label_place_and_grade_of_the_bases_span() -> None:
    (hints,) = BaseHints(DOSES).hints([tokenized(Document("take 5 mg now"))])
    assert [list(values) for values in hints] == [[], ["DOSE/B", "DOSE/B/good"], ["DOSE/E", "DOSE/E/good"], []]


def test_spans_that_a_document_has_are_no_hints() -> None:
    document = tokenized(Document("take it", spans=(Span(0, 4, "DOSE"),)))
    assert not any(BaseHints(DOSES).hints([document])[0])


def test_hints_of_any_kind_of_model_come_back_from_bytes(base: CRFRecognizer, extended: ExtendedRecognizer) -> None:
    document = tokenized(DEV[0]).with_spans(())
    for model in (DOSES, base, extended):
        again = BaseHints.from_bytes(BaseHints(model).to_bytes())
        assert again.hints([document]) == BaseHints(model).hints([document])
        assert again.to_bytes() == BaseHints(model).to_bytes()


def test_damaged_hints_are_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="its base model: this is not a crfner model"):
        BaseHints.from_bytes(b"PK")


def test_what_the_base_finds_helps_to_learn_the_same_under_another_name() -> None:
    found = re.compile(r"\d+ mg")
    marked = [document.with_spans(Span(*m.span(), "AMOUNT") for m in found.finditer(document.text)) for document in NEW]
    crf = CRFRecognizer({"hits": {"window": 0}}, iterations=15)
    model = ExtendedRecognizer(DOSES, crf, keep=()).fit(marked)
    (read_,) = model.recognize([Document("He took 7777 mg of it.")])
    assert [(span.label, read_.text[span.start : span.end]) for span in read_.spans] == [("AMOUNT", "7777 mg")]


# What is kept


def test_it_has_the_labels_of_both(extended: ExtendedRecognizer) -> None:
    assert extended.crf.labels == ("CONDITION", "DOSE")
    assert extended.kept_ == {"MEDICINE"}
    assert extended.labels == ("CONDITION", "DOSE", "MEDICINE")


def test_the_bases_spans_of_other_labels_are_given_where_the_new_crf_says_nothing(
    base: CRFRecognizer, extended: ExtendedRecognizer
) -> None:
    kept = 0
    for new, ours, theirs in zip(
        extended.recognize(DEV), extended.crf.recognize(DEV), base.recognize(DEV), strict=True
    ):
        medicines = [
            s for s in theirs.spans if s.label == "MEDICINE" and not any(s.overlaps(other) for other in ours.spans)
        ]
        assert set(new.spans) == {*ours.spans, *medicines}
        assert all(span.source == "base" for span in new.spans if span.label == "MEDICINE")
        kept += len(medicines)
    assert kept > 10


def test_no_label_of_the_base_is_kept_where_none_is_asked_for(base: CRFRecognizer) -> None:
    model = ExtendedRecognizer(base, CRFRecognizer("minimal", iterations=5), keep=()).fit(only(NEW, "CONDITION"))
    assert model.labels == ("CONDITION",)


def test_a_label_that_the_base_does_not_have_cannot_be_kept(base: CRFRecognizer) -> None:
    with pytest.raises(SettingError, match="no label 'PLACE' to keep; it has DOSE, MEDICINE"):
        ExtendedRecognizer(base, CRFRecognizer(), keep=["PLACE"])


def test_the_bases_lexicons_carry_over(base: CRFRecognizer, extended: ExtendedRecognizer) -> None:
    assert set(base_lexicons(base)) == set(base_lexicons(extended)) == {"pills"}
    assert base_lexicons(DOSES) == {}


def test_forgetting_is_told_by_label_and_leaves_new_labels_aside(
    base: CRFRecognizer, extended: ExtendedRecognizer
) -> None:
    found = forgetting(base, extended, DEV)
    assert set(found.before.labels) == set(found.after.labels) == {"DOSE", "MEDICINE"}
    assert found.before.labels["MEDICINE"].f1 - found.after.labels["MEDICINE"].f1 < 0.05
    assert forgetting(base, base, DEV).lost == 0
    assert [line.split()[0] for line in forgetting_table(found).splitlines()] == ["label", "DOSE", "MEDICINE", "all"]


def test_a_label_that_only_has_another_name_is_not_forgotten(base: CRFRecognizer) -> None:
    renamed = [
        document.with_spans(replace(s, label="REMEDY") for s in document.spans if s.label == "MEDICINE")
        for document in TRAIN
    ]
    same = counterparts(base, renamed)
    assert same == {"REMEDY": "MEDICINE"}
    model = ExtendedRecognizer(base, CRFRecognizer("minimal", iterations=15)).fit(renamed)
    apart, together = forgetting(base, model, DEV), forgetting(base, model, DEV, same)
    assert together.lost < 0.05 < apart.lost


# Files


def test_an_extended_model_loads_again_with_its_base(extended: ExtendedRecognizer, tmp_path: Path) -> None:
    extended.save(tmp_path / "model.crfner")
    again = load_model(tmp_path / "model.crfner")
    assert isinstance(again, ExtendedRecognizer)
    assert again.labels == extended.labels and again.crf.labels == extended.crf.labels
    assert [d.spans for d in again.recognize(DEV)] == [d.spans for d in extended.recognize(DEV)]
    again.save(tmp_path / "again.crfner")
    assert (tmp_path / "again.crfner").read_bytes() == (tmp_path / "model.crfner").read_bytes()


def test_a_file_without_its_base_is_refused(extended: ExtendedRecognizer, tmp_path: Path) -> None:
    path = tmp_path / "model.crfner"
    extended.save(path)
    stored = store.load(path)
    parts = {name: data for name, data in stored.parts.items() if not name.startswith("hinters/")}
    manifest = {name: value for name, value in stored.manifest.items() if name != "parts"}
    store.save(path, manifest, parts)
    with pytest.raises(CrfnerError, match="it holds no base model"):
        load_model(path)
    store.save(path, {**manifest, "extended": {"kept": ["PLACE"]}}, stored.parts)
    with pytest.raises(CrfnerError, match="lists no labels of the base model as kept"):
        load_model(path)


def test_models_within_models_are_bounded(extended: ExtendedRecognizer, tmp_path: Path) -> None:
    path = tmp_path / "model.crfner"
    extended.save(path)
    stored = store.load(path)
    manifest = {name: value for name, value in stored.manifest.items() if name != "parts"}
    data = path.read_bytes()  # a model in a model
    for _ in range(MAX_DEPTH - 2):
        data = store.to_bytes(manifest, {**stored.parts, "hinters/base.base": data})
    model_from_bytes(data, "model")
    data = store.to_bytes(manifest, {**stored.parts, "hinters/base.base": data})
    path.write_bytes(data)
    with pytest.raises(CrfnerError, match=f"more than {MAX_DEPTH} models within one another"):
        load_model(path)
    assert zipfile.is_zipfile(io.BytesIO(data))
