"""What each rule does on labelled text: how often it hits, how often it is right, and what nothing else would find.

Hits are counted before overlaps are resolved, so that a rule is judged by itself; what it loses to other rules when
they are resolved is counted apart.

Public names: `try_rules`, `RuleReport`, `RuleResult`, `to_dict`, `to_table`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from crfner.columns import aligned
from crfner.document import Document, Span
from crfner.evaluation.table import score_dict
from crfner.evaluation.values import Score, summed
from crfner.rules.checking.estimates import wilson
from crfner.rules.recognizer import RuleRecognizer
from crfner.rules.values import RuleSet


@dataclass(frozen=True, slots=True)
class RuleResult:
    """Counts of one rule.

    name, label   of the rule
    hits          stretches of text that it labels; each is exactly one of the four that follow
    correct       a gold entity of the same borders and label
    wrong_label   the borders are those of a gold entity of another label
    wrong_border  overlaps a gold entity without having its borders
    spurious      overlaps no gold entity
    unique        correct hits that no other rule makes
    entities      gold entities of its label
    conflicts     names of other rules, and how many hits are lost to them: of other borders or label, and stronger
    """

    name: str
    label: str
    hits: int
    correct: int
    wrong_label: int
    wrong_border: int
    spurious: int
    unique: int
    entities: int
    conflicts: Mapping[str, int]

    @property
    def precision(self) -> float:
        """The part of the hits that is correct; 0 where there is none."""
        return self.correct / self.hits if self.hits else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the precision (Wilson 1927), which holds for few hits too."""
        return wilson(self.correct, self.hits)

    @property
    def coverage(self) -> float:
        """The part of the label's gold entities that the rule finds."""
        return self.correct / self.entities if self.entities else 0.0

    @property
    def unique_coverage(self) -> float:
        """The part of the label's gold entities that this rule alone finds."""
        return self.unique / self.entities if self.entities else 0.0


@dataclass(frozen=True, slots=True)
class RuleReport:
    """What rules did on labelled documents.

    rules      in the order of the rule set
    micro      the rules together, overlaps resolved, exact borders and labels
    labels     the same by label, sorted; every label of the rules or the gold entities
    documents  how many were read
    """

    rules: tuple[RuleResult, ...]
    micro: Score
    labels: Mapping[str, Score]
    documents: int


def try_rules(
    rules: RuleSet, documents: Iterable[Document], *, tokenizer: str = "default", sentences: str = "rules"
) -> RuleReport:
    """Try the rules on documents with gold spans, which are read once, as a stream.

    tokenizer, sentences  as for `RuleRecognizer`
    """
    recognizer = RuleRecognizer(rules, tokenizer=tokenizer, sentences=sentences)
    tally = _Tally()
    for document in documents:
        hits = recognizer.hits(document)
        tally.add(document.spans, hits, recognizer.resolve(hits))
    return tally.report(rules)


class _Tally:
    """Running counts over documents."""

    def __init__(self) -> None:
        self.rules: dict[str, Counter[str]] = defaultdict(Counter)  # outcomes by rule
        self.conflicts: dict[str, Counter[str]] = defaultdict(Counter)
        self.labels: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])  # correct, spurious, missed
        self.documents = 0

    def add(self, gold: Sequence[Span], hits: Iterable[Span], kept: Sequence[Span]) -> None:
        """Count the hits of one document; `kept` are those that stay, in order."""
        self.documents += 1
        truth = _Lookup(gold)
        chosen = _Lookup(kept)
        finders: dict[Span, list[str]] = defaultdict(list)
        for source, hit in dict.fromkeys((hit.source or "", hit) for hit in hits):
            outcome = truth.outcome(hit)
            self.rules[source]["hits"] += 1
            self.rules[source][outcome] += 1
            if outcome == "correct":
                finders[hit].append(source)
            winner = chosen.rival(hit)
            if winner is not None and winner.source != source:
                self.conflicts[source][winner.source or ""] += 1
        for names in finders.values():
            if len(names) == 1:
                self.rules[names[0]]["unique"] += 1
        entities, found = set(gold), set(kept)
        for column, spans in enumerate((entities & found, found - entities, entities - found)):
            for span in spans:
                self.labels[span.label][column] += 1

    def report(self, rules: RuleSet) -> RuleReport:
        scores = {label: Score(*self.labels[label]) for label in sorted(self.labels.keys() | set(rules.labels))}
        results = []
        for rule in rules:
            counts = self.rules[rule.name]
            outcomes = {
                key: counts[key] for key in ("hits", "correct", "wrong_label", "wrong_border", "spurious", "unique")
            }
            lost = dict(sorted(self.conflicts[rule.name].items(), key=lambda item: (-item[1], item[0])))
            results.append(
                RuleResult(rule.name, rule.label, **outcomes, entities=scores[rule.label].support, conflicts=lost)
            )
        return RuleReport(tuple(results), summed(scores.values()), scores, self.documents)


