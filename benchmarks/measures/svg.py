"""A drawing of values over seconds, as an SVG file that needs nothing else.

Public names: `lines`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

_WIDTH, _HEIGHT, _LEFT, _TOP = 720, 260, 60, 34
_COLOURS = ("#0b5fa5", "#b3541e")


def lines(path: Path, title: str, values: dict[str, Sequence[float]]) -> None:
    """Draw each list of values, one a second, in MiB, from zero up."""
    most = 1.1 * max(max(line) for line in values.values())
    longest = max(len(line) for line in values.values())
    across, up = (_WIDTH - _LEFT - 10) / max(longest - 1, 1), (_HEIGHT - _TOP - 30) / most
    bottom = _HEIGHT - 30
    step = _step(most)
    parts = [f'<text x="{_LEFT}" y="20" font-size="14">{escape(title)}, MiB by seconds</text>']
    for tick in range(0, int(most) + 1, step):
        y = bottom - tick * up
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 10}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick}</text>')
    for second in range(0, longest, 60):
        parts.append(f'<text x="{_LEFT + second * across:.1f}" y="{bottom + 18}" text-anchor="middle">{second}</text>')
    for (name, line), colour in zip(values.items(), _COLOURS, strict=False):
        points = " ".join(f"{_LEFT + x * across:.1f},{bottom - y * up:.1f}" for x, y in enumerate(line))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5">'
            f"<title>{escape(name)}</title></polyline>"
        )
    font = 'font-family="sans-serif" font-size="11"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {font}>'
    background = '<rect width="100%" height="100%" fill="white"/>'
    path.write_text("\n".join([head, background, *parts, "</svg>"]) + "\n", encoding="utf-8")


def _step(most: float) -> int:
    """Between lines of the grid: a round number that gives at most six of them."""
    return next(step for step in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10**6) if most / step <= 6)
