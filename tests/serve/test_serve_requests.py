"""What the API answers, and how it refuses."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from serving import JSON, Server, rest_of

from crfner import Document, load_model

TEXT = "Two samosas 🙂, a pot of mint tea and the soup, please."


def error_of(answer: httpx.Response) -> dict[str, str]:
    """The error in a refusal, after checking that its body has the one shape that all of them have."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) - {"field"} == {"code", "message", "request_id"}
    assert body["error"]["request_id"] == answer.headers["x-request-id"]
    return body["error"]


@pytest.fixture(scope="module")
def expected(models: dict[str, Path]) -> list[dict[str, object]]:
    """What the model finds in the text when it is asked directly."""
    (tagged,) = load_model(models["menu"]).recognize([Document(TEXT)])
    return [
        {
            "start": s.start,
            "end": s.end,
            "label": s.label,
            "text": TEXT[s.start : s.end],
            "score": s.score,
            "source": s.source,
        }
        for s in tagged.spans
    ]


def test_a_text_gets_the_entities_that_the_model_finds(server: Server, expected: list[dict[str, object]]) -> None:
    answer = server.ask({"text": TEXT})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert expected
    assert answer.json()["entities"] == expected
    assert answer.json()["model"] == "menu"


def test_texts_are_answered_in_their_order(server: Server, expected: list[dict[str, object]]) -> None:
    found = server.ask({"texts": ["", TEXT, "nothing"]}).json()["documents"]
    assert [document["entities"] for document in found] == [[], expected, []]


def test_documents_are_answered_with_their_ids(server: Server, expected: list[dict[str, object]]) -> None:
    found = server.ask({"documents": [{"id": "b", "text": TEXT}, {"id": "a", "text": "x"}]}).json()["documents"]
    assert found == [{"id": "b", "entities": expected}, {"id": "a", "entities": []}]


def test_a_model_is_asked_by_its_name(server: Server) -> None:
    assert server.ask({"text": TEXT, "model": "notes"}).json()["model"] == "notes"
    listed = server.client.get("/v1/models").json()["models"]
    assert [(model["name"], model["kind"], model["default"]) for model in listed] == [
        ("menu", "crf", True),
        ("notes", "crf", False),
    ]
    assert listed[0]["labels"] == ["DIET", "DRINK", "FOOD"]


def test_entities_below_the_score_are_left_out(server: Server, expected: list[dict[str, object]]) -> None:
    highest = max(float(str(entity["score"])) for entity in expected)
    found = server.ask({"text": TEXT, "min_score": highest}).json()["entities"]
    assert [entity["score"] for entity in found] == [highest]


def test_offsets_count_utf16_units_for_those_who_ask(server: Server, expected: list[dict[str, object]]) -> None:
    found = server.ask({"text": TEXT, "offsets": "utf16"}).json()
    assert found["offsets"] == "utf16"
    units = TEXT.encode("utf-16-le")
    for entity, same in zip(found["entities"], expected, strict=True):
        assert units[2 * entity["start"] : 2 * entity["end"]].decode("utf-16-le") == same["text"]
    assert found["entities"][-1]["start"] == int(str(expected[-1]["start"])) + 1  # the emoji has two units


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"\xff", 400, "bad_json"),
        (b'{"text": "\\ud800"}', 400, "bad_json"),
        (b'{"text": "\xed\xa0\x80"}', 400, "bad_json"),
        (b'{"text": "a", "min_score": NaN}', 400, "bad_json"),
        (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "bad_json"),
        (b"[]", 422, "invalid"),
        (b"1" * 300, 422, "invalid"),
        (b"{}", 422, "invalid"),
        (b'{"text": null}', 422, "invalid"),
        (b'{"text": "a", "texts": []}', 422, "invalid"),
        (b'{"text": "a", "txt": "b"}', 422, "invalid"),
        (b'{"texts": "a"}', 422, "invalid"),
        (b'{"texts": ["a", 1]}', 422, "invalid"),
        (b'{"documents": [{"text": "a"}]}', 422, "invalid"),
        (b'{"documents": [{"id": 1, "text": "a"}]}', 422, "invalid"),
        (b'{"text": "a", "model": null}', 422, "invalid"),
        (b'{"text": "a", "offsets": "bytes"}', 422, "invalid"),
        (b'{"text": "a", "offsets": ["utf16"]}', 422, "invalid"),
        (b'{"text": "a", "min_score": 1.5}', 422, "invalid"),
        (b'{"text": "a", "min_score": true}', 422, "invalid"),
        (b'{"text": "a", "min_score": 123456789012345678901234567890}', 422, "invalid"),
        (json.dumps({"texts": ["a"] * 51}).encode(), 422, "invalid"),
        (json.dumps({"text": "a" * 100_001}).encode(), 422, "invalid"),
        (b'{"text": "a", "model": "none"}', 404, "unknown_model"),
        (b'{"text": "' + b"a" * 300_000 + b'"}', 413, "too_large"),
    ],
)
def test_a_wrong_body_is_refused(server: Server, body: bytes, status: int, code: str) -> None:
    answer = server.ask(body)
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)


def test_a_refusal_names_the_part_that_is_meant(server: Server) -> None:
    assert error_of(server.ask({"texts": ["a", 1]}))["field"] == "texts[1]"
    assert error_of(server.ask({"documents": [{"id": "a", "text": []}]}))["field"] == "documents[0].text"


