"""What a model has learnt as a whole: the strongest features of each tag, the transitions, the rules.

Public names: `explain_model`.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from crfner.crf import CRFRecognizer
from crfner.crf.weights import Weights
from crfner.explain.parts import kind_of, parts_of
from crfner.explain.values import ModelExplanation, RuleSummary, TagWeights, Weighted
from crfner.recognizer import Recognizer
from crfner.rules.values import DictionaryRule, Pattern, PluginRule, RegexRule, Rule

_TERMS = 8  # of a dictionary are shown


def explain_model(recognizer: Recognizer, top: int = 20) -> ModelExplanation:
    """The weights of a CRF and the rules of a rule set, both for a hybrid.

    top  at most so many features of positive and so many of negative weight are listed for each tag

    Raises CrfnerError for a recogniser of another kind, NotFittedError for a CRF before `fit`.
    """
    parts = parts_of(recognizer)
    return ModelExplanation(
        kind=parts.kind,
        policy=parts.policy,
        settings=parts.settings,
        labels=tuple(recognizer.labels),
        tags=() if parts.crf is None else _tags(parts.crf.fitted_.weights, top),
        transitions=() if parts.crf is None else _transitions(parts.crf),
        rules=tuple(map(_summary, parts.rules)),
    )


def _tags(weights: Weights, top: int) -> tuple[TagWeights, ...]:
    names = {number: attribute for attribute, number in weights.attributes.items()}
    sources = np.repeat(np.arange(len(weights.starts) - 1), np.diff(weights.starts))
    found = []
    for number, tag in enumerate(weights.tags):
        mine = (weights.targets == number) & (weights.values != 0)
        values, attributes = weights.values[mine], sources[mine]
        falling = np.argsort(-values, kind="stable")  # of equals the one that was learnt first
        listed = [
            tuple(Weighted(names[attributes[place]], float(values[place])) for place in places[:top])
            for places in (falling[: np.count_nonzero(values > 0)], falling[np.count_nonzero(values > 0) :][::-1])
        ]
        found.append(TagWeights(tag, len(values), *listed))
    return tuple(found)


def _transitions(crf: CRFRecognizer) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in crf.tagger().chain.transitions.tolist())


def _summary(rule: Rule) -> RuleSummary:
    matches = _matches(rule)
    return RuleSummary(rule.name, kind_of(rule), rule.label, rule.priority, rule.precision, rule.coverage, matches)


def _matches(rule: Rule) -> str:
    """What the rule looks for, and what must stand around it, on one line."""
    if isinstance(rule, DictionaryRule):
        what = ", ".join(rule.terms[:_TERMS])
        more = len(rule.terms) - _TERMS
        what += f" and {more} more" if more > 0 else ""
    elif isinstance(rule, RegexRule):
        what = rule.pattern
    elif isinstance(rule, PluginRule):
        what = f"what {rule.plugin} of the package {rule.package or 'that brings it'} finds"
    else:
        what = " | ".join(map(_pattern, rule.alternatives))
    if rule.context is None:
        return what
    conditions = ((part.name, getattr(rule.context, part.name)) for part in fields(rule.context))
    return "; ".join([what, *(f"{name} {_pattern(pattern)}" for name, pattern in conditions if pattern)])


def _pattern(pattern: Pattern) -> str:
    """A token pattern such as `[LOWER=dr] [IS_TITLE=True]+`."""
    tokens = []
    for test in pattern:
        asked = ", ".join(f"{attribute}={value}" for attribute, value in test.items() if attribute != "OP")
        tokens.append(f"[{asked}]{test.get('OP', '')}")
    return " ".join(tokens)
