"""Why the tokens of a text got their tags: the CRF's sums taken apart, and the rules that fired.

Public names: `explain_document`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crfner.crf.decode import Floats
from crfner.crf.tracing import Trace, trace
from crfner.document import Document, Offsets, Span, touched_by
from crfner.explain.parts import CRF, kind_of, parts_of
from crfner.explain.values import Contrast, Decision, DocumentExplanation, Found, Hit, Pull, Step, TokenExplanation
from crfner.hybrid import HybridRecognizer
from crfner.hybrid.marking import marked
from crfner.recognizer import Recognizer
from crfner.rules.recognizer import RuleRecognizer
from crfner.rules.values import RuleSet


def explain_document(recognizer: Recognizer, document: Document, top: int = 5) -> DocumentExplanation:
    """What the recogniser finds in a document, and why; spans that the document has are not looked at.

    top  at most so many features for and so many against the tag of each token are listed; the others are summed up

    Raises CrfnerError for a recogniser of another kind, NotFittedError for a CRF before `fit`.
    """
    parts = parts_of(recognizer)
    said = _said(recognizer, document.with_spans(()))
    decisions: list[Decision] = []
    if parts.crf is not None:
        traced = trace(parts.crf, said.document)
        decisions = [_decision(traced, token, top) for token in range(len(traced.path))]
    hits = _hits(said, parts.rules)
    return DocumentExplanation(
        kind=parts.kind,
        policy=parts.policy,
        text=document.text,
        spans=tuple(_found(span, document.text, parts.rules) for span in said.spans),
        crf_spans=tuple(_found(span, document.text, RuleSet()) for span in said.crf_spans),
        hits=hits,
        tokens=_tokens(said.document, decisions, said.spans, hits),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What a recogniser says of a document, which is as its CRF saw it, if it has one."""

    document: Document
    spans: Sequence[Span]
    crf_spans: Sequence[Span] = ()
    hits: Sequence[Span] = ()
    probabilities: Sequence[float] | None = None


def _said(recognizer: Recognizer, document: Document) -> _Said:
    if isinstance(recognizer, HybridRecognizer):
        ((found, evidence),) = recognizer.decided([document])
        if recognizer.policy_ is None:  # the CRF reads the hits, and decides alone
            return _Said(marked(found, evidence.hits), found.spans, (), evidence.hits, evidence.probabilities)
        return _Said(found, found.spans, evidence.spans, evidence.hits, evidence.probabilities)
    (found,) = recognizer.recognize([document])
    hits = recognizer.hits(document) if isinstance(recognizer, RuleRecognizer) else ()
    return _Said(found, found.spans, hits=hits)


def _decision(traced: Trace, token: int, top: int) -> Decision:
    tags = traced.weights.tags
    chosen = int(traced.path[token])
    other = _runner_up(traced, token)
    pulls = _pulls(traced, token, other)
    supporting = [pull for pull in pulls if pull.scores.difference > 0]
    opposing = [pull for pull in reversed(pulls) if pull.scores.difference < 0]
    others = [*supporting[top:], *opposing[top:]]
    return Decision(
        tag=tags[chosen],
        probability=float(traced.node[token, chosen]),
        runner_up=None if other is None else tags[other],
        runner_up_probability=0.0 if other is None else float(traced.node[token, other]),
        emission=_contrast(traced.emissions[token], chosen, other),
        supporting=tuple(supporting[:top]),
        opposing=tuple(opposing[:top]),
        others=len(others),
        others_difference=math.fsum(pull.scores.difference for pull in others),
        arriving=_arriving(traced, token, other),
        leaving=_leaving(traced, token, other),
    )


def _runner_up(traced: Trace, token: int) -> int | None:
    """The most probable tag that was not chosen; of equals (when all are impossible) the one that scores best."""
    order = np.lexsort((traced.emissions[token], traced.node[token]))
    return next((int(tag) for tag in order[::-1] if tag != traced.path[token]), None)


def _pulls(traced: Trace, token: int, other: int | None) -> list[Pull]:
    """The token's features, from the one that speaks most for the chosen tag to the one that speaks most against it."""
    times = Counter(traced.attributes[token])
    weights = traced.weights.summed([[feature] * count for feature, count in times.items()])
    chosen = int(traced.path[token])
    pulls = [Pull(feature, _contrast(row, chosen, other)) for feature, row in zip(times, weights, strict=True)]
    return sorted(pulls, key=lambda pull: (-pull.scores.difference, pull.feature))


def _arriving(traced: Trace, token: int, other: int | None) -> Step:
    chosen = int(traced.path[token])
    if traced.starts[token]:
        return Step(None, _contrast(traced.chain.initial, chosen, other))
    before = int(traced.path[token - 1])
    return Step(traced.weights.tags[before], _contrast(traced.chain.transitions[before], chosen, other))


def _leaving(traced: Trace, token: int, other: int | None) -> Step:
    chosen = int(traced.path[token])
    if token + 1 == len(traced.path) or traced.starts[token + 1]:
        return Step(None, _contrast(traced.chain.final, chosen, other))
    after = int(traced.path[token + 1])
    return Step(traced.weights.tags[after], _contrast(traced.chain.transitions[:, after], chosen, other))


def _contrast(scores: Floats, chosen: int, other: int | None) -> Contrast:
    return Contrast(float(scores[chosen]), 0.0 if other is None else float(scores[other]))


def _hits(said: _Said, rules: RuleSet) -> tuple[Hit, ...]:
    final = set(said.spans)
    hits = []
    for number, span in enumerate(said.hits):
        rule = rules.by_name[span.source or ""]
        hits.append(
            Hit(
                start=span.start,
                end=span.end,
                text=said.document.text[span.start : span.end],
                label=span.label,
                rule=rule.name,
                kind=kind_of(rule),
                precision=rule.precision,
                probability=None if said.probabilities is None else said.probabilities[number],
                kept=span in final,
            )
        )
    return tuple(hits)


def _found(span: Span, text: str, rules: RuleSet) -> Found:
    rule = rules.by_name.get(span.source or "")
    by = CRF if rule is None else kind_of(rule)
    return Found(span.start, span.end, text[span.start : span.end], span.label, span.score, span.source, by)


def _tokens(
    document: Document, decisions: Sequence[Decision], spans: Sequence[Span], hits: Sequence[Hit]
) -> tuple[TokenExplanation, ...]:
    of_spans = _covering([(span.start, span.end) for span in spans], document.tokens)
    of_hits = _covering([(hit.start, hit.end) for hit in hits], document.tokens)
    starts = [first for first, _ in document.sentences]
    return tuple(
        TokenExplanation(
            start=start,
            end=end,
            text=document.text[start:end],
            sentence=max(bisect_right(starts, number) - 1, 0),
            decision=decisions[number] if decisions else None,
            span=of_spans[number][0] if of_spans[number] else None,
            hits=tuple(of_hits[number]),
        )
        for number, (start, end) in enumerate(document.tokens)
    )


def _covering(ranges: Sequence[Offsets], tokens: Sequence[Offsets]) -> list[list[int]]:
    """For each token the numbers of the ranges of characters that it shares a character with."""
    touched = touched_by(tokens)
    covering: list[list[int]] = [[] for _ in tokens]
    for number, (start, end) in enumerate(ranges):
        for token in range(*touched(start, end)):
            covering[token].append(number)
    return covering
