"""Active learning: which texts to label next, so that a model learns most from a person's time (Settles 2009).

A recogniser that has learnt a little reads text without labels; what it is least sure of is suggested first, but not
the same doubt over and over.

    uncertainties   one number a document, the higher the sooner to be labelled
    suggest         the n texts to label next, sentences or documents, with what the recogniser finds in them

Public names: `suggest`, `uncertainties`, `Suggestion`, `STRATEGIES`, `UNITS`, `AUTO`, `DIVERSITY`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace
from itertools import islice

from crfner.document import Document
from crfner.ensemble import EnsembleRecognizer
from crfner.errors import SettingError
from crfner.hybrid import HybridRecognizer
from crfner.recognizer import Recognizer
from crfner.rules import RuleRecognizer
from crfner.suggest.candidates import UNITS, key_of
from crfner.suggest.choosing import best_of, spread
from crfner.suggest.reading import reader_for
from crfner.suggest.strategies import STRATEGIES, strategy_named
from crfner.suggest.values import Candidate, Suggestion
from crfner.suggest.working import Task, worked_out

__all__ = ["AUTO", "DIVERSITY", "STRATEGIES", "UNITS", "Suggestion", "key_of", "suggest", "uncertainties"]

AUTO = "auto"
"""The strategy that suits the recogniser: `votes` for an ensemble, `disagreement` for rules alone, else `sequence`."""

DIVERSITY = 0.8
"""How much a word counts less once a text was taken that owed its score to it alone."""

_POOL = 20  # candidates that are held for each that is wanted
_LEAST = 1000  # candidates that are held however few are wanted
_SHOWN = 3  # words that a suggestion names


def suggest(
    recognizer: Recognizer,
    documents: Iterable[Document],
    n: int,
    *,
    strategy: str = AUTO,
    unit: str = "sentence",
    diversity: float = DIVERSITY,
    rules: Recognizer | None = None,
    known: Container[bytes] = (),
    min_tokens: int = 1,
    max_tokens: int | None = None,
    seed: int = 0,
) -> list[Suggestion]:
    """The n texts to label next, or all where there are fewer, the first first.

    documents   read once, as a stream; spans that they have are not looked at. Memory grows with n, not with them
    strategy    a name in `STRATEGIES`, or "auto" for what suits the recogniser
    unit        "sentence": a sentence becomes a document of its own, whose id and `meta["from"]` say where it is from;
                or "document"
    diversity   how much a word counts less once a text was taken that owed its score to it alone: 0 for not at all, 1
                for nothing any more
    rules       rules whose spans are compared with the recogniser's, for "disagreement"; a hybrid has its own
    known       keys (see `crfner.suggest.candidates.key_of`) of texts that are labelled already
    min_tokens, max_tokens  the lengths that are suggested
    seed        decides between texts with the same score

    No two suggestions differ in case, digits or white space only. Raises SettingError for a parameter without sense and
    for a strategy that the recogniser cannot serve, NotFittedError when it has learnt nothing.
    """
    _check(n, unit, diversity, min_tokens, max_tokens)
    name = _named(strategy, recognizer, rules)
    task = Task(recognizer, rules, name, unit, min_tokens, max_tokens, seed)
    pool = best_of(worked_out(task, documents), max(_POOL * n, _LEAST), known)
    return [_suggestion(candidate, name, rank) for rank, candidate in enumerate(islice(spread(pool, diversity), n), 1)]


def uncertainties(
    recognizer: Recognizer, documents: Iterable[Document], strategy: str = AUTO, *, rules: Recognizer | None = None
) -> list[float]:
    """One number a document, 0 or more, in order: the higher, the sooner it should be labelled.

    It is 0 for a document without a token. Raises what `suggest` raises.
    """
    name = _named(strategy, recognizer, rules)
    measure = STRATEGIES[name].measure
    return [
        measure(read.of((0, len(read.document.sentences)))) if read.document.sentences else 0.0
        for read in reader_for(recognizer, rules)(documents)
    ]


def _named(strategy: str, recognizer: Recognizer, rules: Recognizer | None) -> str:
    """The strategy's name, once it is sure that the recogniser can serve it."""
    if strategy == AUTO:
        if isinstance(recognizer, RuleRecognizer):
            return "disagreement"
        return "votes" if isinstance(recognizer, EnsembleRecognizer) else "sequence"
    needs = strategy_named(strategy).needs
    if needs == "rules" and rules is None and not isinstance(recognizer, HybridRecognizer):
        raise SettingError(f"the strategy {strategy!r} compares a model with rules; give rules, or a hybrid model")
    if needs == "members" and not isinstance(recognizer, EnsembleRecognizer):
        raise SettingError(f"the strategy {strategy!r} is for ensembles; give one, or take another strategy")
    if isinstance(recognizer, RuleRecognizer) and strategy not in ("disagreement", "random"):
        raise SettingError(
            f"rules alone are never unsure, so the strategy {strategy!r} says nothing of them; give a model with a "
            "CRF, or take 'disagreement' with other rules"
        )
    return strategy


def _check(n: int, unit: str, diversity: float, min_tokens: int, max_tokens: int | None) -> None:
    if n < 1:
        raise SettingError(f"n, how many texts are suggested, must be 1 or more, not {n!r}")
    if unit not in UNITS:
        raise SettingError(f"unknown unit {unit!r}; known are {', '.join(UNITS)}")
    if not 0 <= diversity <= 1:
        raise SettingError(f"diversity must be from 0 to 1, not {diversity!r}")
    if min_tokens < 1 or (max_tokens is not None and max_tokens < min_tokens):
        raise SettingError(f"no text has {min_tokens} tokens or more and {max_tokens} or fewer; mend the bounds")


def _suggestion(candidate: Candidate, name: str, rank: int) -> Suggestion:
    words = sorted(candidate.shares, key=lambda word: (-candidate.shares[word], word))[:_SHOWN]
    why = STRATEGIES[name].why + (f": {', '.join(words)}" if words else "")
    score = round(candidate.score, 6)
    about = {"strategy": name, "score": score, "rank": rank, "why": why}
    document = replace(candidate.document, meta={**candidate.document.meta, "suggest": about})
    return Suggestion(document, name, score, rank, why)
