"""Forks of a process, and what their children find, also while threads of the parent tag.

Public names: `in_fork`, `tagging`, `found_while_tagging`.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import select
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sharing import Found, found, made, made_restless, texts

from crfner import Document, Recognizer

PATIENCE = 30  # seconds until a child counts as hanging


def in_fork(recognizer: Recognizer, documents: list[Document]) -> Found:
    """What a forked child finds; TimeoutError where it hangs."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            faulthandler.dump_traceback_later(PATIENCE - 5, file=2)  # tells where it hangs, should it
            with os.fdopen(writing, "wb") as stream:
                pickle.dump(found(recognizer.recognize(documents)), stream)
        finally:
            os._exit(0)
    os.close(writing)
    try:
        content, end = b"", time.monotonic() + PATIENCE
        while True:
            if not select.select([reading], [], [], max(end - time.monotonic(), 0))[0]:
                raise TimeoutError("the child hangs")
            more = os.read(reading, 1 << 16)
            if not more:
                break
            content += more
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
    result: Found = pickle.loads(content)
    return result


@contextmanager
def tagging(recognizer: Recognizer) -> Iterator[None]:
    """Threads that tag all the time."""
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            list(recognizer.recognize(texts()))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


def found_while_tagging(kind: str) -> list[Found]:
    """What a recogniser finds in a few texts by itself, and then in four children while threads tag."""
    recognizer: Recognizer = pickle.loads(pickle.dumps(made(kind)))
    documents = list(texts()[:10])
    expected = found(recognizer.recognize(documents))
    with made_restless(), tagging(recognizer):
        return [expected, *(in_fork(recognizer, documents) for _ in range(4))]
