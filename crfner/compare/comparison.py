"""The comparison itself: every system on the same folds, scored alike, and every two of them tested.

Public names: `compare`, `cross_validate`, `Contestant`.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import combinations
from typing import TypeVar

from tqdm import tqdm

from crfner.compare.costs import joined_costs
from crfner.compare.curve import Size, learning_curves
from crfner.compare.predictions import Predictions
from crfner.compare.running import Outcome, run
from crfner.compare.systems import System
from crfner.compare.values import Comparison, Costs, Pair, Split, SystemResult
from crfner.document import Document, Span
from crfner.errors import CrfnerError, SettingError
from crfner.evaluation import Score, evaluate
from crfner.evaluation.breakdowns import breakdowns, mention_counts
from crfner.evaluation.modes import modes
from crfner.evaluation.significance import bootstrap, holm, randomisation
from crfner.evaluation.units import unit_outcomes
from crfner.evaluation.values import summed
from crfner.splits import Fold, leaks, make_folds
from crfner.tokenize import tokenized
from crfner.version import __version__

T = TypeVar("T")

Contestant = System | Predictions
"""What can be compared: a system to be trained, or what another one found."""

_PACKAGES = ("marisa-trie", "numpy", "python-crfsuite", "regex", "spacy")


def compare(
    train: Sequence[Document],
    test: Sequence[Document],
    systems: Sequence[Contestant],
    *,
    data: Sequence[str] = (),
    seed: int = 0,
    samples: int = 10_000,
    curve: Sequence[Size] = (),
    draws: int = 5,
    progress: bool = False,
) -> Comparison:
    """Train all systems on one part and score them on the other.

    data      names of the files, for the report
    seed      of the resampling and of the curve's draws
    samples   resamples for intervals and p-values
    curve     sizes of the learning curves' samples, in sentences, None for all; empty for no curves
    draws     how often each of these samples is drawn
    progress  show progress on standard error when that is a terminal

    Raises CrfnerError when the test part holds no entity, predictions are not for its documents, or a system cannot be
    trained; SettingError when no system is given or two have one name.
    """
    fold = Fold(tuple(train), tuple(test), tuple(range(len(test))))
    return _compare([fold], "files", systems, data, seed, samples, curve, draws, progress)


def cross_validate(
    documents: Sequence[Document],
    folds: int,
    systems: Sequence[Contestant],
    *,
    data: Sequence[str] = (),
    seed: int = 0,
    samples: int = 10_000,
    curve: Sequence[Size] = (),
    draws: int = 5,
    progress: bool = False,
) -> Comparison:
    """Score all systems on every document, after training on the folds that it is not in; the rest is as for `compare`.

    Raises also what `make_folds` raises.
    """
    parts = make_folds(documents, folds, seed)
    return _compare(parts, f"{folds}-fold", systems, data, seed, samples, curve, draws, progress)


def _compare(
    folds: Sequence[Fold],
    method: str,
    systems: Sequence[Contestant],
    data: Sequence[str],
    seed: int,
    samples: int,
    curve: Sequence[Size],
    draws: int,
    progress: bool,
) -> Comparison:
    _check_names(systems)
    gold = tuple(map(tokenized, _in_order(folds, [fold.test for fold in folds])))
    if not any(document.spans for document in gold):
        raise CrfnerError("the test documents hold no entity, so there is nothing to score; give labelled text")
    given = {system.name: system.spans_for(gold) for system in systems if isinstance(system, Predictions)}
    to_train = [system for system in systems if isinstance(system, System)]
    outcomes = _run_all(to_train, folds, progress)
    results = []
    for system in systems:
        if system.name in given:
            spans, costs = given[system.name], Costs()
        else:
            spans = _in_order(folds, [outcome.spans for outcome in outcomes[system.name]])
            costs = joined_costs(outcomes[system.name])
        results.append(_result(system.name, folds, gold, spans, costs, seed, samples))
    curves = learning_curves(to_train, folds, curve, draws=draws, seed=seed, progress=progress) if curve else ()
    return Comparison(
        data=tuple(data),
        split=_split(method, folds, gold),
        seed=seed,
        warnings=(*leaks(folds), *_unlearnt(folds)),
        systems=tuple(results),
        pairs=_pairs(results, gold, seed, samples),
        curve=curves,
        gold=gold,
        versions=_versions(),
    )


def _check_names(systems: Sequence[Contestant]) -> None:
    if not systems:
        raise SettingError("there is no system to compare; name at least one")
    twice = [name for name, count in Counter(system.name for system in systems).items() if count > 1]
    if twice:
        raise SettingError(f"two systems are named {twice[0]!r}; give one of them another name")


def _run_all(systems: Sequence[System], folds: Sequence[Fold], progress: bool) -> dict[str, list[Outcome]]:
    """What each system found in each fold, one after the other, so that none takes another's time."""
    outcomes: dict[str, list[Outcome]] = {system.name: [] for system in systems}
    total = len(systems) * len(folds)
    with tqdm(total=total, desc="comparing", unit=" runs", disable=None if progress else True) as bar:
        for fold in folds:
            for system in systems:
                bar.set_postfix_str(system.name)
                outcomes[system.name].append(run(system, fold))
                bar.update()
    return outcomes


