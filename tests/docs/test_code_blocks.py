"""Every command and every line of Python that the documentation shows is run, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from code_blocks import blocks
from pages import NEVER, PAGES, ROOT, Server, missing
from running_pages import Page

PROSE = ("text", "json", "yaml", "toml", "ini", "xml", "html", "css", "javascript", "dockerfile", "diff", "markdown")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("forks"))
    yield server
    server.close()


def _each(page: Path) -> Any:
    """A page as a parameter: those of `docs` take minutes together."""
    marks = [pytest.mark.long] if page.is_relative_to(ROOT / "docs") else []
    return pytest.param(page, marks=marks, id=str(page.relative_to(ROOT)))


@pytest.mark.parametrize("page", [_each(page) for page in PAGES if blocks(page)])
def test_every_block_of_a_page_runs_and_prints_what_is_shown(page: Path, server: Server, tmp_path: Path) -> None:
    runner = Page(server, tmp_path)
    run, skipped = 0, []
    try:
        for block in blocks(page):
            if lacking := missing(block.needs):
                skipped.append(f"line {block.line} needs {', '.join(lacking)}")
                continue
            wrong = runner.run(block)
            assert wrong is None, wrong
            run += 1
    finally:
        runner.close()
    if not run:
        pytest.skip(f"no block of {page.relative_to(ROOT)} can be run here: {'; '.join(skipped)}")


def test_few_blocks_are_only_for_reading() -> None:
    all_blocks = [block for page in PAGES for block in blocks(page)]
    never = [f"{block.page.relative_to(ROOT)}:{block.line}" for block in all_blocks if set(block.needs) & set(NEVER)]
    assert len(never) <= len(all_blocks) / 8, never


def test_commands_stand_in_blocks_that_are_run() -> None:
    from code_blocks import RUN, fences

    strange = [
        f"{block.page.relative_to(ROOT)}:{block.line}: {block.kind or 'no kind'}"
        for page in PAGES
        for block in fences(page)
        if block.kind not in (*RUN, *PROSE) and not block.kind.startswith("{")
    ]
    assert not strange, f"fence these as one of {RUN}, or as one of {PROSE} when they are no code to run"
