"""Locks on files and folders that are open: each ends with the process that holds it, however that ends.

Public names: `lock`, `CAN_LOCK`.
"""

from __future__ import annotations

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]

CAN_LOCK = fcntl is not None
"""Whether this system has such locks; where it has none, nobody is kept out."""


def lock(descriptor: int, *, shared: bool = False) -> bool:
    """Lock what is open, without waiting; whether that went well, which it does not while another holds it.

    shared  others may hold it too, if they share it
    """
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
