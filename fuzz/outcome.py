"""What may come of an input: success, or a refusal in one sentence, within bounds of time and memory.

Public names: `Finding`, `Broken`, `examined`, `memory_bound`, `SECONDS`, `LARGEST`.
"""

from __future__ import annotations

import faulthandler
import hashlib
import re
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crfner.errors import CrfnerError

LARGEST = 1 << 16
"""Bytes of an input."""

SECONDS = 5.0
"""Of the processor that an input may take; most take a millisecond."""

_ROOT = Path(__file__).parents[1]


def memory_bound(size: int) -> int:
    """Bytes of memory that an input of this size may take beside what was there before it."""
    return (64 << 20) + 200 * size


class Broken(Exception):
    """An outcome that is wrong though nothing was raised, such as the status 500; raised by targets."""


@dataclass(frozen=True)
class Finding:
    """An input that had an outcome it should not have had.

    kind   error, time, memory or crash
    where  the innermost function of crfner that was at it, as far as that is known
    what   the error's type and text, or a figure
    """

    kind: str
    where: str
    what: str
    data: bytes

    @property
    def key(self) -> str:
        """The same for inputs that most likely show the same fault."""
        return re.sub(r"[^A-Za-z0-9_.]+", "-", f"{self.kind}-{self.where}-{self.what.partition(':')[0]}")[:90]

    @property
    def name(self) -> str:
        """Of the file that holds the input."""
        return f"{self.key}-{hashlib.sha256(self.data).hexdigest()[:8]}"

    def __str__(self) -> str:
        return f"{self.kind} in {self.where}: {self.what} ({len(self.data)} bytes)"


def examined(run: Callable[[bytes], object], data: bytes, kill: bool = False) -> Finding | None:
    """What is wrong with what comes of the input, or None when all is well.

    Too much time or memory counts when it is taken twice in a row: what is imported or cached once is no fault.

    kill  end the process, with a traceback, when six times as many seconds have passed: the only way out of native code
    """
    found = _once(run, data, kill)
    if found is not None and found.kind in ("time", "memory"):
        found = _once(run, data, kill)
    return found


def _once(run: Callable[[bytes], object], data: bytes, kill: bool) -> Finding | None:
    before = _measured_anew()
    if kill:
        faulthandler.dump_traceback_later(6 * SECONDS, exit=True)
    began = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run(data)
    except CrfnerError as refusal:
        if len(str(refusal)) > 10_000 or "\n" in str(refusal):
            return Finding("error", _where(refusal), f"Message: {str(refusal)[:300]!r}", data)
    except Exception as error:
        return Finding("error", _where(error), f"{type(error).__name__}: {str(error)[:300]}", data)
    finally:
        seconds = time.process_time() - began
        if kill:
            faulthandler.cancel_dump_traceback_later()
    if seconds > SECONDS:
        return Finding("time", "input", f"Seconds: {seconds:.1f}", data)
    taken = _peak() - before
    if taken > memory_bound(len(data)):
        return Finding("memory", "input", f"Bytes: {taken}", data)
    return None


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_ROOT)]
    inner = [frame for frame in ours if "fuzz" not in Path(frame.filename).parent.parts] or ours
    return f"{Path(inner[-1].filename).stem}.{inner[-1].name}" if inner else "elsewhere"


def _measured_anew() -> int:
    """Forget the peak so far; the memory in use, in bytes. 0 where the system has no such thing."""
    if not sys.platform.startswith("linux"):
        return 0
    with suppress(OSError):  # a container may not allow it: then the peak so far stands
        Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    if not sys.platform.startswith("linux"):
        return 0
    status = Path("/proc/self/status").read_bytes()
    return int(status[status.index(b"VmHWM:") + 6 :].split(None, 1)[0]) << 10
