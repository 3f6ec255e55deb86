"""PubTator: one separator between title and abstract, concepts that survive, quotes that are checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import GOLDEN, read_text, refusal, written

from crfner import formats
from crfner.document import Document, Span

SOURCE = GOLDEN / "abstracts.pubtator"


def test_offsets_run_over_title_one_separator_and_abstract() -> None:
    notes = formats.Notes()
    first, second = formats.read(SOURCE, notes=notes)
    assert first.text.startswith("Naloxone reverses the effect of clonidine\nIn rats")
    assert [first.text[span.start : span.end] for span in first.spans] == [
        "Naloxone",
        "clonidine",
        "naloxone",
        "nalozone",
        "Breast and ovarian cancer",
    ]
    assert (first.id, second.id, second.text) == ("227508", "354896", "Lidocaine | a title with a bar\n")
    assert notes == {"relations left out (kept for PubTator output)": 1}


def test_concepts_composites_and_relations_come_out_as_they_went_in(tmp_path: Path) -> None:
    assert written(tmp_path, list(formats.read(SOURCE)), "pubtator") == SOURCE.read_text()
    formats.write(formats.read(SOURCE), tmp_path / "x.jsonl")
    assert written(tmp_path, list(formats.read(tmp_path / "x.jsonl")), "pubtator") == SOURCE.read_text()


def test_a_concept_goes_with_its_span(tmp_path: Path) -> None:
    document = next(formats.read(SOURCE))
    content = written(tmp_path, [document.with_spans([Span(0, 8, "Drug"), document.spans[1]])], "pubtator")
    assert content.splitlines()[2:4] == ["227508\t0\t8\tNaloxone\tDrug", "227508\t32\t41\tclonidine\tChemical\tD003000"]


@pytest.mark.parametrize(("start", "unit"), [(3, "UTF-16 units"), (5, "bytes")])
def test_offsets_in_other_units_are_told_by_the_quoted_text(tmp_path: Path, start: int, unit: str) -> None:
    notes = formats.Notes()
    (document,) = read_text(tmp_path, f"1|t|🎉 Zinc\n1\t{start}\t{start + 4}\tZinc\tX\n", notes=notes)
    assert document.spans == (Span(2, 6, "X"),)
    assert notes == {f"spans whose offsets counted {unit}, turned into characters": 1}


def test_lines_that_end_as_on_windows_are_read(tmp_path: Path) -> None:
    (document,) = read_text(tmp_path, "1|t|Zinc\r\n1|a|is\r\n1\t5\t7\tis\tX\tD1\r\n\r\n")
    assert (document.text, document.spans) == ("Zinc\nis", (Span(5, 7, "X"),))


def test_line_breaks_and_ids_that_cannot_be_held_are_changed_aloud(tmp_path: Path) -> None:
    notes = formats.Notes()
    given = [Document("a\nb\nc\rd", spans=(Span(2, 5, "X"),), id="p|1"), Document("e")]
    content = written(tmp_path, given, "pubtator", notes=notes)
    assert content == "p_1|t|a\np_1|a|b c d\np_1\t2\t5\tb c\tX\n\n2|t|e\n\n"
    assert sum(notes.values()) == 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("1|t|Zinc\n1\t0\t3\tZinc\tX\n", ":2: span 1 (0..3) should be 'Zinc' but the text has 'Zin' there"),
        ("1|t|Zinc\n1|a|b\n1\t0\t9\tZinc is\tX\n", ":3: span 1 (0..9) is outside the text of 6 characters"),
        ("1|t|Zinc\n2|a|b\n", ":2: the line is of document '2', within '1'; leave a blank line between them"),
        ("1|t|Zinc\n1|a|b\n1|a|b\n", ":3: the abstract of '1' should stand once"),
        ("1|a|b\n", ":1: a document should begin with PMID|t|title, not '1|a|b'"),
        ("1|t|Zinc\n1\t0\t4\n", ":2: a line should be PMID|t|title"),
        ("1|t|Zinc\n\n1\t0\t4\tZinc\tX\n", ":3: a document should begin with PMID|t|title"),
        ("1|t|Zinc\n1\t0\t4\tZinc\tX\n1\t0\t2\tZi\tY\n", ":3: the spans 0..2 Y 'Zi' and 0..4 X 'Zinc' overlap"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, content: str, complaint: str) -> None:
    assert refusal(tmp_path, content, "pubtator").startswith(complaint)
