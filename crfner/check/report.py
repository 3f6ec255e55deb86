"""The findings as something to read: text for the terminal, JSON for programs, an HTML page for those who annotate.

All three have them in the same order, and the same findings give the same bytes: there is no date in them.

Public names: `Report`, `to_text`, `to_dict`, `write`, `check_ending`, `ENDINGS`.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from crfner.check import KINDS
from crfner.check.values import SEVERITIES, Finding, Place
from crfner.columns import aligned
from crfner.document import Document, Span
from crfner.errors import CrfnerError
from crfner.files import atomic_output
from crfner.lazy import shown_by
from crfner.report.values import Column, Table, Value, count, visible

ENDINGS = (".html", ".json", ".txt")
"""What the name of a report can end in."""

EVIDENCE = 5
"""So many other places are shown for a finding; JSON has them all."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was found.

    data       what the data is called
    documents  the documents that were checked
    findings   ranked, see `crfner.check.check`
    against    what the other set is called; None where there was none
    """

    data: str
    documents: Sequence[Document]
    findings: Sequence[Finding]
    against: str | None = None

    _repr_html_ = shown_by("findings")

    @property
    def severities(self) -> Counter[str]:
        """How many findings there are of each severity."""
        return Counter(finding.severity for finding in self.findings)

    @property
    def headline(self) -> str:
        """The data and the number of findings, in one line."""
        entities = sum(len(document.spans) for document in self.documents)
        size = f"{count(len(self.documents))} documents, {count(entities)} entities"
        beside = f", against {self.against}" if self.against else ""
        found = ", ".join(f"{count(self.severities[severity])} {severity}" for severity in reversed(SEVERITIES))
        return f"{self.data}{beside}: {size}; {count(len(self.findings))} findings ({found})"

    def where(self, place: Place) -> str:
        """The document's name, or its number counted from 1, and the set where it is not the one that was checked."""
        name = place.id or f"document {place.document + 1}"
        return f"{name} of {self.against or 'the other data'}" if place.other else name

    def instead(self, finding: Finding) -> list[tuple[str, str]]:
        """Text and label of what would stand there instead; empty where nothing would, or no one can say."""
        if finding.place is None or finding.place.other:
            return []
        text = self.documents[finding.place.document].text
        return [(text[span.start : span.end], span.label) for span in finding.suggestion or ()]

    @property
    def counts(self) -> Table:
        """The kinds that were found: how many findings of each severity, and what they are about."""
        by_kind = Counter((finding.kind, finding.severity) for finding in self.findings)
        grave_first = tuple(reversed(SEVERITIES))
        numbers = (Column(severity, count) for severity in grave_first)
        columns = (Column("kind", number=False), *numbers, Column("what it is", number=False))
        rows: list[tuple[Value, ...]] = [
            (kind, *(by_kind[kind, severity] for severity in grave_first), what)
            for kind, what in KINDS.items()
            if any(by_kind[kind, severity] for severity in SEVERITIES)
        ]
        return Table("Findings by kind", "", columns, tuple(rows))


def to_text(report: Report, limit: int | None = None) -> str:
    """The counts, and the first findings up to the limit with their context; ends without a line break."""
    parts = [visible(report.headline)]
    if report.findings:
        table = report.counts
        rows = [[column.title for column in table.columns], *table.cells()]
        lines = aligned([row[:-1] for row in rows])
        parts.append("\n".join(f"{line}  {row[-1]}" for line, row in zip(lines, rows, strict=True)))
    shown = report.findings[:limit]
    parts += ["\n".join(visible(line) for line in _lines(report, finding)) for finding in shown]
    if len(shown) < len(report.findings):
        parts.append(f"{count(len(report.findings) - len(shown))} more, less likely or less grave.")
    return "\n\n".join(parts)


def _lines(report: Report, finding: Finding) -> list[str]:
    place = finding.place
    head = f"{finding.score:.2f} {finding.severity} {finding.kind}"
    if place is None:
        return [head, f"  {finding.message}"]
    lines = [f"{head}: {report.where(place)}, characters {place.start}-{place.end}", f"  {_shown(place)}"]
    lines.append(f"  {finding.message}")
    if finding.suggestion is not None:
        instead = [f"[{_one_line(text)} {label}]" for text, label in report.instead(finding)]
        safe = " (--fix does it)" if finding.safe else ""
        lines.append(f"  instead: {' '.join(instead) or 'no entity'}{safe}")
    lines += [f"  see {report.where(other)}: {_shown(other)}" for other in finding.evidence[:EVIDENCE]]
    if len(finding.evidence) > EVIDENCE:
        lines.append(f"  and {count(len(finding.evidence) - EVIDENCE)} more places")
    return lines


def _shown(place: Place) -> str:
    """The stretch in brackets with its label, between what stands around it; white space as single blanks."""
    label = f" {place.label}" if place.label else ""
    left, right = _one_line(f"{place.left}|")[:-1], _one_line(f"|{place.right}")[1:]
    return f"{left}[{_one_line(place.text)}{label}]{right}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def to_dict(report: Report, limit: int | None = None) -> dict[str, Any]:
    """The report as JSON has it: data, against, documents, entities, counts by kind, findings.

    Documents are counted from 0, and offsets count characters. Each suggested span has its text.
    """
    return {
        "data": report.data,
        "against": report.against,
        "documents": len(report.documents),
        "entities": sum(len(document.spans) for document in report.documents),
        "severities": {severity: report.severities[severity] for severity in SEVERITIES},
        "kinds": dict(Counter(finding.kind for finding in report.findings)),
        "findings": [_finding(report, finding) for finding in report.findings[:limit]],
    }


def _finding(report: Report, finding: Finding) -> dict[str, Any]:
    content = asdict(finding)
    if finding.suggestion is not None:
        texts: list[str | None] = [text for text, _ in report.instead(finding)]
        texts = texts or [None] * len(finding.suggestion)
        content["suggestion"] = [_span(span, text) for span, text in zip(finding.suggestion, texts, strict=True)]
    return content


def _span(span: Span, text: str | None) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "label": span.label, "text": text}


def check_ending(path: str | os.PathLike[str]) -> str:
    """The ending of the path, in small letters. Raises CrfnerError, naming the endings, when no report has it."""
    ending = os.path.splitext(os.fspath(path))[1].lower()
    if ending not in ENDINGS:
        listed = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        raise CrfnerError(f"{os.fspath(path)}: the report of a check ends in {listed}; choose one of them")
    return ending


def write(report: Report, path: str | os.PathLike[str], limit: int | None = None) -> None:
    """Write the first findings up to the limit in the form that the path's ending names, whole or not at all.

    Raises CrfnerError for another ending, and for what cannot be written.
    """
    ending = check_ending(path)
    if ending == ".html":
        from crfner.check.report_page import to_page

        content = to_page(report, limit)
    elif ending == ".json":
        content = json.dumps(to_dict(report, limit), ensure_ascii=False, indent=2)
    else:
        content = to_text(report, limit)
    with atomic_output(path) as stream:
        stream.write(content.rstrip("\n") + "\n")
