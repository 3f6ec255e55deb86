"""Sound inputs, changed: the Hypothesis strategy that both the tests and the engine "hypothesis" draw from.

Public names: `mutated`, `ODD`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

from fuzz.outcome import LARGEST

_NUMBER = re.compile(rb"\d+")
_NUMBERS = (b"0", b"-1", b"1", b"255", b"65536", b"2147483648", b"4294967295", b"18446744073709551616", b"1e999",
            b"9" * 400, b"9" * 5000, b"0.5", b"null", b"true", b'"x"', b"[]", b"{}")  # fmt: skip
ODD = (b"\0", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", b"\r", b"\n\n", b"\t",
        b"\xe2\x80\xa8", b"\xf0\x9f\x91\xa9\xe2\x80\x8d", b"NaN", b"Infinity", b"[" * 3000, b'{"a":' * 3000, b"<" * 300,
        b"#" * 300, b" " * 3000, b"\xcc\x81" * 300, b"a" * 5000)  # fmt: skip
_REPEATS = (2, 3, 10, 100, 1000)

Draw = Callable[[st.SearchStrategy[object]], object]


@st.composite
def mutated(draw: st.DrawFn, seeds: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """A seed with one to six changes: bytes, numbers, cuts, splices with other seeds, repeats, and `words` put in."""
    data = draw(st.sampled_from(seeds))
    known = (*words, *ODD)
    for _ in range(draw(st.integers(1, 6))):
        place, end = sorted(draw(st.tuples(*[st.integers(0, len(data))] * 2)))
        change = draw(st.integers(0, 7))
        if change == 0 and place < len(data):
            data = data[:place] + bytes([data[place] ^ 1 << draw(st.integers(0, 7))]) + data[place + 1 :]
        elif change == 1:
            data = data[:place]
        elif change == 2:
            data = data[:place] + data[end:]
        elif change == 3:
            other = draw(st.sampled_from(seeds))
            data = data[:place] + other[draw(st.integers(0, len(other))) :]
        elif change == 4:
            data = data[:place] + draw(st.sampled_from(known)) + data[place:]
        elif change == 5:
            data = data[:place] + data[place:end] * draw(st.sampled_from(_REPEATS)) + data[end:]
        elif change == 6 and (numbers := list(_NUMBER.finditer(data))):
            number = draw(st.sampled_from(numbers))
            data = data[: number.start()] + draw(st.sampled_from(_NUMBERS)) + data[number.end() :]
        else:
            data = data[:place] + draw(st.binary(max_size=8)) + data[end:]
        data = data[:LARGEST]
    return data
