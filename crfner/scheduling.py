"""Of spans that compete for the same characters, those that are worth most together (weighted interval scheduling).

Expected F1 is greatest when spans with more than about half of F1 are taken (Lewis 1995; Lipton, Elkan and
Narayanaswamy 2014), so the probability from which a span is worth anything is chosen with it, on text that was not
learnt from.

Public names: `most_worth`, `f1_by_threshold`, `LEAST`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence

from crfner.document import Span

_THRESHOLDS = (0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1)
LEAST = min(_THRESHOLDS)
"""The lowest threshold that is tried."""


def f1_by_threshold(scored: Sequence[tuple[Sequence[Span], Collection[Span]]]) -> dict[float, float]:
    """F1, 0 to 1, of what `most_worth` takes at each threshold that is tried, the highest first.

    scored  for each document the spans that compete, and the right ones
    """
    gold = sum(len(right) for _, right in scored)

    def f1(threshold: float) -> float:
        taken = [(most_worth(spans, threshold), right) for spans, right in scored]
        correct = sum(span in right for spans, right in taken for span in spans)
        return 2 * correct / max(sum(len(spans) for spans, _ in taken) + gold, 1)

    return {threshold: f1(threshold) for threshold in _THRESHOLDS}


def most_worth(spans: Sequence[Span], threshold: float) -> list[Span]:
    """The spans apart from each other whose scores above the threshold add up to most, in order.

    A span without a score, or with one below the threshold, is not taken. The best choice among the spans that end
    first is found before that among more of them (dynamic programming; Kleinberg and Tardos 2005, section 6.1).

    >>> most_worth([Span(0, 4, "A", 0.7), Span(3, 8, "B", 0.9), Span(7, 9, "C", 0.8)], 0.5)
    [Span(start=0, end=4, label='A', score=0.7, source=None), Span(start=7, end=9, label='C', score=0.8, source=None)]
    """
    worthy = sorted((s for s in spans if (s.score or 0.0) >= threshold), key=lambda span: (span.end, span))
    ends = [span.end for span in worthy]
    worth = [0.0]  # of the best choice among the first spans
    for number, span in enumerate(worthy):
        before = bisect_right(ends, span.start, 0, number)
        # a little for being there at all, so that a span exactly at the threshold is taken
        worth.append(max(worth[-1], worth[before] + (span.score or 0.0) - threshold + 1e-9))
    chosen: list[Span] = []
    number = len(worthy)
    while number:
        if worth[number] > worth[number - 1]:
            chosen.append(worthy[number - 1])
            number = bisect_right(ends, worthy[number - 1].start, 0, number - 1)
        else:
            number -= 1
    return chosen[::-1]
