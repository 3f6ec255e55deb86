"""The collector of cyclic garbage, kept from walking over many new objects that are in no cycles.

It is one for all threads: whoever switched it off switches it on again. In the child of a fork, where that thread is
not, it works again.

Public names: `at_rest`.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_resting: set[int] = set()
"""The threads that have switched it off."""


@contextmanager
def at_rest() -> Iterator[None]:
    """No cyclic garbage collection within; also a decorator."""
    enabled = gc.isenabled()
    if enabled:
        _resting.add(threading.get_ident())
        gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
            _resting.discard(threading.get_ident())


def _after_fork() -> None:
    if _resting:
        gc.enable()
        _resting.clear()


if hasattr(os, "register_at_fork"):  # where there is fork
    os.register_at_fork(after_in_child=_after_fork)
