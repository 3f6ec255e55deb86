"""The page at `/docs`: the specification, made readable, in one file without a script.

Public names: `docs_page`.
"""

from __future__ import annotations

import json
from typing import Any

from crfner.report.markup import Html, element
from crfner.serve.try_page import served_page

_EXAMPLE = """curl http://127.0.0.1:8000/v1/entities \\
  -H 'Content-Type: application/json' \\
  -d '{"text": "I had two samosas and a mint tea."}'"""


def docs_page(spec: dict[str, Any]) -> bytes:
    """The page, as HTML."""
    operations = [
        (method, path, operation) for path, methods in spec["paths"].items() for method, operation in methods.items()
    ]
    schemas = spec["components"]["schemas"]
    links = [
        element("li", element("a", f"{method.upper()} {path}", href=f"#{operation['operationId']}"))
        for method, path, operation in operations
    ]
    links.append(element("li", element("a", "Shapes", href="#shapes")))
    token = "Requests have to show the server's token: Authorization: Bearer TOKEN. "
    lead = spec["info"]["description"] + (f" {token}" if "securitySchemes" in spec["components"] else "")
    return served_page(
        "crfner: the API",
        element("h1", "The API"),
        element("p", lead, class_="note"),
        element("p", "As a file for programs: ", element("a", "openapi.json", href="/openapi.json"), class_="note"),
        element("nav", element("ul", *links), aria_label="sections"),
        element(
            "main",
            _code(_EXAMPLE, "An example for the shell"),
            *(_operation(*each) for each in operations),
            element(
                "section",
                element("h2", "Shapes"),
                *(_schema(name, schema) for name, schema in schemas.items()),
                id="shapes",
            ),
        ),
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> Html:
    parts: list[str] = [element("h2", f"{method.upper()} {path}"), element("p", operation["summary"])]
    body = operation.get("requestBody")
    if body:
        content = body["content"]["application/json"]
        parts.append(element("h3", "Body"))
        parts.append(element("p", body["description"], " One of ", *_type(content["schema"]), "."))
        for name, example in content["examples"].items():
            parts.append(_code(json.dumps(example["value"], indent=2), f"Example: {name}"))
    rows = [("Status", "When", "Body")]
    parts.append(element("h3", "Answers"))
    answers = []
    for status, answer in operation["responses"].items():
        shapes = [part for content in answer["content"].values() for part in _type(content["schema"])]
        answers.append(
            element(
                "tr", element("th", status, scope="row"), element("td", answer["description"]), element("td", *shapes)
            )
        )
    parts.append(_table(rows[0], answers, f"Answers of {path}"))
    return element("section", *parts, id=operation["operationId"])


def _schema(name: str, schema: dict[str, Any]) -> Html:
    rows = []
    for field, shape in schema["properties"].items():
        needed = "" if field in schema["required"] else "may be left out"
        notes = [shape.get("description", ""), *_bounds(shape)]
        rows.append(
            element(
                "tr",
                element("th", field, scope="row"),
                element("td", *_type(shape)),
                element("td", needed),
                element("td", " ".join(note for note in notes if note)),
            )
        )
    table = _table(("Field", "Type", "", "What it is"), rows, f"Fields of {name}")
    return element("section", element("h3", name), table, id=f"shape-{name}")


def _bounds(shape: dict[str, Any]) -> list[str]:
    words = {"maxLength": "At most {} characters.", "maxItems": "At most {}.", "default": "{} when left out."}
    return [text.format(shape[name]) for name, text in words.items() if name in shape]


def _type(shape: dict[str, Any]) -> list[str]:
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        return [element("a", name, href=f"#shape-{name}")]
    if "oneOf" in shape:
        parts: list[str] = []
        for number, each in enumerate(shape["oneOf"]):
            parts += [", " if number else "", *_type(each)]
        return parts
    if "enum" in shape:
        return [", ".join(shape["enum"])]
    if shape.get("type") == "array":
        return ["list of ", *_type(shape["items"])]
    kinds = shape["type"]
    return [kinds if isinstance(kinds, str) else " or ".join(kinds)]


def _table(heads: tuple[str, ...], rows: list[Html], caption: str) -> Html:
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in heads)))
    table = element("table", element("caption", caption), head, element("tbody", *rows))
    return element("div", table, class_="box", tabindex=0, role="region", aria_label=caption)


def _code(text: str, name: str) -> Html:
    return element(
        "pre", element("code", Html(_escaped(text))), class_="box", tabindex=0, role="region", aria_label=name
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
