"""Work for processes of its own, done in this one: for tests of what comes of it, not of where it is done.

Starting a process and importing the library there costs half a second, which is far more than a test's training.

Public names: `one_process`.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest

from crfner.parallel import Given, Pool

_STARTING = ("crfner.compare.curve", "crfner.compare.running")


@contextmanager
def one_process() -> Iterator[None]:
    """Within the block, what would be sent to processes is done here, one after another, and on copies all the same."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _STARTING:
            module = import_module(name)
            patch.setattr(module, "isolated", _here)
        patch.setattr("crfner.parallel.Pool.ordered", _in_order)
        patch.setattr("crfner.compare.running._ENOUGH", 0.01)  # seconds of tagging, for a rate that nobody looks at
        yield


def _in_order(
    pool: Pool, function: Callable[[Any, Any], Any], items: Iterable[Any], given: Given[Any], **_: Any
) -> Iterator[Any]:
    value = given.from_bytes(given.to_bytes(given.value))
    for item in items:
        yield pickle.loads(pickle.dumps(function(value, pickle.loads(pickle.dumps(item)))))


def _here(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    function, arguments, options = pickle.loads(pickle.dumps((function, arguments, options)))
    return pickle.loads(pickle.dumps(function(*arguments, **options)))
