"""Lists of terms: one term a line (TXT), or a table with a header (CSV, TSV).

A text file has nothing but terms, so that "#1 dad" is one too. A table has the columns term and label, and may have
name and priority; its rows make one dictionary for each label, name and priority.

Public names: `read_terms`, `read_table`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from crfner.files import open_text
from crfner.formats.checks import Place, show
from crfner.rules.files.records import Draft, Source, fault_of_name
from crfner.rules.values import DictionaryRule

_COLUMNS = ("term", "label", "name", "priority")


def read_terms(path: str) -> tuple[str, ...]:
    """The terms of a file, a line each, without white space around them; empty lines are passed over.

    Raises InputError when the file cannot be read or holds no term.
    """
    with open_text(path) as stream:
        terms = tuple(term for line in stream if (term := line.strip()))
    if not terms:
        Place(path, 1).refuse("the file holds no term; give one a line")
    return terms


def term_rule(path: str, label: str) -> DictionaryRule:
    """The rule of a text file: its name is made from label and file."""
    return DictionaryRule(_made_name(path, label), label, terms=read_terms(path))


def label_of_file(path: str) -> str | None:
    """The label that the name of a file tells: DRUG.txt is of DRUG, drugs.txt tells none."""
    stem = Path(path).stem
    return stem if stem.isupper() and fault_of_name(stem) is None else None


@dataclass(slots=True)
class _Group:
    """Rows of one rule."""

    label: str
    priority: int
    line: int
    named: bool
    terms: list[str] = field(default_factory=list)


def read_table(lines: Iterable[str], source: Source, delimiter: str) -> list[Draft]:
    """The rules of a table; `source.label` stands in for the column label where there is none.

    Raises InputError, with the line, for a table without header, a row of another length or a cell that is wrong.
    """
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    groups: dict[str, _Group] = {}
    while True:
        place = Place(source.path, rows.line_num + 1)
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            _refuse_row(error, source.path, rows.line_num)
        if not any(cell.strip() for cell in row):
            continue
        if columns is None:
            columns = _header(row, place, source, delimiter)
            continue
        if len(row) != len(columns):
            place.refuse(f"there are {len(row)} columns, but {len(columns)} in the header; mend or quote the row")
        _add(groups, dict(zip(columns, map(str.strip, row), strict=True)), place, source)
    return [
        Draft(DictionaryRule(name, group.label, group.priority, terms=tuple(group.terms)), group.line, group.named)
        for name, group in groups.items()
    ]


def _refuse_row(error: csv.Error, path: str, line: int) -> NoReturn:
    Place(path, line).refuse(f"this row cannot be read ({error}); mend its quotes, which are doubled within quotes")


def _header(row: list[str], place: Place, source: Source, delimiter: str) -> list[str]:
    columns = [cell.strip().lower() for cell in row]
    needed = ("term",) if source.label else ("term", "label")
    if not set(needed) <= set(columns) or len(set(columns)) < len(columns) or not set(columns) <= set(_COLUMNS):
        kind = "tabs" if delimiter == "\t" else "commas"
        place.refuse(
            f"the first line should be a header, {' and '.join(needed)} (and {' or '.join(_COLUMNS[len(needed) :])} "
            f"where wanted) separated by {kind}, not {show(delimiter.join(row))}; add it"
        )
    return columns


def _add(groups: dict[str, _Group], row: dict[str, str], place: Place, source: Source) -> None:
    """Put the row's term into the group that it belongs to."""
    label = row.get("label") or source.label or ""
    for what, value in (("label", label), ("name", row.get("name") or "-")):
        fault = fault_of_name(value)
        if fault:
            place.refuse(f"the {what} {show(value)} {fault}")
    if not row["term"]:
        place.refuse("the term is blank; give one or remove the row")
    try:
        priority = int(row.get("priority") or 0)
    except ValueError:
        place.refuse(f"the priority should be a whole number, not {show(row['priority'])}; mend it")
    given = row.get("name")
    name = given or _made_name(source.path, label) + (f" {priority}" if priority else "")
    group = groups.setdefault(name, _Group(label, priority, place.line, bool(given)))
    if (group.label, group.priority) != (label, priority):
        place.refuse(
            f"the rule {show(name)} has label {group.label} and priority {group.priority} in line {group.line}, "
            f"but {label} and {priority} here; give this one another name"
        )
    group.terms.append(row["term"])


def _made_name(path: str, label: str) -> str:
    stem = Path(path).stem
    return label if stem == label or fault_of_name(stem) else f"{label}:{stem}"
