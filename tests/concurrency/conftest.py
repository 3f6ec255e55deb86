"""What tests of threads and processes share: a recogniser of each kind, and switches between threads at every turn."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator

import pytest
from sharing import KINDS, made

from crfner import Recognizer


@pytest.fixture(params=KINDS)
def recognizer(request: pytest.FixtureRequest) -> Recognizer:
    """A copy that has tagged nothing yet."""
    copy: Recognizer = pickle.loads(pickle.dumps(made(request.param)))
    return copy


@pytest.fixture
def restless(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Threads that take turns all the time, and caches so small that they are emptied all the time."""
    for place, size in SMALL.items():
        monkeypatch.setattr(place, size)
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-5)
    yield
    sys.setswitchinterval(before)


SMALL = {
    "crfner.crf.emissions._TABLE_SIZE": 40,
    "features.channels.CACHE_SIZE": 20,
    "crfner.hints.seen._TOLD": 5,
    "crfner.rules.matching.edits._CACHED": 5,
    "crfner.rules.matching.tokens._CACHED": 20,
    "crfner.rules.matching.dictionary._CACHED": 20,
}
"""Bounds of caches, and what they are in these tests."""
