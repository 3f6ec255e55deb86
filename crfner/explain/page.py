"""An explanation as one HTML page that needs nothing else: no script, no font, no network.

Public names: `to_page`.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from html import escape

from crfner.explain import tables
from crfner.explain.values import Decision, DocumentExplanation, ModelExplanation, TokenExplanation

_STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #1c1e21; --dim: #5f6670; --line: #d9dce1; --card: #f6f7f9;
  --mark: #fff0b8; --for: #2f6fb5; --against: #c2571a }
@media (prefers-color-scheme: dark) { :root { --page: #14161a; --ink: #e6e8eb; --dim: #9aa2ad; --line: #363b43;
  --card: #1d2025; --mark: #5a4a10; --for: #6ba6e8; --against: #ec8f57 } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem } h3 { font-size: 1rem; margin: 0 0 .5rem }
p, h3 { overflow-wrap: anywhere }
.dim, th { color: var(--dim); font-weight: normal }
.text { font-size: 1.15rem; line-height: 2; white-space: pre-wrap }
.text a { color: inherit; text-decoration-color: var(--dim); text-underline-offset: .2em }
mark { background: var(--mark); color: inherit; border-radius: .3em; padding: .15em .25em }
mark small { color: var(--dim); margin-inline-start: .4em }
article { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem;
  margin: .75rem 0 }
article:target { outline: 2px solid var(--for) }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums }
td, th { padding: .15rem .6rem .15rem 0; text-align: start; vertical-align: top }
.pulls { width: 100%; table-layout: fixed } .pulls td:nth-child(1) { width: 4.5rem }
.pulls td:nth-child(2) { width: 25% }
.pulls td:nth-child(3) { overflow-wrap: anywhere; font-family: ui-monospace, monospace }
.transitions td, .transitions th { text-align: end; white-space: nowrap }
.bar { display: block; height: .7em; margin-top: .4em; border-radius: .2em; background: var(--for) }
.bar.against { background: var(--against) }
"""


def to_page(explanation: DocumentExplanation | ModelExplanation, *, every: bool = False) -> str:
    """A whole HTML document, light or dark as the reader's system is, and narrow enough for a phone.

    every  account also for tokens that have nothing to tell (see `TokenExplanation.telling`)
    """
    if isinstance(explanation, ModelExplanation):
        return _page("What the model has learnt", _model(explanation))
    return _page("Why these entities", _document(explanation, every))


def _page(title: str, parts: Iterable[str]) -> str:
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
    )
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body><main>\n<h1>{escape(title)}</h1>\n{body}\n'
        "</main></body></html>\n"
    )


# A document


def _document(explanation: DocumentExplanation, every: bool) -> list[str]:
    told = [token.decision is not None and (every or token.telling) for token in explanation.tokens]
    parts = [
        f'<p class="dim">Found by {escape(tables.title(explanation))}.</p>',
        f'<p class="text" dir="auto">{_marked(explanation, told)}</p>',
        *_section("Entities", tables.founds(explanation.spans)),
        *_section("Entities of the CRF alone", tables.founds(explanation.crf_spans)),
        *_section("Rules that fired", tables.hits(explanation.hits)),
    ]
    if any(told):
        parts.append(
            '<h2>Tokens</h2>\n<p class="dim">Each number is what a feature or transition adds to the score of the '
            "chosen tag, less what it adds to that of the runner-up. Underlined words of the text lead here.</p>"
        )
    for place, token in enumerate(explanation.tokens):
        if told[place] and token.decision is not None:
            parts.append(_token(place, token, token.decision, explanation))
    return parts


def _marked(explanation: DocumentExplanation, told: Sequence[bool]) -> str:
    """The text with its entities marked, and every token that is accounted for linked to its account."""
    links = [(token.start, token.end, place) for place, token in enumerate(explanation.tokens) if told[place]]
    parts, position = [], 0
    for span in explanation.spans:
        parts.append(_linked(explanation.text, position, span.start, links))
        inside = _linked(explanation.text, span.start, span.end, links)
        parts.append(f"<mark>{inside}<small>{escape(span.label)}</small></mark>")
        position = span.end
    return "".join(parts) + _linked(explanation.text, position, len(explanation.text), links)