def _in_order(folds: Sequence[Fold], values: Sequence[Sequence[T]]) -> list[T]:
    """What belongs to each test document, from the order of the folds to that of the documents."""
    placed: dict[int, T] = {}
    for fold, part in zip(folds, values, strict=True):
        placed.update(zip(fold.places, part, strict=True))
    return [placed[place] for place in sorted(placed)]


def _result(
    name: str,
    folds: Sequence[Fold],
    gold: Sequence[Document],
    spans: Sequence[Sequence[Span]],
    costs: Costs,
    seed: int,
    samples: int,
) -> SystemResult:
    predicted = tuple(document.with_spans(found) for document, found in zip(gold, spans, strict=True))
    return SystemResult(
        name=name,
        evaluation=evaluate(gold, predicted, samples=samples, seed=seed),
        modes=modes(gold, predicted),
        breakdowns=_breakdowns(folds, gold, predicted),
        costs=costs,
        predicted=predicted,
    )


def _breakdowns(
    folds: Sequence[Fold], gold: Sequence[Document], predicted: Sequence[Document]
) -> dict[str, dict[str, Score]]:
    """Summed over folds, as what was seen in training differs from fold to fold."""
    total: dict[str, dict[str, Score]] = {}
    for fold in folds:
        truth, guess = ([documents[place] for place in fold.places] for documents in (gold, predicted))
        for question, answers in breakdowns(truth, guess, mention_counts(fold.train)).items():
            sums = total.setdefault(question, {})
            for answer, score in answers.items():
                sums[answer] = summed([sums.get(answer, Score(0, 0, 0)), score])
    return total


def _pairs(results: Sequence[SystemResult], gold: Sequence[Document], seed: int, samples: int) -> tuple[Pair, ...]:
    outcomes = {result.name: unit_outcomes(gold, result.predicted) for result in results}
    pairs = list(combinations(results, 2))
    tested = []
    for first, second in pairs:
        units = outcomes[first.name], outcomes[second.name]
        tested.append(
            (randomisation(*units, samples=samples, seed=seed), bootstrap(*units, samples=samples, seed=seed))
        )
    corrected = holm([p for p, _ in tested])
    return tuple(
        Pair(
            first=first.name,
            second=second.name,
            difference=first.evaluation.micro.f1 - second.evaluation.micro.f1,
            interval=interval,
            p_randomisation=p_randomisation,
            p_bootstrap=p_bootstrap,
            p_holm=p_holm,
        )
        for (first, second), (p_randomisation, (p_bootstrap, interval)), p_holm in zip(
            pairs, tested, corrected, strict=True
        )
    )


def _split(method: str, folds: Sequence[Fold], gold: Sequence[Document]) -> Split:
    """Each document counts once, also where it is learnt from in several folds."""
    train = gold if len(folds) > 1 else tuple(map(tokenized, folds[0].train))
    return Split(
        method=method,
        train_documents=len(train),
        train_sentences=sum(len(document.sentences) for document in train),
        train_entities=_entities(train),
        test_documents=len(gold),
        test_sentences=sum(len(document.sentences) for document in gold),
        test_entities=_entities(gold),
    )


def _entities(documents: Sequence[Document]) -> dict[str, int]:
    counts = Counter(span.label for document in documents for span in document.spans)
    return dict(sorted(counts.items()))


def _unlearnt(folds: Sequence[Fold]) -> list[str]:
    """A warning of labels that some fold tests and does not train."""
    missing: set[str] = set()
    for fold in folds:
        missing |= _entities(fold.test).keys() - _entities(fold.train).keys()
    if not missing:
        return []
    return [f"no example to learn from for entities that are tested: {', '.join(sorted(missing))}"]


def _versions() -> Mapping[str, str]:
    """Of crfner, Python and the packages that are installed and matter to the results."""
    found = {"crfner": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
