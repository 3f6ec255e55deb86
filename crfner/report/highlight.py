"""Sentences with their entities marked, the gold annotation and the readings of rival systems below one another.

Public names: `errors_section`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crfner.compare.values import Comparison
from crfner.document import Offsets, Span
from crfner.evaluation.values import ERROR_GROUPS
from crfner.report.errors import Case, Slip, cases, excerpt, select
from crfner.report.filtering import filter_form
from crfner.report.marks import Mark, apart, chip, colour, mark, marked
from crfner.report.markup import Html, element, isolated, join
from crfner.report.notes import KINDS
from crfner.report.values import count

LIMIT = 200
"""So many sentences are shown."""


def errors_section(comparison: Comparison, limit: int = LIMIT) -> Html:
    """The filter and the sentences, grouped by what went wrong; a plain sentence where nothing did."""
    every = cases(comparison)
    if not every:
        return element("p", "No system made an error.")
    chosen = select(every, limit)
    names = {span.label for document in comparison.gold for span in document.spans}
    names |= {slip_label for case in every for slip in case.slips for slip_label in slip.labels}
    names |= {span.label for case in every for reading in case.readings for span in reading}
    colours = {label: number for number, label in enumerate(sorted(names))}
    parts = [_legend(colours), _filter(comparison, colours, len(chosen))]
    for kind in ERROR_GROUPS:
        of_kind = [case for case in chosen if case.kind == kind]
        total = sum(case.kind == kind for case in every)
        if total:
            parts.append(_group(kind, of_kind, total, comparison, colours))
    return join(parts)


def _legend(colours: Mapping[str, int]) -> Html:
    chips = (element("li", element("mark", chip(label), class_=colour(n))) for label, n in colours.items())
    return element(
        "div",
        element("ul", *chips, class_="legend", aria_label="labels"),
        element(
            "p",
            "✗ marks an entity that is not as the gold annotation has it; a dashed frame, one that the system missed.",
            class_="note",
        ),
    )


def _filter(comparison: Comparison, colours: Mapping[str, int], shown: int) -> Html:
    systems = [(str(number), system.name) for number, system in enumerate(comparison.systems)]
    labels = [(str(number), label) for label, number in colours.items()]
    kinds = [(kind, kind) for kind in ERROR_GROUPS]
    choices = [("system", "any system", systems), ("kind", "any kind", kinds), ("label", "any label", labels)]
    return filter_form(choices, shown, "sentences")


def _group(kind: str, chosen: Sequence[Case], total: int, comparison: Comparison, colours: Mapping[str, int]) -> Html:
    more = total - len(chosen)
    rest = element("p", f"{count(more)} more of this kind.", class_="more") if more else ""
    heading = element("h4", kind, element("small", f" {KINDS[kind]}"))
    articles = (_article(case, comparison, colours) for case in chosen)
    return element("section", heading, *articles, rest, class_="group")


def _article(case: Case, comparison: Comparison, colours: Mapping[str, int]) -> Html:
    """A sentence: first as the gold annotation reads it, then each other reading with the systems that share it."""
    found = {f"{s.system}.{s.kind}.{colours[label]}" for s in case.slips for label in s.labels}
    by_reading: dict[tuple[Span, ...], list[int]] = {case.gold: []}
    for number, reading in enumerate(case.readings):
        by_reading.setdefault(reading, []).append(number)
    pieces = excerpt(case)
    rows = []
    for reading, systems in by_reading.items():
        slips = [slip for slip in case.slips if systems and slip.system == systems[0]]
        who = [isolated(comparison.systems[number].name) for number in systems]
        if reading == case.gold:
            who.insert(0, element("b", "gold"))
        kinds = " · ".join(kind for kind in ERROR_GROUPS if any(slip.kind == kind for slip in slips))
        naming = join(part for index, name in enumerate(who) for part in (", " if index else "", name))
        rows.append(element("dt", naming, element("span", kinds, class_="kinds") if kinds else ""))
        rows.append(element("dd", _sentence(case, reading, slips, pieces, colours), dir="auto"))
    return element(
        "article",
        element("p", isolated(case.name), class_="where"),
        element("dl", *rows),
        class_="case",
        data_errors=" ".join(sorted(found)),
    )


def _sentence(
    case: Case, reading: Sequence[Span], slips: Sequence[Slip], pieces: Sequence[Offsets], colours: Mapping[str, int]
) -> Html:
    """The pieces of the sentence with marks; entities within or across others are named after it."""
    wrong = {slip.predicted for slip in slips}
    drawn, crossing = apart(
        Mark(span.start, span.end, span.label, (span.start, span.end, span.label) in wrong) for span in reading
    )
    for slip in slips:
        if slip.kind == "missed" and slip.gold:
            start, end, label = slip.gold
            if all(end <= other.start or other.end <= start for other in drawn):
                drawn.append(Mark(start, end, label, None))
    drawn.sort(key=lambda each: each[:3])
    parts: list[str] = []
    reached = case.place[0]
    for start, end in pieces:
        parts.append("… " if start > reached else "")
        parts += marked(case.text, start, end, drawn, colours)
        reached = end
    parts.append(" …" if reached < case.place[1] else "")
    for each in crossing:
        parts += [" (also ", mark(case.text[each.start : each.end], each, colours), ")"]
    return join(parts)
