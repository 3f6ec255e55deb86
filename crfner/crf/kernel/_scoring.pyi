"""The signatures of the loops in `_scoring.c`; arrays are C-contiguous, and every size and number is checked.

What a store is, is told in `_scoring.c`.
"""

from typing import Any

from numpy.typing import NDArray

_Array = NDArray[Any]
_Store = tuple[bytes, _Array, _Array, int, _Array, _Array, _Array]

def index(blob: bytes, offsets: _Array, table: _Array, seed: int) -> int: ...
def numbers(store: _Store, head: bytes, strings: list[str], out: _Array) -> None: ...
def add_values(
    store: _Store, heads: tuple[bytes, ...], slots: _Array, lists: list[Any], out: _Array
) -> None: ...  # fmt: skip
def add_pieces(
    store: _Store, heads: tuple[bytes, ...], slots: _Array, strings: list[str], kind: int, lengths: _Array, out: _Array
) -> None: ...  # fmt: skip
def gather(scores: _Array, vectors: _Array, rows: _Array, places: _Array, offsets: _Array) -> None: ...
def add_evidence(
    store: _Store, scores: _Array, lengths: _Array, starts: _Array, codes: _Array, numbers: _Array, offsets: _Array
) -> None: ...  # fmt: skip
