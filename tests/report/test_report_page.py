"""The HTML report as a document: well formed, complete, alone, and deaf to what the data would make it do."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from small_comparison import GOLD, documents, hostile, of

from crfner.report import drawing, plots
from crfner.report.page import to_html

VOID = {"meta", "br"}
NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a&amp;'b",
    "crf\u202etxt\x00",
    "]]>--><!--",
    "نص عربي",
]


class Outline(HTMLParser):
    """What is in the page; fails where an element is not closed in turn."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.text = [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names))
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_has_its_parts_in_order_with_ids_that_its_links_reach(comparison):
    page = Outline(to_html(comparison))
    tags = [tag for tag, _ in page.elements]
    assert [tag for tag in tags if tag in ("header", "nav", "main", "footer", "h1")] == [
        "header", "h1", "nav", "main", "footer",
    ]  # fmt: skip
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"] for link in page.of("a")} <= {f"#{name}" for name in ids}
    headings = ["warnings", "scores", "differences", "labels", "groups", "curve", "costs", "errors", "data"]
    assert [link["href"] for link in page.of("a")] == [f"#{name}" for name in headings]


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(comparison):
    page = Outline(to_html(comparison))
    assert len(page.of("caption")) == len(page.of("table")) == 12
    assert {cell.get("scope") for cell in page.of("th")} == {"col", "row"}


def test_nothing_is_loaded_from_anywhere(comparison):
    page = to_html(comparison)
    assert not re.findall(r"https?:|//[a-z]|@import|url\(|\bsrc=", page)
    assert {"link", "img", "iframe", "object", "embed", "base"}.isdisjoint(tag for tag, _ in Outline(page).elements)
    assert not [
        name for _, found in Outline(page).elements for name in found if name.startswith("on") or name == "style"
    ]


def test_only_the_pages_own_style_and_script_may_run(comparison):
    page = to_html(comparison)
    outline = Outline(page)
    (policy,) = [meta["content"] for meta in outline.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert f"{tag}-src 'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in policy


@pytest.mark.parametrize("nasty", NASTY)
def test_what_the_data_holds_is_text_wherever_it_stands(comparison, nasty):
    usual, page = Outline(to_html(comparison)), Outline(to_html(hostile(nasty)))
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in usual.elements} | {"span"}
    assert len(page.of("script")) == 1
    assert not [name for _, found in page.elements for name in found if name.startswith("on")]
    assert not set("\u202e\x00") & set("".join(page.text))


def test_text_that_would_turn_its_line_is_named_and_names_are_isolated():
    page = to_html(hostile("ab\u202ecd"))
    assert '<span class="control">U+202E</span>' in page
    assert "<bdi>ab[U+202E]cd</bdi>" in page


def test_numbers_are_set_with_a_real_minus_and_small_p_as_such(comparison):
    page = to_html(comparison)
    assert "<bdi>−30.00</bdi>" in page
    assert "<bdi>&lt;0.001</bdi>" in page
    assert "<b><bdi>100.00</bdi></b>" in page
    assert "<bdi>0.002</bdi><sup>†</sup>" in page


def test_each_method_is_given_with_its_source(comparison):
    text = "".join(Outline(to_html(comparison)).text)
    for source in ("CoNLL-2003", "Efron 1979", "SemEval-2013", "Noreen 1989; Yeh 2000", "Klein 2012", "Holm 1979"):
        assert source in text


def test_sections_without_content_are_left_out():
    gold = documents(GOLD)
    page = to_html(of(gold, only=gold))
    assert re.findall(r'<section id="(\w+)"', page) == ["scores", "labels", "groups", "costs", "errors", "data"]
    assert "No system made an error." in page


def test_every_error_can_be_filtered_by_system_kind_and_label(comparison):
    page = to_html(comparison)
    assert 'data-errors="0.missed.4 1.type.3 1.type.4 3.type.3 3.type.4"' in page
    assert '<form id="filter" hidden' in page


@pytest.mark.parametrize(
    ("fractions", "ticks"),
    [
        ([0.68, 0.93], [65, 70, 75, 80, 85, 90, 95]),
        ([0.0, 1.0], [0, 20, 40, 60, 80, 100]),
        ([0.911, 0.9215], [91, 92, 93]),
        ([0.5], [50, 51]),
        ([1.0], [99, 100]),
        ([0.0], [0, 1]),
        ([], [0, 20, 40, 60, 80, 100]),
    ],
)
def test_the_scale_of_a_plot_is_round_and_holds_all_values(fractions, ticks):
    scale = drawing.scale(fractions)
    assert list(scale.ticks()) == ticks
    assert all(0 <= scale.place(fraction) <= 1 for fraction in fractions)


def test_plots_place_values_in_per_cent_of_the_width(comparison):
    drawn = plots.intervals(comparison)  # F1 70.00 (47.06 to 88.89) on a scale from 40 to 100
    assert '<line x1="14.82%" x2="78.96%" y1="14" y2="14" class="whisker s0">' in drawn
    assert '<svg x="50.00%" y="14" width="1" height="1" class="marker s0">' in drawn


def test_curves_have_a_band_of_one_deviation_and_a_mark_at_each_mean(comparison):
    drawn = plots.curves(comparison)
    assert drawn.count("<polygon") == drawn.count("<polyline") == 2
    assert drawn.count('class="marker') == 5 + 2  # points, and one of each system in the legend
