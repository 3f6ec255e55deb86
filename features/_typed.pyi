"""The signatures of the loops in `_typed.c`; arrays are C-contiguous, and every size and number is checked."""

from typing import Any

from numpy.typing import NDArray

_Array = NDArray[Any]

def number(known: dict[Any, int], words: list[str], out: _Array) -> list[str]: ...
def elsewhere(
    types: _Array, lengths: _Array, documents: _Array, flags: _Array, exact: _Array, lower: _Array, shouting: _Array,
    forms: int, neighbours: int, commonest: int, counts: _Array,
) -> bytes: ...  # fmt: skip
