"""Errors in groups: each entity that is not correct is paired with what was found in its place, if anything.

Public names: `pair_errors`, `ErrorTally`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator

from crfner.document import Chunk
from crfner.evaluation.values import ERROR_GROUPS, EXAMPLES, ErrorGroup, Mistake


def pair_errors(
    gold: Collection[Chunk], predicted: Collection[Chunk]
) -> Iterator[tuple[str, Chunk | None, Chunk | None]]:
    """The group, gold and predicted entity of each error; every entity is in exactly one of them.

    Takes the entities of one text that are not correct, as (start, end, label). How they are paired: see `Evaluation`.
    """
    right = sorted(predicted)
    starts = [start for start, _, _ in right]
    longest = max((end - start for start, end, _ in right), default=0)
    pairs = []
    for truth in gold:
        start, end, label = truth
        for guess in right[bisect_left(starts, start - longest) : bisect_left(starts, end)]:
            shared = min(end, guess[1]) - max(start, guess[0])
            if shared > 0:
                covered = max(end, guess[1]) - min(start, guess[0])
                pairs.append((-shared / covered, label != guess[2], truth, guess))
    lost, wrong = set(gold), set(predicted)
    for overlap, other_label, truth, guess in sorted(pairs):
        if truth in lost and guess in wrong:
            lost.remove(truth)
            wrong.remove(guess)
            other_borders = overlap > -1
            yield "both" if other_label and other_borders else "type" if other_label else "boundary", truth, guess
    for truth in sorted(lost):
        yield "missed", truth, None
    for guess in sorted(wrong):
        yield "spurious", None, guess


class ErrorTally:
    """Running counts of errors by group and, where there is a text, by text and labels."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._mistakes: dict[str, Counter[tuple[str, str, str]]] = {group: Counter() for group in ERROR_GROUPS}

    def add(self, gold: Collection[Chunk], predicted: Collection[Chunk], text: str | None) -> None:
        """Count the errors that the incorrect entities of one text make."""
        if not gold and not predicted:
            return
        for group, truth, guess in pair_errors(gold, predicted):
            self._counts[group] += 1
            place = truth or guess
            if text is not None and place is not None:
                words = text[place[0] : place[1]]
                self._mistakes[group][words, truth[2] if truth else "", guess[2] if guess else ""] += 1

    def groups(self) -> dict[str, ErrorGroup]:
        """Each group with its most frequent mistakes; of those as frequent, the first by text and labels."""
        found = {}
        for group in ERROR_GROUPS:
            ranked = sorted(self._mistakes[group].items(), key=lambda item: (-item[1], item[0]))[:EXAMPLES]
            examples = tuple(Mistake(text, gold or None, guess or None, count) for (text, gold, guess), count in ranked)
            found[group] = ErrorGroup(self._counts[group], examples)
        return found
