"""A process that has imported the project once and forks for every `crfner` that a page calls.

Importing takes a second or more, and the pages call `crfner` a hundred times. A fork has all that is imported, and is
otherwise a process of its own: its folder, environment, arguments and streams are those of the caller, and so are the
signals that the caller gets and the exit code.

Public names: `PRELOADED`, `CLIENT`, `start`, `finish`; as a script, `forking.py SOCKET [preload]` is the server.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

PRELOADED = (
    "crfner.check",
    "crfner.check.model",
    "crfner.compare",
    "crfner.crf",
    "crfner.explain",
    "crfner.hybrid",
    "crfner.models",
    "crfner.recipes",
    "crfner.report",
    "crfner.rules",
    "features",
    "sklearn.model_selection",
    "sklearn_crfsuite",
)

# what is on the path as `crfner`: it hands everything over, passes signals on and ends as the fork does
CLIENT = """#!{python} -IS
import os, sys
sys.path.insert(0, {folder!r})
from forking import finish, start
sys.exit(finish(start({socket!r}, ["crfner", *sys.argv[1:]], os.getcwd(), dict(os.environ), [0, 1, 2])))
"""


def start(address: str, arguments: list[str], folder: str, environment: dict[str, str], streams: list[int]) -> Any:
    """Have the server at the address fork; the connection that `finish` waits at.

    The fork joins the caller's process group, so that whoever ends the group ends it too.
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    message = json.dumps(
        {"arguments": arguments, "folder": folder, "environment": environment, "group": os.getpgid(0)},
    ).encode()
    socket.send_fds(connection, [len(message).to_bytes(4, "big")], streams)
    connection.sendall(message)
    return connection


def finish(connection: Any) -> int:
    """Wait for the fork; its exit code, or 128 and the number of the signal that ended it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: connection.sendall(bytes([number])))
    code = connection.recv(1)
    return code[0] if code else 1


def serve(address: str, preloaded: tuple[str, ...] = PRELOADED) -> None:
    """Import, then fork for everyone who connects, until standard input ends."""
    for module in preloaded:
        import_module(module)
    gc.collect()
    gc.freeze()  # else each fork's collector would touch, and so copy, all that is shared
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:  # whoever started this has ended
            return
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            _supervise(connection)
            return
        connection.close()


def _supervise(connection: socket.socket) -> None:
    """Fork once more for the work itself, pass on what the caller signals, and answer with the exit code."""
    head, streams, _, _ = socket.recv_fds(connection, 4, 8)
    size, message = int.from_bytes(head, "big"), b""
    while len(message) < size:
        message += connection.recv(size - len(message))
    job = json.loads(message)
    child = os.fork()
    if child == 0:
        connection.close()
        _work(job, streams)
        return
    for stream in streams:
        os.close(stream)
    end = os.pidfd_open(child)
    while True:
        ready, _, _ = select.select([connection, end], [], [])
        if end in ready:
            break
        heard = connection.recv(1)
        os.kill(child, heard[0] if heard else signal.SIGTERM)
        if not heard:  # the caller is gone
            break
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    with contextlib.suppress(OSError):
        connection.sendall(bytes([code if code >= 0 else 128 - code]))
    os._exit(0)


def _work(job: dict[str, Any], streams: list[int]) -> None:
    os.setpgid(0, job["group"])
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environment"])
    sys.argv = job["arguments"]
    if sys.argv[0] == "crfner":
        from crfner.cli import main

        code = _ending(main)
    else:
        code = _ending(_interpret)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(code)  # taking the interpreter apart would copy all that is shared, too


def _ending(run: Callable[[], None]) -> int:
    """The exit code with which Python would end after this."""
    try:
        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _interpret() -> None:
    """Run the Python that is sent as JSON lines on standard input, in one namespace; answer each at stream 3."""
    import __main__

    namespace = __main__.__dict__
    sys.path.insert(0, "")
    with os.fdopen(3, "w") as answers:
        for line in sys.stdin:
            block = json.loads(line)
            answer = _run(block, namespace)
            sys.stdout.flush()
            sys.stderr.flush()
            print(json.dumps(answer), file=answers, flush=True)


def _run(block: dict[str, Any], namespace: dict[str, Any]) -> str:
    """What went wrong, or nothing; lines are counted as on the page."""
    import doctest

    name = block["page"]
    if block["kind"] == "pycon":
        said: list[str] = []
        test = doctest.DocTestParser().get_doctest(block["code"], namespace, name, name, block["line"] - 1)
        test.globs = namespace  # not the copy: what is assigned stays for the next block
        options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        doctest.DocTestRunner(optionflags=options, verbose=False).run(test, out=said.append, clear_globs=False)
        return "".join(said)
    try:
        exec(compile("\n" * (block["line"] - 1) + block["code"], name, "exec"), namespace)
    except BaseException:
        return traceback.format_exc()
    return ""


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    serve(sys.argv[1], PRELOADED if "preload" in sys.argv[2:] else ())
