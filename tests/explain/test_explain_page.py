"""The HTML page of an explanation: whole, escaped, self-contained, and fit for a phone."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from explained import crf, rules

from crfner import CRFRecognizer, Document, Span
from crfner.explain import explain_document, explain_model, to_page
from crfner.explain.values import DocumentExplanation, Found, TokenExplanation
from crfner.hybrid import HybridRecognizer
from crfner.rules.recognizer import RuleRecognizer
from crfner.rules.values import DictionaryRule, RegexRule, RuleSet

TEXT = "We split the fish and chips.\nThen a bottle of Chianti!"
VOID = ("meta", "br")


class Reader(HTMLParser):
    """Reads a page strictly: every element is closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: dict[str, str] = {}  # by element, everything within
        self.links: list[str] = []
        self.ids: list[str] = []
        self.elements: set[str] = set()
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.elements.add(tag)
        self.links += [given["href"] or ""] if "href" in given else []
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag not in VOID:
            self.open.append(f"{tag}.{given['class']}" if "class" in given else tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().partition(".")[0] == tag

    def handle_data(self, data: str) -> None:
        for element in self.open:
            self.text[element] = self.text.get(element, "") + data


def test_every_underlined_token_leads_to_its_account() -> None:
    explanation = explain_document(crf(), Document(TEXT))
    page = Reader(to_page(explanation))
    telling = [f"t{number}" for number, token in enumerate(explanation.tokens) if token.telling]
    assert telling
    assert page.ids == telling
    assert page.links == [f"#{name}" for name in telling]


def test_all_tokens_are_accounted_for_when_asked() -> None:
    explanation = explain_document(crf(), Document(TEXT))
    assert Reader(to_page(explanation, every=True)).ids == [f"t{number}" for number in range(len(explanation.tokens))]


def test_the_text_stands_there_as_it_is_with_the_labels_of_its_entities() -> None:
    explanation = explain_document(RuleRecognizer(rules()), Document(TEXT))
    shown = Reader(to_page(explanation)).text["p.text"]
    assert shown == TEXT.replace("fish and chips", "fish and chipsFOOD").replace("Chianti", "ChiantiDRINK")


def test_entities_may_cut_and_cross_tokens() -> None:
    spans = (Found(1, 2, "b", "A", 0.5, "x", "crf"), Found(4, 8, "e gh", "B", 0.5, "x", "crf"))
    decision = explain_document(crf(), Document("soup")).tokens[0].decision
    tokens = tuple(TokenExplanation(start, end, "", 0, decision, 0, ()) for start, end in ((0, 3), (3, 5), (6, 9)))
    page = Reader(to_page(DocumentExplanation("crf", None, "abcde ghi", spans, (), (), tokens)))
    assert page.text["p.text"] == "abAcde ghBi"
    assert page.links == ["#t0", "#t0", "#t0", "#t1", "#t1", "#t2", "#t2"]


def test_nothing_in_text_rule_or_label_becomes_markup() -> None:
    evil = "<script>alert('&amp;')</script>"
    dictionary = DictionaryRule(evil, '<b>"LABEL', terms=("soup",))
    recognizer = RuleRecognizer(RuleSet((dictionary, RegexRule("scripts", "<i>", pattern="(?<=<)script"))))
    for explanation in (explain_document(recognizer, Document(f"soup {evil}")), explain_model(recognizer)):
        source = to_page(explanation)
        page = Reader(source)
        assert evil in page.text["main"] and '<b>"LABEL' in page.text["main"]
        assert page.elements.isdisjoint({"script", "b", "i"})


def test_features_and_tags_are_escaped_too() -> None:
    training = [Document("<script> &lt; soup", spans=(Span(0, 8, "<u>&"),)) for _ in range(10)]
    odd = CRFRecognizer("minimal", iterations=5).fit(training)
    for explanation in (explain_document(odd, training[0], 100), explain_model(odd)):
        page = Reader(to_page(explanation))
        assert page.elements.isdisjoint({"script", "u"})
        assert "B-<u>&" in page.text["main"] and "lower[1]=&" in page.text["main"]


def test_the_page_needs_nothing_from_elsewhere() -> None:
    hybrid = HybridRecognizer(crf(), rules(), "union")
    for explanation in (explain_document(hybrid, Document(TEXT)), explain_model(hybrid, 3)):
        source = to_page(explanation)
        assert source.startswith("<!DOCTYPE html>\n") and '<meta charset="utf-8">' in source
        assert not re.search(r"https?:|src=|url\(|@import|<script|<link", source)
        assert "prefers-color-scheme: dark" in source


def test_what_cannot_be_seen_is_named() -> None:
    page = Reader(to_page(explain_document(crf(), Document("soup \u202e fish\x1b \ud800"))))
    assert page.text["span.control"] == "U+202EU+001BU+D800"


def test_nothing_but_the_page_s_own_style_may_act() -> None:
    source = to_page(explain_document(crf(), Document(TEXT)))
    style = re.search("<style>(.*)</style>", source, re.S)
    assert style is not None
    hashed = b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"default-src &#x27;none&#x27;; style-src &#x27;sha256-{hashed}&#x27;;" in source
    assert " style=" not in source


def test_a_model_is_shown_with_rules_transitions_settings_and_weights() -> None:
    page = Reader(to_page(explain_model(HybridRecognizer(crf(), rules(), "union"), 3)))
    assert re.findall(r"Settings of the policy|Rules|Transitions", page.text["h2"]) == [
        "Settings of the policy",
        "Rules",
        "Transitions",
    ]
    assert "B-FOOD" in page.text["table.transitions"]
    assert "fish and chips, soup" in page.text["table.plain"]


# In a browser


def emulate(browser: Any, width: int, scheme: str) -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def test_a_phone_shows_the_page_without_scrolling_sideways(browser: Any, tmp_path: Path) -> None:
    hybrid = HybridRecognizer(crf(), rules(), "union")
    long_word = Document(f"{TEXT} {'Rindfleischetikettierung' * 8} fish")
    for explanation in (explain_document(hybrid, long_word), explain_model(hybrid)):
        (tmp_path / "page.html").write_text(to_page(explanation, every=True), encoding="utf-8")
        emulate(browser, 360, "light")
        browser.get((tmp_path / "page.html").as_uri())
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
        assert [entry for entry in browser.get_log("browser") if "favicon" not in entry["message"]] == []


def test_the_page_is_light_or_dark_as_the_reader_wishes(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(to_page(explain_document(crf(), Document(TEXT))), encoding="utf-8")
    brightness = {}
    for scheme in ("light", "dark"):
        emulate(browser, 800, scheme)
        browser.get((tmp_path / "page.html").as_uri())
        for what in ("backgroundColor", "color"):
            found = browser.execute_script(f"return getComputedStyle(document.body).{what}")
            brightness[scheme, what] = sum(map(int, re.findall(r"\d+", found)[:3]))
    assert brightness["light", "backgroundColor"] > 600 > 200 > brightness["light", "color"]
    assert brightness["dark", "backgroundColor"] < 200 < 600 < brightness["dark", "color"]
