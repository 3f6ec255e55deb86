"""What plots are drawn with: HTML and inline SVG that need no library.

Places are per cent of the width, so that text keeps its size. What belongs together in a plot has one scale. Systems
are told apart by shape as well as by colour.

Public names: `Scale`, `scale`, `plot`, `row`, `track`, `x`, `chart`, `up`, `legend`, `marker`, `colour`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crfner.report.markup import Html, element, isolated

LEFT, RIGHT = 4.0, 96.0  # per cent of the width between which values are drawn
HEIGHT = 240  # pixels of a chart

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


def x(axis: Scale, fraction: float) -> str:
    """Where the fraction is on a `track`."""
    return f"{LEFT + (RIGHT - LEFT) * axis.place(fraction):.2f}%"


def track(axis: Scale, height: int, *parts: Html) -> Html:
    """The line of the scale, `height` pixels high, with what is on it."""
    places = (x(axis, tick / 100) for tick in axis.ticks())
    grid = (element("line", x1=place, x2=place, y1=0, y2=height, class_="grid") for place in places)
    return element("svg", *grid, *parts, width="100%", height=height)


def row(name: Html, line: Html, value: str) -> Html:
    """A name, its `track` and the value in figures."""
    return element(
        "div", element("span", name, class_="name"), line, element("span", value, class_="value"), class_="row"
    )


def plot(caption: str, rows: Sequence[Html], axis: Scale, keys: str = "", kind: str = "plot") -> Html:
    """Rows of one scale under a caption."""
    ticks = (element("text", str(tick), x=x(axis, tick / 100), y=13, text_anchor="middle") for tick in axis.ticks())
    scale_row = row(Html(""), element("svg", *ticks, width="100%", height=18), "")
    heading = element("figcaption", f"{caption}, in per cent")
    return element("figure", heading, keys, *rows, scale_row, class_=kind, aria_hidden="true")


def legend(systems: Sequence[tuple[int, str]]) -> Html:
    """The shapes and names of systems, by their numbers."""
    keys = (
        element("li", element("svg", marker(number, "7", 7), width=14, height=14), " ", isolated(name))
        for number, name in systems
    )
    return element("ul", *keys, class_="legend")


def marker(number: int, across: str, y: float) -> Html:
    """The shape of the system of this number, in its colour."""
    shape = element("path", d=_SHAPES[number % len(_SHAPES)])
    return element("svg", shape, x=across, y=y, width=1, height=1, class_=f"marker {colour(number)}")


def colour(number: int) -> str:
    """The class that gives the colour of the system of this number."""
    return f"s{number % _COLOURS}"


def chart(
    caption: str,
    axis: Scale,
    ticks: Sequence[tuple[float, str]],
    stretched: Iterable[Html],
    markers: Iterable[Html],
    keys: str = "",
) -> Html:
    """A drawing of fractions, which go up, over something else, which goes across.

    ticks      what stands below, from left to right: its place in per cent of the width, and its text
    stretched  shapes that are as wide as the drawing: `up` across 100
    markers    shapes that keep their size
    """
    parts = []
    for tick in axis.ticks():
        height = up(axis, tick / 100)
        parts.append(element("line", x1="9%", x2="100%", y1=height, y2=height, class_="grid"))
        parts.append(element("text", str(tick), x="7%", y=height + 4, text_anchor="end"))
    area: dict[str, str | int] = {
        "viewBox": f"0 0 100 {HEIGHT}",
        "preserveAspectRatio": "none",
        "width": "100%",
        "height": HEIGHT,
    }
    parts.append(element("svg", *stretched, **area))
    parts += markers
    last = math.inf
    for place, text in reversed(ticks):
        if abs(place - last) >= 9:
            last = place
            parts.append(element("text", text, x=f"{place}%", y=HEIGHT + 16, text_anchor="middle"))
    drawing = element("svg", *parts, width="100%", height=HEIGHT + 24, class_="curves")
    return element("figure", element("figcaption", caption), keys, drawing, class_="plot", aria_hidden="true")


def up(axis: Scale, fraction: float) -> float:
    """How far below the top of a `chart` the fraction is, in pixels."""
    return round(10 + (HEIGHT - 20) * (1 - axis.place(min(1.0, max(0.0, fraction)))), 2)
