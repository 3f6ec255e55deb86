"""The page at `/`, where a person tries the models; its script is `static/try.js`.

Style and script are files of their own, so that the policy sent with the page can forbid everything else: no script or
style within the page, nothing from elsewhere.

Public names: `try_page`, `served_page`, `STYLE_SHEET`.
"""

from __future__ import annotations

from crfner.report.markup import Html, element
from crfner.report.style import STYLE

_OWN = """
textarea, .controls select, .controls input { font: inherit; font-size: 1rem; color: var(--ink);
  background: var(--ground); border: 1px solid var(--soft); border-radius: .3rem; padding: .5rem .6rem; width: 100%;
  min-height: 2.75rem }
textarea { min-height: 9rem; line-height: 1.5; resize: vertical }
textarea:focus-visible, .controls :focus-visible, mark:focus-visible { outline: 2px solid var(--link);
  outline-offset: 2px }
label { display: block; font-size: .9rem; color: var(--soft) }
.controls { display: flex; flex-wrap: wrap; gap: .8rem 1rem; align-items: end; margin: 1rem 0 }
.controls label { flex: 1 1 10rem; min-width: 0 }
.controls input[type=range] { padding: 0; accent-color: var(--link) }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.4rem; border-radius: .3rem;
  border: 1px solid var(--link); background: var(--link); color: var(--ground); cursor: pointer }
.result { white-space: pre-wrap; line-height: 2; margin: 1rem 0; padding: .8rem 1rem; border: 1px solid var(--rule);
  border-radius: .4rem; min-height: 4rem }
.status { min-height: 1.5rem; color: var(--soft); font-variant-numeric: tabular-nums }
.status.alarm { color: var(--alarm) }
pre { padding: .8rem 1rem; background: var(--raised); border-radius: .4rem; font-size: .9rem; line-height: 1.45 }
code { font-family: ui-monospace, "Liberation Mono", monospace }
td { white-space: normal; min-width: 6rem }
"""

STYLE_SHEET = STYLE + _OWN
"""What is at `/assets/style.css`: the report's style and what these pages need beside it."""

_EXAMPLE = "Two samosas and a pot of mint tea, please."


def try_page() -> bytes:
    """The page, as HTML."""
    text = element(
        "textarea",
        _EXAMPLE,
        id="text",
        rows=6,
        spellcheck="false",
        dir="auto",
        aria_describedby="hint",
    )
    controls = element(
        "div",
        element("label", "Model ", element("select", id="model")),
        element(
            "label",
            "Lowest score: ",
            element("output", "0.00", id="shown-score"),
            Html('<input type="range" id="score" min="0" max="1" step="0.01" value="0" aria-describedby="hint">'),
        ),
        element(
            "label",
            "Token ",
            Html('<input type="password" id="token" autocomplete="off">'),
            id="token-field",
            hidden=True,
        ),
        element("button", "Find entities", type="submit"),
        class_="controls",
    )
    return served_page(
        "crfner: try it",
        element("h1", "Try it"),
        element(
            "main",
            element(
                "form",
                element("label", "Text", for_="text"),
                text,
                element("p", "Ctrl+Enter finds the entities, too.", id="hint", class_="note"),
                controls,
                id="form",
            ),
            element("p", id="status", class_="status", role="status", aria_live="polite"),
            element("ul", id="legend", class_="legend", aria_label="labels"),
            element("div", id="result", class_="result", dir="auto", role="region", aria_label="marked text"),
            element(
                "div",
                element(
                    "table",
                    element("caption", "Entities"),
                    element(
                        "thead",
                        element(
                            "tr",
                            *(element("th", name, scope="col") for name in ("Text", "Label")),
                            *(element("th", name, scope="col", class_="number") for name in ("Score", "Start", "End")),
                            element("th", "Source", scope="col"),
                        ),
                    ),
                    element("tbody", id="rows"),
                ),
                class_="box",
                id="table",
                tabindex=0,
                role="region",
                aria_label="table of entities",
                hidden=True,
            ),
            element("noscript", element("p", "This page needs JavaScript; the API does not.")),
        ),
        element(
            "footer",
            element("p", "For programs: ", element("a", "the API", href="/docs"), class_="note"),
        ),
        script="/assets/try.js",
    )


def served_page(title: str, *body: str, script: str | None = None) -> bytes:
    """A page with this server's style sheet."""
    head = [
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        Html('<link rel="stylesheet" href="/assets/style.css">'),
        Html('<link rel="icon" href="data:,">'),  # or the browser asks for /favicon.ico
    ]
    if script is not None:
        head.append(element("script", src=script, defer=True))
    page = element("html", element("head", *head), element("body", *body), lang="en")
    return f"<!DOCTYPE html>\n{page}\n".encode()
