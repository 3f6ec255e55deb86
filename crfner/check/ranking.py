"""One list of all that was found, the likeliest mistakes first.

Several kinds may point at the same stretch of text. They become one finding there, so that no one is sent to a place
twice: the likeliest speaks first, and its score is that at least one of them is right, as if they were independent
(a noisy or).

Public names: `ranked`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from crfner.check.values import SEVERITIES, Finding

Key = tuple[bool, int]
"""Whether a document is of the data that is compared with, and its number."""


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """The findings by falling score; those about entities of the same stretch are joined, but for the safe ones.

    Equal scores: the graver first, then by place.
    """
    heads: list[list[Finding]] = []
    taken: dict[Key, list[tuple[int, int, int]]] = defaultdict(list)  # disjoint (start, end, number of its head)
    for finding in sorted(findings, key=_order):
        place = finding.place
        if place is None or finding.safe or (place.label is None and finding.suggestion is None):
            heads.append([finding])
            continue
        there = taken[place.other, place.document]
        first = bisect_right(there, place.start, key=lambda entry: entry[1])
        last = bisect_left(there, place.end, key=lambda entry: entry[0])
        if first < last:
            heads[there[first][2]].append(finding)
        else:
            insort(there, (place.start, place.end, len(heads)))
            heads.append([finding])
    return sorted(map(_joined, heads), key=_order)


def _order(finding: Finding) -> tuple[float, int, tuple[bool, int, int, int], str]:
    place = finding.place
    where = (place.other, place.document, place.start, place.end) if place else (False, -1, 0, 0)
    return -finding.score, -SEVERITIES.index(finding.severity), where, finding.kind


def _joined(findings: list[Finding]) -> Finding:
    """The first of the findings, with what the others add; one of each kind counts."""
    by_kind: dict[str, Finding] = {}
    for finding in findings:
        by_kind.setdefault(finding.kind, finding)
    if len(by_kind) == 1:
        return findings[0]
    wrong = 1.0
    for finding in by_kind.values():
        wrong *= 1 - finding.score
    return replace(
        findings[0],
        severity=max((finding.severity for finding in by_kind.values()), key=SEVERITIES.index),
        score=1 - wrong,
        message="; moreover, ".join(finding.message for finding in by_kind.values()),
        evidence=tuple(dict.fromkeys(place for finding in by_kind.values() for place in finding.evidence)),
    )
