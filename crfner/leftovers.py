"""Temporary files beside an output: how they are named, and how those that a killed process left are found.

Who writes one holds a lock on it, which ends with the process, however that ends. So a later output in the same folder
can tell what nobody will ever finish, and removes it.

Public names: `temporary_name`, `held`, `remove_abandoned`.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from crfner.locking import CAN_LOCK, lock

_NAME = re.compile(r"\.crfner-(?P<host>.*)-[0-9a-f]{16}\.tmp")
_SETTLED = 60.0  # seconds in which whoever made a file has surely locked it


def temporary_name(folder: str) -> str:
    """A path in the folder that is not taken; the name tells this machine, as others may use the folder too."""
    return os.path.join(folder, f".crfner-{_host()}-{os.urandom(8).hex()}.tmp")


@contextmanager
def held(path: str) -> Iterator[None]:
    """Within the block nobody takes the temporary file or folder for one that was left."""
    descriptor = None
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        lock(descriptor, shared=True)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def remove_abandoned(folder: str) -> None:
    """Remove the temporary files and folders of this machine there that no process writes any more.

    What cannot be looked at or removed stays, and on a system without locks all does.
    """
    if not CAN_LOCK:
        return
    with suppress(OSError), os.scandir(folder or ".") as entries:
        for entry in entries:
            match = _NAME.fullmatch(entry.name)
            if match and match["host"] == _host():
                with suppress(OSError):
                    _remove_if_abandoned(entry)


def _remove_if_abandoned(entry: os.DirEntry[str]) -> None:
    if entry.is_symlink() or time.time() - entry.stat().st_mtime < _SETTLED:
        return
    descriptor = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        if not lock(descriptor):
            return
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)
    finally:
        os.close(descriptor)


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9.]", "", os.uname().nodename if hasattr(os, "uname") else "")
