"""What tests of threads and processes share: a recogniser of each kind, and switches between threads at every turn."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest
from sharing import KINDS, made, made_restless

from crfner import Recognizer


@pytest.fixture(params=KINDS)
def recognizer(request: pytest.FixtureRequest) -> Recognizer:
    """A copy that has tagged nothing yet."""
    copy: Recognizer = pickle.loads(pickle.dumps(made(request.param)))
    return copy


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads that take turns all the time, and caches so small that they are emptied all the time."""
    with made_restless():
        yield
