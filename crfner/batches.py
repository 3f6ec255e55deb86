"""Items in groups that are worth working on together, as they come.

Public names: `batches`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

_BATCH = 8192  # tokens that are tagged together; enough to share the cost of a step, little enough to stream


def batches(items: Iterable[T], tokens: Callable[[T], int], least: int = _BATCH) -> Iterator[list[T]]:
    """The items in groups that are worth tagging together, by how many tokens each has; the last may be empty.

    least  a group is whole when its items have so many together
    """
    batch: list[T] = []
    size = 0
    for item in items:
        batch.append(item)
        size += tokens(item) or 1  # documents without any are not gathered for ever
        if size >= least:
            yield batch
            batch, size = [], 0
    yield batch
