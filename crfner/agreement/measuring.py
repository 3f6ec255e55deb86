"""The agreement of two annotators, counted in a stream of pairs.

Public names: `agreement`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from crfner.agreement.conflicts import KINDS, conflicts
from crfner.agreement.kappa import NONE, Labels, kappa, one_label
from crfner.agreement.pairing import Pair, common_tokens
from crfner.agreement.values import Agreement, Interval, SpanAgreement
from crfner.document import Chunk, Document, Offsets
from crfner.evaluation.errors import pair_errors
from crfner.evaluation.interval import bootstrap_interval
from crfner.evaluation.pairs import entities
from crfner.evaluation.units import Outcome, by_sentence, entity_outcomes, total
from crfner.tokenize import tokenized


def agreement(
    pairs: Iterable[Pair], names: tuple[str, str] = ("A", "B"), *, samples: int = 1000, seed: int = 0
) -> Agreement:
    """How far two annotators agree on pairs of documents, such as `pair` makes.

    samples, seed  of the bootstrap intervals, which draw documents, or the sentences of a single document; those with
                   no span of the label are left out, as what neither marks has no F1

    Spans are compared by characters, and agree when borders and label are the same; one given twice counts once.
    Kappa compares the labels of `common_tokens`, without regard to where an entity begins: two entities side by side
    look like one to it. Of spans that overlap, the one that begins first gives a token its label.

    Raises ValueError when the two texts of a pair differ.
    """
    tally = _Tally()
    for first, second in pairs:
        tally.add(first, second)
    return tally.agreement(names, samples, seed)


class _Tally:
    """Running counts over pairs.

    words      how many tokens have each pair of labels
    units      of all labels (NONE) and of each: how many documents with such a span have which outcome
    confusion  pairs of labels of spans with the same borders
    kinds      conflicts by kind
    """

    def __init__(self) -> None:
        self.documents = self.differing = 0
        self.words: Counter[Labels] = Counter()
        self.units: dict[str, Counter[Outcome]] = defaultdict(Counter)
        self.confusion: Counter[Labels] = Counter()
        self.kinds: Counter[str] = Counter()
        self.only: tuple[Document, list[tuple[Chunk, Outcome]]] | None = None

    def add(self, first: Document, second: Document) -> None:
        """Count one pair."""
        disputed = conflicts(first, second)
        self.documents += 1
        self.differing += bool(disputed)
        self.kinds.update(conflict.kind for conflict in disputed)
        self._add_words(first, second)
        ours, theirs = entities(first), entities(second)
        self.confusion.update((label, label) for _, _, label in ours & theirs)
        for kind, one, other in pair_errors(ours - theirs, theirs - ours):
            if kind == "type" and one and other:
                self.confusion[one[2], other[2]] += 1
        outcomes = entity_outcomes(ours, theirs)
        self.only = (first, outcomes) if self.documents == 1 else None
        for label, outcome in _by_label(outcomes).items():
            self.units[label][outcome] += 1

    def _add_words(self, first: Document, second: Document) -> None:
        tokens = common_tokens(first, second)
        ours, theirs = _labels(first, tokens), _labels(second, tokens)
        marked = ours.keys() | theirs.keys()
        self.words.update((ours.get(token, NONE), theirs.get(token, NONE)) for token in marked)
        self.words[NONE, NONE] += len(tokens) - len(marked)

    def agreement(self, names: tuple[str, str], samples: int, seed: int) -> Agreement:
        units = _sentence_units(*self.only) if self.only else self.units
        marked = Counter({labels: count for labels, count in self.words.items() if labels != (NONE, NONE)})

        def spans(label: str) -> SpanAgreement:
            both, only_second, only_first = _summed(self.units[label])
            words = self.words if label == NONE else one_label(self.words, label)
            return SpanAgreement(both, only_first, only_second, _interval(units[label], samples, seed), kappa(words))

        return Agreement(
            names=names,
            documents=self.documents,
            differing=self.differing,
            tokens=self.words.total(),
            marked=marked.total(),
            spans=spans(NONE),
            marked_kappa=kappa(marked),
            labels={label: spans(label) for label in sorted(self.units) if label != NONE},
            confusion=dict(sorted(self.confusion.items())),
            kinds={kind: self.kinds[kind] for kind in KINDS},
        )


def _labels(document: Document, tokens: Sequence[Offsets]) -> dict[int, str]:
    """The label of each token that the document marks, by the token's number."""
    found: dict[int, str] = {}
    for first, last, label in replace(document, tokens=tuple(tokens), sentences=()).chunks():
        for token in range(first, last):
            found.setdefault(token, label)
    return found


def _by_label(outcomes: Iterable[tuple[Chunk, Outcome]]) -> dict[str, Outcome]:
    """The outcome of all spans (NONE), and of those of each label; empty without spans."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for (_, _, label), outcome in outcomes:
        groups[NONE].append(outcome)
        groups[label].append(outcome)
    return {label: total(group) for label, group in groups.items()}


def _sentence_units(document: Document, outcomes: Sequence[tuple[Chunk, Outcome]]) -> Mapping[str, Counter[Outcome]]:
    """As `_Tally.units`, by the sentences of a document."""
    document = document if document.tokens and document.sentences else tokenized(document)
    units: dict[str, Counter[Outcome]] = defaultdict(Counter)
    for label in _by_label(outcomes):
        of_label = [each for each in outcomes if label in (NONE, each[0][2])]
        units[label].update(outcome for outcome in by_sentence(document, of_label) if any(outcome))
    return units


def _summed(units: Counter[Outcome]) -> Outcome:
    return total((tp * times, fp * times, fn * times) for (tp, fp, fn), times in units.items())


def _interval(units: Counter[Outcome], samples: int, seed: int) -> Interval | None:
    """Of at least two units; None for fewer, as nothing varies."""
    return bootstrap_interval(units, samples, seed) if units.total() > 1 else None