def _linked(text: str, start: int, end: int, links: Sequence[tuple[int, int, int]]) -> str:
    """The text from start to end, with what of each token lies there linked to the token's account."""
    parts, position = [], start
    first = bisect_right(links, start, key=lambda link: link[1])
    for left, right, place in links[first : bisect_left(links, end, key=lambda link: link[0])]:
        left, right = max(left, start), min(right, end)
        parts.append(f'{escape(text[position:left])}<a href="#t{place}">{escape(text[left:right])}</a>')
        position = right
    return "".join(parts) + escape(text[position:end])


def _token(place: int, token: TokenExplanation, decision: Decision, explanation: DocumentExplanation) -> str:
    over = ""
    if decision.runner_up is not None:
        over = f' <span class="dim">runner-up {escape(decision.runner_up)} {decision.runner_up_probability:.3f}</span>'
    rows = _pulls(tables.pulls(decision))
    if math.isfinite(decision.margin):
        rows.append(f"<tr><td>{decision.margin:+.2f}</td><td></td><td>in all</td></tr>")
    for hit in (explanation.hits[number] for number in token.hits):
        rule = escape(f"{hit.label} by {hit.kind} {hit.rule}")
        rows.append(f"<tr><td>rule</td><td></td><td>{rule}</td></tr>")
    return (
        f'<article id="t{place}"><h3><bdi>{escape(token.text)}</bdi> &nbsp; {escape(decision.tag)} '
        f'{decision.probability:.3f}{over}</h3>\n<table class="pulls">{"".join(rows)}</table></article>'
    )


def _pulls(pulls: Sequence[tuple[float | None, str]]) -> list[str]:
    """Rows of number, bar and feature; None is for a difference that is infinite."""
    widest = max((abs(score) for score, _ in pulls if score is not None), default=0.0)
    rows = []
    for score, what in pulls:
        cells = ("never", "") if score is None else (f"{score:+.2f}", _bar(score, widest))
        rows.append(f"<tr><td>{cells[0]}</td><td>{cells[1]}</td><td>{escape(what)}</td></tr>")
    return rows


def _bar(score: float, widest: float) -> str:
    share = 100 * abs(score) / widest if widest else 0
    return f'<span class="bar{"" if score >= 0 else " against"}" style="width:{share:.1f}%"></span>'


# A model


def _model(explanation: ModelExplanation) -> list[str]:
    labels = ", ".join(explanation.labels)
    parts = [f'<p class="dim">{escape(tables.title(explanation).capitalize())}; labels {escape(labels)}.</p>']
    parts += _section("Settings of the policy", [("setting", "of", "value"), *tables.settings(explanation)])
    parts += _section("Rules", tables.rules(explanation.rules))
    if explanation.tags:
        parts += _section("Transitions", tables.transitions(explanation), "transitions")
        parts.append('<p class="dim">From the tag on the left; a dot has no weight, x is what the scheme forbids.</p>')
    for tag in explanation.tags:
        weights = (*tag.positive, *reversed(tag.negative))
        pulls = "".join(_pulls([(one.weight, one.feature) for one in weights]))
        parts.append(
            f'<article><h3>{escape(tag.tag)} <span class="dim">{tag.features} features have weight</span></h3>\n'
            f'<table class="pulls">{pulls}</table></article>'
        )
    return parts


# Both


def _section(title: str, rows: Sequence[tables.Row], kind: str = "plain") -> list[str]:
    """A heading and a table of a header and rows; nothing where there are no rows."""
    if len(rows) < 2:
        return []
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows[1:])
    table = f'<table class="{kind}"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
    return [f'<h2>{escape(title)}</h2>\n<div class="wide">{table}</div>']
