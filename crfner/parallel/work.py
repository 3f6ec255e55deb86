"""The worker's side: what is given to all items is fetched and loaded once a process, and known by its SHA-256.

Public names: `Sent`, `begin`, `call`, `keep`, `drop`, `inside`.
"""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crfner.errors import CrfnerError

_MOST = 4  # values that a process keeps loaded
_LOOK = 1.0  # seconds between two looks at whether the parent is there

_loaded: OrderedDict[str, Any] = OrderedDict()
_kept: dict[str, bytes] = {}  # what a cluster sent ahead
_lock = threading.RLock()  # models are not safe for several threads at once, which workers of a cluster may have
_working: ContextVar[bool] = ContextVar("working", default=False)
_begun = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What a worker needs to get at a value.

    digest      SHA-256 of its bytes, in hexadecimal
    from_bytes  makes the value of them; a function of a module's top level
    path        the file of this machine that holds them, or None
    parent      the process on this machine that the worker ends with, or None
    reference   Ray's reference to them, or None; where both are None they were sent ahead (see `keep`)
    """

    digest: str
    from_bytes: Callable[[bytes], Any]
    path: str | None = None
    parent: int | None = None
    reference: Any = None

    def value(self) -> Any:
        """The value, loaded by the first call in a process. Raises CrfnerError where the bytes are not those."""
        if self.digest not in _loaded:
            data = self._data()
            if hashlib.sha256(data).hexdigest() != self.digest:
                raise CrfnerError("what workers were given has changed meanwhile; begin again")
            _loaded[self.digest] = self.from_bytes(data)
            while len(_loaded) > _MOST:
                _loaded.popitem(last=False)
        _loaded.move_to_end(self.digest)
        return _loaded[self.digest]

    def _data(self) -> bytes:
        if self.path is not None:
            return Path(self.path).read_bytes()
        if self.reference is not None:
            import ray

            data: bytes = ray.get(self.reference)
            return data
        if self.digest not in _kept:
            raise CrfnerError("a worker has not been sent what it needs; end all workers and start them again")
        return _kept[self.digest]


def call(function: Callable[[Any, Any], Any], sent: Sent, number: int, item: Any) -> tuple[int, Any]:
    """The item's number, and what the function makes of the value and the item; one at a time in a process."""
    with _lock:
        begin(sent.parent)
        token = _working.set(True)
        try:
            return number, function(sent.value(), item)
        finally:
            _working.reset(token)


def inside() -> bool:
    """Whether this is work for a worker already: it does not look for workers of its own."""
    return _working.get()


def keep(digest: str, data: bytes) -> None:
    """Take what a cluster sends ahead."""
    _kept[digest] = data


def drop(digest: str) -> None:
    """Forget what was sent ahead."""
    _kept.pop(digest, None)
    _loaded.pop(digest, None)


def begin(parent: int | None) -> None:
    """Make this process a worker, if it is none yet, that ends with its parent on the same machine, if it has one."""
    global _begun
    if _begun:
        return
    _begun = True
    if parent is not None and parent != os.getpid():
        threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl-C to all; the parent answers it
    from tqdm import tqdm  # only a worker needs it here, and it takes a while to import

    tqdm.set_lock(threading.RLock())  # its own is a semaphore of the system, which a killed process would leave behind
    warnings.simplefilter("ignore")  # the same data would be warned of in every worker


def _end_with_parent(parent: int) -> None:
    """However the parent ends, this process of the same machine does too, in the middle of its work if need be."""
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os._exit(1)
