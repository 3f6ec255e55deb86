"""Clients that are slow, endless, rude or gone harm no one else, and workers that die are replaced."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import ExitStack, suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from serving import Server, eventually, one_answer, rest_of

HEAD = b"POST /v1/entities HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
RECEIVE_TIME = 1.0  # of the shared server


def status(answer: bytes) -> int:
    """The status of an answer as it came over the wire."""
    return int(answer.split(b" ", 2)[1])


def code(answer: bytes) -> str:
    """The code of a refusal as it came over the wire."""
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"])


@pytest.mark.parametrize(
    "sent",
    [b"", b"POST /v1/ent", HEAD, b"\r\n", HEAD + b"Content-Length: 20\r\n\r\n", HEAD + b"Content-Length: 20\r\n\r\n{"],
    ids=["nothing", "part of a line", "part of a head", "an empty line", "no body", "part of a body"],
)
def test_a_client_that_stalls_is_told_so_and_cut_off(server: Server, sent: bytes) -> None:
    began = time.monotonic()
    answer = server.talk(sent)
    assert (status(answer), code(answer)) == (408, "too_slow")
    assert RECEIVE_TIME * 0.9 < time.monotonic() - began < RECEIVE_TIME + 5


def test_dripping_clients_are_cut_off_while_others_are_served(server: Server) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(server.connect()) for _ in range(60)]
        for number, connection in enumerate(slow):
            connection.sendall(HEAD + (b"Content-Length: 900\r\n\r\n" if number % 2 else b""))
        began = time.monotonic()
        served = 0
        while time.monotonic() - began < RECEIVE_TIME + 0.5:
            for connection in slow:
                with suppress(OSError):  # cut off
                    connection.sendall(b"x")
            assert server.ask({"text": "mint tea"}).status_code == 200
            served += 1
            time.sleep(0.05)
        assert served > 3
        for connection in slow:
            with suppress(ConnectionResetError):  # it sent on after it had been cut off
                assert rest_of(connection).startswith(b"HTTP/1.1 408")


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 99999999999\r\n\r\n")
        assert status(one_answer(connection)) == 413


def test_a_body_of_no_known_length_is_refused_when_it_is_too_large(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        for _ in range(6):
            connection.sendall(chunk)
        assert status(one_answer(connection)) == 413


def test_a_client_that_wants_the_connection_closed_sees_why_its_body_is_refused(server: Server) -> None:
    request = Request(f"{server.address}/v1/entities", b" " * 20_000_000, {"Content-Type": "application/json"})
    with pytest.raises(HTTPError) as refused:
        urlopen(request)
    with refused.value as answer:
        assert answer.code == 413


def test_after_a_refused_body_the_connection_serves_on(server: Server) -> None:
    request = HEAD + b"Content-Length: 15\r\n\r\n" + b'{"text": "tea"}'
    with server.connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 300001\r\n\r\n")
        assert status(one_answer(connection)) == 413
        connection.sendall(b" " * 300_001 + request)
        assert status(one_answer(connection)) == 200


def test_a_refused_body_that_does_not_end_is_not_listened_to_for_long(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 99999999999\r\n\r\n")
        began = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - began < 20:
                connection.sendall(b" " * 1000)
                time.sleep(0.02)
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET http://[ HTTP/1.1\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\n\r\n", 400),
        (b"CONNECT a:1 HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"\0" * 100, 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 100_000, 431),
        (b"GET /" + b"a" * 100_000, 431),
        (b"GET / HTTP/1.1\r\n" + b"A: a\r\n" * 20_000, 431),
    ],
)
def test_what_is_not_http_is_refused(server: Server, sent: bytes, expected: int) -> None:
    answer = server.talk(sent)
    assert status(answer) == expected
    assert code(answer) == ("bad_request" if expected == 400 else "headers_too_large")


def test_requests_sent_at_once_are_answered_in_their_order(server: Server) -> None:
    bodies = [b'{"texts": [%s]}' % b",".join([b'"a"'] * number) for number in range(1, 6)]
    requests = [HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies]
    last = b"GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answers = server.talk(b"".join(requests) + last).split(b"HTTP/1.1 ")[1:]
    assert [answer.count(b'"entities"') for answer in answers] == [1, 2, 3, 4, 5, 0]


def test_an_upgrade_to_websockets_is_not_made(server: Server) -> None:
    head = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(head)
        assert status(one_answer(connection)) == 200


def test_clients_that_leave_before_the_answer_are_forgotten(server: Server) -> None:
    body = json.dumps({"text": "tea " * 2000}).encode()
    for _ in range(20):
        with server.connect() as connection:
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert server.ask({"text": "tea"}).status_code == 200
    eventually(lambda: server.client.get("/readyz").status_code == 200)


def test_a_worker_that_dies_is_replaced_and_all_this_has_killed_none(server: Server) -> None:
    # last, as it changes what the others share
    assert server.figure("crfner_worker_restarts_total") == 0
    old = server.workers()
    assert len(old) == 2
    os.kill(old[0], signal.SIGKILL)
    eventually(lambda: len(server.workers()) == 2 and old[0] not in server.workers())
    for _ in range(8):
        assert server.ask({"text": "tea"}, headers={"connection": "close"}).status_code == 200
    assert server.figure("crfner_worker_restarts_total") == 1
    assert "replaced" in server.logged("ended with exit code -9")
