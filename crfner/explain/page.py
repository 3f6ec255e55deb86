"""An explanation as one HTML page that needs nothing else: no script, no font, no network.

Public names: `to_page`, `to_elements`.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from crfner.explain import tables
from crfner.explain.values import Decision, DocumentExplanation, ModelExplanation, TagWeights, TokenExplanation
from crfner.report.document import whole_page
from crfner.report.markup import Html, element, isolated, join, running_text
from crfner.report.style import STYLE

_STYLE = f"""{STYLE}
.text {{ font-size: 1.15rem; line-height: 2; white-space: pre-wrap }}
.text a {{ color: inherit; text-decoration-color: var(--soft) }}
.account {{ padding: .8rem 0; border-top: 1px solid var(--rule) }}
.account h3 {{ margin: 0 0 .5rem }}
.account:target h3 {{ color: var(--link) }}
.pulls {{ width: 100%; table-layout: fixed }}
.pulls td {{ padding: .1rem .7rem .1rem 0; white-space: normal; border: 0 !important }}
.pulls td:nth-child(1) {{ width: 4.5rem; text-align: right }}
.pulls td:nth-child(2) {{ width: 25% }}
.pulls td:nth-child(3) {{ font-family: ui-monospace, monospace }}
.pulls svg {{ display: block; width: 100%; height: .7em; fill: currentColor }}
.plain td:last-child {{ white-space: normal; min-width: 9rem }}
.transitions th:not(:first-child), .transitions td {{ text-align: right }}
"""
_COLOURS = 8  # that the style has for labels


def to_page(explanation: DocumentExplanation | ModelExplanation, *, every: bool = False) -> str:
    """A whole HTML document, light or dark as the reader's system is, and narrow enough for a phone.

    every  account also for tokens that have nothing to tell (see `TokenExplanation.telling`)
    """
    of_model = isinstance(explanation, ModelExplanation)
    title = "What the model has learnt" if of_model else "Why these entities"
    body = to_elements(explanation, every=every)
    header = element("header", element("p", tables.title(explanation), class_="kicker"), element("h1", title))
    return whole_page(title, [header, element("main", *body)], _STYLE)


def to_elements(
    explanation: DocumentExplanation | ModelExplanation, *, every: bool = False, linked: bool = True
) -> Iterable[Html]:
    """What the page says, without the page around it.

    linked  whether words lead to their accounts, which have ids then: a page may hold one such explanation
    """
    if isinstance(explanation, ModelExplanation):
        return _model(explanation)
    return _document(explanation, every, linked)


# A document


def _document(explanation: DocumentExplanation, every: bool, linked: bool) -> Iterable[Html]:
    told = [token.decision is not None and (every or token.telling) for token in explanation.tokens]
    links = told if linked else [False] * len(told)
    yield element("p", _marked(explanation, links), class_="text", dir="auto")
    yield from _section("Entities", tables.founds(explanation.spans))
    yield from _section("Entities of the CRF alone", tables.founds(explanation.crf_spans))
    yield from _section("Rules that fired", tables.hits(explanation.hits))
    if any(told):
        yield element(
            "section",
            element("h2", "Tokens"),
            element(
                "p",
                "Each number is what a feature or transition adds to the score of the chosen tag, less what it adds to "
                "that of the runner-up." + (" The underlined words of the text lead here." if linked else ""),
                class_="note",
            ),
            *(
                _account(f"t{place}" if linked else None, token, token.decision, explanation)
                for place, token in enumerate(explanation.tokens)
                if told[place] and token.decision is not None
            ),
        )


def _marked(explanation: DocumentExplanation, told: Sequence[bool]) -> Html:
    """The text with its entities marked, and every token that is accounted for linked to its account."""
    links = [(token.start, token.end, place) for place, token in enumerate(explanation.tokens) if told[place]]
    labels = sorted({span.label for span in explanation.spans})
    parts: list[Html] = []
    position = 0
    for span in explanation.spans:
        parts.append(_linked(explanation.text, position, span.start, links))
        inside = _linked(explanation.text, span.start, span.end, links)
        chip = element("span", isolated(span.label), class_="chip")
        parts.append(element("mark", inside, chip, class_=f"l{labels.index(span.label) % _COLOURS}"))
        position = span.end
    return join([*parts, _linked(explanation.text, position, len(explanation.text), links)])


def _linked(text: str, start: int, end: int, links: Sequence[tuple[int, int, int]]) -> Html:
    """The text from start to end, with what of each token lies there linked to the token's account."""
    parts: list[Html] = []
    position = start
    first = bisect_right(links, start, key=lambda link: link[1])
    for left, right, place in links[first : bisect_left(links, end, key=lambda link: link[0])]:
        left, right = max(left, start), min(right, end)
        parts.append(running_text(text[position:left]))
        parts.append(element("a", running_text(text[left:right]), href=f"#t{place}"))
        position = right
    return join([*parts, running_text(text[position:end])])


