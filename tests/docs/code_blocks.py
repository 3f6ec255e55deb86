"""The code blocks of a Markdown page, and whether what a command printed is what the page shows.

Blocks of `bash`, `console`, `python` and `pycon` are run. What a block needs beside the packages that the tests have
stands in a comment before it, `<!-- needs: spacy, network -->`, or in the first line of Python, `# needs: spacy`; a
console block whose figures may differ between versions of libraries says by how much, `<!-- figures within 2 -->`.

Public names: `Block`, `Command`, `blocks`, `commands`, `fences`, `difference`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RUN = ("bash", "console", "python", "pycon")

_FENCE = re.compile(r"^(?P<indent>\s*)(?P<ticks>`{3,}|~{3,})\s*(?P<kind>\S*)")
_NEEDS = re.compile(r"(?:<!--|#)\s*needs:\s*(?P<names>[^>]*?)\s*(?:-->)?$")
_WITHIN = re.compile(r"<!--\s*figures within (?P<distance>[\d.]+)\s*-->$")
_FIGURE = re.compile(r"[+-]?\d[\d,]*\.\d+")


@dataclass(frozen=True)
class Block:
    """A fenced block: where its code begins (line, from 1), of which kind it is, and what stands before it."""

    page: Path
    line: int
    kind: str
    code: str
    needs: tuple[str, ...] = ()
    within: float | None = None


@dataclass(frozen=True)
class Command:
    """A command of a console block, the line it begins in, and the output that the page shows, None for none."""

    line: int
    text: str
    output: str | None

    @property
    def shows_an_error(self) -> bool:
        """Whether the page says that this command fails: its output has a line that begins with `error:`."""
        return self.output is not None and any(line.startswith("error:") for line in self.output.splitlines())


def fences(page: Path) -> Iterator[Block]:
    """All fenced blocks of the page, those within directives (`{note}`, `{tip}`) too."""
    lines = page.read_text(encoding="utf-8").splitlines()
    yield from _within(page, lines, 0)


def _within(page: Path, lines: list[str], offset: int) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        if opening is None:
            at += 1
            continue
        ticks, indent = opening["ticks"], len(opening["indent"])
        end = next((i for i in range(at + 1, len(lines)) if lines[i].strip() == ticks), len(lines))
        inner = [line[indent:] if not line[:indent].strip() else line for line in lines[at + 1 : end]]
        if opening["kind"].startswith("{") and opening["kind"] not in ("{toctree}", "{include}"):
            yield from _within(page, inner, offset + at + 1)
        needs, within = _remarks(lines[:at])
        code = "\n".join(inner)
        if opening["kind"] in ("python", "pycon") and inner and (said := _NEEDS.match(inner[0].strip())):
            needs += _names(said)
        yield Block(page, offset + at + 2, opening["kind"], code, needs, within)
        at = end + 1


def blocks(page: Path) -> list[Block]:
    """The blocks of the page that are run, in their order."""
    return [block for block in fences(page) if block.kind in RUN]


def commands(block: Block) -> list[Command]:
    """The commands of a console block: `$ ` begins one, `> ` or a line after a backslash goes on with it."""
    found: list[Command] = []
    text: list[str] = []
    shown: list[str] = []
    start = block.line

    def close() -> None:
        if text:
            found.append(Command(start, "\n".join(text), "\n".join(shown) if shown else None))

    for number, line in enumerate(block.code.splitlines(), block.line):
        if line.startswith("$ "):
            close()
            text, shown, start = [line[2:]], [], number
        elif not text:
            raise ValueError(f"{block.page}:{number}: a console block begins with a command, after '$ '")
        elif not shown and (line.startswith("> ") or line == ">"):
            text.append(line[2:])
        elif not shown and text[-1].endswith("\\"):
            text.append(line)
        else:
            shown.append(line)
    close()
    return found


def difference(shown: str, output: str, within: float | None = None) -> str | None:
    """None where the output is as shown, else the two side by side.

    `...` stands for anything within a line; alone on a line, for any number of lines. White space at the ends of lines
    and of the whole does not count. `within` is how far figures with a decimal point may be off; columns may then be
    wider or narrower, too.
    """
    want = [line.rstrip() for line in shown.strip("\n").splitlines()]
    got = [line.rstrip() for line in output.strip("\n").splitlines()]
    while want and not want[-1]:
        want.pop()
    pattern, figures = _pattern(want, within)
    match = re.fullmatch(pattern, "".join(f"{line}\n" for line in got))
    if match and all(
        abs(_number(figure) - _number(seen)) <= (within or 0)
        for figure, seen in zip(figures, match.groups(), strict=True)
    ):
        return None
    return "\n".join(difflib.unified_diff(want, got, "shown on the page", "printed by the command", lineterm="", n=50))


def _pattern(lines: list[str], within: float | None) -> tuple[str, list[str]]:
    """A regular expression for the lines, and the figures whose groups it has."""
    pattern, figures = "", []
    for line in lines:
        if line.strip() == "...":
            pattern += r"(?:[^\n]*\n)*?"
            continue
        pieces = []
        for piece in line.split("..."):
            if within is None:
                pieces.append(re.escape(piece))
                continue
            figures += _FIGURE.findall(piece)
            pieces.append(r"([+-]?\d[\d,]*\.\d+)".join(_loosely(part) for part in _FIGURE.split(piece)))
        pattern += r"[^\n]*?".join(pieces) + r"\n"
    return pattern, figures


def _loosely(text: str) -> str:
    return re.sub(r"(?:\\ |-{4,}|(?:\\-){4,})+", lambda found: "-+" if "-" in found[0] else " +", re.escape(text))


def _number(figure: str) -> float:
    return float(figure.replace(",", ""))


def _remarks(before: list[str]) -> tuple[tuple[str, ...], float | None]:
    """What the comments right above a block say: what it needs, and how far figures may be off."""
    needs: tuple[str, ...] = ()
    within = None
    for line in reversed(before):
        if line.strip() and not line.strip().startswith("<!--"):
            break
        if said := _NEEDS.match(line.strip()):
            needs += _names(said)
        if said := _WITHIN.match(line.strip()):
            within = float(said["distance"])
    return needs, within


def _names(said: re.Match[str]) -> tuple[str, ...]:
    return tuple(name.strip() for name in said["names"].split(",") if name.strip())
