"""RuleRecognizer: rules as a recogniser, with no labelled data at all.

Four matchers, one for each kind of rule, find hits; context conditions thin them out; of those that overlap the
strongest stay. A rule recogniser is saved as a model file, and whatever a file holds is checked like a rule file.

Public names: `RuleRecognizer`.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Self

from crfner import store
from crfner.document import Document, Span
from crfner.errors import CrfnerError, SettingError
from crfner.lazy import shown_by
from crfner.rules.files.reading import rules_from_jsonl
from crfner.rules.files.writing import rules_to_jsonl
from crfner.rules.matching.contexts import Contexts
from crfner.rules.matching.dictionary import DictionaryMatcher
from crfner.rules.matching.functions import FunctionMatcher
from crfner.rules.matching.patterns import TokenMatcher
from crfner.rules.matching.regexes import RegexMatcher
from crfner.rules.plugins import MissingRules
from crfner.rules.values import DictionaryRule, PluginRule, RegexRule, RuleSet, TokenRule, rank
from crfner.tokenize import SENTENCE_METHODS, TOKENIZERS, tokenized, whole
from crfner.version import __version__

KIND = "rules"
"""What the manifest of a model file says of it."""

_PART = "rules.jsonl"


class RuleRecognizer:
    """Finds what rules find. A span's score is its rule's precision (None when unknown), its source the rule's name.

    rules      the rules
    tokenizer  cuts text that comes without tokens: a name in `crfner.tokenize.TOKENIZERS`
    sentences  splits text that comes without sentences: "rules" or "punkt"

    Raises SettingError for an unknown tokenizer or splitter, and for a rule that cannot be used; CrfnerError for a rule
    of a package that is missing or broken.
    """

    _repr_html_ = shown_by("model")

    def __init__(self, rules: RuleSet, *, tokenizer: str = "default", sentences: str = "rules") -> None:
        for what, value, known in (
            ("tokenizer", tokenizer, tuple(TOKENIZERS)),
            ("sentences", sentences, SENTENCE_METHODS),
        ):
            if value not in known:
                raise SettingError(f"unknown {what} {value!r}; known are {', '.join(known)}")
        self.rules = rules
        self.tokenizer = tokenizer
        self.sentences = sentences
        self._prepare()

    def _prepare(self) -> None:
        rules = self.rules
        self._matchers = (
            DictionaryMatcher([rule for rule in rules if isinstance(rule, DictionaryRule)]),
            RegexMatcher([rule for rule in rules if isinstance(rule, RegexRule)]),
            FunctionMatcher([rule for rule in rules if isinstance(rule, PluginRule)]),
            TokenMatcher([rule for rule in rules if isinstance(rule, TokenRule)]),
        )
        conditional = [rule for rule in rules if rule.context is not None]
        self._conditional = {rule.name: rule for rule in conditional}
        self._contexts = Contexts(conditional)
        self._ranks = {rule.name: (*rank(rule), order) for order, rule in enumerate(rules)}

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the rules give, sorted."""
        return self.rules.labels

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents in order and one by one, with the spans that the rules find in place of their own."""
        for document in documents:
            document = self._prepared(document)
            yield document.with_spans(self.resolve(self._hits(document)))

    def hits(self, document: Document) -> list[Span]:
        """All hits of all rules whose context holds, overlapping as they may, in order."""
        return sorted(self._hits(self._prepared(document)))

    def resolve(self, hits: Iterable[Span]) -> list[Span]:
        """Those of the rules' hits that stay, apart and in order.

        The strongest is taken first, then the strongest that does not overlap it, and so on. Strongest is the highest
        priority, then the longest text, the highest precision (none known is the lowest), the leftmost, the first rule.
        """
        ranks = self._ranks
        ranked = []
        for hit in hits:
            priority, precision, order = ranks[hit.source or ""]
            ranked.append((priority, hit.start - hit.end, precision, hit.start, order, hit.label, hit))
        if len(ranked) > 1:
            ranked.sort()
        kept: list[Span] = []
        starts: list[int] = []
        for *_, hit in ranked:
            place = bisect_left(starts, hit.start)
            if (place == len(kept) or starts[place] >= hit.end) and (not place or kept[place - 1].end <= hit.start):
                kept.insert(place, hit)
                starts.insert(place, hit.start)
        return kept

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file, whole or not at all. Raises CrfnerError when it cannot be written."""
        store.save(path, self.manifest, self.to_parts())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a model file. Raises CrfnerError when it is missing, damaged, unsafe or of a newer version."""
        return cls.from_stored(store.load_kind(path, KIND, "a model of rules"), path)

    @classmethod
    def from_stored(cls, stored: store.Stored, path: str | os.PathLike[str]) -> Self:
        """The rules within a model file that is open already, of whatever kind; `path` is what messages name.

        Raises CrfnerError when they are missing or wrong anywhere.
        """
        settings = stored.manifest.get("settings")
        try:
            text = stored.parts[_PART].decode()
            rules = rules_from_jsonl(text, _PART)
            if not isinstance(settings, dict):
                raise SettingError("its manifest lacks settings")
            recognizer = cls(
                rules, tokenizer=_setting(settings, "tokenizer"), sentences=_setting(settings, "sentences")
            )
        except KeyError as error:
            raise CrfnerError(f"{path}: the model is damaged: it holds no {error.args[0]!r}") from None
        except MissingRules as error:
            raise CrfnerError(f"{path}: {error}") from None
        except (CrfnerError, UnicodeDecodeError) as error:
            raise CrfnerError(f"{path}: the model is damaged: {error}") from None
        return recognizer

    @property
    def manifest(self) -> dict[str, Any]:
        """What a model file says of these rules; without time, path or other versions: equal rules give equal files."""
        return {
            "format_version": store.FORMAT_VERSION,
            "kind": KIND,
            "labels": list(self.labels),
            "settings": {"tokenizer": self.tokenizer, "sentences": self.sentences},
            "rules": len(self.rules),
            "versions": {"crfner": __version__},
        }

    def to_parts(self) -> dict[str, bytes]:
        """The parts of a model file by name."""
        return {_PART: rules_to_jsonl(self.rules).encode()}

    def _prepared(self, document: Document) -> Document:
        if document.spans:
            document = document.with_spans(())
        return whole(tokenized(document, self.tokenizer, self.sentences))

    def _hits(self, document: Document) -> Iterator[Span]:
        terms, regexes, functions, tokens = self._matchers
        conditional, holds = self._conditional, self._contexts.holds
        for hit in chain(terms.hits(document), regexes.hits(document), functions.hits(document)):
            rule = conditional.get(hit.source or "")
            if rule is None or holds(rule, hit, document):
                yield hit
        yield from tokens.hits(document, holds)

    def __repr__(self) -> str:
        return f"RuleRecognizer({len(self.rules)} rules for {', '.join(self.labels)})"

    def __getstate__(self) -> dict[str, Any]:
        return {"rules": self.rules, "tokenizer": self.tokenizer, "sentences": self.sentences}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prepare()


def _setting(settings: dict[str, Any], name: str) -> str:
    value = settings[name]
    if not isinstance(value, str):
        raise SettingError(f"its {name} should be a name, not {value!r}")
    return value
