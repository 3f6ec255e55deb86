"""What a server is told when it starts: the models, where it listens, and the limits that keep it alive.

The master reads them from the command line and hands them to its workers as JSON, as these are programs of their own.

Public names: `Settings`, `Limits`, `checked`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crfner.errors import SettingError


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds to what one client can ask for. Times are in seconds; queue and connections are those of one worker.

    body         bytes of a request's body
    texts        texts of a request
    characters   characters of one text
    receiving    in which the headers of a request have to arrive, and then again its body
    processing   from a whole request to its answer
    idle         that a connection is kept without a request
    shutdown     that requests in flight have to end after SIGTERM
    queue        requests that wait or are being tagged
    connections  connections open at a time
    """

    body: int = 1 << 20
    texts: int = 1000
    characters: int = 200_000
    receiving: float = 10.0
    processing: float = 30.0
    idle: float = 30.0
    shutdown: float = 30.0
    queue: int = 512
    connections: int = 2000


@dataclass(frozen=True, slots=True)
class Settings:
    """One server.

    models      files by the names that requests give; the first is used where a request names none
    host, port  where it listens; port 0 for any that is free
    workers     processes, each with its own copy of the models
    watch       whether model files are looked at every second and loaded anew when they have changed
    token       what clients have to show; None for no such thing
    access_log  file that gets one line of JSON a request, "-" for standard output; None for none
    """

    models: Mapping[str, str]
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    watch: bool = False
    token: str | None = field(default=None, repr=False)
    access_log: str | None = None
    limits: Limits = Limits()


def checked(settings: Settings) -> Settings:
    """The settings. Raises SettingError when one of them makes no sense."""
    if not settings.models:
        raise SettingError("a server needs at least one model")
    if settings.workers < 1:
        raise SettingError(f"a server needs at least one worker, not {settings.workers}")
    for name in Limits.__dataclass_fields__:
        value: Any = getattr(settings.limits, name)
        if not 0 < value < float("inf"):
            raise SettingError(f"the limit {name!r} has to be above 0, not {value}")
    if settings.token is not None and not settings.token.isascii():
        raise SettingError("a token consists of ASCII characters, as it travels in a header; make another one")
    if settings.token is not None and len(settings.token) < 8:
        raise SettingError("a token of less than 8 characters is soon guessed; make a longer one")
    return settings
