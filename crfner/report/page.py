"""A comparison as one HTML file that needs nothing else: no network, no fonts, and no script but its own filter.

Public names: `to_html`.
"""

from __future__ import annotations

from crfner.compare.values import Comparison
from crfner.report import notes, plots, tables
from crfner.report.document import whole_page
from crfner.report.filtering import SCRIPT
from crfner.report.highlight import errors_section
from crfner.report.html_table import html_table
from crfner.report.markup import Html, element, join
from crfner.report.style import STYLE
from crfner.report.values import Table
from crfner.report.verdict import verdict


def to_html(comparison: Comparison, *, baseline: str | None = None) -> str:
    """The whole page; the same comparison gives the same bytes. See `crfner.report.write` for the baseline."""
    sections = _sections(comparison, baseline)
    links = (element("li", element("a", heading, href=f"#{name}")) for name, heading, _ in sections)
    body = [
        element(
            "header",
            element("p", "Comparison", class_="kicker"),
            element("h1", tables.title(comparison)),
            element("p", verdict(comparison), class_="verdict"),
            element("p", tables.source(comparison), class_="note"),
        ),
        element("nav", element("ul", *links), aria_label="sections"),
        element(
            "main", *(element("section", element("h2", heading), body, id=name) for name, heading, body in sections)
        ),
        element("footer", element("p", _made_with(comparison), class_="note")),
    ]
    return whole_page(f"Comparison: {tables.title(comparison)}", body, STYLE, SCRIPT)


def _made_with(comparison: Comparison) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in comparison.versions.items())
    return f"Made with {versions}; seed {comparison.seed}." if versions else f"Seed {comparison.seed}."


def _sections(comparison: Comparison, baseline: str | None) -> list[tuple[str, str, Html]]:
    """Name, heading and content of each section that has something to say."""
    found = []
    if comparison.warnings:
        items = (element("li", warning) for warning in comparison.warnings)
        lead = element("p", notes.WARNINGS, class_="note")
        found.append(("warnings", "Warnings", join([lead, element("ul", *items, class_="warnings")])))
    if comparison.systems:
        scores = tables.scores(comparison, baseline)
        found.append(("scores", "Scores", join([_note(scores), plots.intervals(comparison), html_table(scores)])))
    pairs = tables.pairs(comparison)
    if pairs.rows:
        found.append(("differences", "Are the differences real?", join([_note(pairs), html_table(pairs)])))
    labels = tables.labels(comparison)
    if labels.rows:
        strict = [_note(labels), plots.grouped(labels, comparison), html_table(labels)]
        lenient = [join([element("h3", table.title), _whole(table)]) for table in tables.lenient_labels(comparison)]
        found.append(("labels", "By label", join([*strict, *lenient])))
    parts = [
        join([element("h3", table.title), plots.grouped(table, comparison), html_table(table)])
        for table in tables.breakdowns(comparison)
    ]
    if parts:
        lead = element("p", notes.GROUPS, class_="note")
        found.append(("groups", "What is hard", join([lead, *parts])))
    if comparison.curve:
        curve = tables.curve(comparison)
        found.append(("curve", curve.title, join([_note(curve), plots.curves(comparison), html_table(curve)])))
    if comparison.systems:
        found.append(("costs", "What they cost", _whole(tables.costs(comparison))))
        kinds = _whole(tables.error_kinds(comparison))
        heading = element("h3", "In their sentences")
        lead = element("p", notes.SENTENCES, class_="note")
        found.append(("errors", "Errors", join([kinds, heading, lead, errors_section(comparison)])))
    found.append(("data", "Data", _whole(tables.corpus(comparison))))
    return found


def _whole(table: Table) -> Html:
    return join([_note(table), html_table(table)])


def _note(table: Table) -> Html:
    return element("p", table.note, class_="note")
