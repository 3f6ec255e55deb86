"""What notebooks show: everything escaped, labels in words, nothing loaded, and values that know nothing of it."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from crfner import CRFRecognizer, Document, HybridRecognizer, Span, evaluate, load_model
from crfner.check import Finding, Place
from crfner.check.report import Report
from crfner.evaluation import modes, reliability
from crfner.explain import explain_document, explain_model
from crfner.integrations import notebook

HOSTILE = "<script>alert(1)</script>"
PLACE = Place(0, HOSTILE, 5, 8, "DRUG", "left ", HOSTILE, " right")
FINDING = Finding("conflict", "warning", 0.75, f"{HOSTILE} is odd", PLACE)


class _Tree(HTMLParser):
    """Text and tags, and whether each that was opened is closed in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1] != "style":
            self.text += data


def shown(value: Any) -> _Tree:
    html = value._repr_html_()
    tree = _Tree()
    tree.feed(html)
    assert not tree.open
    assert "script" not in tree.tags and not re.search(r"https?:|url\(|@import|\bsrc=|\bon\w+=", html)
    return tree


def test_entities_are_marked_with_label_and_score() -> None:
    tree = shown(Document("Ana saw Rome.", spans=(Span(0, 3, "PER"), Span(8, 12, "LOC", 0.987)), id="one"))
    assert "one: 2 entities (1 LOC, 1 PER), 13 characters" in tree.text
    assert "AnaPER saw RomeLOC\u00a00.99." in tree.text
    assert tree.tags.count("mark") == 2


def test_text_labels_and_ids_are_escaped_and_what_hides_is_named() -> None:
    document = Document(f"{HOSTILE}\u202e &amp;", spans=(Span(0, 8, "<b>"),), id=HOSTILE)
    tree = shown(document)
    assert tree.text.count(HOSTILE) == 1 and "<script><b>alert(1)</script>" in tree.text
    assert "U+202E" in tree.text and "&amp;" in tree.text and "\u202e" not in tree.text


def test_entities_within_others_are_shown_below() -> None:
    spans = (Span(0, 15, "ORG"), Span(8, 15, "LOC"), Span(12, 22, "TIME"))
    tree = shown(Document("Bank of England, today", spans=spans))
    assert "Bank of EnglandORG, today" in tree.text
    assert "Within or across these: EnglandLOC and, todayTIME" in tree.text


def test_a_long_document_is_cut_after_a_word_and_says_so() -> None:
    text = "word " * 3000
    tree = shown(Document(text, spans=tuple(Span(i, i + 4, "W") for i in range(0, 15000, 1500))))
    assert tree.text.count("wordW") == 4 and tree.text.count("word") == 1000
    assert "10 entities (10 W), 15,000 characters" in tree.text
    assert "… 10,001 more characters, with 6 entities." in tree.text
    unbroken = shown(Document("x" * 6000))
    assert "… 1,000 more characters, with 0 entities." in unbroken.text


def test_models_tell_what_they_are(crf_model: Path, model: Path, labelled: list[Document]) -> None:
    tree = shown(load_model(crf_model))
    assert "CRFRecognizer" in tree.text and "DRUG" in tree.text and "training.documents" in tree.text
    assert "details" in tree.tags
    assert "RuleRecognizer" in shown(load_model(model)).text
    hybrid = HybridRecognizer(CRFRecognizer("minimal", iterations=2), load_model(model).rules, "union").fit(labelled)
    assert "hybrid.policy" in shown(hybrid).text
    assert "It has learnt nothing yet." in shown(CRFRecognizer("minimal")).text


def test_scores_and_explanations_are_tables(crf_model: Path, labelled: list[Document]) -> None:
    recognizer = load_model(crf_model)
    predicted = list(recognizer.recognize(labelled))
    scores = shown(evaluate(labelled, predicted))
    assert re.search(r"micro\s*100.00", scores.text) and "0 missed" in scores.text
    for value in (modes(labelled, predicted), reliability(labelled, predicted), explain_model(recognizer)):
        assert "table" in shown(value).tags
    why = explain_document(recognizer, labelled[0])
    assert "DRUG" in shown(why).text
    assert " id=" not in why._repr_html_() + why._repr_html_()  # a notebook may show it twice


def test_a_finding_and_a_check_are_shown() -> None:
    tree = shown(FINDING)
    assert f"conflict, warning 0.75{HOSTILE} is oddleft {HOSTILE}DRUG right" in tree.text
    report = Report(HOSTILE, [Document("left xxx right")], [FINDING] * (notebook.FINDINGS + 5))
    assert "5 more, less likely or less grave." in shown(report).text
    assert "0 findings" in shown(Report("data", [], [])).text


def test_a_value_does_not_import_what_shows_it() -> None:
    program = "import sys, crfner.document, crfner.evaluation; print([m for m in sys.modules if 'crfner' in m])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert "crfner.evaluation" in run.stdout and "notebook" not in run.stdout and "report" not in run.stdout


@pytest.mark.parametrize("name", ["[data-jp-theme-light=false]", "body.vscode-dark", "html[theme=dark]"])
def test_the_style_knows_dark_notebooks_and_touches_nothing_else(name: str) -> None:
    from crfner.integrations.notebook_style import STYLE

    assert f"{name} .crfner.crfner" in STYLE
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"@media[^{]*\{", "", STYLE))
    selectors = [part.strip() for rule in rules for part in rule.split(",")]
    assert selectors and all(".crfner.crfner" in selector for selector in selectors)
