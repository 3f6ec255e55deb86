"""The HTML report in a real browser: on a phone and on a desk, light and dark, without the network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from browsing import SIZES, show
from small_comparison import clinic, hostile

from crfner.report import write

LOW_CONTRAST = """
const parse = (colour) => colour.match(/[0-9.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
  .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const poor = [];
let seen = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const element = node.parentElement;
  if (!node.data.trim() || element.closest("script") || !element.getClientRects().length) continue;
  const style = getComputedStyle(element);
  const ink = light(parse(element.closest("svg") ? style.fill : style.color));
  const paper = light(ground(element));
  const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  seen += 1;
  if (contrast < 4.5) poor.push([node.data.trim().slice(0, 30), element.className, contrast]);
}
return {seen, poor};
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write(clinic(), path)
    return path


def requested(browser: Any) -> list[str]:
    """The addresses that the page asked for."""
    events = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]


def too_wide(browser: Any) -> int:
    """By how many pixels the page is wider than the window."""
    return browser.execute_script("const page = document.documentElement; return page.scrollWidth - page.clientWidth")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_it_is_readable_quiet_and_no_wider_than_the_screen(browser: Any, report: Path, size: str, colours: str) -> None:
    show(browser, report.as_uri(), size, colours)
    assert browser.get_log("browser") == []
    assert requested(browser) == [report.as_uri()]
    assert too_wide(browser) == 0
    contrast = browser.execute_script(LOW_CONTRAST)
    assert contrast["seen"] > 400
    assert contrast["poor"] == []
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(22, 24, 27)") is (colours == "dark")


@pytest.mark.parametrize("theme", ["true", "false"])
def test_what_a_notebook_shows_is_readable_whatever_colours_the_reader_likes(
    browser: Any, tmp_path: Path, theme: str
) -> None:
    outputs = [clinic(), *clinic().gold, clinic().systems[0].evaluation]
    shown = "".join(value._repr_html_() for value in outputs)
    striped = (
        "<style>div td { color: grey; text-align: right } div tbody tr:nth-child(odd) { background: grey }</style>"
    )
    page = tmp_path / "notebook.html"
    page.write_text(f"<!DOCTYPE html><body data-jp-theme-light={theme}>{striped}{shown}</body>")
    for colours in ("light", "dark"):
        show(browser, page.as_uri(), colours=colours)
        contrast = browser.execute_script(LOW_CONTRAST)
        assert contrast["seen"] > 100 and contrast["poor"] == []
        paper = browser.execute_script("return getComputedStyle(document.querySelector('.crfner')).backgroundColor")
        assert (paper == "rgb(22, 24, 27)") is (theme == "false")


def test_a_wide_table_scrolls_in_its_own_box_on_a_phone(browser: Any, report: Path) -> None:
    show(browser, report.as_uri(), "phone")
    box = "const box = document.querySelector('#scores .box');"
    assert browser.execute_script(f"{box} return box.scrollWidth > box.clientWidth && box.clientWidth <= 360 - 32")
    browser.execute_script(f"{box} box.scrollLeft = 200")
    left = browser.execute_script(f"{box} return box.querySelector('tbody th').getBoundingClientRect().left")
    assert left == 16  # the names stay in sight


def test_the_filter_shows_the_errors_of_one_system_kind_and_label(browser: Any, report: Path) -> None:
    from selenium.webdriver.support.ui import Select

    show(browser, report.as_uri())

    def choose(**wanted: str) -> tuple[str, list[str]]:
        for name in ("system", "kind", "label"):
            every = Select(browser.find_element("name", name)).options[0].text
            Select(browser.find_element("name", name)).select_by_visible_text(wanted.get(name, every))
        sentences = browser.find_elements("css selector", ".case")
        shown = [s.find_element("css selector", "dd").text for s in sentences if s.is_displayed()]
        return browser.find_element("id", "shown").text, [text.split()[0] for text in shown]

    assert choose() == ("5 of 5 sentences", ["Dr", "She", "Nothing", "Amal", "Two"])
    assert choose(system="rules", kind="missed") == ("3 of 5 sentences", ["Dr", "Amal", "Two"])
    assert choose(system="crf default", kind="type", label="MEDICINE") == ("1 of 5 sentences", ["Two"])
    assert choose(system="rules", label="MEDICINE") == ("0 of 5 sentences", [])
    assert choose(system="hybrid union")[0] == "0 of 5 sentences"
    assert not [g for g in browser.find_elements("css selector", ".group") if g.is_displayed()]
    assert choose(kind="spurious")[1] == ["Nothing"]


def test_without_scripts_every_error_is_shown_and_no_filter(browser: Any, report: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(browser, report.as_uri())
        assert not browser.find_element("id", "filter").is_displayed()
        assert all(case.is_displayed() for case in browser.find_elements("css selector", ".case"))
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize(
    "nasty",
    ["<script>window.taken = 1</script>", '"><img src=x onerror="window.taken = 1">', "x" * 3000],
    ids=["script", "image", "long"],
)
def test_a_hostile_corpus_runs_nothing_loads_nothing_and_does_not_widen_the_page(
    browser: Any, tmp_path: Path, nasty: str
) -> None:
    path = tmp_path / "report.html"
    write(hostile(nasty), path)
    show(browser, path.as_uri(), "phone")
    assert browser.get_log("browser") == []
    assert requested(browser) == [path.as_uri()]
    assert browser.execute_script("return window.taken") is None
    assert too_wide(browser) == 0


def test_the_policy_holds_even_against_markup_that_gets_in(browser: Any, report: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    attack = '<script>window.taken = 1</script><img src="taken.png" onerror="window.taken = 1"><main>'
    path.write_text(report.read_text(encoding="utf-8").replace("<main>", attack, 1), encoding="utf-8")
    show(browser, path.as_uri())
    assert browser.execute_script("return window.taken") is None
    blocked = [entry["message"] for entry in browser.get_log("browser")]
    assert blocked and all("Content Security Policy" in message for message in blocked)
