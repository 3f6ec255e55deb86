"""What a notebook shows for a value that stands last in a cell: its HTML, with nothing loaded from anywhere.

The values name these functions as their `_repr_html_` (see `crfner.lazy.shown_by`). Everything from data is escaped;
labels are told in words as well as by colour.

Public names: `document`, `model`, `evaluation`, `modes`, `reliability`, `comparison`, `explanation`, `finding`,
`findings`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crfner.integrations.notebook_style import CLASS, STYLE
from crfner.report.html_table import html_table
from crfner.report.marks import Mark, apart, mark, marked
from crfner.report.markup import Html, element, isolated, join, running_text
from crfner.report.values import Column, Table, count, interval, percent

if TYPE_CHECKING:
    from crfner.check import Finding
    from crfner.check.report import Report
    from crfner.compare.values import Comparison
    from crfner.document import Document
    from crfner.evaluation import Evaluation, Modes, Reliability
    from crfner.explain import DocumentExplanation, ModelExplanation

CHARACTERS = 5000
"""Of a longer document the rest is left out."""
FINDINGS = 20
"""So many findings of a check are shown."""

_VALUE = 300  # characters of a setting that are shown


def document(value: Document) -> Html:
    """The text with its entities marked; those within or across others stand below it."""
    names = Counter(span.label for span in value.spans)
    colours = {label: number for number, label in enumerate(sorted(names))}
    drawn, crossing = apart(
        Mark(span.start, span.end, span.label, note="" if span.score is None else f"{span.score:.2f}")
        for span in value.spans
    )
    end = _end(value.text)
    parts = [element("p", *marked(value.text, 0, end, drawn, colours), class_="text", dir="auto")]
    shown = [each for each in crossing if each.end <= end]
    if shown:
        within = (join([" ", mark(value.text[each.start : each.end], each, colours)]) for each in shown)
        parts.append(element("p", "Within or across these:", *within, class_="text", dir="auto"))
    if end < len(value.text):
        hidden = sum(span.end > end for span in value.spans)
        rest = f"… {count(len(value.text) - end)} more characters, with {_number(hidden, 'entity', 'entities')}."
        parts.append(element("p", rest, class_="more"))
    by_label = ", ".join(f"{count(times)} {label}" for label, times in sorted(names.items()))
    about = [
        _number(len(value.spans), "entity", "entities") + (f" ({by_label})" if by_label else ""),
        _number(len(value.text), "character", "characters"),
        *([_number(len(value.tokens), "token", "tokens")] if value.tokens else []),
    ]
    name = [isolated(value.id), ": "] if value.id else []
    return _output("document", element("p", *name, ", ".join(about), class_="note"), *parts)


def _end(text: str) -> int:
    """Where the text is cut: at its end, or after a word."""
    if len(text) <= CHARACTERS:
        return len(text)
    cut = max(text.rfind(space, CHARACTERS // 2, CHARACTERS) for space in " \n\t")
    return cut if cut > 0 else CHARACTERS


def model(value: Any) -> Html:
    """What `crfner info` says of a recogniser; of one that has learnt nothing yet, its parameters."""
    from sklearn.exceptions import NotFittedError

    from crfner.about import about

    title = element("p", element("b", type(value).__name__))
    try:
        rows = about(value)
    except NotFittedError:
        return _output("model", title, element("p", repr(value)), element("p", "It has learnt nothing yet."))
    cut = [(name, text if len(text) <= _VALUE else f"{text[:_VALUE]}…") for name, text in rows]
    beside = tuple(row for row in cut if row[0].startswith(("settings.", "versions.")))
    main = tuple(row for row in cut if row not in beside)
    more = element("details", element("summary", "Settings and versions"), _table("Settings", ("", "value"), beside))
    return _output("model", title, _table("Model", ("", "value"), main), more)


def evaluation(value: Evaluation) -> Html:
    """Scores by label and over all, and how many errors there are of which kind."""
    rows: list[tuple[Any, ...]] = [
        (name, score.precision, score.recall, score.f1, score.support, score.predicted, score.correct)
        for name, score in [*value.labels.items(), ("micro", value.micro)]
    ]
    rows.append(("macro", value.macro.precision, value.macro.recall, value.macro.f1, None, None, None))
    columns: list[Column | str] = [
        "label",
        *_FRACTIONS,
        *(Column(name, count) for name in ("support", "predicted", "correct")),
    ]
    errors = ", ".join(f"{count(group.count)} {name}" for name, group in value.errors.items())
    said = f"Micro F1, 95% interval {interval(value.interval)}; token accuracy {percent(value.token_accuracy)}"
    return _output(
        "scores",
        _table("Scores", columns, tuple(rows)),
        element("p", f"{said}. Errors: {errors}.", class_="note"),
    )


_FRACTIONS = (Column("precision", percent), Column("recall", percent), Column("F1", percent))


def modes(value: Modes) -> Html:
    """Scores by mode, over all entities."""
    from crfner.evaluation.modes import OUTCOMES

    rows = tuple(
        (mode, score.precision, score.recall, score.f1, *(getattr(score, outcome) for outcome in OUTCOMES))
        for mode, score in value.overall.items()
    )
    columns: list[Column | str] = ["mode", *_FRACTIONS, *(Column(outcome, count) for outcome in OUTCOMES)]
    return _output("scores by mode", _table("Scores by mode", columns, rows))


def reliability(value: Reliability) -> Html:
    """Whether scores can be taken for probabilities, in words and by groups of entities."""
    from crfner.report.reliability import table_of, verdict

    return _output("reliability", element("p", verdict(value)), html_table(table_of(value)))


def comparison(value: Comparison) -> Html:
    """What the comparison comes to, the scores of each system, and F1 by label."""
    from crfner.report import tables
    from crfner.report.verdict import verdict

    shown = [table for table in (tables.scores(value), tables.pairs(value), tables.labels(value)) if table.rows]
    return _output(
        "comparison",
        element("p", element("b", tables.title(value))),
        element("p", verdict(value)),
        element("p", tables.source(value), class_="note"),
        *(join([element("h3", table.title), html_table(table)]) for table in shown),
        element("p", "crfner.report.write(comparison, 'report.html') writes all there is.", class_="note"),
    )


def explanation(value: DocumentExplanation | ModelExplanation) -> Html:
    """What the page of the explanation says."""
    from crfner.explain import tables
    from crfner.explain.page import to_elements

    title = element("p", element("b", tables.title(value)))
    return _output("explanation", title, *to_elements(value, linked=False))


def finding(value: Finding) -> Html:
    """What may be wrong, and the place in its context."""
    head = element("p", element("b", value.kind), f", {value.severity} {value.score:.2f}")
    parts = [head, element("p", running_text(value.message))]
    if place := value.place:
        name = place.id or f"document {place.document + 1}"
        around = place.left + place.text + place.right
        start = len(place.left)
        label = place.label or "no entity"
        here = Mark(start, start + len(place.text), label, False if place.label else None)
        inside = marked(around, 0, len(around), [here], {label: 0})
        parts.append(element("p", *inside, class_="text", dir="auto"))
        parts.append(element("p", isolated(name), f", characters {place.start}-{place.end}", class_="where"))
    return _output("finding", *parts)


def findings(value: Report) -> Html:
    """The counts and the first findings of a check."""
    from crfner.check.report_page import to_elements

    shown = [html_table(value.counts), *to_elements(value, FINDINGS)] if value.findings else []
    return _output("check", element("p", value.headline), *shown)


def _output(what: str, *parts: str) -> Html:
    """The style and the parts in a box that the keyboard can scroll."""
    box = element("div", *parts, class_=CLASS, tabindex=0, role="region", aria_label=f"crfner: {what}")
    return join([element("style", Html(STYLE)), box])


def _table(title: str, columns: Sequence[Column | str], rows: tuple[tuple[Any, ...], ...]) -> Html:
    """A table; a column that is given by its title holds text."""
    made = tuple(column if isinstance(column, Column) else Column(column, number=False) for column in columns)
    return html_table(Table(title, "", made, rows))


def _number(times: int, one: str, several: str) -> str:
    return f"{count(times)} {one if times == 1 else several}"
