"""The signature of the loop in `_tokens.c`."""

from collections.abc import Callable

def cut(text: str, rest: Callable[[str, int], tuple[int, int] | None]) -> list[tuple[int, int]]: ...
