"""The signatures of the loops in `_decoding.c`; arrays are C-contiguous, and every size and tag is checked."""

from typing import Any

from numpy.typing import NDArray

_Array = NDArray[Any]

def viterbi(
    emissions: _Array, lengths: _Array, transitions: _Array, initial: _Array, final: _Array, path: _Array
) -> None: ...
def lattice(
    emissions: _Array, lengths: _Array, moves: _Array, begins: _Array, ends: _Array,
    forward: _Array, coming: _Array, leaving: _Array,
) -> None: ...  # fmt: skip
def along(
    forward: _Array, coming: _Array, leaving: _Array, moves: _Array, continues: _Array, starts: _Array, path: _Array,
    node: _Array, link: _Array, separate: _Array, closed: _Array,
) -> None: ...  # fmt: skip
