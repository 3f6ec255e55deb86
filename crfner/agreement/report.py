"""Agreement as something to read: tables and conflicts in context for the terminal, and data for JSON.

Public names: `Report`, `to_text`, `to_dict`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crfner.agreement.conflicts import KINDS
from crfner.agreement.pairing import Pairing
from crfner.agreement.recurring import Place, Recurring
from crfner.agreement.values import Agreement, SpanAgreement
from crfner.columns import aligned
from crfner.document import Document, Span
from crfner.report.values import Column, Table, Value, count, visible

UNDEFINED = "undefined"
SEEN = 5
"""So many other places of a conflict that comes again are named; JSON has them all."""
_CONFUSED = 12  # labels that a table of confusions has room for


@dataclass(frozen=True, slots=True)
class Report:
    """What two annotators agree on, and what not.

    agreement  how far
    conflicts  where not, ranked, see `recurring`
    notes      what was out of the ordinary with the documents, see `Pairing.notes`
    """

    agreement: Agreement
    conflicts: Sequence[Recurring]
    notes: Counter[str]

    @property
    def headline(self) -> str:
        """What was compared, in one line."""
        found = self.agreement
        size = f"{count(found.documents)} documents, {count(found.tokens)} tokens, {count(found.marked)} of them marked"
        return f"{' and '.join(found.names)}: {size}; {count(found.differing)} documents differ"

    @property
    def scores(self) -> Table:
        """Agreement by label, and over all."""
        first, second = self.agreement.names
        columns = (
            Column("label", number=False),
            Column("F1"),
            Column("95% interval"),
            Column("kappa"),
            *(Column(f"only {name}", count) for name in (first, second)),
            Column("both", count),
        )
        rows = [(label, *_score(of)) for label, of in self.agreement.labels.items()]
        rows.append(("all", *_score(self.agreement.spans)))
        return Table("Agreement by label", "", columns, tuple(rows))

    @property
    def kappas(self) -> Table:
        """Kappa over all tokens and over those that are marked."""
        found = self.agreement
        columns = (Column("Cohen's kappa of tokens", number=False), Column("kappa"), Column("tokens", count))
        rows: tuple[tuple[Value, ...], ...] = (
            ("all", _kappa(found.spans.kappa), found.tokens),
            ("marked by either", _kappa(found.marked_kappa), found.marked),
        )
        return Table("Cohen's kappa", "", columns, rows)

    @property
    def confusion(self) -> Table | None:
        """Labels of spans with the same borders; None where no two differ, or there are too many labels."""
        pairs = self.agreement.confusion
        labels = sorted({label for pair in pairs for label in pair})
        if all(one == other for one, other in pairs) or len(labels) > _CONFUSED:
            return None
        first, second = self.agreement.names
        columns = (Column(f"{first}, then {second}", number=False), *(Column(label, count) for label in labels))
        rows: tuple[tuple[Value, ...], ...] = tuple(
            (label, *(pairs.get((label, other), 0) for other in labels)) for label in labels
        )
        return Table("Labels of the same borders", "", columns, rows)

    @property
    def kinds(self) -> Table:
        """Kinds of conflicts: how many, and what they are."""
        columns = (Column("conflicts", number=False), Column("count", count), Column("what it is", number=False))
        rows: tuple[tuple[Value, ...], ...] = tuple(
            (self.kind(kind), self.agreement.kinds[kind], self._named(KINDS[kind])) for kind in KINDS
        )
        return Table("Kinds of conflicts", "", columns, rows)

    def kind(self, kind: str) -> str:
        """A kind of conflict, with the annotator's name in it."""
        first, second = self.agreement.names
        return {"only first": f"only {first}", "only second": f"only {second}"}.get(kind, kind)

    def _named(self, text: str) -> str:
        first, second = self.agreement.names
        return text.replace("the first annotator", first).replace("the second annotator", second)


def _score(of: SpanAgreement) -> tuple[Value, ...]:
    return _percent(of.f1), _interval(of), _kappa(of.kappa), of.only_first, of.only_second, of.both


def _percent(fraction: float | None) -> str:
    return UNDEFINED if fraction is None else f"{100 * fraction:.2f}"


def _kappa(kappa: float | None) -> str:
    return UNDEFINED if kappa is None else f"{kappa:.3f}"


def _interval(of: SpanAgreement) -> str:
    return UNDEFINED if of.interval is None else " to ".join(_percent(bound) for bound in of.interval)


