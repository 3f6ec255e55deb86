"""Cohen's kappa (1960): how far two annotators agree beyond what their habits alone would make them.

Public names: `kappa`, `one_label`, `Labels`, `NONE`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

Labels = tuple[str, str]
"""What the first and the second annotator call a token."""

NONE = ""
"""What stands for a token that the annotator does not mark; no label is blank."""


def kappa(counts: Mapping[Labels, int]) -> float | None:
    """(observed - expected) / (1 - expected) agreement; None where it is undefined.

    counts  how often each pair of labels is given

    It is undefined without tokens, and where both annotators give every token the same label: then agreement by chance
    is certain. Counts are whole numbers, so the same proportions give the same kappa to the last digit.

    >>> kappa({("A", "A"): 20, ("A", "B"): 5, ("B", "A"): 10, ("B", "B"): 15})
    0.4
    """
    total = sum(counts.values())
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for (ours, theirs), count in counts.items():
        first[ours] += count
        second[theirs] += count
    expected = sum(first[label] * second[label] for label in first)  # times total squared
    observed = total * sum(count for (ours, theirs), count in counts.items() if ours == theirs)
    return (observed - expected) / (total * total - expected) if expected < total * total else None


def one_label(counts: Mapping[Labels, int], label: str) -> Counter[Labels]:
    """The counts where every other label, and none, is NONE."""
    found: Counter[Labels] = Counter()
    for (ours, theirs), count in counts.items():
        found[ours if ours == label else NONE, theirs if theirs == label else NONE] += count
    return found
