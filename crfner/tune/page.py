"""A search as one HTML page that needs nothing else: every trial in its turn, and F1 by the values of what mattered.

Public names: `to_page`.
"""

from __future__ import annotations

from itertools import accumulate

from crfner.report.document import whole_page
from crfner.report.drawing import chart, legend, marker, plot, row, scale, track, up, x
from crfner.report.html_table import html_table
from crfner.report.markup import Html, element, isolated, join
from crfner.report.style import STYLE
from crfner.report.values import percent
from crfner.tune import tables
from crfner.tune.values import Tuned

_STYLE = f"""{STYLE}
td:last-child {{ white-space: normal; min-width: 14rem }}
.row .marker {{ opacity: .6 }}
"""
_PLOTTED = 5  # parameters that are drawn, those that mattered most
_FIRST, _LAST = 12.0, 98.0  # per cent of the chart's width between which trials are drawn
_TICKS = 5


def to_page(tuned: Tuned) -> str:
    """A whole HTML document, light or dark as the reader's system is, and narrow enough for a phone."""
    best, mattered = tables.best_trials(tuned), tables.what_mattered(tuned)
    body = [
        element(
            "header",
            element("p", "Tuning", class_="kicker"),
            element("h1", "What the settings are worth"),
            element("p", tables.verdict(tuned), class_="verdict"),
            element("p", tables.made_of(tuned), class_="note"),
        ),
        element(
            "main",
            _section("The search", _course(tuned)),
            _section(best.title, element("p", best.note, class_="note"), html_table(best)),
            _section(
                mattered.title, element("p", mattered.note, class_="note"), html_table(mattered), *_by_value(tuned)
            ),
        ),
    ]
    return whole_page("Tuning", body, _STYLE)


def _section(heading: str, *parts: Html) -> Html:
    return element("section", element("h2", heading), *parts)


def _course(tuned: Tuned) -> Html:
    """F1 of the complete trials in their order, and the best so far as a line."""
    trials = [trial for trial in tuned.trials if trial.complete]
    axis = scale(trial.f1 for trial in trials)
    last = max(trials[-1].number, 1)
    places = [_FIRST + (_LAST - _FIRST) * trial.number / last for trial in trials]
    best = accumulate((trial.f1 for trial in trials), max)
    line = " ".join(f"{place:.2f},{up(axis, f1)}" for place, f1 in zip(places, best, strict=True))
    markers = [
        marker(trial == tuned.default, f"{place:.2f}%", up(axis, trial.f1))
        for trial, place in zip(trials, places, strict=True)
    ]
    step = max(last // _TICKS, 1)
    ticks = [(round(_FIRST + (_LAST - _FIRST) * n / last, 2), str(n)) for n in range(0, last + 1, step)]
    stroke = element("polyline", points=line, class_="stroke s0", vector_effect="non-scaling-stroke")
    caption = "F1 of each complete trial, in per cent, and of the best so far, over the number of the trial"
    return chart(caption, axis, ticks, [stroke], markers, legend([(0, "a trial"), (1, "the default settings")]))


def _by_value(tuned: Tuned) -> list[Html]:
    """A plot for each parameter that mattered: a dot a trial, in rows by value."""
    axis = scale(trial.first_f1 for trial in tuned.trials)
    found = []
    for name in list(tuned.shares)[:_PLOTTED]:
        rows = []
        for group in tables.values_of(tuned, name):
            dots = [marker(0, x(axis, f1), 10) for f1 in group.f1]
            value = join([element("b", percent(group.mean)), f" of {len(group.f1)}"])
            rows.append(row(isolated(group.value), track(axis, 20, *dots), value))
        found.append(plot(f"F1 on the first fold by {name}: each trial, and their mean", rows, axis))
    return found
