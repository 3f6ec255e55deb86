"""Work for processes of its own, done in this one: for tests of what comes of it, not of where it is done.

Starting a process and importing the library there costs half a second, which is far more than a test's training.

Public names: `one_process`.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest

_STARTING = ("crfner.stages", "crfner.ensemble.training", "crfner.recipes.choosing", "crfner.compare.curve",
             "crfner.compare.running")  # fmt: skip


@contextmanager
def one_process() -> Iterator[None]:
    """Within the block, what would be sent to processes is done here, one after another, and on copies all the same."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _STARTING:
            module = import_module(name)
            patch.setattr(module, "isolated", _here)
            patch.setattr(module, "cpu_count", lambda: 1, raising=False)  # joblib then needs no threads
        patch.setattr("crfner.compare.running._ENOUGH", 0.01)  # seconds of tagging, for a rate that nobody looks at
        yield


def _here(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    function, arguments, options = pickle.loads(pickle.dumps((function, arguments, options)))
    return pickle.loads(pickle.dumps(function(*arguments, **options)))
