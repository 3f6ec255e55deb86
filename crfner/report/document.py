"""One HTML file that needs nothing else: no network, no fonts, and no script but what is given.

A Content-Security-Policy lets run only the style and the script that are in the file, known by their hashes, so that
nothing in the data could, even if it were not escaped.

Public names: `whole_page`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

from crfner.report.markup import Html, element


def whole_page(title: str, body: Iterable[str], style: str, script: str = "") -> str:
    """The page; `script`, if there is one, stands after the body's elements."""
    head = [
        element("meta", charset="utf-8"),
        element("meta", **{"http-equiv": "Content-Security-Policy", "content": _policy(style, script)}),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Html(style)),
    ]
    scripts = [element("script", Html(script))] if script else []
    page = element("html", element("head", *head), element("body", *body, *scripts), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _policy(style: str, script: str) -> str:
    rules = ["default-src 'none'", f"style-src {_hash(style)}"]
    rules += [f"script-src {_hash(script)}"] if script else []
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _hash(part: str) -> str:
    return f"'sha256-{b64encode(sha256(part.encode()).digest()).decode()}'"