def _account(name: str | None, token: TokenExplanation, decision: Decision, explanation: DocumentExplanation) -> Html:
    """Why a token got its tag; `name` is its id in the page."""
    rows = _pulls(tables.pulls(decision))
    if math.isfinite(decision.margin):
        rows.append(_row(f"{decision.margin:+.2f}", "", "in all"))
    for hit in (explanation.hits[number] for number in token.hits):
        rows.append(_row("rule", "", f"{hit.label} by {hit.kind} {hit.rule}"))
    chosen, over = f"{decision.tag} {decision.probability:.3f}", ""
    if decision.runner_up is not None:
        over = f", runner-up {decision.runner_up} {decision.runner_up_probability:.3f}"
    heading = element("h3", isolated(token.text), " ", element("span", chosen), element("small", over))
    return element("article", heading, element("table", *rows, class_="pulls"), id=name, class_="account")


def _pulls(pulls: Sequence[tuple[float | None, str]]) -> list[Html]:
    """Rows of number, bar and feature; None is for a difference that is infinite."""
    widest = max((abs(score) for score, _ in pulls if score is not None), default=0.0)
    return [
        _row("never", "", what) if score is None else _row(f"{score:+.2f}", _bar(score, widest), what)
        for score, what in pulls
    ]


def _row(number: str, bar: str, what: str) -> Html:
    return element("tr", element("td", number), element("td", bar), element("td", what))


def _bar(score: float, widest: float) -> Html:
    share = 100 * abs(score) / widest if widest else 0.0
    bar = element("rect", width=f"{share:.1f}%", height="100%", rx="2")
    return element("svg", bar, class_="s0" if score >= 0 else "s1", aria_hidden="true")


# A model


def _model(explanation: ModelExplanation) -> Iterable[Html]:
    yield element("p", f"Labels: {', '.join(explanation.labels)}")
    yield from _section("Settings of the policy", [("setting", "of", "value"), *tables.settings(explanation)])
    yield from _section("Rules", tables.rules(explanation.rules))
    if explanation.tags:
        note = "From the tag on the left; a dot has no weight, x is what the scheme forbids."
        yield from _section("Transitions", tables.transitions(explanation), note, "transitions")
        yield element("section", element("h2", "Features"), *map(_weights, explanation.tags))


def _weights(tag: TagWeights) -> Html:
    rows = _pulls([(one.weight, one.feature) for one in (*tag.positive, *reversed(tag.negative))])
    heading = element("h3", isolated(tag.tag), element("small", f" {tag.features} features have weight"))
    return element("article", heading, element("table", *rows, class_="pulls"), class_="account")


# Both


def _section(title: str, rows: Sequence[tables.Row], note: str = "", kind: str = "plain") -> Iterable[Html]:
    """A heading and a table of a header and rows; nothing where there are no rows."""
    if len(rows) < 2:
        return
    header = element("tr", *(element("th", cell, scope="col") for cell in rows[0]))
    body = (
        element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in others))
        for first, *others in rows[1:]
    )
    table = element("table", element("thead", header), element("tbody", *body), class_=kind)
    box = element("div", table, class_="box", tabindex=0)
    yield element("section", element("h2", title), box, *([element("p", note, class_="footnote")] if note else []))
