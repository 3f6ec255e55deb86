"""Work in a process of its own, so that its greatest memory is its own and it can be ended at any moment.

The work and its answer are passed as files in a temporary folder that only this user can read. The child has its own
process group: Ctrl-C reaches the parent alone, which then ends the child and removes the folder. However the parent
ends, the child does too: it sees that nobody holds the other end of its standard input, and removes the folder.

Public names: `isolated`, `stoppable`, `peak_memory`, `ProcessError`, `Stopped`.
"""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from crfner.errors import CrfnerError

P = ParamSpec("P")
R = TypeVar("R")

_LOOK = 0.2  # seconds between two looks at whether to stop
_WORK, _ANSWER = "work.pickle", "answer.pickle"
_CHILD = """
import pickle, sys
try:
    work = open(sys.argv[1], "rb")
except FileNotFoundError:
    sys.exit(1)  # the parent was stopped the moment that it started this child
with work:
    sys.path[:] = pickle.load(work)
    from crfner.process import _answer
    _answer(work, sys.argv[2])
"""


class ProcessError(RuntimeError):
    """The work failed in a way that is no fault of the user's; the message ends with the child's traceback."""


class Stopped(Exception):
    """The work was ended before it was done, as was asked for."""


def isolated(function: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
    """What the function returns, called in a new process; it and its arguments are pickled, so it has a module's name.

    Temporary files of the child go to a folder that is removed. Its warnings and what it prints on standard output are
    not shown. Raises the child's CrfnerError or MemoryError as such, CrfnerError when the child is ended from outside,
    ProcessError for every other exception.
    """
    return _called(function, arguments, options, None)


def stoppable(stop: threading.Event, function: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
    """What `isolated` gives, but that the process is ended when the event is set; raises Stopped then."""
    return _called(function, arguments, options, stop)


def _called(
    function: Callable[..., R],
    arguments: tuple[Any, ...],
    options: dict[str, Any],
    stop: threading.Event | None,
) -> R:
    with tempfile.TemporaryDirectory(prefix="crfner-") as folder:
        work, answer = (os.path.join(folder, name) for name in (_WORK, _ANSWER))
        with open(work, "wb") as file:
            pickle.dump(sys.path, file)  # read first: what comes next may need it
            try:
                pickle.dump((function, arguments, options), file)
            except (pickle.PicklingError, AttributeError, TypeError) as error:
                raise CrfnerError(
                    f"the work cannot be sent to a process of its own ({error}); use functions of a module's top level"
                ) from error
        # one thread each: there are as many processes beside each other as processors
        environment = {"OMP_NUM_THREADS": "1", **os.environ, "TMPDIR": folder}
        command = [sys.executable, "-c", _CHILD, work, answer]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment, process_group=0
        ) as process:
            try:
                code = process.wait() if stop is None else _wait_unless(stop, process)
            finally:
                process.kill()
                process.wait()  # after Ctrl-C, leaving the block would not
        if not os.path.exists(answer):
            raise CrfnerError(_ended(code))
        with open(answer, "rb") as file:
            kind, value = pickle.load(file)
    if kind == "error":
        raise value
    if kind == "fault":
        raise ProcessError(f"a child process failed:\n{value}")
    result: R = value
    return result


def _wait_unless(stop: threading.Event, process: subprocess.Popen[bytes]) -> int:
    """The exit code. Raises Stopped when the event is set first."""
    while True:
        try:
            return process.wait(_LOOK)
        except subprocess.TimeoutExpired:
            if stop.is_set():
                raise Stopped from None


def _ended(code: int) -> str:
    if code < 0:
        return f"a child process was ended by signal {-code}; if there was not enough memory, give it less data"
    return f"a child process ended with exit code {code} before it was done; see what it printed"


def _answer(work: Any, path: str) -> None:
    """The child's side: do the work and write the answer, under its name only when it is whole."""
    threading.Thread(target=_end_with_parent, args=(os.path.dirname(path),), daemon=True).start()
    warnings.simplefilter("ignore")  # the same training data would be warned of for every system and fold
    answer: tuple[str, Any]
    try:
        function, arguments, options = pickle.load(work)
        answer = ("value", function(*arguments, **options))
    except (CrfnerError, MemoryError) as error:
        answer = ("error", error)
    except Exception:
        answer = ("fault", traceback.format_exc())
    with open(f"{path}.part", "wb") as file:
        pickle.dump(answer, file)
    os.replace(f"{path}.part", path)


def _end_with_parent(folder: str) -> None:
    os.read(0, 1)  # not sys.stdin, whose lock would be held when the interpreter ends
    shutil.rmtree(folder, ignore_errors=True)  # there is nobody else to do it
    os._exit(1)


def peak_memory() -> int | None:
    """The greatest resident set of this process so far, in bytes; None where the system does not tell.

    Linux's VmHWM starts anew with every program, while getrusage also counts what the parent held when it was forked.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
