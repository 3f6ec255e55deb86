"""Tables of plain text: rows of cells under one another.

Public names: `aligned`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence


def aligned(rows: Sequence[Sequence[str]], names: int = 1, texts: Collection[int] = ()) -> list[str]:
    """A line a row, with columns as wide as they need to be.

    The first `names` columns and those numbered in `texts` stand to the left, the others to the right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:<{width}}" if number < names or number in texts else f"{cell:>{width}}"
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
