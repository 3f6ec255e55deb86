"""Everything that is known while a text is labelled: what waits, what was decided, what is proposed.

The page asks and tells, the session answers, from any thread. What was decided is in the file of answers before the
session says so; all else can be had again from that file and the data.

Public names: `Session`, `Setup`.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crfner.annotate.findings import Finding, findings_of
from crfner.annotate.log import AnswerLog, accepted, last_decisions, now
from crfner.annotate.proposals import DATA, MODEL, RULE, SEEN, Proposal, merged
from crfner.annotate.seen import Seen
from crfner.annotate.training import Trained, Trainer, Work
from crfner.annotate.values import ANSWERS, Decision, Example, Key, key_of
from crfner.document import Document, Span
from crfner.errors import CrfnerError, InputError
from crfner.formats.checks import Entity, Place, checked_label, checked_spans
from crfner.recognizer import Recognizer

_PAGE = Place("the page", 1)
_ADJUDICATED = "both"  # the source of spans that two annotators agree on


@dataclass(frozen=True)
class Setup:
    """How a session is held.

    annotator      the name that stands in every answer
    labels         that may be given, in the order of their keys; with them, nothing else is proposed. None for those of
                   the data and of `known`, and more that are added on the page
    known          labels that model and rules give
    rules          rules that propose spans, or None
    read           of each example, the spans that a model finds in it; empty without a model
    doubts         of each example, how unsure that model is: the highest comes first; empty to keep the order
    work           what a training is made of
    retrain_after  a model is trained when so many texts were accepted since the last time; 0 for never
    keep_order     whether the order of what waits stays when there is a new model
    """

    annotator: str
    labels: Sequence[str] | None = None
    known: Sequence[str] = ()
    rules: Recognizer | None = None
    read: Sequence[Sequence[Span]] = ()
    doubts: Sequence[float] = ()
    work: Work = field(default_factory=lambda: Work({}))
    retrain_after: int = 20
    keep_order: bool = False


class Session:
    """The state of one annotation.

    examples  in the order in which they are shown; those that the log alone knows follow them
    log       the file of answers, open
    """

    def __init__(self, examples: Sequence[Example], log: AnswerLog, setup: Setup) -> None:
        self.setup = setup
        self._log = log
        self._lock = threading.RLock()
        self._decisions = last_decisions(log.decisions)
        known = {key_of(example.document) for example in examples}
        others = [Example(decision.document) for key, decision in self._decisions.items() if key not in known]
        self.examples = [*examples, *others]
        self._numbers = {key_of(example.document): number for number, example in enumerate(self.examples)}
        self._history = dict.fromkeys(self._numbers[key] for key in _by_last(log.decisions))
        self._waiting = {number: None for number in range(len(self.examples)) if number not in self._history}
        self._most_doubtful_first(dict(enumerate(setup.doubts)))
        self._model = {number: tuple(spans) for number, spans in enumerate(setup.read)}
        texts = self.accepted()
        self._by_text = {document.text: document for document in texts}
        self._entities = Counter(span.label for document in texts for span in document.spans)
        self._seen = Seen(texts)
        self._learnt = 0  # documents that the last training learnt from
        self._trainings = 0
        self._labels = self._all_labels(setup.labels)
        self._since = len(texts)
        self.trainer = Trainer(setup.work, self._trained)
        self._train_when_due()

    # what is shown

    def labels(self) -> list[str]:
        """The labels that can be given, in the order of their keys."""
        with self._lock:
            return list(self._labels)

    def next(self, after: int | None = None) -> int | None:
        """The number of the example to label next, other than this one; None when all are decided on."""
        with self._lock:
            return next((number for number in self._waiting if number != after), None)

    def previous(self, number: int | None) -> int | None:
        """The example decided on before this one, or the last one when this one is not decided on; None for none."""
        with self._lock:
            order = list(self._history)
            place = order.index(number) if number in self._history else len(order)
            return order[place - 1] if place else None

    def shown(self, number: int) -> tuple[list[Proposal], str]:
        """The spans that an example is shown with, and where they come from.

        That is "answer" for what was decided on it; else "same text", "data", "agreed" by two annotators, "proposed".
        """
        with self._lock:
            example, decision = self.examples[number], self.decision(number)
            document = example.document
            if decision is not None:
                return [Proposal(span, ()) for span in decision.document.spans], "answer"
            if example.versions:
                agreed = set.intersection(*(set(version.spans) for version in example.versions))
                return [Proposal(span, (_ADJUDICATED,)) for span in sorted(agreed)], "agreed"
            if document.text in self._by_text:
                return [Proposal(span, (SEEN,)) for span in self._by_text[document.text].spans], "same text"
            if document.spans:
                return [Proposal(span, (span.source or DATA,)) for span in document.spans], "data"
            sources: dict[str, Iterable[Span]] = {
                MODEL: self._model.get(number, ()),
                RULE: self._rule_spans(document),
                SEEN: self._seen.spans(document.with_spans(())),
            }
        wanted = self.setup.labels
        return merged(
            {name: [s for s in spans if wanted is None or s.label in wanted] for name, spans in sources.items()}
        ), "proposed"

    def decision(self, number: int) -> Decision | None:
        """What was decided on an example, if anything."""
        with self._lock:
            return self._decisions.get(key_of(self.examples[number].document))

    def history(self, answer: str | None = None) -> list[int]:
        """The examples that were decided on, the latest first; those with this answer only, where one is given."""
        with self._lock:
            found = reversed(self._history)
            return [number for number in found if answer in (None, self._decisions[self._key(number)].answer)]

    def progress(self) -> dict[str, Any]:
        """How far the work is, and the state of training."""
        with self._lock:
            answers = Counter(decision.answer for decision in self._decisions.values())
            return {
                "total": len(self.examples),
                "left": len(self._waiting),
                "answers": {answer: answers[answer] for answer in ANSWERS},
                "entities": {label: self._entities[label] for label in self._labels},
                "training": {
                    "running": self.trainer.is_running,
                    "error": self.trainer.error,
                    "learnt": self._learnt,
                    "times": self._trainings,
                    "since": self._since,
                    "after": self.setup.retrain_after,
                    "saved": self.setup.work.save_path,
                },
            }

    def findings(self, number: int, spans: Sequence[Any]) -> list[Finding]:
        """What may be wrong with these spans of an example, as `{"start": 0, "end": 5, "label": "ORG"}`.

        Raises CrfnerError when they are none.
        """
        document = self._document(number, spans)
        with self._lock:
            key = self._key(number)
            others = [one for one in self.accepted() if key_of(one) != key]
            model, rules = self._model.get(number), self._rule_spans(document)
        return findings_of(document, others, model, rules)

    # what is decided

    def answer(self, number: int, answer: str, spans: Sequence[Any]) -> None:
        """Write down what was decided on an example; it is on the disk when this returns.

        Raises CrfnerError for spans or an answer that cannot be, and when it cannot be written.
        """
        if answer not in ANSWERS:
            raise CrfnerError(f"the answer should be one of {', '.join(ANSWERS)}, not {answer!r}")
        document = self._document(number, spans)
        unknown = sorted({span.label for span in document.spans} - set(self.labels()))
        if unknown:
            raise CrfnerError(f"there is no label {unknown[0]!r} here; add it first")
        decision = Decision(document, answer, self.setup.annotator, now())
        with self._lock:
            self._log.append([decision])
            before = self._decisions.get(decision.key)
            self._decisions[decision.key] = decision
            self._waiting.pop(number, None)
            self._history.pop(number, None)
            self._history[number] = None
            if before is not None and before.answer == "accept":
                self._forget(before.document)
            if answer == "accept":
                self._learn(document)
                self._since += 1
            self._train_when_due()

    def add_label(self, label: str) -> None:
        """Let a label be given. Raises CrfnerError for one that is blank, or that no file can hold."""
        name = label.strip()
        try:
            checked_label(name, "what was typed", _PAGE)
        except InputError as error:
            raise CrfnerError(error.message) from None
        with self._lock:
            if self.setup.labels is not None and name not in self.setup.labels:
                raise CrfnerError(f"the labels are those of --labels; start with {name!r} among them")
            if name not in self._labels:
                self._labels.append(name)

    def accepted(self) -> list[Document]:
        """The documents that were accepted, in the order in which they were first decided on."""
        with self._lock:
            return accepted(self._decisions)

    # training

    def train(self) -> bool:
        """Begin a training, unless there is one, or nothing to learn from."""
        with self._lock:
            documents = self.accepted()
            if not any(document.spans for document in documents):
                return False
            waiting = [self.examples[number].document for number in self._waiting]
            begun = self.trainer.start(documents, waiting)
            if begun:
                self._since = 0
            return begun

    def _train_when_due(self) -> None:
        after = self.setup.retrain_after
        if after and self._since >= after:
            self.train()

    def _trained(self, trained: Trained, texts: Sequence[Document]) -> None:
        """New proposals for what waits, in a new order: what the model is least sure of comes first."""
        with self._lock:
            self._learnt = trained.documents
            self._trainings += 1
            doubts: dict[int, float] = {}
            for document, spans, doubt in zip(texts, trained.spans, trained.uncertainties, strict=True):
                number = self._numbers[key_of(document)]
                self._model[number] = spans
                doubts[number] = doubt
            if not self.setup.keep_order:
                self._most_doubtful_first(doubts)

    def _most_doubtful_first(self, doubts: Mapping[int, float]) -> None:
        self._waiting = dict.fromkeys(sorted(self._waiting, key=lambda number: -doubts.get(number, 0.0)))

    # within

    def _key(self, number: int) -> Key:
        return key_of(self.examples[number].document)

    def _document(self, number: int, spans: Sequence[Any]) -> Document:
        """The example's document with spans that the page sent."""
        if not 0 <= number < len(self.examples):
            raise CrfnerError(f"there is no example {number!r}; load the page again")
        document = self.examples[number].document
        if not all(isinstance(span, Mapping) for span in spans):
            raise CrfnerError('spans should be objects such as {"start": 0, "end": 5, "label": "ORG"}')
        entities = (Entity(span.get("start"), span.get("end"), span.get("label")) for span in spans)
        try:
            return document.with_spans(checked_spans(document.text, entities, _PAGE))
        except InputError as error:
            raise CrfnerError(error.message) from None

    def _rule_spans(self, document: Document) -> Sequence[Span]:
        if self.setup.rules is None:
            return ()
        (found,) = self.setup.rules.recognize([document])
        return found.spans

    def _learn(self, document: Document) -> None:
        """What was accepted is proposed from now on."""
        self._seen.add(document)
        self._by_text[document.text] = document
        self._entities.update(span.label for span in document.spans)

    def _forget(self, document: Document) -> None:
        """What was accepted is superseded."""
        self._seen.discard(document)
        self._by_text.pop(document.text, None)
        self._entities.subtract(span.label for span in document.spans)

    def _all_labels(self, given: Sequence[str] | None) -> list[str]:
        """Those that were given first, then all that there are, sorted."""
        there = {span.label for decision in self._decisions.values() for span in decision.document.spans}
        there |= {span.label for example in self.examples for span in example.document.spans}
        there |= {s.label for example in self.examples for version in example.versions for s in version.spans}
        if given is None:
            there |= set(self.setup.known)
        return list(dict.fromkeys([*(given or ()), *sorted(there)]))


def _by_last(decisions: Iterable[Decision]) -> list[Key]:
    """The examples in the order of the last decision on each."""
    last: dict[Key, None] = {}
    for decision in decisions:
        last.pop(decision.key, None)
        last[decision.key] = None
    return list(last)
