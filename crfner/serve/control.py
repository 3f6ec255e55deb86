"""What master and workers say to each other: one JSON object a line, over a pair of connected sockets.

    from the master                        answer
    start    settings and models           started   or failed, with why
    prepare  load a file beside the other  prepared  with why not, if it is refused
    use      what was prepared             -
    drop     what was prepared             -

The socket closes when either of the two ends, so neither outlives the other unnoticed.

Public names: `Message`, `packed`, `unpacked`, `Revision`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import orjson

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a model's file.

    name    what requests call the model
    source  the file as the user named it, for messages
    path    a copy of it that nobody changes
    since   when it came into use, in seconds since 1970
    """

    name: str
    source: str
    path: str
    since: float


def packed(message: Message) -> bytes:
    """The message as a line."""
    return orjson.dumps(message, default=asdict) + b"\n"


def unpacked(line: bytes) -> Message:
    """The message in a line."""
    message: Message = orjson.loads(line)
    return message
