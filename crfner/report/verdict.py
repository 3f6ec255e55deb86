"""What a comparison comes to, in one or two sentences, and which systems it can tell apart.

Public names: `verdict`, `best_system`, `rival`, `significantly_unlike`, `ALPHA`.
"""

from __future__ import annotations

from crfner.compare.values import Comparison, Pair
from crfner.errors import SettingError
from crfner.report.values import interval, p_value, percent, signed

ALPHA = 0.05
"""A corrected p below this is called significant."""


def best_system(comparison: Comparison) -> str | None:
    """The name of the system with the highest F1, the first of several; None when there is no system."""
    if not comparison.systems:
        return None
    return max(comparison.systems, key=lambda system: system.evaluation.micro.f1).name


def rival(comparison: Comparison, baseline: str | None = None) -> str | None:
    """The system that the others are marked against: the named one, else the best.

    Raises SettingError when no system has that name.
    """
    names = [system.name for system in comparison.systems]
    if baseline is not None and baseline not in names:
        raise SettingError(f"the baseline {baseline!r} is not among the systems: {', '.join(names)}; name one of them")
    return baseline or best_system(comparison)


def significantly_unlike(comparison: Comparison, name: str) -> frozenset[str]:
    """The systems whose F1 differs from that of the named one, by the corrected p."""
    return frozenset(other for other, pair in _against(comparison, name).items() if pair.p_holm < ALPHA)


def _against(comparison: Comparison, name: str) -> dict[str, Pair]:
    """The pairs of the named system, by the other one."""
    return {
        pair.second if pair.first == name else pair.first: pair
        for pair in comparison.pairs
        if name in (pair.first, pair.second)
    }


def verdict(comparison: Comparison) -> str:
    """Which system is best, and whether that is more than chance; empty when there is no system."""
    best = best_system(comparison)
    if best is None:
        return ""
    f1 = {system.name: system.evaluation.micro.f1 for system in comparison.systems}
    bounds = next(system.evaluation.interval for system in comparison.systems if system.name == best)
    height = f"{percent(f1[best])} (95% interval {interval(bounds)})"
    if len(f1) == 1:
        return f"{best} has an F1 of {height}."
    sentence = f"{best} has the highest F1: {height}."
    second = max((name for name in f1 if name != best), key=lambda name: f1[name])
    pair = _against(comparison, best).get(second)
    if f1[second] == f1[best]:
        sentence = f"{best} and {second} have the highest F1: {percent(f1[best])}."
    elif pair is not None:
        found = "significant" if pair.p_holm < ALPHA else "not significant"
        lead = signed(f1[best] - f1[second])
        sentence += f" Its lead over {second}, {lead} points, is {found} (Holm p {p_value(pair.p_holm)})."
    unlike = significantly_unlike(comparison, best)
    if unlike:
        sentence += f" Significantly lower: {', '.join(name for name in f1 if name in unlike)}."
    return sentence
