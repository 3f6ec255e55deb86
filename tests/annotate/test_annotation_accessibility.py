"""The annotation page by the rules of WCAG 2.1 A and AA, as far as axe can tell: every view, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

for package in ("axe_core_python", "selenium", "starlette", "uvicorn", "markdown_it"):
    pytest.importorskip(package, reason=f"needs {package}: pip install -e '.[test,serve]'")

from annotating import DATA, DESK, PHONE, Person, served  # noqa: E402

from crfner import Document, Span  # noqa: E402
from crfner.annotate import AnswerLog, Decision, Example, Setup  # noqa: E402
from crfner.annotate.guidelines import to_html  # noqa: E402
from crfner.annotate.values import Version  # noqa: E402

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}  # all that differs in the dark
ENTER, ESCAPE, RIGHT = "\ue007", "\ue00c", "\ue014"
LOOKS = [
    pytest.param(DESK, "light", id="desk"),
    pytest.param(DESK, "dark", id="desk dark", marks=pytest.mark.long),
    pytest.param(PHONE, "light", id="phone", marks=pytest.mark.long),
    pytest.param(PHONE, "dark", id="phone dark", marks=pytest.mark.long),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Eight labels and more, rules, guidelines, texts to go back to, and one in which there is much to look at."""
    path = tmp_path_factory.mktemp("page") / "answers.jsonl"
    names = [f"LABEL{number}" for number in range(1, 9)]
    spans = tuple(Span(4 * number, 4 * number + 3, name, 0.5 + number / 20) for number, name in enumerate(names))
    texts = [Document(f"tea pie ham egg fig nut oat rye {number}", spans=spans) for number in range(7)]
    with AnswerLog(path) as log:
        otherwise = [text.with_spans([Span(0, 3, "LABEL2")]) for text in texts[:5]]
        log.append([Decision(document, "accept", "anna", "now") for document in otherwise])
    setup = Setup("anna", labels=[*names, "OTHER"], retrain_after=0)
    guidelines = to_html((DATA / "menu/GUIDELINES.md").read_text(encoding="utf-8"))
    with served([Example(text) for text in texts], path, setup, guidelines) as address:
        yield address


def violations(browser: Any, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe finds, with the elements."""
    from axe_core_python.selenium import Axe

    found = Axe().run(browser, options=rules)
    assert len(found["passes"]) > (15 if rules is RULES else 0)
    return [
        f"{one['id']}: {node['html'][:150]} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def labelling(person: Person) -> None:
    person.until(lambda: person.shown("#findings"))
    person.press(RIGHT)


def choosing(person: Person) -> None:
    person.press("2")


def helping(person: Person) -> None:
    person.press("?")
    person.until(lambda: person.shown("#help"))


def listing(person: Person) -> None:
    person.press("h")
    person.until(lambda: person.shown("#history .row"))


def going_back(person: Person) -> None:
    person.then_next(lambda: person.press("u"))


def failing(person: Person) -> None:
    person.browser.execute_script("window.fetch = async () => { throw new Error() }")
    person.press("s")
    person.until(lambda: person.shown("#problem"))


VIEWS: list[Callable[[Person], None]] = [labelling, choosing, helping, listing, going_back, failing]


@pytest.mark.parametrize(("size", "colours"), LOOKS)
def test_every_view_of_labelling_keeps_the_rules(browser: Any, page: str, size: tuple[int, int], colours: str) -> None:
    for view in VIEWS:
        person = Person(browser, page, size, colours)
        view(person)
        assert violations(browser, RULES if (size, colours) == (DESK, "light") else CONTRAST) == [], view.__name__
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth"), view.__name__


@pytest.mark.parametrize(("size", "colours"), [LOOKS[0], LOOKS[3]])
def test_the_views_of_starting_adjudicating_and_ending_keep_the_rules(
    browser: Any, tmp_path: Path, size: tuple[int, int], colours: str
) -> None:
    rules = RULES if size == DESK else CONTRAST
    with served([Example(Document("Mint tea, please."))], tmp_path / "a.jsonl", Setup("anna")) as page:
        person = Person(browser, page, size, colours)
        assert violations(browser, rules) == []
        person.press(ESCAPE)
        person.accept()
        assert person.shown("#done")
        assert violations(browser, rules) == []
    versions = Version("anna", (Span(0, 8, "DRINK"),)), Version("ben", (Span(5, 8, "FOOD"),))
    with served([Example(Document("Mint tea"), versions)], tmp_path / "gold.jsonl", Setup("cora")) as page:
        person = Person(browser, page, size, colours)
        person.press("a")
        assert violations(browser, rules) == []


def test_what_has_the_focus_can_be_seen(browser: Any, page: str) -> None:
    for colours in ("light", "dark"):
        person = Person(browser, page, DESK, colours)
        seen = set()
        for _ in range(60):
            person.press("\ue004")
            outline, name = browser.execute_script(
                "const e = document.activeElement; const s = getComputedStyle(e);"
                "return [s.outlineStyle === 'none' ? '0' : s.outlineWidth, e.id || e.textContent]"
            )
            if browser.execute_script("return document.activeElement === document.body"):
                break
            assert float(outline.rstrip("px")) >= 2, name
            seen.add(name)
        assert {"text", "accept", "format", "snap", "open-help"} - seen <= {"open-help"}


def test_at_four_times_the_size_nothing_has_to_be_scrolled_sideways(browser: Any, page: str) -> None:
    for view in (labelling, helping, listing):  # 1280 pixels at 400% are 320
        view(Person(browser, page, (320, 640)))
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 320, view.__name__


def test_who_wants_no_motion_gets_none(browser: Any, page: str) -> None:
    person = Person(browser, page)
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    )
    moving = (
        "return [...document.querySelectorAll('*')].filter((e) => { const s = getComputedStyle(e);"
        " return s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0 }).length"
    )
    assert browser.execute_script(moving) == 0
    assert person.number is not None
