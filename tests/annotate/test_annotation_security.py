"""Who may speak with the annotation page: this machine's browser, from that page, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs the extra serve: pip install 'crfner[serve]'")
pytest.importorskip("httpx", reason="needs httpx: pip install httpx")
pytest.importorskip("markdown_it", reason="needs the extra serve: pip install 'crfner[serve]'")

from starlette.testclient import TestClient

from crfner import Document, Span
from crfner.annotate import AnswerLog, Example, Session, Setup
from crfner.annotate.application import application
from crfner.annotate.guidelines import to_html
from crfner.annotate.security import is_loopback

TOKEN = "a-token-that-only-the-page-knows"
HOST = "127.0.0.1:8790"
TEA = {"number": 0, "answer": "accept", "spans": [{"start": 0, "end": 8, "label": "DRINK"}]}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with AnswerLog(tmp_path / "answers.jsonl") as log:
        examples = [Example(Document("Mint tea, please.", id="<1>")), Example(Document("No soup."))]
        session = Session(examples, log, Setup("anna", labels=["DRINK"]))
        app = application(session, "<script>taken()</script>.jsonl", to_html("# Hello"), TOKEN)
        yield TestClient(app, base_url=f"http://{HOST}")


def ask(client: TestClient, path: str = "/api/state", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers={"x-crfner-token": TOKEN, **named}).status_code


@pytest.mark.parametrize("host", ["127.0.0.1:8790", "localhost:8790", "localhost", "[::1]:8790", "localhost:9999"])
def test_this_machine_by_its_loopback_names_is_served(client: TestClient, host: str) -> None:
    assert ask(client, host=host) == 200
    assert ask(client, "/", host=host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example:8790", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.0.7:8790", "0.0.0.0:8790", "",
     "evil.example@127.0.0.1", "127.0.0.1:8790@evil.example", "localhost:port"],
)  # fmt: skip
def test_any_other_name_is_refused_so_that_no_page_reads_by_a_name_of_its_own(client: TestClient, host: str) -> None:
    for path in ("/", "/static/main.js", "/api/state"):
        assert ask(client, path, host=host) == 403
    assert not is_loopback(host)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:8000", "https://127.0.0.1:8790"])
def test_a_request_from_another_origin_is_refused(client: TestClient, origin: str) -> None:
    assert ask(client, origin=origin) == 403
    assert client.post("/api/answers", json=TEA, headers={"x-crfner-token": TOKEN, "origin": origin}).status_code == 403
    assert ask(client, origin=f"http://{HOST}") == 200


def test_a_request_that_the_browser_says_is_from_elsewhere_is_refused(client: TestClient) -> None:
    assert ask(client, sec_fetch_site="cross-site") == 403
    assert ask(client, sec_fetch_site="same-site") == 403
    assert ask(client, sec_fetch_site="same-origin") == 200


def test_without_the_pages_token_nothing_is_told_and_nothing_is_written(client: TestClient, tmp_path: Path) -> None:
    for headers in ({}, {"x-crfner-token": "guess"}, {"x-crfner-token": ""}, {"x-crfner-token": "é".encode()}):
        for path in ("state", "next", "previous", "examples/0", "history", "export/jsonl"):
            assert client.get(f"/api/{path}", headers=headers).status_code == 403
        assert client.post("/api/answers", json=TEA, headers=headers).status_code == 403
    assert (tmp_path / "answers.jsonl").read_bytes() == b""


def test_a_form_of_another_page_cannot_be_taken_for_json(client: TestClient) -> None:
    answer = client.post(
        "/api/answers", content=json.dumps(TEA), headers={"x-crfner-token": TOKEN, "content-type": "text/plain"}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "the request should be JSON")


def test_every_response_has_a_strict_policy(client: TestClient) -> None:
    for path, headers in (("/", {}), ("/static/main.js", {}), ("/api/state", {}), ("/nowhere", {})):
        answer = client.get(path, headers=headers)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_is_put_into_the_page_is_escaped(client: TestClient) -> None:
    page = client.get("/").text
    assert "<script>taken()" not in page
    assert "&lt;script&gt;taken()&lt;/script&gt;.jsonl" in page
    assert f'content="{TOKEN}"' in page


@pytest.mark.parametrize(
    ("markdown", "has", "lacks"),
    [
        ("<script>taken()</script>", "&lt;script&gt;", "<script"),
        ("a <img src=x onerror=taken()> b", "&lt;img", "<img"),
        ("[x](javascript:taken())", "[x](javascript", "<a"),
        ("![x](http://evil.example/a.png)", "http", "<img"),
        ("[x](https://example.org)", 'rel="noreferrer noopener"', "<img"),
        ('<a href="javascript:taken()">x</a>', "&lt;a href", "<a "),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "<td>1</td>", "|"),
        ("# One\n###### Six", "<h3>One</h3>", "h8"),
    ],
)
def test_guidelines_hold_nothing_but_text_lists_tables_and_links(markdown: str, has: str, lacks: str) -> None:
    html = to_html(markdown)
    assert has in html
    assert lacks not in html


@pytest.mark.parametrize("name", ["../__init__.py", "..%2f__init__.py", "index.html", "none.js", "%2e%2e/log.py"])
def test_no_other_file_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"1", b"[" * 100_000, b'{"number": "0"}', b'{"number": 0, "spans": 5}', b'{"number": true}',
     b'{"number": 0, "answer": 7}', b'{"number": 0, "answer": "accept", "spans": [1]}', b"\xff", b" " * (5 << 20)],
    ids=range(12),
)  # fmt: skip
def test_a_request_without_sense_is_answered_with_a_sentence(client: TestClient, tmp_path: Path, body: bytes) -> None:
    answer = client.post(
        "/api/answers", content=body, headers={"x-crfner-token": TOKEN, "content-type": "application/json"}
    )
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert (tmp_path / "answers.jsonl").read_bytes() == b""


def call(client: TestClient, path: str, body: Any = None) -> Any:
    headers = {"x-crfner-token": TOKEN}
    answer = client.get(path, headers=headers) if body is None else client.post(path, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def test_the_page_can_do_its_work(client: TestClient) -> None:
    example = call(client, "/api/next").json()["example"]
    assert example["text"] == "Mint tea, please."
    assert example["tokens"][:2] == [[0, 4], [5, 8]]
    assert call(client, "/api/answers", TEA).json()["progress"]["left"] == 1
    assert call(client, "/api/next").json()["example"]["number"] == 1
    assert call(client, "/api/previous").json()["example"]["answer"] == "accept"
    assert call(client, "/api/history").json()["examples"][0]["text"] == "Mint tea, please."
    assert call(client, "/api/export/inline").content == b"[Mint tea](DRINK), please.\n"
    assert call(client, "/api/findings", {"number": 1, "spans": []}).json() == {"findings": []}


def test_it_exports_in_every_format_that_it_offers(client: TestClient) -> None:
    call(client, "/api/answers", TEA)
    formats = call(client, "/api/state").json()["formats"]
    assert {"conll", "jsonl", "spacy-json", "inline"} <= set(formats)
    for name in formats:
        assert b"DRINK" in call(client, f"/api/export/{name}").content


def test_spans_reach_the_file_by_code_points(tmp_path: Path) -> None:
    with AnswerLog(tmp_path / "b.jsonl") as log:
        session = Session([Example(Document("🥧 Pie"))], log, Setup("anna", labels=["FOOD"]))
        client = TestClient(application(session, "t", token=TOKEN), base_url=f"http://{HOST}")
        assert call(client, "/api/next").json()["example"]["tokens"] == [[0, 1], [2, 5]]
        call(
            client,
            "/api/answers",
            {"number": 0, "answer": "accept", "spans": [{"start": 2, "end": 5, "label": "FOOD"}]},
        )
        assert session.accepted()[0].spans == (Span(2, 5, "FOOD"),)
