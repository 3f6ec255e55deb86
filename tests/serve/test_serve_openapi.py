"""The specification is valid, and says what the server does: requests and answers are held against it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import Server

from crfner.serve.asking import asked
from crfner.serve.openapi import specification
from crfner.serve.refusals import CODES, Refusal
from crfner.serve.settings import Limits

jsonschema = pytest.importorskip("jsonschema", reason="needs jsonschema: pip install 'crfner[test]'")
LIMITS = Limits(texts=3, characters=8)
SPEC = specification(LIMITS, closed=True)


def validator(spec: dict[str, Any], schema: dict[str, Any]) -> Any:
    return jsonschema.Draft202012Validator({**schema, "components": spec["components"]})


def operations(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in spec["paths"].values() for operation in methods.values()]


def test_the_specification_is_valid_openapi(server: Server) -> None:
    validate = pytest.importorskip("openapi_spec_validator", reason="needs openapi-spec-validator").validate
    validate(server.client.get("/openapi.json").json())
    validate(SPEC)


_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-1, 2), st.floats(0, 2), st.text(max_size=9)),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=5,
)
_DOCUMENT = st.dictionaries(st.sampled_from(["id", "text", "other"]), st.one_of(st.text(max_size=9), _VALUES))
_REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "text": st.one_of(st.text(max_size=9), _VALUES),
        "texts": st.one_of(st.lists(st.text(max_size=9), max_size=4), _VALUES),
        "documents": st.lists(_DOCUMENT, max_size=4),
        "model": st.one_of(st.just("menu"), _VALUES),
        "min_score": st.one_of(st.floats(0, 1), _VALUES),
        "offsets": st.one_of(st.sampled_from(["utf16", "characters"]), _VALUES),
        "other": _VALUES,
    },
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(_REQUESTS, _VALUES))
def test_what_the_specification_allows_is_taken_and_nothing_else(request: Any) -> None:
    schema = SPEC["paths"]["/v1/entities"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    body = json.dumps(request).encode("utf-8", "surrogatepass")
    try:
        asked(body, LIMITS)
        taken = True
    except Refusal as refusal:
        taken = False
        if refusal.code == "bad_json":  # lone surrogates, which JSON schema knows nothing of
            return
    assert taken == validator(SPEC, schema).is_valid(request)


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "Two samosas and mint tea"}',
        b'{"texts": ["Two samosas", ""], "offsets": "utf16"}',
        b'{"documents": [{"id": "a", "text": "mint tea"}]}',
        b"{",
        b"{}",
        b'{"texts": [1]}',
        b'{"text": "a", "model": "none"}',
        b'{"text": "' + b"a" * 400_000 + b'"}',
    ],
)
def test_answers_are_as_the_specification_has_them(server: Server, body: bytes) -> None:
    spec = server.client.get("/openapi.json").json()
    answer = server.ask(body)
    described = spec["paths"]["/v1/entities"]["post"]["responses"][str(answer.status_code)]
    validator(spec, described["content"]["application/json"]["schema"]).validate(answer.json())


@pytest.mark.parametrize("path", ["/v1/models", "/healthz", "/readyz"])
def test_what_is_read_is_as_the_specification_has_it(server: Server, path: str) -> None:
    spec = server.client.get("/openapi.json").json()
    answer = server.client.get(path)
    described = spec["paths"][path]["get"]["responses"][str(answer.status_code)]
    validator(spec, described["content"]["application/json"]["schema"]).validate(answer.json())


def test_its_examples_are_valid_and_every_status_it_names_has_a_code() -> None:
    for operation in operations(SPEC):
        assert {int(status) for status in operation["responses"]} - {200} <= set(CODES.values())
    content = specification(Limits(), False)["paths"]["/v1/entities"]["post"]["requestBody"]["content"]
    for example in content["application/json"]["examples"].values():
        validator(
            SPEC | {"components": specification(Limits(), False)["components"]}, content["application/json"]["schema"]
        ).validate(example["value"])


def test_every_operation_is_on_the_page(server: Server) -> None:
    page = server.client.get("/docs")
    assert page.status_code == 200
    assert "http" not in page.headers["content-security-policy"]
    for path in SPEC["paths"]:
        assert path in page.text
    assert "<script" not in page.text


def test_pages_hold_no_script_or_style_and_name_no_other_server(server: Server) -> None:
    page: httpx.Response = server.client.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    for text in (page.text, server.client.get("/assets/try.js").text, server.client.get("/assets/style.css").text):
        assert "http" not in text
        assert "style=" not in text and "onclick" not in text
