"""An explanation as plain text for a terminal.

A token's account reads like a sum: one line for each thing that speaks for the chosen tag (+) or for the runner-up (-).
What comes from the text or from features stands last on its line, as its width on the screen is not known.

Public names: `to_text`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from crfner.columns import aligned
from crfner.document import Document, Span
from crfner.explain import tables
from crfner.explain.values import Decision, DocumentExplanation, Hit, ModelExplanation, TagWeights
from crfner.formats.inline import marked

_WIDTH = 120  # of a terminal that shows a table


def to_text(explanation: DocumentExplanation | ModelExplanation, *, every: bool = False) -> str:
    """The explanation for people, ending without a line break.

    every  show also tokens that have nothing to tell (see `TokenExplanation.telling`)
    """
    if isinstance(explanation, ModelExplanation):
        return "\n".join(_model(explanation))
    return "\n".join(_document(explanation, every))


# A document


def _document(explanation: DocumentExplanation, every: bool) -> Iterator[str]:
    spans = [Span(found.start, found.end, found.label) for found in explanation.spans]
    yield _printable(marked(Document(explanation.text, spans=tuple(spans))).strip())
    yield from _section("entities", tables.founds(explanation.spans))
    yield from _section("entities of the CRF alone", tables.founds(explanation.crf_spans))
    yield from _section("rules that fired", tables.hits(explanation.hits))
    for token in explanation.tokens:
        if token.decision is not None and (every or token.telling):
            yield from _token(token.text, token.decision, [explanation.hits[number] for number in token.hits])


def _section(title: str, rows: Sequence[tables.Row]) -> Iterator[str]:
    """A header and rows under a title; nothing where there are no rows."""
    if len(rows) > 1:
        yield from ["", title, *_columns(rows)]


def _token(text: str, decision: Decision, hits: Iterable[Hit]) -> Iterator[str]:
    head = f"{text}: {decision.tag} {decision.probability:.3f}"
    if decision.runner_up is not None:
        head += f", runner-up {decision.runner_up} {decision.runner_up_probability:.3f}"
    yield from ["", _printable(head)]
    for difference, what in tables.pulls(decision):
        yield _line("never" if difference is None else f"{difference:+.2f}", what)
    if math.isfinite(decision.margin):
        yield _line(f"{decision.margin:+.2f}", "in all")
    for hit in hits:
        yield _line("rule", f"{hit.label} by {hit.kind} {hit.rule}")


def _line(number: str, what: str) -> str:
    return f"  {number:>8}  {_printable(what)}"


# A model


def _model(explanation: ModelExplanation) -> Iterator[str]:
    yield _printable(f"{tables.title(explanation)}; labels {', '.join(explanation.labels)}")
    settings = list(tables.settings(explanation))
    if settings:
        yield from ["", "settings of the policy", *_columns(settings)]
    yield from _section("rules", tables.rules(explanation.rules))
    if explanation.tags:
        yield from ["", *_transitions(explanation)]
    for tag in explanation.tags:
        yield from _weights(tag)


def _transitions(explanation: ModelExplanation) -> list[str]:
    """The transitions as a table, or, where it would be too wide to read, as a list for each tag."""
    rows = tables.transitions(explanation)
    table = _columns(rows, right=True)
    if max(map(len, table)) <= _WIDTH:
        return ["transitions from the tag on the left (. has no weight, x is forbidden)", *table]
    lines = ["transitions that have weight, from the tag on the left"]
    for (tag, *cells), weights in zip(rows[1:], explanation.transitions, strict=True):
        ordered = sorted(range(len(cells)), key=lambda after: -weights[after])
        steps = [f"{rows[0][after + 1]} {cells[after]}" for after in ordered if weights[after] not in (0.0, -math.inf)]
        lines += wrap(
            f"{_printable(tag)}: {', '.join(map(_printable, steps))}",
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="      ",
            break_on_hyphens=False,
        )
    return lines


def _weights(tag: TagWeights) -> Iterator[str]:
    yield from ["", _printable(f"{tag.tag}: {tag.features} features have weight")]
    for one in (*tag.positive, *reversed(tag.negative)):
        yield _line(f"{one.weight:+.2f}", one.feature)


# Both


def _columns(rows: Sequence[tables.Row], right: bool = False) -> list[str]:
    """Rows under one another, indented; all cells but the first to the right if asked for."""
    cells = [tuple(map(_printable, row)) for row in rows]
    return [f"  {line}".rstrip() for line in aligned(cells, names=1 if right else len(cells[0]))]


def _printable(text: str) -> str:
    """On one line, and without what a terminal could take for a command."""
    line = " ".join(text.split())
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)
