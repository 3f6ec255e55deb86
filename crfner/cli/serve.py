"""`crfner serve`: models over HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from crfner.errors import CrfnerError
from crfner.files import reason

_PACKAGES = ("httptools", "orjson", "prometheus_client", "starlette", "uvicorn", "uvloop")


_LIMITS = (
    ("--max-body", "body", 1 << 20, "BYTES", "Bytes of a request."),
    ("--max-texts", "texts", 1000, "N", "Texts of a request."),
    ("--max-characters", "characters", 200_000, "N", "Characters of a text."),
    ("--receive-time", "receiving", 10.0, "SECONDS", "In which a client has to send a head, and then a body."),
    ("--process-time", "processing", 30.0, "SECONDS", "From a whole request to its answer."),
    ("--idle-time", "idle", 30.0, "SECONDS", "That a connection is kept without a request."),
    ("--stop-time", "shutdown", 30.0, "SECONDS", "That requests in flight have when the server stops."),
    ("--queue", "queue", 512, "N", "Requests that may wait in a worker; others are refused."),
    ("--connections", "connections", 2000, "N", "Connections that a worker has at a time; others are refused."),
)


def _limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with an option for each of the server's limits."""
    for option, name, default, metavar, text in reversed(_LIMITS):
        kind = click.IntRange(1) if isinstance(default, int) else click.FloatRange(0, min_open=True)
        command = click.option(option, name, default=default, type=kind, metavar=metavar, help=text)(command)
    return command


@click.command("serve", context_settings={"show_default": True})
@click.argument("models", metavar="[NAME=]MODEL...", nargs=-1, required=True)
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 for all of the machine's.")
@click.option("--port", default=8000, type=click.IntRange(0, 65535), help="Port; 0 for any that is free.")
@click.option("--workers", default=1, type=click.IntRange(1), help="Processes that tag, each with its own models.")
@click.option("--watch", is_flag=True, help="Load a model file anew when it has changed (SIGHUP does so at once).")
@click.option("--token-file", metavar="FILE", help="Clients have to show the token in FILE, or in CRFNER_TOKEN.")
@click.option("--access-log", metavar="FILE", help='Write a line of JSON for each request; "-" for standard output.')
@_limit_options
def serve(
    models: tuple[str, ...],
    host: str,
    port: int,
    workers: int,
    watch: bool,
    token_file: str | None,
    access_log: str | None,
    **limits: Any,
) -> int:
    """Answer requests with the entities of their texts, over HTTP.

    A model is called by the name of its file without the ending, or by NAME; the first is asked where a request names
    none. At / there is a page to try them, at /docs what the API can do, at /metrics figures for Prometheus. Ctrl-C or
    SIGTERM ends the server after the requests in flight; SIGHUP loads model files that have changed.

    \b
    crfner serve menu.crfner
    crfner serve menu.crfner notes=clinic.crfner --workers 2 --watch
    curl http://127.0.0.1:8000/v1/entities -H 'Content-Type: application/json' -d '{"text": "Two samosas, please."}'
    """
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise CrfnerError(f"serving needs packages that are not installed ({missing[0]}): pip install 'crfner[serve]'")
    from crfner.serve import Limits, Settings
    from crfner.serve import serve as run

    token = _token(token_file)
    if token is None and host not in ("127.0.0.1", "::1", "localhost"):
        click.echo(f"warning: whoever reaches {host} can use this server; give it a token with --token-file", err=True)
    return run(Settings(_named(models), host, port, workers, watch, token, access_log, Limits(**limits)))


def _named(models: tuple[str, ...]) -> dict[str, str]:
    """Files by name. Raises CrfnerError when two have the same name."""
    named: dict[str, str] = {}
    for value in models:
        name, equals, path = value.partition("=")
        if not equals or os.path.exists(value):
            name, path = Path(value).stem, value
        if not name:
            raise CrfnerError(f"{value}: a model needs a name before the =, as in menu=FILE")
        if name in named:
            raise CrfnerError(f"{named[name]} and {path} are both called {name!r}; name one, as in other={path}")
        named[name] = path
    return named


def _token(path: str | None) -> str | None:
    """The token. Raises CrfnerError when the file cannot be read or is empty."""
    if path is None:
        return os.environ.pop("CRFNER_TOKEN", None) or None  # workers need not inherit it
    try:
        token = Path(path).read_text(encoding="ascii").strip()
    except OSError as error:
        raise CrfnerError(f"{path}: {reason(error)}") from None
    except UnicodeDecodeError:
        raise CrfnerError(f"{path}: a token consists of ASCII characters; make another one") from None
    if not token:
        raise CrfnerError(f"{path}: the file is empty; write the token into it")
    return token
