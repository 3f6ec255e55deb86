"""What a system costs, from what was measured in each fold.

Public names: `joined_costs`.
"""

from __future__ import annotations

from collections.abc import Sequence

from crfner.compare.running import Outcome
from crfner.compare.values import Costs


def joined_costs(outcomes: Sequence[Outcome]) -> Costs:
    """The costs over all folds: the mean training time and model size, the rate over all, the greatest memory."""
    seconds = sum(outcome.tagging_seconds for outcome in outcomes)
    tokens = sum(outcome.tagged_tokens for outcome in outcomes)
    peaks = [outcome.peak_memory for outcome in outcomes if outcome.peak_memory is not None]
    sizes = [outcome.model_size for outcome in outcomes if outcome.model_size is not None]
    return Costs(
        training_seconds=sum(outcome.training_seconds for outcome in outcomes) / len(outcomes),
        tokens_per_second=tokens / seconds if seconds else None,
        peak_memory=max(peaks, default=None),
        model_size=round(sum(sizes) / len(sizes)) if sizes else None,
    )
