"""Tags of schemes that mark ends and single tokens, in all letters that are in use for them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crfner import formats, schemes
from crfner.document import Span

GOLDEN = Path(__file__).parent / "golden"
FILES = ("bank.bilou", "bank.bioes", "bank.bmes", "bank.bmewo")


@pytest.mark.parametrize("name", FILES)
def test_every_letter_in_use_is_known_by_content_and_means_the_same(tmp_path: Path, name: str) -> None:
    shutil.copy(GOLDEN / name, tmp_path / "x")
    assert formats.sniff(tmp_path / "x") == "conll"
    (document,) = formats.read(tmp_path / "x")
    assert document.spans == (Span(4, 21, "ORG"), Span(28, 38, "CITY"), Span(41, 45, "PERSON"), Span(46, 50, "PERSON"))


@pytest.mark.parametrize(
    ("scheme", "name"),
    [("BILOU", "bank.bilou"), ("BILUO", "bank.bilou"), ("bioes", "bank.bioes"), ("IOBES", "bank.bioes")],
)
@pytest.mark.parametrize("source", FILES)
def test_a_scheme_is_written_under_each_of_its_names(tmp_path: Path, source: str, scheme: str, name: str) -> None:
    formats.write(formats.read(GOLDEN / source, "conll"), tmp_path / "x", "conll", scheme=scheme)
    assert (tmp_path / "x").read_text() == (GOLDEN / name).read_text()


@pytest.mark.parametrize(
    ("name", "scheme"),
    [("bank.bilou", "BILOU"), ("bank.bioes", "BIOES"), ("bank.bmes", "BIOES"), ("bank.bmewo", "BIOES")],
)
def test_the_scheme_of_a_file_is_told_by_its_tags(name: str, scheme: str) -> None:
    blocks = (GOLDEN / name).read_text().split("\n\n")
    sequences = [[row.split("\t")[1] for row in block.splitlines() if row] for block in blocks]
    assert schemes.detect(sequences) == scheme


def test_the_ending_tells_where_a_file_has_no_tag(tmp_path: Path) -> None:
    for ending in (".bilou", ".bmes", ".bmewo"):
        (tmp_path / f"x{ending}").write_text("Amal\nagrees\n")
        assert formats.sniff(tmp_path / f"x{ending}") == "conll"
