"""One recogniser in many threads finds what it finds in one."""

from __future__ import annotations

import random
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from sharing import found, made, texts

from crfner import CRFRecognizer, Document, Recognizer
from crfner.rules import RegexRule
from crfner.rules.matching.regexes import RegexMatcher, compiled

THREADS = 16


def test_sixteen_threads_find_what_one_finds(recognizer: Recognizer, restless: None) -> None:
    expected = found(recognizer.recognize(texts()))
    begin = threading.Barrier(THREADS)

    def tagged(number: int) -> bool:
        order = list(range(len(texts())))
        random.Random(number).shuffle(order)
        order = order[: len(order) // 2]
        begin.wait()
        return found(recognizer.recognize(texts()[place] for place in order)) == [expected[place] for place in order]

    with ThreadPoolExecutor(THREADS) as threads:
        assert all(threads.map(tagged, range(THREADS)))


def test_threads_may_be_the_first_that_use_a_recogniser(recognizer: Recognizer) -> None:
    begin = threading.Barrier(THREADS)

    def tagged(number: int) -> list[object]:
        begin.wait()
        return [*found(recognizer.recognize(texts()[number : number + 1]))]

    with ThreadPoolExecutor(THREADS) as threads:
        together = list(threads.map(tagged, range(THREADS)))
    assert together == [found(recognizer.recognize(texts()[number : number + 1])) for number in range(THREADS)]


def test_the_n_best_are_the_same_in_threads(restless: None) -> None:
    crf = made("stages, seen and lexicons")
    assert isinstance(crf, CRFRecognizer)
    expected = list(crf.nbest(texts()[:8], 3))
    with ThreadPoolExecutor(THREADS) as threads:
        assert all(one == expected for one in threads.map(lambda _: list(crf.nbest(texts()[:8], 3)), range(8)))


def test_settings_may_change_while_threads_tag(restless: None) -> None:
    crf = made("crf")
    assert isinstance(crf, CRFRecognizer)
    done = threading.Event()

    def changed() -> None:
        while not done.is_set():
            crf.set_temperature(1.3)

    with ThreadPoolExecutor(5) as threads:
        changing = threads.submit(changed)
        try:
            assert all(threads.map(lambda _: bool(found(crf.recognize(texts()[:5]))), range(20)))
        finally:
            done.set()
        changing.result()


def test_a_slow_rule_is_left_off_for_good_however_many_threads_find_it_slow() -> None:
    rule = RegexRule("slow", "X", pattern="(a|aa)+b")
    matcher = RegexMatcher([rule], timeout=1e-6)
    matcher.timeouts["slow"] = 4  # two threads ran out of time at once
    assert list(matcher.hits(Document("aab"))) == []


def test_the_time_of_other_threads_is_not_counted_against_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    from crfner.rules.matching import tokens

    clock = tokens._Clock(1.0)
    pattern = compiled("a+b")
    monkeypatch.setattr("time.perf_counter", iter(range(0, 10_000, 100)).__next__)  # others had the processor meanwhile
    assert clock.search(pattern, "aab")
    assert clock.search(pattern, "aab")


def test_rules_that_are_made_in_threads_leave_warnings_as_they_were() -> None:
    before = list(warnings.filters)
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda number: compiled(f"[[a]{number}"), range(400)))
    assert list(warnings.filters) == before
