"""The specification of the API (OpenAPI 3.1), which the page at `/docs` shows and clients can be made from.

It is written down, not derived, so that it says of each field what a client needs to know; tests hold the server's
answers and refusals against it.

Public names: `specification`.
"""

from __future__ import annotations

from typing import Any

from crfner.serve.asking import OFFSETS
from crfner.serve.refusals import CODES
from crfner.serve.settings import Limits
from crfner.version import __version__

Schema = dict[str, Any]

_REFUSALS = {
    "400": "The body is not JSON in UTF-8.",
    "401": "The token is missing or wrong.",
    "404": "There is no model of this name.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "415": "The body is not JSON by its content type, or is compressed.",
    "422": "The body is JSON of the wrong shape, or holds too much.",
    "500": "A fault of the server, which is in its log.",
    "503": "Too many requests are waiting; Retry-After says when to come again.",
    "504": "Tagging took too long.",
}


def specification(limits: Limits, closed: bool) -> Schema:
    """The specification; `closed` says whether a token is asked for."""
    spec: Schema = {
        "openapi": "3.1.0",
        "info": {
            "title": "crfner",
            "version": __version__,
            "description": "Finds the entities of texts. Every refusal has the body of the schema Refusal.",
        },
        "paths": {
            "/v1/entities": {"post": _entities(limits, closed)},
            "/v1/models": {
                "get": _operation(
                    "list_models", "The models that can be asked, the default first.", "ModelList", closed=closed
                )
            },
            "/healthz": {
                "get": _operation(
                    "health", "Whether the worker that answers is alive.", "Health", {"503": _answer("Health", "No.")}
                )
            },
            "/readyz": {
                "get": _operation(
                    "readiness", "Whether it takes requests.", "Health", {"503": _answer("Health", "Not now.")}
                )
            },
            "/metrics": {"get": _metrics(closed)},
        },
        "components": {"schemas": _schemas(limits)},
    }
    if closed:
        spec["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return spec


def _entities(limits: Limits, closed: bool) -> Schema:
    refusals = {status: _answer("Refusal", text) for status, text in _REFUSALS.items() if closed or status != "401"}
    refusals["503"]["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "string"}}}
    text = "I had two samosas and a mint tea."
    entity = {"start": 10, "end": 17, "label": "FOOD", "text": "samosas", "score": 0.9731, "source": "crf"}
    operation = _operation(
        "find_entities",
        "Finds the entities of a text, of several texts, or of documents with names of their own.",
        ["TextAnswer", "ListAnswer"],
        refusals,
        closed,
    )
    operation["requestBody"] = {
        "required": True,
        "description": f"At most {limits.body} bytes.",
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [_ref("TextRequest"), _ref("TextsRequest"), _ref("DocumentsRequest")],
                },
                "examples": {
                    "text": {"value": {"text": text}},
                    "texts": {"value": {"texts": [text, "No tea today."], "min_score": 0.5, "offsets": "utf16"}},
                    "documents": {"value": {"documents": [{"id": "review-1", "text": text}]}},
                },
            }
        },
    }
    operation["responses"]["200"]["content"]["application/json"]["examples"] = {
        "text": {"value": {"model": "menu", "fingerprint": "0" * 64, "offsets": "characters", "entities": [entity]}}
    }
    return operation


def _metrics(closed: bool) -> Schema:
    operation = _operation("metrics", "Counts and times over all workers, for Prometheus.", "Health", closed=closed)
    operation["responses"]["200"] = {
        "description": "Prometheus's text format.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
    return operation


def _operation(
    name: str, summary: str, schema: str | list[str], others: Schema | None = None, closed: bool = False
) -> Schema:
    responses = {"200": _answer(schema, "What was asked for."), **(others or {})}
    if closed:
        responses["401"] = _answer("Refusal", _REFUSALS["401"])
    operation: Schema = {"operationId": name, "summary": summary, "responses": responses}
    return {**operation, "security": [{"token": []}]} if closed else operation


def _answer(schema: str | list[str], description: str) -> Schema:
    shape = _ref(schema) if isinstance(schema, str) else {"oneOf": [_ref(name) for name in schema]}
    return {"description": description, "content": {"application/json": {"schema": shape}}}


def _schemas(limits: Limits) -> Schema:
    text = {"type": "string", "maxLength": limits.characters}
    options = {
        "model": {"type": "string", "description": "A name that /v1/models lists; the first one when left out."},
        "min_score": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "default": 0,
            "description": "Entities of a lower score are left out; those without a score are not.",
        },
        "offsets": {
            "enum": list(OFFSETS),
            "default": OFFSETS[0],
            "description": "What start and end count: Unicode characters (code points), as Python does, or UTF-16 code "
            "units, as JavaScript, Java and C# do.",
        },
    }
    answered = {
        "model": {"type": "string", "description": "The model that was asked."},
        "fingerprint": {"type": "string", "description": "SHA-256 of its file, in hexadecimal digits."},
        "offsets": {"enum": list(OFFSETS)},
    }
    entities = _list(_ref("Entity"))
    document = _object({"id": {"type": "string"}, "text": text}, ["id", "text"])
    texts = {**_list(text), "maxItems": limits.texts}
    documents = {**_list(_ref("Document")), "maxItems": limits.texts}
    health = {"status": {"enum": ["ok", "failing"]}, "checks": {"type": "object"}}
    return {
        "TextRequest": _object({"text": text, **options}, ["text"]),
        "TextsRequest": _object({"texts": texts, **options}, ["texts"]),
        "DocumentsRequest": _object({"documents": documents, **options}, ["documents"]),
        "Document": document,
        "TextAnswer": _object({**answered, "entities": entities}),
        "ListAnswer": _object({**answered, "documents": _list(_ref("DocumentAnswer"))}),
        "DocumentAnswer": _object(
            {
                "id": {
                    "type": "string",
                    "description": "Where documents were sent. Answers have the order of what was.",
                },
                "entities": entities,
            },
            ["entities"],
        ),
        "Entity": _object(
            {
                "start": {"type": "integer", "minimum": 0, "description": "Of the first character, counted from 0."},
                "end": {"type": "integer", "minimum": 1, "description": "After the last character."},
                "label": {"type": "string"},
                "text": {"type": "string", "description": "What stands there."},
                "score": {
                    "type": ["number", "null"],
                    "description": "Probability, 0 to 1, that exactly this is an entity of this label; null where the "
                    "model knows none.",
                },
                "source": {"type": ["string", "null"], "description": "What found it: crf, or a rule's name."},
            }
        ),
        "ModelList": _object({"models": _list(_ref("Model"))}),
        "Model": _object(
            {
                "name": {"type": "string"},
                "kind": {"type": "string", "description": "crf, rules, hybrid and so on."},
                "labels": _list({"type": "string"}),
                "fingerprint": {"type": "string", "description": "SHA-256 of its file, in hexadecimal digits."},
                "loaded": {"type": "number", "description": "When it came into use, in seconds since 1970."},
                "default": {"type": "boolean"},
            }
        ),
        "Health": _object(health),
        "Refusal": _object(
            {
                "error": _object(
                    {
                        "code": {"enum": list(CODES)},
                        "message": {"type": "string", "description": "One sentence, with the remedy."},
                        "field": {"type": "string", "description": "The part of the body that is meant."},
                        "request_id": {"type": "string", "description": "As in the header X-Request-Id and the log."},
                    },
                    ["code", "message"],
                )
            }
        ),
    }


def _object(properties: Schema, required: list[str] | None = None) -> Schema:
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
