"""What tests let workers do; they find it by name, so it stands in a module that imports nothing heavy.

Public names: `plus`, `refuse`, `die_once`, `die_at`, `wait`, `nested`, `process_id`.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from crfner.errors import InputError


def plus(given: int, item: int) -> int:
    """The two together; items that come early take longest."""
    time.sleep(0.03 if item % 7 == 0 else 0)
    return given + item


def refuse(given: int, item: int) -> int:
    """An error that a user can mend."""
    raise InputError("this is wrong", "notes.txt", item)


def die_once(marker: str, item: int) -> int:
    """The item; whoever comes to the fifth first is killed as by the system."""
    if item == 5 and Path(marker).exists():
        Path(marker).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def die_at(given: int, item: int) -> int:
    """The item, but for one that kills whoever works on it."""
    if item == given:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def wait(given: None, seconds: float) -> float:
    """The seconds, when they are over."""
    time.sleep(seconds)
    return seconds


def process_id(given: None, item: int) -> int:
    """Of who does this."""
    return os.getpid()


def nested(given: None, item: int) -> list[int]:
    """Work that has work of its own for others: who does it, and who asked for it."""
    from crfner.parallel import Given, Workers, using

    with using(Workers(2)) as pool:
        return [*pool.ordered(process_id, range(3), Given(None)), os.getpid()]
