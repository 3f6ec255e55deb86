"""The signatures of the loops in `_training.c`; arrays are C-contiguous, of the types that objective.py makes."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

_Array = NDArray[Any]

def rows(
    first: int, last: int, row_starts: _Array, row_classes: _Array, class_starts: _Array, class_tags: _Array,
    weights: _Array, width: int, table: _Array,
) -> None: ...  # fmt: skip
def chains(
    first: int, last: int, starts: _Array, lengths: _Array, channels: Sequence[tuple[_Array, _Array]], places: int,
    tags: int, width: int, moves: _Array, moves_back: _Array, table: _Array, nodes: _Array, pairs: _Array,
) -> float: ...  # fmt: skip
def gather(
    first: int, last: int, bases: _Array, offsets: _Array, places: int, width: int, nodes: _Array, table: _Array
) -> None: ...  # fmt: skip
def classes(
    first: int, last: int, class_row_starts: _Array, class_rows: _Array, class_starts: _Array, class_tags: _Array,
    width: int, table: _Array, sums: _Array,
) -> None: ...  # fmt: skip
def dot(x: _Array, y: _Array) -> float: ...
def axpy(a: float, x: _Array, y: _Array) -> None: ...
def pseudo(x: _Array, gradient: _Array, l1: _Array, slope: _Array) -> None: ...
def project(
    x: _Array, direction: _Array, slope: _Array, l1: _Array, step: float, new: _Array
) -> tuple[float, float]: ...  # fmt: skip
def exponentiate(x: _Array) -> None: ...