class _Lookup:
    """Spans of a document by where they are."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._by_border: dict[tuple[int, int], set[str]] = defaultdict(set)
        self._spans = sorted(spans)
        self._starts = [span.start for span in self._spans]
        self._longest = max((span.end - span.start for span in self._spans), default=0)
        for span in self._spans:
            self._by_border[span.start, span.end].add(span.label)

    def outcome(self, hit: Span) -> str:
        """What a hit is when these are the gold entities."""
        labels = self._by_border.get((hit.start, hit.end))
        if labels:
            return "correct" if hit.label in labels else "wrong_label"
        return "spurious" if self._overlapping(hit) is None else "wrong_border"

    def rival(self, hit: Span) -> Span | None:
        """The first span that overlaps the hit, unless the hit is among them."""
        if hit.label in self._by_border.get((hit.start, hit.end), ()):
            return None
        return self._overlapping(hit)

    def _overlapping(self, hit: Span) -> Span | None:
        first, last = bisect_left(self._starts, hit.start - self._longest), bisect_left(self._starts, hit.end)
        return next((span for span in self._spans[first:last] if hit.overlaps(span)), None)


def to_dict(report: RuleReport) -> dict[str, Any]:
    """The report as JSON takes it; shares are fractions (0 to 1) in full precision.

    Keys: documents, micro, labels, and rules, a list of the fields of `RuleResult` and the shares made of them.
    """
    return {
        "documents": report.documents,
        "micro": score_dict(report.micro),
        "labels": {label: score_dict(score) for label, score in report.labels.items()},
        "rules": [
            {
                **asdict(result),
                "precision": result.precision,
                "interval": list(result.interval),
                "coverage": result.coverage,
                "unique_coverage": result.unique_coverage,
            }
            for result in report.rules
        ],
    }


_HEADER = ("rule", "label", "hits", "correct", "wrong label", "wrong border", "spurious", "precision", "95% interval",
           "coverage", "unique")  # fmt: skip


def to_table(report: RuleReport) -> str:
    """The report for people: a row a rule, shares in per cent, what is lost to which rule, and all rules together."""
    lines = aligned([_HEADER, *map(_row, report.rules)], names=2)
    lines.insert(1, "-" * len(lines[0]))
    lost = [(result.name, rival, count) for result in report.rules for rival, count in result.conflicts.items()]
    if lost:
        lines += ["", "hits that lose to another rule where they overlap"]
        lines += [f"{count:6}  {name} -> {rival}" for name, rival, count in sorted(lost, key=lambda item: -item[2])]
    lines += ["", f"all rules together, overlaps resolved, on {report.documents} documents"]
    scores = [*report.labels.items(), ("all", report.micro)]
    width = max(len(label) for label, _ in scores)
    for label, score in scores:
        shares = (("precision", score.precision), ("recall", score.recall), ("F1", score.f1))
        shown = "  ".join(f"{name} {_percent(share):>6}" for name, share in shares)
        lines.append(f"{label:<{width}}  {shown}  {score.correct} of {score.support} entities")
    return "\n".join(lines)


def _row(result: RuleResult) -> tuple[str, ...]:
    low, high = result.interval
    counts = (result.hits, result.correct, result.wrong_label, result.wrong_border, result.spurious)
    shares = ("-", "-") if not result.hits else (_percent(result.precision), f"{_percent(low)} to {_percent(high)}")
    coverage = (_percent(result.coverage), _percent(result.unique_coverage)) if result.entities else ("-", "-")
    return (result.name, result.label, *map(str, counts), *shares, *coverage)


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f}"
