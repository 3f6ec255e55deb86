"""Plots as HTML and inline SVG that need no library: places are per cent of the width, so that text keeps its size.

What belongs together in a plot has one scale. Systems are told apart by shape as well as by colour. Each plot stands
beside the table of its numbers and is hidden from screen readers.

Public names: `intervals`, `grouped`, `curves`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crfner.compare.values import Comparison, CurvePoint
from crfner.report.markup import Html, element, isolated, join
from crfner.report.values import Table, count, interval, percent

LEFT, RIGHT = 4.0, 96.0  # per cent of the width between which values are drawn
LANE = 10  # pixels between the systems of a group
HEIGHT = 240  # pixels of the learning curves

_SHAPES = (
    "M4.5 0A4.5 4.5 0 1 1 -4.5 0A4.5 4.5 0 1 1 4.5 0Z",  # circle
    "M-4 -4H4V4H-4Z",  # square
    "M0 -5.6L5.6 0L0 5.6L-5.6 0Z",  # diamond
    "M0 -5L5 4H-5Z",  # triangle
    "M0 5L5 -4H-5Z",  # triangle on its point
    "M-1.7 -5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5V-1.7H-1.7Z",  # cross
    "M-4.6 -2.4L-2.4 -4.6L0 -2.2L2.4 -4.6L4.6 -2.4L2.2 0L4.6 2.4L2.4 4.6L0 2.2L-2.4 4.6L-4.6 2.4L-2.2 0Z",  # saltire
)
_COLOURS = 8


@dataclass(frozen=True, slots=True)
class Scale:
    """Fractions on a line from `low` to `high` per cent, with a tick every `step`."""

    low: int
    high: int
    step: int

    def place(self, fraction: float) -> float:
        """Where the fraction is: 0 at the low end, 1 at the high end."""
        return (100 * fraction - self.low) / (self.high - self.low)

    def ticks(self) -> range:
        """The ticks, in per cent."""
        return range(self.low, self.high + 1, self.step)


def scale(fractions: Iterable[float]) -> Scale:
    """The narrowest scale with round ticks, at most seven, that holds all of the fractions (0 to 1)."""
    values = [100 * value for value in fractions] or [0.0, 100.0]
    for step in (1, 2, 5, 10, 20):
        low = math.floor(min(values) / step) * step
        high = math.ceil(max(values) / step) * step
        if high - low <= 6 * step:
            break
    if high == low:
        low, high = (low - step, high) if high >= 100 else (low, high + step)
    return Scale(low, high, step)


def intervals(comparison: Comparison) -> Html:
    """F1 of each system as a dot on the line of its interval."""
    measured = [(s.name, s.evaluation.micro.f1, s.evaluation.interval) for s in comparison.systems]
    axis = scale(value for _, f1, bounds in measured for value in (f1, *bounds))
    rows = []
    for number, (name, f1, (low, high)) in enumerate(measured):
        line = element("line", x1=_x(axis, low), x2=_x(axis, high), y1=14, y2=14, class_=f"whisker {_colour(number)}")
        track = _track(axis, 28, line, _marker(number, _x(axis, f1), 14))
        value = join([element("b", percent(f1)), f" {interval((low, high))}"])
        rows.append(_row(isolated(name), track, value))
    return _plot("F1 with its 95% interval", rows, axis)


def grouped(table: Table, comparison: Comparison) -> Html:
    """F1 of every system by group; takes a table whose columns are group, n, and a system each."""
    axis = scale(value for row in table.rows for value in row[2:] if isinstance(value, float))
    height = LANE * len(comparison.systems) + 10
    rows = []
    for answer, support, *values in table.rows:
        markers = [
            _marker(number, _x(axis, value), 5 + LANE * number + LANE / 2)
            for number, value in enumerate(values)
            if isinstance(value, float)
        ]
        if not markers:
            continue
        name = join([isolated(str(answer)), " ", element("span", f"n = {count(float(str(support)))}", class_="n")])
        rows.append(_row(name, _track(axis, height, *markers), ""))
    legend = _legend([(number, system.name) for number, system in enumerate(comparison.systems)])
    return _plot("F1 by group and system", rows, axis, legend, "plot grouped")


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

    def y(fraction: float) -> float:
        return round(10 + (HEIGHT - 20) * (1 - axis.place(min(1.0, max(0.0, fraction)))), 2)

    parts = []
    for tick in axis.ticks():
        parts.append(element("line", x1="9%", x2="100%", y1=y(tick / 100), y2=y(tick / 100), class_="grid"))
        parts.append(element("text", str(tick), x="7%", y=y(tick / 100) + 4, text_anchor="end"))
    bands, strokes, markers = [], [], []
    for name, points in lines.items():
        colour = _colour(numbers[name])
        upper = [f"{across[p.sentences]},{y(p.mean + p.deviation)}" for p in points]
        lower = [f"{across[p.sentences]},{y(p.mean - p.deviation)}" for p in reversed(points)]
        middle = " ".join(f"{across[p.sentences]},{y(p.mean)}" for p in points)
        bands.append(element("polygon", points=" ".join(upper + lower), class_=f"band {colour}"))
        strokes.append(
            element("polyline", points=middle, class_=f"stroke {colour}", vector_effect="non-scaling-stroke")
        )
        markers += [_marker(numbers[name], f"{across[p.sentences]}%", y(p.mean)) for p in points]
    stretched: dict[str, str | int] = {
        "viewBox": f"0 0 100 {HEIGHT}",
        "preserveAspectRatio": "none",
        "width": "100%",
        "height": HEIGHT,
    }
    parts.append(element("svg", *bands, *strokes, **stretched))
    parts += markers
    last = -math.inf
    for size in reversed(sizes):
        if abs(across[size] - last) >= 9:
            last = across[size]
            parts.append(element("text", count(size), x=f"{last}%", y=HEIGHT + 16, text_anchor="middle"))
    drawing = element("svg", *parts, width="100%", height=HEIGHT + 24, class_="curves")
    caption = element("figcaption", "F1 over training sentences; the band is one standard deviation")
    legend = _legend([(numbers[name], name) for name in lines])
    return element("figure", caption, legend, drawing, class_="plot", aria_hidden="true")


def _across(sizes: Sequence[int]) -> dict[int, float]:
    """Where each number of sentences is, in per cent of the width."""
    first, last = math.log(max(1, sizes[0])), math.log(max(1, sizes[-1]))
    if first == last:
        return dict.fromkeys(sizes, 54.0)
    return {size: round(13 + 82 * (math.log(max(1, size)) - first) / (last - first), 2) for size in sizes}


def _x(axis: Scale, fraction: float) -> str:
    return f"{LEFT + (RIGHT - LEFT) * axis.place(fraction):.2f}%"


def _track(axis: Scale, height: int, *parts: Html) -> Html:
    places = (_x(axis, tick / 100) for tick in axis.ticks())
    grid = (element("line", x1=place, x2=place, y1=0, y2=height, class_="grid") for place in places)
    return element("svg", *grid, *parts, width="100%", height=height)


def _row(name: Html, track: Html, value: str) -> Html:
    return element(
        "div", element("span", name, class_="name"), track, element("span", value, class_="value"), class_="row"
    )


def _plot(caption: str, rows: Sequence[Html], axis: Scale, legend: str = "", kind: str = "plot") -> Html:
    ticks = (element("text", str(tick), x=_x(axis, tick / 100), y=13, text_anchor="middle") for tick in axis.ticks())
    scale_row = _row(Html(""), element("svg", *ticks, width="100%", height=18), "")
    heading = element("figcaption", f"{caption}, in per cent")
    return element("figure", heading, legend, *rows, scale_row, class_=kind, aria_hidden="true")


def _legend(systems: Sequence[tuple[int, str]]) -> Html:
    keys = (
        element("li", element("svg", _marker(number, "7", 7), width=14, height=14), " ", isolated(name))
        for number, name in systems
    )
    return element("ul", *keys, class_="legend")


def _marker(number: int, x: str, y: float) -> Html:
    shape = element("path", d=_SHAPES[number % len(_SHAPES)])
    return element("svg", shape, x=x, y=y, width=1, height=1, class_=f"marker {_colour(number)}")


def _colour(number: int) -> str:
    return f"s{number % _COLOURS}"
