"""What the tests of integrations share: models small enough to know what they find."""

from __future__ import annotations

import sys
from collections.abc import Callable
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


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Install a package as pip would leave it: a module, and metadata that names its entry points.

    `install("acme", source, **{"crfner.rules": ["phones = acme:phones"]})` gives the folder to put on the path; it is
    on this process's own already.
    """
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def run(package: str, source: str, **groups: list[str]) -> Path:
        (site / f"{package}.py").write_text(source)
        metadata = site / f"{package}-1.2.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
        sections = ("\n".join([f"[{group}]", *entries, ""]) for group, entries in groups.items())
        (metadata / "entry_points.txt").write_text("\n".join(sections))
        return site

    return run


@pytest.fixture
def uninstall(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Take a folder of packages off this process's path."""
    return lambda site: monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(site)])
