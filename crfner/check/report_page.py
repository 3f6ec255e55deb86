"""The findings as one HTML file that needs nothing else: each with its context, what should stand there, and the other
places that speak for it.

Public names: `to_page`, `to_elements`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crfner.check import KINDS
from crfner.check.report import EVIDENCE, Report
from crfner.check.values import SEVERITIES, Finding, Place
from crfner.document import Span
from crfner.report.document import whole_page
from crfner.report.filtering import SCRIPT, filter_form
from crfner.report.html_table import html_table
from crfner.report.markup import Html, element, isolated, join, running_text
from crfner.report.style import STYLE
from crfner.report.values import count

_LIMIT = 500
"""So many findings are shown when no other number is asked for; a browser is slow with many thousands."""
_COLOURS = 8  # that the style has for labels
_STYLE = f"""{STYLE}
.case h3 {{ margin: 0 0 .3rem; font-size: 1.05rem }}
.case h3 small {{ font-family: system-ui, sans-serif; font-weight: 400; color: var(--soft); font-size: .85rem }}
.error {{ color: var(--alarm) }}
.case dt {{ color: var(--soft) }}
.gone {{ color: var(--soft) }}
@media (min-width: 44.01rem) {{ dl {{ grid-template-columns: 9rem minmax(0, 1fr) }} }}
.box td:last-child {{ white-space: normal; min-width: 12rem }}
"""


def to_page(report: Report, limit: int | None = None) -> str:
    """A whole HTML document, light or dark as the reader's system is, and narrow enough for a phone."""
    shown = report.findings[: _LIMIT if limit is None else limit]
    colours = _colours(shown)
    header = element(
        "header",
        element("p", "Check of annotations", class_="kicker"),
        element("h1", report.data),
        element("p", report.headline, class_="verdict"),
        element("p", "Ranked by how likely each is a mistake; some are right as they are.", class_="note"),
    )
    body = [html_table(report.counts), _filter(shown, colours), *to_elements(report, len(shown))]
    return whole_page(f"Check of {report.data}", [header, element("main", *(body if shown else []))], _STYLE, SCRIPT)


def to_elements(report: Report, limit: int) -> list[Html]:
    """The first findings up to the limit, and how many more there are."""
    shown = report.findings[:limit]
    colours = _colours(shown)
    articles = (_article(report, finding, colours) for finding in shown)
    more = len(report.findings) - len(shown)
    rest = [element("p", f"{count(more)} more, less likely or less grave.", class_="more")] if more else []
    return [element("div", *articles, class_="group"), *rest]


def _colours(findings: Sequence[Finding]) -> dict[str, int]:
    labels = sorted({label for finding in findings for label in _labels(finding)})
    return {label: number for number, label in enumerate(labels)}


def _labels(finding: Finding) -> set[str]:
    """The labels that stand there or would; those of the evidence are only shown."""
    found = {span.label for span in finding.suggestion or ()}
    return found | ({finding.place.label} if finding.place and finding.place.label else set())


def _filter(shown: Sequence[Finding], colours: Mapping[str, int]) -> Html:
    found = {finding.kind for finding in shown}
    severities = [(name, name) for name in reversed(SEVERITIES)]
    kinds = [(kind, kind) for kind in KINDS if kind in found]
    labels = [(str(number), label) for label, number in colours.items()]
    choices = [("severity", "any severity", severities), ("kind", "any kind", kinds), ("label", "any label", labels)]
    return filter_form(choices, len(shown), "findings")


def _article(report: Report, finding: Finding, colours: Mapping[str, int]) -> Html:
    heading = element(
        "h3",
        f"{finding.kind} ",
        element("small", f"{finding.score:.2f} ", element("span", finding.severity, class_=finding.severity)),
    )
    parts = [heading]
    place = finding.place
    if place is not None:
        where = f", characters {place.start}-{place.end}"
        parts.append(element("p", isolated(report.where(place)), where, class_="where"))
    parts.append(element("p", running_text(finding.message), class_="note"))
    rows = []
    if place is not None:
        rows += _row("as it is", _in_context(place, colours))
        if finding.suggestion is not None:
            title = "what --fix makes of it" if finding.safe else "instead"
            rows += _row(title, _instead(report, finding, finding.suggestion, colours))
    for other in finding.evidence[:EVIDENCE]:
        rows += _row("see", _in_context(other, colours), report.where(other))
    if len(finding.evidence) > EVIDENCE:
        rows += _row("", running_text(f"and {count(len(finding.evidence) - EVIDENCE)} more places"))
    labels = [str(colours[label]) for label in sorted(_labels(finding))] or ["-"]
    errors = " ".join(f"{finding.severity}.{finding.kind}.{label}" for label in labels)
    return element("article", *parts, element("dl", *rows), class_="case", data_errors=errors)


def _row(title: str, content: Html, where: str = "") -> list[Html]:
    name = element("span", isolated(where), class_="kinds") if where else ""
    return [element("dt", title, name), element("dd", content, dir="auto")]


def _in_context(place: Place, colours: Mapping[str, int]) -> Html:
    inside = _marked(place.text, place.label, colours)
    return join([running_text(place.left), inside, running_text(place.right)])


def _instead(report: Report, finding: Finding, spans: Sequence[Span], colours: Mapping[str, int]) -> Html:
    """The place in its context, with the suggested spans in it."""
    place = finding.place
    if place is None or place.other:
        return element("span", "no entity", class_="gone")
    text = report.documents[place.document].text
    first = min([place.start - len(place.left), *(span.start for span in spans)])
    last = max([place.end + len(place.right), *(span.end for span in spans)])
    parts: list[Html] = []
    for span in sorted(spans):
        parts += [running_text(text[first : span.start]), _marked(text[span.start : span.end], span.label, colours)]
        first = span.end
    return join([*parts, running_text(text[first:last])])


def _marked(text: str, label: str | None, colours: Mapping[str, int]) -> Html:
    """An entity with its label; a dashed frame where none is marked."""
    if label is None:
        return element("span", running_text(text), class_="missed")
    colour = colours.get(label, len(colours)) % _COLOURS
    return element("mark", running_text(text), element("bdi", label, class_="chip"), class_=f"l{colour}")
