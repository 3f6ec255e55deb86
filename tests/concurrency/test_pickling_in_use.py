"""A recogniser can be copied and sent to others while it tags."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable

import pytest
from sharing import found, texts

from crfner import Recognizer

COPIES: dict[str, Callable[[Recognizer], Recognizer]] = {
    "pickle": lambda recognizer: pickle.loads(pickle.dumps(recognizer)),
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_that_is_made_while_threads_tag_finds_the_same(way: str, recognizer: Recognizer, restless: None) -> None:
    expected = found(recognizer.recognize(texts()[:10]))
    done = threading.Event()

    def tagging() -> None:
        while not done.is_set():
            list(recognizer.recognize(texts()))

    threads = [threading.Thread(target=tagging) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        copies = [COPIES[way](recognizer) for _ in range(3)]
    finally:
        done.set()
        for thread in threads:
            thread.join()
    for one in copies:
        assert found(one.recognize(texts()[:10])) == expected
