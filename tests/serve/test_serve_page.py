"""The page to try models on, in a real browser: by keyboard, on a phone and on a desk, light and dark."""

from __future__ import annotations

import json
from typing import Any

import pytest
from browsing import show
from serving import Server


def find(browser: Any, text: str) -> None:
    """Have the entities of a text found, with the keyboard alone."""
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    box = browser.find_element("id", "text")
    status = browser.find_element("id", "status")
    browser.execute_script("arguments[0].textContent = ''", status)
    browser.execute_script("arguments[0].value = arguments[1]", box, text)
    box.send_keys(Keys.CONTROL, Keys.ENTER)
    WebDriverWait(browser, 20).until(lambda _: status.text)


def too_wide(browser: Any) -> int:
    """By how many pixels the page is wider than the window."""
    return browser.execute_script("const page = document.documentElement; return page.scrollWidth - page.clientWidth")


def accessibility(browser: Any) -> list[str]:
    """What axe finds against WCAG 2.2, level AA."""
    from axe_core_python.selenium import Axe

    found = Axe().run(browser, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


def test_entities_are_marked_at_their_place_also_behind_emoji(browser: Any, server: Server) -> None:
    show(browser, server.address)
    text = "🙂🙂 Two samosas 🙂, a pot of mint tea\nand the soup, please. <b>"
    find(browser, text)
    assert "entit" in browser.find_element("id", "status").text
    expected = server.ask({"text": text}).json()["entities"]
    marks = browser.execute_script(
        "return [...document.querySelectorAll('#result mark')]"
        ".map((mark) => [mark.firstChild.data, mark.lastChild.textContent])"
    )
    assert marks == [[entity["text"], entity["label"]] for entity in expected]
    assert len(browser.find_elements("css selector", "#rows tr")) == len(expected) > 0
    requests = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    urls = [event["params"]["request"]["url"] for event in requests if event["method"] == "Network.requestWillBeSent"]
    assert urls and all(url.startswith((server.address, "data:")) for url in urls)
    assert browser.get_log("browser") == []


@pytest.mark.parametrize(("size", "colours"), [("phone", "dark"), ("desk", "light")])
@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_are_accessible_and_no_wider_than_the_screen(
    browser: Any, server: Server, path: str, size: str, colours: str
) -> None:
    pytest.importorskip("axe_core_python", reason="needs axe-core-python")
    show(browser, server.address + path, size, colours)
    if path == "/":
        find(browser, "Two samosas and a pot of mint tea, " + "x" * 300)
    assert too_wide(browser) == 0
    assert accessibility(browser) == []


def test_markup_in_a_text_stays_text(browser: Any, server: Server) -> None:
    show(browser, server.address)
    nasty = "<img src=x onerror=window.taken=1> mint tea <script>window.taken = 1</script>"
    find(browser, nasty)
    assert browser.execute_script("return document.querySelectorAll('#result img, #result script').length") == 0
    assert browser.execute_script("return window.taken") is None
    assert browser.get_log("browser") == []


def test_a_refusal_is_shown_as_a_sentence(browser: Any, server: Server) -> None:
    show(browser, server.address)
    find(browser, "a" * 100_001)
    assert "at most 100000 are allowed" in browser.find_element("id", "status").text
