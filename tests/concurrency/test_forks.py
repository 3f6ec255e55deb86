"""Recognisers in child processes, forked or spawned, also while threads of the parent tag."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor

import pytest
from forks_apart import found_while_tagging, in_fork
from sharing import KINDS, Found, found, made, texts

from crfner import Document, Recognizer
from crfner.collector import at_rest
from crfner.process import isolated

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning"),  # it is what is tested
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]


def test_a_recogniser_that_was_used_before_a_fork_works_in_the_child(recognizer: Recognizer) -> None:
    documents = list(texts()[:10])
    expected = found(recognizer.recognize(documents))
    assert in_fork(recognizer, documents) == expected
    assert found(recognizer.recognize(documents)) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_fork_while_threads_tag_leaves_the_child_no_lock_and_no_half_table(kind: str) -> None:
    expected, *forked = isolated(found_while_tagging, kind)  # threads of other tests are not what is tested
    assert forked == [expected] * 4


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
