"""One function opens any model file."""

import warnings
from pathlib import Path

import pytest

from crfner import CRFRecognizer, Document, HybridRecognizer, RuleRecognizer, Span, load_model, store
from crfner.errors import CrfnerError
from crfner.rules import RegexRule, RuleSet

RULES = RuleSet((RegexRule(name="dose", label="DOSE", pattern=r"\d+ mg"),))
DOCUMENTS = [Document(f"Give {n} mg now.", spans=(Span(5, 7 + len(str(n)) + 1, "DOSE"),)) for n in range(10, 30)]


def models() -> dict[type, CRFRecognizer | RuleRecognizer | HybridRecognizer]:
    with warnings.catch_warnings(action="ignore"):
        crf = CRFRecognizer("minimal", iterations=5).fit(DOCUMENTS)
    return {
        CRFRecognizer: crf,
        RuleRecognizer: RuleRecognizer(RULES),
        HybridRecognizer: HybridRecognizer(crf, RULES),
    }


@pytest.mark.parametrize("kind", [CRFRecognizer, RuleRecognizer, HybridRecognizer])
def test_every_kind_of_model_is_opened_as_what_it_is(kind: type, tmp_path: Path) -> None:
    model = models()[kind]
    model.save(tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert type(loaded) is kind
    assert list(loaded.recognize(DOCUMENTS)) == list(model.recognize(DOCUMENTS))
    assert loaded.manifest["kind"] == model.manifest["kind"]


@pytest.mark.parametrize("kind", ["oracle", None, 3, ["crf"]])
def test_a_model_of_an_unknown_kind_is_refused(kind: object, tmp_path: Path) -> None:
    store.save(tmp_path / "model", {"kind": kind}, {})
    with pytest.raises(CrfnerError, match="model: this model is of the unknown kind"):
        load_model(tmp_path / "model")


@pytest.mark.parametrize("kind", ["crf", "rules", "hybrid"])
def test_a_model_that_is_not_what_it_says_is_refused(kind: str, tmp_path: Path) -> None:
    store.save(tmp_path / "model", {"kind": kind}, {})
    with pytest.raises(CrfnerError, match="model: the model is damaged"):
        load_model(tmp_path / "model")
