"""The command line. Every command is a module of this package, imported only when it is called.

What a user can mend ends in one sentence on standard error and exit code 2; Ctrl-C ends with 130, SIGTERM with 143, a
terminal that is closed (SIGHUP) with 129, a reader that closes the pipe with 141. Nothing half-written is left behind.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import warnings
from importlib import import_module
from typing import Any, NoReturn

import click

from crfner.errors import CrfnerError
from crfner.files import reason, reporting
from crfner.version import __version__

COMMANDS = {
    "annotate": "Label text on a page in the browser.",
    "check": "Check labelled text for mistakes.",
    "agree": "Measure how far two annotators agree.",
    "augment": "Make more labelled text of what there is.",
    "train": "Train a recogniser on labelled text.",
    "tune": "Search for the settings that suit labelled text.",
    "evaluate": "Score a model against gold annotation.",
    "compare": "Compare rules, CRFs and hybrids on the same splits.",
    "tag": "Find the entities of new text.",
    "serve": "Find entities for other programs, over HTTP.",
    "suggest": "Choose which texts to label next.",
    "convert": "Convert labelled text between formats.",
    "rules": "Check, try, mine and pack rules.",
    "resources": "List the lexicons of a language or domain that can be used.",
    "clusters": "Learn word clusters from text without labels.",
    "features": "Show the features of a text, token by token.",
    "explain": "Show why a model finds what it finds, and what it has learnt.",
    "info": "Show what a model file holds.",
}


class _Commands(click.Group):
    """A group that imports a command when it is needed, and lists all of them without importing any."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"crfner.cli.{name}"), name)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command("crfner", cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="crfner %(version)s")
def commands() -> None:
    """Named-entity recognition with hand-made features and conditional random fields, on a laptop's CPU.

    \b
    crfner train train.jsonl --dev dev.jsonl -o model.crfner
    crfner evaluate model.crfner test.jsonl
    echo "Dr Lindqvist stopped the ibuprofen." | crfner tag model.crfner - --format inline
    """


def main() -> None:
    """Run the command line and end the process with its exit code."""
    warnings.showwarning = _show_warning
    for name in ("SIGTERM", "SIGHUP"):  # there is no SIGHUP on Windows
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, _terminated)
    if sys.stderr is None:  # the caller closed it
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open to the end
    _write_utf8()
    try:
        sys.exit(_run())
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # whatever is still buffered has no reader; Python would complain of it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except KeyboardInterrupt:
        _fail("stopped", 130)
    except MemoryError:
        _fail("error: there is not enough memory; give smaller input or use a smaller feature set", 2)
    except CrfnerError as error:
        _fail(f"error: {error}", 2)
    except OSError as error:
        _fail(f"error: {error.filename}: {reason(error)}" if error.filename else f"error: {error.strerror or error}", 2)


def _run() -> int:
    """Run the command that the arguments name; its exit code."""
    # click's own main would end a closed pipe with exit code 1
    with reporting("<stdout>"):
        try:
            with commands.make_context("crfner", sys.argv[1:]) as context:
                result = commands.invoke(context)
        except click.exceptions.Exit as done:  # after --help and --version
            result = done.exit_code
        if sys.stdout is not None:  # None when the caller closed it
            sys.stdout.flush()
    return result if isinstance(result, int) else 0


def _write_utf8() -> None:
    """Let standard output take any text and any file's name, whatever the locale: what is written is UTF-8."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")


def _fail(message: str, code: int) -> NoReturn:
    click.echo(" ".join(message.splitlines()), err=True)
    sys.exit(code)


def _terminated(number: int, frame: Any) -> NoReturn:
    raise SystemExit(128 + number)  # unwinds the stack, so that temporary files are removed


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    click.echo(f"warning: {message}", err=True)