@pytest.mark.parametrize(
    "headers",
    [{"content-type": "text/plain"}, {"content-type": ""}, {"content-encoding": "gzip"}],
    ids=["text", "none", "compressed"],
)
def test_only_plain_json_is_read(server: Server, headers: dict[str, str]) -> None:
    answer = server.ask({"text": "a"}, headers=headers)
    assert (answer.status_code, error_of(answer)["code"]) == (415, "not_json")


def test_json_may_say_its_charset(server: Server) -> None:
    assert server.ask({"text": "a"}, headers={"content-type": "Application/JSON; charset=utf-8"}).status_code == 200


def test_unknown_paths_and_methods_are_refused(server: Server) -> None:
    answer = server.client.get("/v2/entities")
    assert (answer.status_code, error_of(answer)["code"]) == (404, "not_found")
    assert server.client.get("/v1/entities/").status_code == 404
    answer = server.client.get("/v1/entities")
    assert (answer.status_code, error_of(answer)["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"
    answer = server.client.delete("/healthz")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "text",
    ["", "\0", "a\0b", "\u202e\ufeff", "🙂" * 3_000, "a" * 100_000, "\n" * 50_000, "a. " * 5_000],
    ids=["empty", "nul", "inner nul", "marks", "emoji", "one word", "lines", "sentences"],
)
def test_hard_texts_are_tagged_like_any_other(server: Server, text: str) -> None:
    answer = server.ask(json.dumps({"text": text}, ensure_ascii=False).encode())
    assert answer.status_code == 200


def test_a_request_keeps_the_id_that_it_comes_with(server: Server) -> None:
    assert server.ask({"text": "a"}, headers={"x-request-id": "trace-7"}).headers["x-request-id"] == "trace-7"
    strange = server.ask({"text": "a"}, headers={"x-request-id": "a b\tc"}).headers["x-request-id"]
    assert strange and " " not in strange


def test_health_is_told_to_anyone(server: Server) -> None:
    for path in ("/healthz", "/readyz"):
        answer = server.client.get(path)
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_metrics_count_over_all_workers(server: Server) -> None:
    before = server.figure("crfner_requests_total", path="/v1/entities", status="200")
    texts = server.figure("crfner_texts_total", model="notes")
    entities = server.figure("crfner_entities_total", model="menu")

    close = {"connection": "close"}  # new connections go to either worker

    def one(_: int) -> int:
        server.ask({"texts": ["a", "b", "c"], "model": "notes"}, headers=close)
        return len(server.ask({"text": TEXT, "model": "menu"}, headers=close).json()["entities"])

    with ThreadPoolExecutor(8) as pool:
        found = sum(pool.map(one, range(24)))
    assert server.figure("crfner_requests_total", path="/v1/entities", status="200") - before == 48
    assert server.figure("crfner_texts_total", model="notes") - texts == 72
    assert server.figure("crfner_entities_total", model="menu") - entities == found
    for _ in range(5):  # whichever worker is asked
        found_by = server.client.get("/metrics", headers=close).text
        assert 'crfner_texts_total{model="notes"}' in found_by
    assert server.figure("crfner_request_seconds_count", path="/v1/entities") > 0


def test_the_token_is_asked_for_where_there_is_one(models: dict[str, Path], start, tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    limits = ("--queue", 1, "--process-time", 0.02, "--connections", 20)
    server = start(models["menu"], "--access-log", log, *limits, CRFNER_TOKEN="a-secret-of-ours")
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "a-secret-of-ours"}):
        for answer in (
            server.ask({"text": TEXT}, headers=headers),
            server.client.get("/v1/models", headers=headers),
            server.client.get("/metrics", headers=headers),
        ):
            assert (answer.status_code, error_of(answer)["code"]) == (401, "unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"
    right = {"authorization": "Bearer a-secret-of-ours"}
    assert server.client.get("/v1/models", headers=right).status_code == 200
    assert server.client.get("/healthz").status_code == 200

    long = {"text": "Two samosas and tea. " * 9_000}
    answer = server.ask(long, headers=right)
    assert (answer.status_code, error_of(answer)["code"]) == (504, "timed_out")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: server.ask(long, headers=right), range(8)))
    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused
    assert error_of(refused[0])["code"] == "overloaded"
    assert refused[0].headers["retry-after"] == "1"

    with ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(21)]
        assert rest_of(connections[-1]).startswith(b"HTTP/1.1 503 ")

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["status"] for line in lines[:3]] == [401, 401, 401]
    assert {"path": "/v1/models", "method": "GET", "status": 200}.items() <= lines[9].items()
    for secret in ("samosas", "a-secret-of-ours"):
        assert secret not in log.read_text() + "".join(server.log)
    command = [Path(f"/proc/{pid}/cmdline").read_text() for pid in server.workers()]
    assert command and "secret" not in "".join(command)
    assert server.stop() == 0


def test_what_is_not_json_in_its_head_is_known_by_its_type_alone(server: Server) -> None:
    assert server.client.post("/v1/entities", content=b"{}").status_code == 415
    assert server.client.post("/v1/entities", content=b"{}", headers=JSON).status_code == 422
