"""HybridRecognizer: a CRF and rules behind one face, joined by a policy.

    fallback  rules speak where the CRF is silent or not sure
    override  rules of high precision win
    union     both propose, the spans that are worth most together are taken
    features  the CRF sees what the rules say of each token, and decides alone

Policies are chosen, and features made, from what rules and CRFs say of documents that they have not learnt from; what
they say of their own training text would teach to trust them too much (stacked generalisation: Wolpert 1992).

Public names: `HybridRecognizer`, `KIND`.
"""

from __future__ import annotations

import os
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from crfner import store
from crfner.crf import CRFRecognizer, model_file
from crfner.crf.settings import with_hits_read
from crfner.document import Document, Span
from crfner.errors import CrfnerError, SettingError
from crfner.hybrid.evidence import Evidence, Labelled
from crfner.hybrid.kinds import KINDS, read_policy
from crfner.hybrid.marking import marked
from crfner.hybrid.policies import Policy
from crfner.lazy import shown_by
from crfner.rules import RuleRecognizer, RuleSet
from crfner.rules.checking.estimates import estimated
from crfner.rules.mining import crossfit, deal
from crfner.rules.values import unused_name
from features import Function

KIND = "hybrid"
"""What the manifest of a model file says of it."""

_ENOUGH = 3000  # entities of held-out text that a policy is chosen by; further folds would cost more than they tell


