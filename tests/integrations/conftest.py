"""What the tests of integrations share: models small enough to know what they find."""

from __future__ import annotations

from pathlib import Path

import pytest

from crfner import CRFRecognizer, Document, Span
from crfner.rules import DictionaryRule, RegexRule, RuleRecognizer, RuleSet
from crfner.tokenize import tokenize

RULES = RuleSet(
    (
        DictionaryRule("drugs", "DRUG", precision=0.75, terms=("ibuprofen", "fish oil")),
        RegexRule("doses", "DOSE", pattern=r"\d+(?=mg)"),
        RegexRule("units", "UNIT", pattern=r"(?<=\d)mg"),
    )
)
"""Finds drugs, and doses and units that no tokeniser sets apart."""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model file of `RULES`."""
    path = tmp_path / "drugs.crfner"
    RuleRecognizer(RULES).save(path)
    return path


@pytest.fixture(scope="session")
def labelled() -> list[Document]:
    """Twenty documents, half of them with a drug in them."""
    texts = [("Take {} now", "ibuprofen"), ("The {} is red", "bus")]
    documents = []
    for number in range(20):
        text, word = texts[number % 2]
        text = text.format(word) + "." * (number % 3)
        spans = (Span(5, 14, "DRUG"),) if number % 2 == 0 else ()
        documents.append(Document(text, tuple(tokenize(text)), spans=spans))
    return documents


@pytest.fixture
def crf_model(tmp_path: Path, labelled: list[Document]) -> Path:
    """A model file of a CRF that has learnt them."""
    path = tmp_path / "crf.crfner"
    CRFRecognizer("minimal", iterations=20).fit(labelled).save(path)
    return path
