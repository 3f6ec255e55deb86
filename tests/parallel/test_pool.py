"""A pool of this machine's processes: results in order, few items at a time, and work that outlives its workers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import errands
import pytest

from crfner.errors import CrfnerError, InputError, SettingError
from crfner.parallel import Given, Pool, Workers, pool, using


@pytest.fixture(scope="module")
def two() -> Iterator[Pool]:
    with using(Workers(2)) as found:
        yield found


def test_results_come_in_order_and_items_are_read_as_they_are_needed(
    two: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crfner.parallel.rounds._ROUND", 4)
    read: list[int] = []

    def items() -> Iterator[int]:
        for number in range(40):
            read.append(number)
            yield number

    found = two.ordered(errands.plus, items(), Given(100))
    for number in range(10):
        assert next(found) == 100 + number
        assert len(read) <= number + 2 * 8 + 1  # two rounds
    assert [*found] == [100 + number for number in range(10, 40)]


def test_one_job_is_done_by_this_process_unless_it_is_to_be_apart() -> None:
    with using(Workers(1)) as one:
        assert {*one.ordered(errands.process_id, range(3), Given(None))} == {os.getpid()}
        (other,) = one.ordered(errands.process_id, range(1), Given(None), apart=True)
        assert other != os.getpid()


def test_workers_do_their_own_work_themselves(two: Pool) -> None:
    for ids in two.ordered(errands.nested, range(2), Given(None)):
        assert len({*ids}) == 1
        assert ids[0] != os.getpid()


def test_an_error_of_the_work_comes_through_as_it_is(two: Pool) -> None:
    with pytest.raises(InputError, match=r"^notes.txt:1: this is wrong$"):
        list(two.ordered(errands.refuse, [1], Given(0)))


def test_what_a_killed_worker_was_doing_is_done_again(two: Pool, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    marker.touch()
    assert [*two.ordered(errands.die_once, range(20), Given(str(marker)))] == [*range(20)]
    assert not marker.exists()


_KILLED_EARLY = """
import os, signal
from joblib import Parallel, delayed, parallel_config
from crfner.parallel.backends import Loky
with parallel_config(**Loky().settings(2)):
    print(*set(Parallel()(delayed(os.getpid)() for _ in range(20))), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_workers_that_were_given_no_work_yet_end_with_their_parent() -> None:
    command = [sys.executable, "-c", _KILLED_EARLY]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60)  # they hold its output open
    workers = [Path("/proc", number) for number in done.stdout.split()]
    assert workers
    deadline = monotonic() + 20
    while left := [worker for worker in workers if worker.exists()]:
        assert monotonic() < deadline, f"processes go on: {left}"
        time.sleep(0.1)


def test_an_item_that_kills_workers_is_named(two: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crfner.parallel.rounds._TOGETHER", 1)
    monkeypatch.setattr("crfner.parallel.rounds._ATTEMPTS", 2)
    found = two.ordered(errands.die_at, range(8), Given(3), told=lambda item: f"item {item}")
    with pytest.raises(CrfnerError, match=r"^item 3: workers were ended from outside again and again"):
        list(found)


def test_what_is_not_done_in_time_is_given_up_and_the_next_work_goes_on(two: Pool) -> None:
    list(two.ordered(errands.plus, range(4), Given(0)))  # the workers are there
    start = monotonic()
    assert [*two.completed(errands.wait, [60.0, 60.0, 60.0], Given(None), until=start + 0.5)] == []
    assert monotonic() - start < 30
    assert [*two.ordered(errands.plus, range(4), Given(1))] == [1, 2, 3, 4]


def test_the_pool_of_a_command_is_that_of_all_that_it_calls() -> None:
    with using(Workers(3)) as outer, pool() as inner:
        assert inner is outer
        assert inner.jobs(usual=1) == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"jobs": 0}, "jobs must be a whole number"),
        ({"backend": "spark"}, "unknown backend 'spark'; known are loky, dask, ray"),
        ({"address": "tcp://127.0.0.1:8786"}, "an address is that of a cluster"),
        ({"backend": "dask"}, "the backend dask is a cluster; give its address"),
    ],
)
def test_workers_that_make_no_sense_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        Workers(**settings)  # type: ignore[arg-type]


def test_bytes_that_changed_on_their_way_are_refused(tmp_path: Path) -> None:
    from crfner.parallel.work import Sent

    (tmp_path / "bytes").write_bytes(b"other")
    with pytest.raises(CrfnerError, match="has changed meanwhile"):
        Sent("0" * 64, bytes, str(tmp_path / "bytes")).value()
