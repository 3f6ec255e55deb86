"""Links lead somewhere, every command has its page, and no page loads anything from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import PAGES, ROOT

from crfner.cli import COMMANDS

_LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")
_FENCED = re.compile(r"^\s*(`{3,}|~{3,}).*?^\s*\1\s*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """What the headings can be linked by, as on GitHub: lower case, words joined by hyphens, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    """The targets of the page's links, those to other sites left out."""
    # code within the text of a link is no obstacle, but what looks like a link within code is none
    found = _LINK.findall(_CODE.sub("code", prose(page)))
    return [target for target in found if "://" not in target and not target.startswith("mailto:")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_heading_that_exist(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_links_are_found_at_all() -> None:
    assert "docs/tutorial.md" in links(ROOT / "README.md")
    assert "#rules-crf-or-both" in links(ROOT / "docs/figures.md")
    assert "how-much-of-it" in anchors(ROOT / "docs/how-to/few-sentences.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_page_that_shows_it_at_work(command: str) -> None:
    page = ROOT / "docs/how-to" / f"{command}.md"
    assert re.search(rf"^(\$ )?(.*\| )?crfner {command}\b", page.read_text(encoding="utf-8"), re.MULTILINE)


def test_pages_that_are_not_found_by_their_folder_are_in_a_list_of_contents() -> None:
    docs = ROOT / "docs"
    listed = {
        (page.parent / entry.strip()).resolve()
        for page in docs.rglob("*.md")
        for block in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        for entry in block.splitlines()
        if entry.strip() and not entry.startswith(":")
    }
    globbed = {entry.parent for entry in listed if entry.name == "*"}
    lost = [
        str(page.relative_to(docs))
        for page in docs.rglob("*.md")
        if page.with_suffix("") not in listed and page.parent not in globbed and page != docs / "index.md"
    ]
    assert not lost
