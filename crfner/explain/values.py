"""What an explanation consists of, as plain frozen values.

A linear-chain CRF scores a tag by a sum of weights. So a decision is explained by a `Contrast`: what each part of the
sum gives the chosen tag and what it gives the runner-up, the tag that was most probable besides. Scores are natural
logarithms; one that is minus infinity says that the tagging scheme forbids the step.

Public names: `DocumentExplanation`, `TokenExplanation`, `Decision`, `Contrast`, `Pull`, `Step`, `Hit`, `Found`;
`ModelExplanation`, `TagWeights`, `Weighted`, `RuleSummary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crfner.lazy import shown_by

DOUBT = 0.1
"""A token is shown, even outside entities, when the probability of its runner-up is above this."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """A score of the chosen tag and of its runner-up; the runner-up's is 0 where the model has one tag only."""

    chosen: float
    runner_up: float

    @property
    def difference(self) -> float:
        """How much it speaks for the chosen tag; infinite where the runner-up is forbidden."""
        return self.chosen - self.runner_up


@dataclass(frozen=True, slots=True)
class Pull:
    """What one feature of a token says; a feature that holds twice (a word twice in the bag) counts twice."""

    feature: str
    scores: Contrast


@dataclass(frozen=True, slots=True)
class Step:
    """The weight of the transition from or to the neighbouring token, whose tag is held as it was chosen.

    neighbour  its tag; None at the border of the sentence
    """

    neighbour: str | None
    scores: Contrast


@dataclass(frozen=True, slots=True)
class Decision:
    """Why the CRF gave a token its tag.

    tag, probability          the tag of the best sequence, and P(tag)
    runner_up, runner_up_probability  the most probable other tag; None where the model has no other. It may be more
                              probable than the chosen tag, which is the best within the whole sequence
    emission                  the sums of all feature weights
    supporting, opposing      the features that pull to the chosen tag and to the runner-up, the strongest first
    others, others_difference how many more features have a say, and what they say together
    arriving, leaving         the steps from the token before and to the token after
    """

    tag: str
    probability: float
    runner_up: str | None
    runner_up_probability: float
    emission: Contrast
    supporting: tuple[Pull, ...]
    opposing: tuple[Pull, ...]
    others: int
    others_difference: float
    arriving: Step
    leaving: Step

    @property
    def margin(self) -> float:
        """By how much the sequence would score lower with the runner-up at this token and all else as it is."""
        return self.emission.difference + self.arriving.scores.difference + self.leaving.scores.difference


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found.

    kind         "dictionary", "regex" or "tokens"
    precision    the part of the rule's hits that is right, as far as it is known
    probability  what the CRF of a hybrid gives exactly this span; None without a CRF
    kept         whether the span is among the final ones, whoever decided that
    """

    start: int
    end: int
    text: str
    label: str
    rule: str
    kind: str
    precision: float | None
    probability: float | None
    kept: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An entity that was found; `by` is "crf", or the kind of the rule whose name `source` is."""

    start: int
    end: int
    text: str
    label: str
    score: float | None
    source: str | None
    by: str


@dataclass(frozen=True, slots=True)
class TokenExplanation:
    """One token: offsets, its sentence (counted from 0), what the CRF decided, and which entity and hits it is in.

    decision  None for a model without a CRF
    span      index into the document's `spans`, or None
    hits      indices into the document's `hits`
    """

    start: int
    end: int
    text: str
    sentence: int
    decision: Decision | None
    span: int | None
    hits: tuple[int, ...]

    @property
    def telling(self) -> bool:
        """Whether there is something to tell of it: an entity, a tag, a rule's hit or a close runner-up."""
        decision = self.decision
        decided = decision is not None and (decision.tag != "O" or decision.runner_up_probability > DOUBT)
        return decided or self.span is not None or bool(self.hits)


@dataclass(frozen=True, slots=True)
class DocumentExplanation:
    """A text under a model.

    kind       "crf", "rules" or "hybrid"
    policy     how a hybrid joins its parts, or None
    spans      the entities that the model gives
    crf_spans  those that the CRF of a hybrid gives by itself; empty for other kinds, and where it decides alone
    hits       all that rules found, also what was not kept
    tokens     every token
    """

    kind: str
    policy: str | None
    text: str
    spans: tuple[Found, ...]
    crf_spans: tuple[Found, ...]
    hits: tuple[Hit, ...]
    tokens: tuple[TokenExplanation, ...]

    _repr_html_ = shown_by("explanation")


@dataclass(frozen=True, slots=True)
class Weighted:
    """A feature and its weight."""

    feature: str
    weight: float


@dataclass(frozen=True, slots=True)
class TagWeights:
    """The features that speak most for a tag and most against it; `features` says how many have a say at all."""

    tag: str
    features: int
    positive: tuple[Weighted, ...]
    negative: tuple[Weighted, ...]


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """A rule: what it finds (`matches`, in words), and how right and how complete it is as far as that is known."""

    name: str
    kind: str
    label: str
    priority: int
    precision: float | None
    coverage: float | None
    matches: str


@dataclass(frozen=True, slots=True)
class ModelExplanation:
    """A model as a whole.

    kind, policy  as in `DocumentExplanation`
    settings      of the policy; empty where there is none
    labels        the labels it can give
    tags          the weights of each tag; empty without a CRF
    transitions   weights of going from one tag (row) to the next (column), both in the order of `tags`; minus infinity
                  where the scheme forbids it
    rules         in the order of the rule set; empty without rules
    """

    kind: str
    policy: str | None
    settings: Mapping[str, Any]
    labels: tuple[str, ...]
    tags: tuple[TagWeights, ...]
    transitions: tuple[tuple[float, ...], ...]
    rules: tuple[RuleSummary, ...]

    _repr_html_ = shown_by("explanation")
