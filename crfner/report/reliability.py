"""Reliability as one HTML page that needs nothing else: precision over score, on which line it should lie, and a table.

Public names: `to_page`, `reliability_chart`, `table_of`, `verdict`.
"""

from __future__ import annotations

import math

from crfner.evaluation.calibration import Bin, Reliability
from crfner.report.document import whole_page
from crfner.report.drawing import Scale, chart, legend, marker, up
from crfner.report.html_table import html_table
from crfner.report.markup import Html, element
from crfner.report.style import STYLE
from crfner.report.values import Column, Table, count, percent, signed

_AXIS = Scale(0, 100, 20)
_FIRST, _LAST = 12.0, 97.0  # per cent of the chart's width between which scores are drawn

NOTE = (
    "The entities that were found, put into groups of equally many by their scores. Were the scores probabilities, the "
    "precision of a group would be its mean score. The expected calibration error is how far the two are apart, on "
    "average over the entities (Naeini, Cooper and Hauskrecht 2015; groups of equal count: Nguyen and O'Connor 2015)."
)


def to_page(found: Reliability, data: str) -> str:
    """A whole HTML document, light or dark as the reader's system is, and narrow enough for a phone.

    data  what was scored, by the name that the reader knows it by
    """
    table = table_of(found)
    header = element(
        "header",
        element("p", "Reliability", class_="kicker"),
        element("h1", "Can the scores be trusted?"),
        element("p", verdict(found), class_="verdict"),
        element("p", f"Scored on {data}.", class_="note"),
    )
    drawn = [reliability_chart(found)] if found.bins else []
    main = element("main", element("section", element("p", NOTE, class_="note"), *drawn, html_table(table)))
    return whole_page("Reliability", [header, main], STYLE)


def verdict(found: Reliability) -> str:
    """How far the scores are from probabilities, in a few sentences."""
    if not found.bins:
        return "Nothing that was found has a score."
    said = math.fsum(each.mean * each.count for each in found.bins) / found.count
    true = sum(each.correct for each in found.bins) / found.count
    leaning = "too sure" if said > true else "not sure enough"
    return (
        f"The expected calibration error is {percent(found.error)} over {count(found.count)} entities; true scores "
        f"would have {percent(found.chance)} by chance. The mean score is {percent(said)}, the precision "
        f"{percent(true)}: on the whole, the model is {leaning}."
    )


def reliability_chart(found: Reliability) -> Html:
    """Precision over mean score, a point a bin, and the line on which points of true scores lie."""
    ends = [f"{_across(end)},{up(_AXIS, end)}" for end in (0.0, 1.0)]
    points = " ".join(f"{_across(each.mean)},{up(_AXIS, each.precision)}" for each in found.bins)
    strokes = [
        element("polyline", points=" ".join(ends), class_="stroke s1", vector_effect="non-scaling-stroke"),
        element("polyline", points=points, class_="stroke s0", vector_effect="non-scaling-stroke"),
    ]
    markers = [marker(0, f"{_across(each.mean)}%", up(_AXIS, each.precision)) for each in found.bins]
    corners = [marker(1, f"{_across(end)}%", up(_AXIS, end)) for end in (0.0, 1.0)]
    ticks = [(_across(tick / 100), str(tick)) for tick in _AXIS.ticks()]
    keys = legend([(0, "a group of entities"), (1, "scores that come true")])
    caption = "Precision over mean score, both in per cent"
    return chart(caption, _AXIS, ticks, strokes, [*corners, *markers], keys)


def _across(fraction: float) -> float:
    return round(_FIRST + (_LAST - _FIRST) * fraction, 2)


def table_of(found: Reliability) -> Table:
    """The groups of entities by their scores."""
    columns = (
        Column("scores", number=False),
        Column("mean score", percent),
        Column("precision", percent),
        Column("difference", signed),
        Column("entities", count),
    )
    rows = tuple((_range(b), b.mean, b.precision, b.precision - b.mean, b.count) for b in found.bins)
    return Table("Entities by score", NOTE, columns, rows)


def _range(each: Bin) -> str:
    return f"{percent(each.low)} to {percent(each.high)}"
