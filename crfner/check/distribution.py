"""How often each label is there: too seldom to be learnt, perhaps a slip of the pen, or otherwise than in another set.

Public names: `rare_labels`, `drift`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from crfner.check.values import Finding, place_of
from crfner.document import Document, Span

_FEW = 10  # entities below which a label is rare
_TIMES = 20  # how much more often a label is there than one that is taken for a slip of it
_SLIP, _CASE = 0.7, 0.95  # the scores of a letter more, less or other, and of other case or punctuation
_SAMPLES = 999
_LEVEL = 0.01  # of significance
_TIE = 1e-9  # statistics as near as this are the same but for rounding
_SHOWN = 3  # labels that a message shows


def rare_labels(documents: Sequence[Document]) -> Iterator[Finding]:
    """Findings of the kind "rare": labels with fewer than ten entities, about the data as a whole.

    Where a frequent label differs by case, punctuation or one letter, each entity is likely a mistake for that.
    """
    counts = Counter(span.label for document in documents for span in document.spans)
    meant: dict[str, tuple[float, str]] = {}
    for label, count in counts.items():
        slips = [(_alike(label, other), other) for other in counts if counts[other] >= _TIMES * count]
        score, other = max(slips, default=(0.0, ""))
        if score:
            meant[label] = score, other
        elif count < _FEW:
            message = f"{label} has {_examples(count)}; annotate more of it, or join it with another label"
            yield Finding("rare", "warning", 1 / (2 * (count + 1)), message)
    for number, document in enumerate(documents):
        for span in document.spans:
            if span.label in meant:
                score, other = meant[span.label]
                message = f"{span.label} is there {counts[span.label]} times only; is {other} ({counts[other]}) meant?"
                place = place_of(document, number, span.start, span.end, span.label)
                severity = "error" if score == _CASE else "warning"
                yield Finding("rare", severity, score, message, place, (), (Span(span.start, span.end, other),))


def _examples(count: int) -> str:
    return f"{count} example{'s' * (count > 1)}"


def _alike(label: str, other: str) -> float:
    """How likely the one is a slip of the other."""
    one, two = ("".join(filter(str.isalnum, each)).casefold() for each in (label, other))
    if one == two:
        return _CASE
    if min(len(one), len(two)) < 3 or not (one + two).isalpha():
        return 0.0
    if len(one) == len(two):
        return _SLIP * (sum(a != b for a, b in zip(one, two, strict=True)) == 1)
    short, long = sorted((one, two), key=len)
    return _SLIP * any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def drift(documents: Sequence[Document], against: Sequence[Document]) -> Iterator[Finding]:
    """Findings of the kind "drift", about the data as a whole: labels of one set only, and shares that differ.

    Tested is Pearson's chi-squared of the entities by label, and of entities among all words. As those of a document
    are alike, its distribution is that of documents dealt to the two sets at random (a permutation test, Dwass 1957).
    The score is how far apart the two are: the total variation distance.
    """
    labels = sorted({span.label for document in (*documents, *against) for span in document.spans})
    ours, others = _counts(documents, labels), _counts(against, labels)
    for number, label in enumerate(labels):
        here, there = int(ours[:, number].sum()), int(others[:, number].sum())
        if not (here and there):
            sets = ("this", "the other") if here else ("the other", "this")
            message = f"{label} has {_examples(here + there)} in {sets[0]} set and none in {sets[1]}"
            yield Finding("drift", "warning", 1 - 1 / (1 + here + there), message)
    names = [*labels, "entities", "other words"]
    for what, columns in (("labels are", slice(len(labels))), ("entities are", slice(len(labels), None))):
        one, two = ours[:, columns], others[:, columns]
        if not (one.sum() and two.sum()):
            continue
        statistic, chance = _test(one, two)
        if chance > _LEVEL:
            continue
        shares = one.sum(axis=0) / one.sum(), two.sum(axis=0) / two.sum()
        apart = abs(shares[0] - shares[1])
        widest = sorted(range(len(apart)), key=lambda column: -apart[column])[:_SHOWN]
        shown = ", ".join(
            f"{names[columns][column]} {shares[0][column]:.1%} and {shares[1][column]:.1%}" for column in widest
        )
        message = f"{what} spread differently in the two sets (chi-squared {statistic:.1f}, p = {chance:.3f}): {shown}"
        yield Finding("drift", "warning", float(apart.sum() / 2), message)


def _counts(documents: Sequence[Document], labels: Sequence[str]) -> NDArray[np.int64]:
    """By document the entities of each label, all entities, and the words but one for each: (documents, labels + 2)."""
    columns = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((len(documents), len(labels) + 2), dtype=np.int64)
    for row, document in zip(counts, documents, strict=True):
        for span in document.spans:
            row[columns[span.label]] += 1
        row[-2:] = len(document.spans), max(0, len(document.tokens) - len(document.spans))
    return counts


def _test(one: NDArray[np.int64], two: NDArray[np.int64]) -> tuple[float, float]:
    """Chi-squared of the two sets' sums, and how often documents dealt at random are as far apart; never 0."""
    every = np.concatenate([one, two])
    total = every.sum(axis=0)
    drawn = min(len(one), len(two))
    observed = _chi_squared(one.sum(axis=0), total)
    generator = np.random.default_rng(0)
    extreme = 0
    for _ in range(_SAMPLES):
        sums = every[generator.permutation(len(every))[:drawn]].sum(axis=0)
        extreme += _chi_squared(sums, total) >= observed - _TIE
    return observed, (extreme + 1) / (_SAMPLES + 1)


def _chi_squared(sums: NDArray[np.int64], total: NDArray[np.int64]) -> float:
    """Of the table with these sums in one row, and in the other what is left of the total; 0 where a row is empty."""
    statistic = 0.0
    for row in (sums, total - sums):
        expected = total * (row.sum() / total.sum())
        statistic += float(((row - expected) ** 2 / np.maximum(expected, _TIE)).sum())
    return statistic
