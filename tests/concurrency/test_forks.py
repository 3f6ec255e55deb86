"""Recognisers in child processes, forked or spawned, also while threads of the parent tag."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import select
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import pytest
from sharing import Found, found, made, texts

from crfner import Document, Recognizer
from crfner.collector import at_rest

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning"),  # it is what is tested
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]

PATIENCE = 30  # seconds until a child counts as hanging


def in_fork(recognizer: Recognizer, documents: list[Document]) -> Found:
    """What a forked child finds; TimeoutError where it hangs."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
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


def test_a_recogniser_that_was_used_before_a_fork_works_in_the_child(recognizer: Recognizer) -> None:
    documents = list(texts()[:10])
    expected = found(recognizer.recognize(documents))
    assert in_fork(recognizer, documents) == expected
    assert found(recognizer.recognize(documents)) == expected


def test_a_fork_while_threads_tag_leaves_the_child_no_lock_and_no_half_table(
    recognizer: Recognizer, restless: None
) -> None:
    documents = list(texts()[:10])
    expected = found(recognizer.recognize(documents))
    with tagging(recognizer):
        for _ in range(4):
            assert in_fork(recognizer, documents) == expected


def test_a_fork_while_the_collector_rests_does_not_leave_it_off_in_the_child() -> None:
    resting, end = threading.Event(), threading.Event()

    def rest() -> None:
        with at_rest():
            resting.set()
            end.wait()

    thread = threading.Thread(target=rest)
    thread.start()
    resting.wait()
    try:
        child = os.fork()
        if child == 0:
            os._exit(0 if gc.isenabled() else 1)
        assert os.waitpid(child, 0)[1] == 0
    finally:
        end.set()
        thread.join()
    assert gc.isenabled()


def recognised(recognizer: Recognizer, documents: list[Document]) -> Found:
    """The work of a pool's process."""
    return found(recognizer.recognize(documents))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_pool_of_processes_finds_the_same(method: str) -> None:
    used = [made(kind) for kind in ("ensemble", "hybrid", "rules")]
    documents = list(texts()[:10])
    expected = [recognised(one, documents) for one in used]
    with ProcessPoolExecutor(1, multiprocessing.get_context(method)) as pool:
        assert list(pool.map(recognised, used, [documents] * len(used))) == expected