class HybridRecognizer:
    """A CRF and rules as one recogniser.

    crf     a CRFRecognizer; `fit` trains it, and a trained one serves as it is with the policy's default settings
    rules   the rules, or None for those that are mined only
    policy  fallback, override, union or features
    mine    whether `fit` mines rules from the training documents besides
    folds   how many parts the training documents are dealt into where no dev documents are given
    seed    of the dealing

    After `fit`, `policy_` holds the policy with its settings (None for features), `rules_` all rules, and
    `interrupted_` whether Ctrl-C kept the settings from being chosen: then they are those it would have without `fit`.
    Raises SettingError for an unknown policy, and for rules without which nothing could be mined or found.
    """

    _repr_html_ = shown_by("model")

    def __init__(
        self,
        crf: CRFRecognizer,
        rules: RuleSet | None = None,
        policy: str = "union",
        *,
        mine: bool = False,
        folds: int = 5,
        seed: int = 0,
    ) -> None:
        if policy not in KINDS:
            raise SettingError(f"unknown policy {policy!r}; known are {', '.join(KINDS)}")
        if not mine and not rules:
            raise SettingError("a hybrid needs rules; give some, or mine them from the training data")
        if folds < 2:
            raise SettingError(f"folds must be a whole number, 2 or more, not {folds!r}")
        self.crf = crf
        self.rules = rules or RuleSet()
        self.policy = policy
        self.mine = mine
        self.folds = folds
        self.seed = seed
        kind = KINDS[policy]
        self.policy_: Policy | None
        self._rule_recognizer: RuleRecognizer
        self._set(self.rules, kind() if kind else None)

    def fit(self, documents: Iterable[Document], dev: Sequence[Document] | None = None) -> Self:
        """Train the CRF, mine rules where that is asked for, and choose the policy's settings.

        They are chosen on `dev`, or where there is none on held-out folds of the training documents; where these have
        no entity (in folds: all are in one document) they stay as they are without `fit`, with a warning. Rules of
        unknown precision are given the one they have on `dev`, or on the training documents. Both flatter given rules
        that were written, or mined before, with an eye on these; rules that `fit` mines are judged by text that they
        have not seen. Raises what `CRFRecognizer.fit` and `crfner.rules.mining.mine` raise.
        """
        training = list(documents)
        rules, hits = self._rules_for(training, dev)
        kind = KINDS[self.policy]
        if kind is None:
            self.crf = _anew(self.crf, features=with_hits_read(self.crf.features))
            prepared = (self.crf.prepared(document) for document in training)
            self.crf.fit(marked(document, found) for document, found in zip(prepared, hits, strict=True))
            self._set(rules, None)
            return self
        self.crf = _anew(self.crf).fit(training)
        self._set(rules, kind())
        if self.crf.manifest["training"]["interrupted"] and not dev:  # whoever stops it does not want to wait for folds
            self.interrupted_ = True
            return self
        try:
            labelled = list(self._on_dev(dev) if dev else self._on_folds(training, hits))
            if any(one.gold for one in labelled):
                self.policy_ = kind.choose(labelled, self._rule_recognizer.resolve)
            else:
                warnings.warn(
                    f"there is no entity to choose the settings of the policy {self.policy} by, so it keeps its "
                    "defaults; give dev documents with entities, or mark the borders of documents in the training data",
                    stacklevel=2,
                )
        except KeyboardInterrupt:
            self.interrupted_ = True
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the CRF, and of the rules where these give spans themselves, sorted."""
        if self.policy_ is None:
            return self.crf.labels
        return tuple(sorted({*self.crf.labels, *self.rules_.labels}))

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents in order, with the spans that the policy settles on in place of their own.

        A span that a rule decided carries the rule's name as its source. Raises NotFittedError when the CRF has not
        learnt.
        """
        for document, _ in self.decided(documents):
            yield document

    def decided(self, documents: Iterable[Document]) -> Iterator[tuple[Document, Evidence]]:
        """As `recognize`, with what the CRF and the rules had said."""
        metas: deque[Mapping[str, Any]] = deque()
        hits: deque[list[Span]] = deque()

        def asked() -> Iterator[tuple[Document, Sequence[Span]]]:
            for document in documents:
                prepared = self.crf.prepared(document.with_spans(()))
                metas.append(prepared.meta)
                hits.append(self._rule_recognizer.hits(prepared))
                yield self._shown(prepared, hits[-1]), hits[-1]

        for document, probabilities in self.crf.weigh(asked()):
            evidence = Evidence(document.spans, tuple(hits.popleft()), tuple(probabilities))
            document = replace(document, meta=metas.popleft())
            if self.policy_ is not None:
                document = document.with_spans(self.policy_.decide(evidence, self._rule_recognizer.resolve))
            yield document, evidence

    def shown(self, document: Document) -> Document:
        """The document, prepared and without spans, as the CRF is shown it: where it sees hits of rules, with these."""
        prepared = self.crf.prepared(document.with_spans(()))
        return prepared if self.policy_ is not None else self._shown(prepared, self._rule_recognizer.hits(prepared))

    @property
    def rule_recognizer(self) -> RuleRecognizer:
        """The rules on their own, as a recogniser that cuts text as the CRF does."""
        return self._rule_recognizer

    @property
    def manifest(self) -> dict[str, Any]:
        """What a model file says of this recogniser. Raises NotFittedError when the CRF has not learnt."""
        settings = self.policy_.settings() if self.policy_ else {}
        hybrid = {"policy": self.policy, "settings": settings, "rules": len(self.rules_)}
        return {**self.crf.manifest, "kind": KIND, "hybrid": hybrid}

    def add_scores(self, name: str, scores: Mapping[str, Any]) -> None:
        """Keep scores in the model's manifest under a name such as "dev"."""
        self.crf.add_scores(name, scores)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file, whole or not at all. Raises CrfnerError when it cannot be written."""
        manifest = self.manifest
        parts = {**model_file.to_parts(self.crf.fitted_), **self._rule_recognizer.to_parts()}
        store.save(path, manifest, parts)

    @classmethod
    def load(cls, path: str | os.PathLike[str], functions: Mapping[str, Function] | None = None) -> Self:
        """Read a model file; `functions` are feature functions of your own by name, as its CRF was given them.

        Raises CrfnerError when it is missing, damaged, unsafe or of a newer version.
        """
        return cls.from_stored(store.load_kind(path, KIND, "a hybrid model"), path, functions)

    @classmethod
    def from_stored(
        cls, stored: store.Stored, path: str | os.PathLike[str], functions: Mapping[str, Function] | None = None
    ) -> Self:
        """The hybrid within a model file that is open already; `path` is what messages name."""
        crf = CRFRecognizer.from_stored(stored, path, functions)
        rules = RuleRecognizer.from_stored(stored, path).rules
        try:
            name, policy = read_policy(stored.manifest.get("hybrid"))
        except ValueError as error:
            raise CrfnerError(f"{path}: the model is damaged: {error}") from None
        recognizer = cls(crf, rules, name, mine=not rules)
        recognizer._set(rules, policy)
        return recognizer

    def _set(self, rules: RuleSet, policy: Policy | None) -> None:
        self.rules_ = rules
        self.policy_ = policy
        self.interrupted_ = False
        self._rule_recognizer = self._recognizer(rules)

    def _shown(self, prepared: Document, hits: Sequence[Span]) -> Document:
        return marked(prepared, hits) if self.policy_ is None else prepared

    def _recognizer(self, rules: RuleSet) -> RuleRecognizer:
        return RuleRecognizer(rules, tokenizer=self.crf.tokenizer, sentences=self.crf.sentences)

    def _rules_for(
        self, training: Sequence[Document], dev: Sequence[Document] | None
    ) -> tuple[RuleSet, list[list[Span]]]:
        """All rules, and for each training document the hits of rules that have not seen it."""
        hits: list[list[Span]] = [[] for _ in training]
        given, mined = self.rules, RuleSet()
        if given:
            given, found = estimated(self._recognizer(given), dev or training)
            if not dev:
                hits = found
            elif self.policy == "features":  # the others decide by what is said of dev
                recognizer = self._recognizer(given)
                hits = [recognizer.hits(document.with_spans(())) for document in training]
        if self.mine:
            crossfitted = crossfit(
                training, folds=self.folds, seed=self.seed, progress=self.crf.progress, tokenizer=self.crf.tokenizer
            )
            mined, names = _renamed(crossfitted.rules, given)
            hits = [
                [*one, *(replace(hit, source=names[hit.source or ""]) for hit in other)]
                for one, other in zip(hits, crossfitted.hits, strict=True)
            ]
        return RuleSet((*given, *mined)), hits

    def _on_dev(self, dev: Sequence[Document]) -> Iterator[Labelled]:
        prepared = [self.crf.prepared(document.with_spans(())) for document in dev]
        return _labelled(self.crf, dev, list(map(self._rule_recognizer.hits, prepared)))

    def _on_folds(self, training: Sequence[Document], hits: Sequence[Sequence[Span]]) -> Iterator[Labelled]:
        """Evidence on folds of the training documents, each from a CRF that has learnt from the others."""
        entities = 0
        for held_out in deal(len(training), self.folds, self.seed):
            if not any(document.spans for number, document in enumerate(training) if number not in held_out):
                continue  # a CRF learns nothing from text without entities
            crf = _anew(self.crf, declared_labels=None)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of rare labels: the whole training text has had its say
                crf.fit(document for number, document in enumerate(training) if number not in held_out)
            if crf.manifest["training"]["interrupted"]:
                raise KeyboardInterrupt
            numbers = sorted(held_out)
            yield from _labelled(crf, [training[n] for n in numbers], [hits[n] for n in numbers])
            entities += sum(len(training[n].spans) for n in numbers)
            if entities >= _ENOUGH:
                return


def _labelled(crf: CRFRecognizer, documents: Sequence[Document], hits: Sequence[Sequence[Span]]) -> Iterator[Labelled]:
    """Evidence from a CRF and rules that have not seen the documents."""
    weighed = crf.weigh(zip(documents, hits, strict=True))
    for document, found, (tagged, probabilities) in zip(documents, hits, weighed, strict=True):
        yield Labelled(Evidence(tagged.spans, tuple(found), tuple(probabilities)), frozenset(document.spans))


def _renamed(mined: RuleSet, given: RuleSet) -> tuple[RuleSet, dict[str, str]]:
    """Mined rules under names that no given rule has, and the new names by the old ones.

    Given rules may have been mined too, from other data or before a person edited them.
    """
    taken = {*given.by_name, *mined.by_name}
    names: dict[str, str] = {}
    for name in mined.by_name:
        names[name] = unused_name(name, taken) if name in given.by_name else name
        taken.add(names[name])
    return RuleSet(tuple(replace(rule, name=names[rule.name]) for rule in mined)), names


def _anew(crf: CRFRecognizer, **changed: Any) -> CRFRecognizer:
    """A CRF with the same parameters, or some changed, that has learnt nothing."""
    return CRFRecognizer(**{**crf.get_params(), **changed})
