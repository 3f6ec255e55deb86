"""How far rules can be trusted, counted on labelled documents that they were not learnt from.

Public names: `Tally`, `estimated`, `rescored`, `wilson`, `TRIED`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from crfner.document import Document, Span
from crfner.rules.recognizer import RuleRecognizer
from crfner.rules.values import Rule, RuleSet

_Z = 1.959963984540054  # of 95%
TRIED = 2
"""Hits that an estimate needs."""


@dataclass
class Tally:
    """What rules did on documents that they had not seen.

    gold   entities by label
    hits   of each rule, by name
    found  for each rule the numbers of the entities that it found
    wrong  for each rule its other hits, as number of the document and span
    """

    gold: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    found: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    wrong: dict[str, set[tuple[int, Span]]] = field(default_factory=lambda: defaultdict(set))
    _documents: int = 0

    def add(self, gold: Sequence[Span], hits: Iterable[Span]) -> None:
        """Count the hits in one document."""
        numbers = {span: self.gold.total() + number for number, span in enumerate(gold)}
        self.gold.update(span.label for span in gold)
        self._documents += 1
        for source, span in {(hit.source or "", hit) for hit in hits}:
            self.hits[source] += 1
            if span in numbers:
                self.found[source].add(numbers[span])
            else:
                self.wrong[source].add((self._documents, span))

    def chosen(self, rules: RuleSet) -> RuleSet:
        """The rules that were tried, with their estimates, as far down the list as the F1 of all together rises."""
        tried = [self.estimated(rule) for rule in rules if self.hits[rule.name] >= TRIED]
        tried.sort(key=lambda rule: -(rule.precision or 0.0))
        found: set[int] = set()
        wrong: set[tuple[int, Span]] = set()
        best, taken = 0.0, 0
        for number, rule in enumerate(tried, 1):
            found |= self.found[rule.name]
            wrong |= self.wrong[rule.name]
            f1 = 2 * len(found) / (len(found) + len(wrong) + self.gold.total())
            if f1 > best:
                best, taken = f1, number
        return RuleSet(tuple(tried[:taken]))

    def estimated(self, rule: Rule) -> Rule:
        """The rule with its precision, (right + 1) / (hits + 2), and its coverage."""
        right, hits = len(self.found[rule.name]), self.hits[rule.name]
        precision, coverage = (right + 1) / (hits + 2), right / max(self.gold[rule.label], 1)
        return replace(rule, precision=round(precision, 4), coverage=round(coverage, 4))


def estimated(recognizer: RuleRecognizer, documents: Iterable[Document]) -> tuple[RuleSet, list[list[Span]]]:
    """The recogniser's rules, those of unknown precision with the one that they have on the documents, and all hits."""
    tally = Tally()
    hits = []
    for document in documents:
        hits.append(recognizer.hits(document.with_spans(())))
        tally.add(document.spans, hits[-1])
    known = (rule if rule.precision is not None else tally.estimated(rule) for rule in recognizer.rules)
    rules = RuleSet(tuple(known))
    return rules, rescored(hits, rules)


def rescored(hits: Iterable[Iterable[Span]], rules: RuleSet) -> list[list[Span]]:
    """The hits in each document that are of rules in the set, scored with the precision that their rules have there."""
    precisions = {rule.name: rule.precision for rule in rules}
    return [[replace(hit, score=precisions[hit.source]) for hit in found if hit.source in precisions] for found in hits]


def wilson(correct: int, total: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson 1927); (0, 1) where nothing was seen.

    >>> tuple(round(bound, 3) for bound in wilson(9, 10))
    (0.596, 0.982)
    """
    if not total:
        return 0.0, 1.0
    share = correct / total
    centre = share + _Z**2 / (2 * total)
    spread = _Z * math.sqrt(share * (1 - share) / total + (_Z / (2 * total)) ** 2)
    scale = 1 + _Z**2 / total
    low, high = (centre - spread) / scale, (centre + spread) / scale
    return low if correct else 0.0, high if correct < total else 1.0  # exact where rounding would miss by a hair
