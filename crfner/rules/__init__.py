"""Rules: dictionaries, regular expressions and token patterns, as a recogniser of their own and beside a CRF.

A rule file is read, checked and tried on labelled text before it is used; rules can also be mined from labelled text.

    from crfner.rules import RuleRecognizer, read_rules
    recognizer = RuleRecognizer(read_rules("rules.yaml"))

Public names: `DictionaryRule`, `RegexRule`, `TokenRule`, `PluginRule`, `Context`, `RuleSet`; `read_rules`,
`write_rules`, `RuleRecognizer`; `lint`, `try_rules`, `mine`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crfner.lazy import lazily

if TYPE_CHECKING:
    from crfner.rules.checking.linting import lint
    from crfner.rules.checking.testing import try_rules
    from crfner.rules.files.reading import read_rules
    from crfner.rules.files.writing import write_rules
    from crfner.rules.mining import mine
    from crfner.rules.recognizer import RuleRecognizer
    from crfner.rules.values import Context, DictionaryRule, PluginRule, RegexRule, RuleSet, TokenRule

__all__ = [
    "Context",
    "DictionaryRule",
    "PluginRule",
    "RegexRule",
    "RuleRecognizer",
    "RuleSet",
    "TokenRule",
    "lint",
    "mine",
    "read_rules",
    "try_rules",
    "write_rules",
]

_HOME = {
    "Context": "values",
    "DictionaryRule": "values",
    "PluginRule": "values",
    "RegexRule": "values",
    "RuleRecognizer": "recognizer",
    "RuleSet": "values",
    "TokenRule": "values",
    "lint": "checking.linting",
    "mine": "mining",
    "read_rules": "files.reading",
    "try_rules": "checking.testing",
    "write_rules": "files.writing",
}

# each matcher brings a package of its own
__getattr__ = lazily(__name__, _HOME)
