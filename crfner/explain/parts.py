"""What a recogniser is made of, as far as explaining it goes: a CRF, rules, or both under a policy.

Public names: `Parts`, `parts_of`, `kind_of`, `CRF`, `RULES`, `HYBRID`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crfner.crf import CRFRecognizer
from crfner.errors import CrfnerError
from crfner.hybrid import HybridRecognizer
from crfner.recognizer import Recognizer
from crfner.rules.recognizer import RuleRecognizer
from crfner.rules.values import DictionaryRule, PluginRule, RegexRule, Rule, RuleSet, TokenRule

CRF, RULES, HYBRID = "crf", "rules", "hybrid"


@dataclass(frozen=True, slots=True)
class Parts:
    """The kind of a recogniser and what it holds.

    crf       the CRF, or None
    rules     the rules; empty for a CRF alone
    policy    the name of a hybrid's policy, or None
    settings  of the policy
    """

    kind: str
    crf: CRFRecognizer | None = None
    rules: RuleSet = field(default_factory=RuleSet)
    policy: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


def parts_of(recognizer: Recognizer) -> Parts:
    """Take a recogniser apart. Raises CrfnerError for a kind that cannot be explained."""
    if isinstance(recognizer, CRFRecognizer):
        return Parts(CRF, recognizer)
    if isinstance(recognizer, RuleRecognizer):
        return Parts(RULES, rules=recognizer.rules)
    if isinstance(recognizer, HybridRecognizer):
        settings = {} if recognizer.policy_ is None else recognizer.policy_.settings()
        return Parts(HYBRID, recognizer.crf, recognizer.rules_, recognizer.policy, settings)
    raise CrfnerError(f"this {type(recognizer).__name__} cannot be explained; give a CRF, rules or a hybrid of both")


def kind_of(rule: Rule) -> str:
    """The name of a rule's kind."""
    kinds = {DictionaryRule: "dictionary", RegexRule: "regex", TokenRule: "tokens", PluginRule: "plugin"}
    return kinds[type(rule)]