def to_text(report: Report, limit: int | None = None) -> str:
    """The tables, and the first conflicts up to the limit with their context; ends without a line break."""
    parts = [report.headline, _lines(report.scores, rule=True), _lines(report.kappas)]
    if confusion := report.confusion:
        parts.append(_lines(confusion))
    if report.conflicts:
        parts.append(_lines(report.kinds))
    shown = report.conflicts[:limit]
    parts += ["\n".join(visible(line) for line in _conflict(report, each)) for each in shown]
    if len(shown) < len(report.conflicts):
        rest = sum(len(each.places) for each in report.conflicts[len(shown) :])
        parts.append(f"{count(rest)} conflicts more; --top N lists more of them.")
    return "\n\n".join(parts)


def _lines(table: Table, rule: bool = False) -> str:
    """The table in lines, with a line above its last row if that is the sum of the others."""
    rows = [[visible(cell) for cell in row] for row in ([column.title for column in table.columns], *table.cells())]
    texts = [number for number, column in enumerate(table.columns) if not column.number]
    lines = aligned(rows, texts=texts)
    if rule:
        lines.insert(-1, "-" * max(map(len, lines)))
    return "\n".join(lines)


def _conflict(report: Report, group: Recurring) -> list[str]:
    """The first place in context with what each annotator has there, and where it comes again."""
    place = group.places[0]
    times = f", {count(len(group.places))} times" if len(group.places) > 1 else ""
    where = f"{name(place)}, characters {place.conflict.start}-{place.conflict.end}"
    lines = [f"{report.kind(group.kind)}{times}: {where}", f"  {_in_context(place)}"]
    width = max(map(len, report.agreement.names)) + 1
    for annotator, spans in zip(report.agreement.names, (place.conflict.first, place.conflict.second), strict=True):
        lines.append(f"  {annotator + ':':<{width}} {_spans(place, spans)}")
    if len(group.places) > 1:
        others = ", ".join(name(other) for other in group.places[1 : SEEN + 1])
        more = f" and {count(len(group.places) - SEEN - 1)} more" if len(group.places) > SEEN + 1 else ""
        lines.append(f"  also in {others}{more}")
    return lines


def name(place: Place) -> str:
    """The document's name, or its number counted from 1."""
    return place.id or f"document {place.document + 1}"


def _in_context(place: Place) -> str:
    left, right = _one_line(f"{place.left}|")[:-1], _one_line(f"|{place.right}")[1:]
    return f"{left}[{_one_line(place.text)}]{right}"


def _spans(place: Place, spans: Sequence[Span]) -> str:
    start = place.conflict.start
    texts = [f"[{_one_line(place.text[span.start - start : span.end - start])} {span.label}]" for span in spans]
    return " ".join(texts) or "nothing"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def to_dict(report: Report, pairing: Pairing, limit: int | None = None) -> dict[str, Any]:
    """The report as JSON takes it; fractions are 0 to 1, null where undefined, and documents are counted from 0.

    Keys: names, documents, differing, tokens, marked, spans, labels, kappa ({tokens, marked}), confusion ([{first,
    second, count}]), kinds, conflicts (each with its places), notes, and by id or text what could not be compared:
    only_first, only_second, other_texts.
    """
    found = report.agreement
    return {
        "names": list(found.names),
        "documents": found.documents,
        "differing": found.differing,
        "tokens": found.tokens,
        "marked": found.marked,
        "spans": _span_dict(found.spans),
        "labels": {label: _span_dict(of) for label, of in found.labels.items()},
        "kappa": {"tokens": found.spans.kappa, "marked": found.marked_kappa},
        "confusion": [{"first": a, "second": b, "count": times} for (a, b), times in found.confusion.items()],
        "kinds": dict(found.kinds),
        "conflicts": [_conflict_dict(group) for group in report.conflicts[:limit]],
        "notes": dict(report.notes),
        "only_first": [_known_as(document) for document in pairing.only_first],
        "only_second": [_known_as(document) for document in pairing.only_second],
        "other_texts": [document.id for document, _ in pairing.other_texts],
    }


def _span_dict(of: SpanAgreement) -> dict[str, Any]:
    return {
        "f1": of.f1,
        "interval": None if of.interval is None else list(of.interval),
        "kappa": of.kappa,
        "both": of.both,
        "only_first": of.only_first,
        "only_second": of.only_second,
    }


def _conflict_dict(group: Recurring) -> dict[str, Any]:
    return {"kind": group.kind, "count": len(group.places), "places": [_place_dict(place) for place in group.places]}


def _place_dict(place: Place) -> dict[str, Any]:
    conflict = place.conflict
    sides = {"first": conflict.first, "second": conflict.second}
    return {
        "document": place.document,
        "id": place.id,
        "start": conflict.start,
        "end": conflict.end,
        "left": place.left,
        "text": place.text,
        "right": place.right,
        **{
            side: [{"start": span.start, "end": span.end, "label": span.label} for span in spans]
            for side, spans in sides.items()
        },
    }


def _known_as(document: Document) -> dict[str, str]:
    return {"text": document.text} if document.id is None else {"id": document.id}
