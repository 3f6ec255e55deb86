"""A recogniser can be copied and sent to others while it tags."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest
from forks_apart import tagging
from sharing import found, texts

from crfner import Recognizer

COPIES: dict[str, Callable[[Recognizer], Recognizer]] = {
    "pickle": lambda recognizer: pickle.loads(pickle.dumps(recognizer)),
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_that_is_made_while_threads_tag_finds_the_same(way: str, recognizer: Recognizer, restless: None) -> None:
    expected = found(recognizer.recognize(texts()[:10]))
    with tagging(recognizer):
        copies = [COPIES[way](recognizer) for _ in range(3)]
    for one in copies:
        assert found(one.recognize(texts()[:10])) == expected
