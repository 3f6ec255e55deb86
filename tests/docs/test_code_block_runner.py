"""The runner of code blocks itself: what it takes for a failure, and what it lets pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from code_blocks import Block, blocks, commands, difference
from pages import ROOT, Server, missing
from running_pages import Page

PAGE = ROOT / "README.md"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("forks"), preload=False)
    yield server
    server.close()


@pytest.fixture
def page(server: Server, tmp_path: Path) -> Iterator[Page]:
    page = Page(server, tmp_path)
    yield page
    page.close()


def block(kind: str, code: str, **remarks: float) -> Block:
    return Block(PAGE, 10, kind, code, **remarks)


def test_a_command_that_fails_is_told_with_its_line(page: Page) -> None:
    assert str(page.run(block("console", "$ true\n$ cat nothing"))).startswith("README.md:11: exit code 1\ncat nothing")


def test_a_script_stops_at_its_first_failure_and_tells_its_line(page: Page) -> None:
    assert str(page.run(block("bash", "echo one\nfalse\necho three"))).startswith("README.md:11: exit code 1")


def test_output_that_differs_is_told(page: Page) -> None:
    assert "the output differs" in str(page.run(block("console", "$ echo two\none")))


def test_a_command_may_fail_where_the_page_shows_the_error_or_asks_for_the_code(page: Page) -> None:
    assert page.run(block("console", "$ echo error: no; (exit 2)\nerror: no")) is None
    assert page.run(block("console", "$ (exit 3)\n$ echo $?\n3")) is None
    assert "shows an error" in str(page.run(block("console", "$ echo error: no\nerror: no")))


def test_the_shell_keeps_its_folder_and_variables_and_python_its_names(page: Page) -> None:
    assert page.run(block("bash", "mkdir inner; cd inner; name=value")) is None
    assert page.run(block("console", '$ basename "$PWD"; echo $name\ninner\nvalue')) is None
    assert page.run(block("python", "number = 3")) is None
    assert page.run(block("pycon", ">>> number\n3\n>>> other = 4")) is None
    assert page.run(block("python", "assert other == number + 1")) is None


def test_python_that_fails_is_told_with_the_line_of_the_page(page: Page) -> None:
    assert 'README.md", line 11' in str(page.run(block("python", "print(1)\nraise ValueError")))
    assert "Got:" in str(page.run(block("pycon", ">>> 1 + 1\n3")))


def test_crfner_is_this_project_and_takes_pipes_and_exit_codes(page: Page) -> None:
    wrong = page.run(block("console", "$ printf 'a b\\n' | crfner convert - - --from text --to jsonl | wc -l\n...\n1"))
    assert wrong is None, wrong
    assert (
        page.run(block("console", "$ crfner convert nothing.conll x.jsonl\nerror: nothing.conll: ...\n$ echo $?\n2"))
        is None
    )


def test_pages_see_neither_corpora_nor_network(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRFNER_CORPORA", "/somewhere")
    python = "import os, urllib.request\nassert 'CRFNER_CORPORA' not in os.environ\nurllib.request.urlopen('http://example.org')"
    assert "Connection refused" in str(page.run(block("python", python)))


def test_a_command_goes_on_after_a_prompt_and_after_a_backslash() -> None:
    found = commands(block("console", "$ cat <<END\n> one\n> END\none\n$ echo a \\\n  b\na b\n$ true"))
    assert [(command.line, command.text, command.output) for command in found] == [
        (10, "cat <<END\none\nEND", "one"),
        (14, "echo a \\\n  b", "a b"),
        (17, "true", None),
    ]


@pytest.mark.parametrize(
    ("shown", "output", "within", "same"),
    [
        ("one\ntwo", "one\ntwo\n", None, True),
        ("one", "one\ntwo\n", None, False),
        ("one\n...", "one\ntwo\nthree\n", None, True),
        ("one\n...\nthree", "one\nthree\n", None, True),
        ("took ... s", "took 12 s", None, True),
        ("took ... s", "took\n12 s", None, False),
        ("F1 50.10", "F1 50.20", None, False),
        ("F1 50.10", "F1 50.20", 0.2, True),
        ("F1 50.10", "F1  50.40", 0.2, False),
        ("A  9.90  1", "A  10.00  1", 0.2, True),
        ("A  9.90  1", "A  10.00  2", 0.2, False),
        ("-----\n+1.00", "------\n-1.00", 2, True),
    ],
)
def test_output_is_compared_literally_but_for_what_is_marked(
    shown: str, output: str, within: float | None, same: bool
) -> None:
    assert (difference(shown, output, within) is None) == same


def test_blocks_are_found_with_what_they_need(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Title\n\n<!-- needs: network, spacy -->\n<!-- figures within 2 -->\n```console\n$ true\n```\n\n"
        "````{note}\n```python\n# needs: pyarrow\nx = 1\n```\n````\n\n"
        "1. a list\n\n   ```bash\n   true\n   ```\n```json\n{}\n```\n",
        encoding="utf-8",
    )
    found = [(found.line, found.kind, found.code, found.needs, found.within) for found in blocks(page)]
    assert found == [
        (6, "console", "$ true", ("spacy", "network")[::-1], 2.0),
        (11, "python", "# needs: pyarrow\nx = 1", ("pyarrow",), None),
        (19, "bash", "true", (), None),
    ]


def test_a_need_that_nobody_knows_is_refused() -> None:
    assert missing(("network", "pytest")) == ["network"]
    with pytest.raises(ValueError, match="netwrok"):
        missing(("netwrok",))
