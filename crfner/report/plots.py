"""The plots of a comparison, each beside the table of its numbers, and hidden from screen readers.

Public names: `intervals`, `grouped`, `curves`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from crfner.compare.values import Comparison, CurvePoint
from crfner.report.drawing import chart, colour, legend, marker, plot, row, scale, track, up, x
from crfner.report.markup import Html, element, isolated, join
from crfner.report.values import Table, count, interval, percent

LANE = 10  # pixels between the systems of a group


def intervals(comparison: Comparison) -> Html:
    """F1 of each system as a dot on the line of its interval."""
    measured = [(s.name, s.evaluation.micro.f1, s.evaluation.interval) for s in comparison.systems]
    axis = scale(value for _, f1, bounds in measured for value in (f1, *bounds))
    rows = []
    for number, (name, f1, (low, high)) in enumerate(measured):
        line = element("line", x1=x(axis, low), x2=x(axis, high), y1=14, y2=14, class_=f"whisker {colour(number)}")
        dot = track(axis, 28, line, marker(number, x(axis, f1), 14))
        value = join([element("b", percent(f1)), f" {interval((low, high))}"])
        rows.append(row(isolated(name), dot, value))
    return plot("F1 with its 95% interval", rows, axis)


def grouped(table: Table, comparison: Comparison) -> Html:
    """F1 of every system by group; takes a table whose columns are group, n, and a system each."""
    axis = scale(value for row in table.rows for value in row[2:] if isinstance(value, float))
    height = LANE * len(comparison.systems) + 10
    rows = []
    for answer, support, *values in table.rows:
        markers = [
            marker(number, x(axis, value), 5 + LANE * number + LANE / 2)
            for number, value in enumerate(values)
            if isinstance(value, float)
        ]
        if not markers:
            continue
        name = join([isolated(str(answer)), " ", element("span", f"n = {count(float(str(support)))}", class_="n")])
        rows.append(row(name, track(axis, height, *markers), ""))
    keys = legend([(number, system.name) for number, system in enumerate(comparison.systems)])
    return plot("F1 by group and system", rows, axis, keys, "plot grouped")


def curves(comparison: Comparison) -> Html:
    """F1 over the number of training sentences (on a logarithmic scale), with a band of one standard deviation."""
    numbers = {system.name: number for number, system in enumerate(comparison.systems)}
    lines: dict[str, list[CurvePoint]] = {}
    for point in sorted(comparison.curve, key=lambda point: point.sentences):
        numbers.setdefault(point.system, len(numbers))
        lines.setdefault(point.system, []).append(point)
    bounds = [max(0.0, p.mean - p.deviation) for p in comparison.curve]
    bounds += [min(1.0, p.mean + p.deviation) for p in comparison.curve]
    axis = scale(bounds)
    sizes = sorted({point.sentences for point in comparison.curve})
    across = _across(sizes)
    bands, strokes, markers = [], [], []
    for name, points in lines.items():
        kind = colour(numbers[name])
        upper = [f"{across[p.sentences]},{up(axis, p.mean + p.deviation)}" for p in points]
        lower = [f"{across[p.sentences]},{up(axis, p.mean - p.deviation)}" for p in reversed(points)]
        middle = " ".join(f"{across[p.sentences]},{up(axis, p.mean)}" for p in points)
        bands.append(element("polygon", points=" ".join(upper + lower), class_=f"band {kind}"))
        strokes.append(element("polyline", points=middle, class_=f"stroke {kind}", vector_effect="non-scaling-stroke"))
        markers += [marker(numbers[name], f"{across[p.sentences]}%", up(axis, p.mean)) for p in points]
    keys = legend([(numbers[name], name) for name in lines])
    caption = "F1 over training sentences; the band is one standard deviation"
    return chart(caption, axis, [(across[size], count(size)) for size in sizes], [*bands, *strokes], markers, keys)


def _across(sizes: Sequence[int]) -> dict[int, float]:
    """Where each number of sentences is, in per cent of the width."""
    first, last = math.log(max(1, sizes[0])), math.log(max(1, sizes[-1]))
    if first == last:
        return dict.fromkeys(sizes, 54.0)
    return {size: round(13 + 82 * (math.log(max(1, size)) - first) / (last - first), 2) for size in sizes}
